import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct MetadataResolutionTests {
  struct Layout: Sendable, CustomTestStringConvertible {
    var testDescription: String
    /// File names with the times they were changed last; the name decides about compression.
    var files: [(name: String, millis: Int64)]
    var hint: String?
    var hintName = "version-hint.text"
    var deletesEarlier = false
    var chosen: String
    var reason: MetadataResolution.Reason
  }

  static func versions(_ numbers: Int...) -> [(String, Int64)] {
    numbers.map { ("v\($0).metadata.json", Int64($0)) }
  }

  static let layouts: [Layout] = [
    Layout(
      testDescription: "hint", files: versions(1, 2), hint: "2", chosen: "v2.metadata.json",
      reason: .hint),
    Layout(
      testDescription: "hint with white space", files: versions(1, 2), hint: " 2 \n",
      chosen: "v2.metadata.json", reason: .hint),
    Layout(
      testDescription: "late hint", files: versions(1, 2, 3), hint: "1",
      chosen: "v3.metadata.json", reason: .newerThanHint),
    Layout(
      testDescription: "hint of a version that is gone", files: versions(5, 6), hint: "2",
      chosen: "v6.metadata.json", reason: .uselessHint),
    Layout(
      testDescription: "hint of a version yet to come", files: versions(1, 2), hint: "9",
      chosen: "v2.metadata.json", reason: .uselessHint),
    Layout(
      testDescription: "empty hint", files: versions(1, 2), hint: "", chosen: "v2.metadata.json",
      reason: .uselessHint),
    Layout(
      testDescription: "nonsense for a hint", files: versions(1, 10, 9), hint: "../../etc/passwd",
      chosen: "v10.metadata.json", reason: .uselessHint),
    Layout(
      testDescription: "negative hint", files: versions(1, 2), hint: "-2",
      chosen: "v2.metadata.json", reason: .uselessHint),
    Layout(
      testDescription: "huge hint", files: versions(1),
      hint: String(repeating: "1", count: 100_000), chosen: "v1.metadata.json",
      reason: .uselessHint),
    Layout(
      testDescription: "no hint", files: versions(9, 10), chosen: "v10.metadata.json",
      reason: .noHint),
    Layout(
      testDescription: "hint of another name", files: versions(1, 2), hint: "1",
      hintName: "version-hint.txt", chosen: "v2.metadata.json", reason: .newerThanHint),
    Layout(
      testDescription: "a gap ends the versions", files: versions(1, 2, 7), hint: "1",
      chosen: "v2.metadata.json", reason: .newerThanHint),
    Layout(
      testDescription: "a gap where earlier versions are deleted", files: versions(4, 6, 7),
      hint: "4", deletesEarlier: true, chosen: "v7.metadata.json", reason: .newerThanHint),
    Layout(
      testDescription: "gzip", files: [("v1.metadata.json", 1), ("v2.gz.metadata.json", 2)],
      hint: "1", chosen: "v2.gz.metadata.json", reason: .newerThanHint),
    Layout(
      testDescription: "old gzip", files: [("v1.metadata.json", 1), ("v2.metadata.json.gz", 2)],
      hint: "2", chosen: "v2.metadata.json.gz", reason: .hint),
    Layout(
      testDescription: "one version by three names",
      files: [("v1.metadata.json.gz", 3), ("v1.gz.metadata.json", 2), ("v1.metadata.json", 1)],
      hint: "1", chosen: "v1.metadata.json", reason: .hint),
    Layout(
      testDescription: "names of a catalog",
      files: [("00000-a.metadata.json", 1), ("00002-c.metadata.json", 3)],
      chosen: "00002-c.metadata.json", reason: .noHint),
    Layout(
      testDescription: "hint with the name of a catalog",
      files: [("00000-a.metadata.json", 1), ("00001-b.gz.metadata.json", 3)], hint: "00001-b",
      chosen: "00001-b.gz.metadata.json", reason: .hint),
    Layout(
      testDescription: "hint with a whole name",
      files: [("00000-a.metadata.json", 1), ("00001-b.metadata.json", 3)],
      hint: "00000-a.metadata.json", chosen: "00001-b.metadata.json", reason: .newerThanHint),
    Layout(
      testDescription: "hint decides between two of one number",
      files: [("00001-a.metadata.json", 1), ("00001-b.metadata.json", 3)], hint: "00001-a",
      chosen: "00001-a.metadata.json", reason: .hint),
    Layout(
      testDescription: "of two of one number, the one changed last",
      files: [("00001-b.metadata.json", 9), ("00001-a.metadata.json", 5)],
      chosen: "00001-b.metadata.json", reason: .noHint),
    Layout(
      testDescription: "of both kinds, the one changed last",
      files: [("v7.metadata.json", 9), ("00001-a.metadata.json", 50)],
      chosen: "00001-a.metadata.json", reason: .noHint),
    Layout(
      testDescription: "of both kinds, that of the hint",
      files: [("v7.metadata.json", 9), ("00001-a.metadata.json", 50)], hint: "7",
      chosen: "v7.metadata.json", reason: .hint),
  ]

  static func metadata(_ millis: Int64, deletesEarlier: Bool = false) throws -> TableMetadata {
    let key = TableProperties.metadataDeleteAfterCommitEnabled.key
    return try TableMetadata.new(
      schema: SampleTable.schema, location: "/t",
      properties: deletesEarlier ? [key: "true"] : [:],
      tableUUID: "11111111-2222-4333-8444-555555555555", timestampMillis: millis)
  }

  static func make(_ layout: Layout, in fileIO: any FileIO) async throws {
    for (name, millis) in layout.files {
      let metadata = try metadata(millis, deletesEarlier: layout.deletesEarlier)
      let bytes = try metadata.serialized(compressed: name.contains("gz"))
      try await fileIO.write(bytes, to: "/t/metadata/" + name, mode: .createNew)
    }
    // What else lies there.
    for name in [".v9.metadata.json.crc", "snap-1-1-x.avro", "broken.metadata.json", "v8.json"] {
      try await fileIO.write(Bytes(utf8: "x"), to: "/t/metadata/" + name, mode: .createNew)
    }
    if let hint = layout.hint {
      try await fileIO.write(
        Bytes(utf8: hint), to: "/t/metadata/" + layout.hintName, mode: .createNew)
    }
  }

  @Test("the version that counts is found, and it is said why", arguments: layouts)
  func choice(_ layout: Layout) async throws {
    let fileIO = MemoryFileIO()
    try await Self.make(layout, in: fileIO)
    for place in ["/t", "/t/", "/t/metadata", "/t/metadata/"] {
      let table = try await Table.open(at: place, fileIO: fileIO)
      let resolution = try #require(table.metadataResolution)
      #expect(table.metadataLocation == "/t/metadata/" + layout.chosen)
      #expect(resolution.location == table.metadataLocation)
      #expect(resolution.reason == layout.reason)
      #expect((resolution.hint == nil) == (layout.hint == nil))
      #expect(resolution.candidates.count == layout.files.count)
      #expect(resolution.description.hasPrefix(layout.chosen))
      #expect(table.identifier == TableIdentifier(name: "t"))
    }
    let named = try await Table.open(at: "/t/metadata/" + layout.chosen, fileIO: fileIO)
    #expect(named.metadataResolution?.reason == .named)
  }

  @Test("a file that is named counts, whatever else is there")
  func named() async throws {
    let fileIO = MemoryFileIO()
    try await fileIO.write(
      Self.metadata(1).serialized(), to: "/t/metadata/v1.metadata.json", mode: .createNew)
    try await fileIO.write(
      Self.metadata(2).serialized(), to: "/t/metadata/any name.json", mode: .createNew)
    let table = try await Table.open(at: "/t/metadata/any name.json", fileIO: fileIO)
    #expect(table.metadata.lastUpdatedMillis == 2)
    #expect(try await table.refreshed().metadata.lastUpdatedMillis == 2)
  }

  @Test("a folder without metadata files is no table")
  func missing() async throws {
    let fileIO = MemoryFileIO()
    try await fileIO.write(Bytes(), to: "/t/metadata/version-hint.text", mode: .createNew)
    for place in ["/t", "/t/metadata", "/elsewhere", "/t/metadata/v1.metadata.json"] {
      await expectError(.notFound) { _ = try await Table.open(at: place, fileIO: fileIO) }
    }
  }

  @Test("the newest version is not passed over because it is broken")
  func broken() async throws {
    let fileIO = MemoryFileIO()
    try await fileIO.write(
      Self.metadata(1).serialized(), to: "/t/metadata/v1.metadata.json", mode: .createNew)
    try await fileIO.write(Bytes(), to: "/t/metadata/v2.metadata.json", mode: .createNew)
    do {
      _ = try await Table.open(at: "/t", fileIO: fileIO)
      Issue.record("an older version was opened")
    } catch let error as IcebergError {
      #expect(error.code == .invalidMetadata)
      #expect(error.context.location == "/t/metadata/v2.metadata.json")
    }
  }

  @Test("a refreshed table is the newest version")
  func refreshing() async throws {
    let fileIO = MemoryFileIO()
    for version in 1...2 {
      try await fileIO.write(
        Self.metadata(Int64(version)).serialized(), to: "/t/metadata/v\(version).metadata.json",
        mode: .createNew)
    }
    let table = try await Table.open(at: "/t", fileIO: fileIO)
    try await fileIO.write(
      Self.metadata(3).serialized(), to: "/t/metadata/v3.metadata.json", mode: .createNew)
    #expect(table.metadata.lastUpdatedMillis == 2)
    #expect(try await table.refreshed().metadata.lastUpdatedMillis == 3)
  }
}
