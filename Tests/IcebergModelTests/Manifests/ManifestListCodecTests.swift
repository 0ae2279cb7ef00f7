import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestListCodecTests {
  static func manifest(_ number: Int, _ content: ManifestFile.Content = .data) -> ManifestFile {
    var manifest = ManifestFile(
      location: "s3://b/t/m\(number).avro", length: 1_000 + Int64(number), partitionSpecID: number,
      content: content, sequenceNumber: 3, minSequenceNumber: 2, addedSnapshotID: 5)
    manifest.addedFilesCount = 1
    manifest.existingFilesCount = 2
    manifest.deletedFilesCount = 3
    manifest.addedRowsCount = 100
    manifest.existingRowsCount = 25
    manifest.deletedRowsCount = 1 << 40
    return manifest
  }

  static func write(
    _ manifests: [ManifestFile], version: Int, firstRowID: Int64? = 1_000,
    codec: CompressionCodec = .deflate
  ) throws -> ManifestListCodec.Written {
    try ManifestListCodec.write(
      manifests, formatVersion: version, snapshotID: 77, parentID: 5,
      sequenceNumber: version == 1 ? 0 : 9, firstRowID: firstRowID, codec: codec,
      syncMarker: SampleFiles.marker)
  }

  @Test("every field survives, in every version", arguments: [1, 2, 3])
  func roundTrip(version: Int) throws {
    var first = Self.manifest(1)
    first.partitions = [
      ManifestFile.FieldSummary(containsNull: true),
      ManifestFile.FieldSummary(
        containsNull: false, containsNaN: true, lowerBound: [1], upperBound: []),
    ]
    first.keyMetadata = [1, 2]
    var second = Self.manifest(2, version == 1 ? .data : .deletes)
    second.partitions = []
    if version == 1 { second.addedFilesCount = nil }
    if version >= 3 { first.firstRowID = 17 }
    var expected = [first, second]
    if version == 1 {
      for index in expected.indices {
        expected[index].sequenceNumber = 0
        expected[index].minSequenceNumber = 0
      }
    }
    let written = try Self.write([first, second], version: version)
    #expect(written.manifests == expected)
    #expect(try ManifestListCodec.read(written.bytes) == expected)
    #expect(written.addedRows == (version == 3 ? 0 : nil))
  }

  @Test("a first row id of a manifest of deletes is ignored")
  func rowIDOfDeletes() throws {
    // Nobody writes one: the list is that of a manifest of data, in which the content is exchanged.
    var manifest = Self.manifest(7)
    manifest.firstRowID = 17
    manifest.sequenceNumber = 77
    var bytes = Array(try Self.write([manifest], version: 3, codec: .none).bytes)
    // The spec 7, the content 0 and the number 77 follow each other.
    let place = try #require(
      bytes.indices.first { bytes[$0...].starts(with: [0x0e, 0x00, 0x9a, 0x01]) })
    bytes[place + 1] = 0x02
    manifest.content = .deletes
    manifest.firstRowID = nil
    #expect(try ManifestListCodec.read(Bytes(bytes)) == [manifest])
  }

  @Test("new manifests get the sequence number of the snapshot, those of others keep theirs")
  func sequenceNumbers() throws {
    var new = Self.manifest(1)
    new.addedSnapshotID = 77
    new.sequenceNumber = ManifestFile.unassignedSequenceNumber
    new.minSequenceNumber = ManifestFile.unassignedSequenceNumber
    var rewritten = new
    rewritten.minSequenceNumber = 4
    let written = try Self.write([new, rewritten, Self.manifest(2)], version: 2)
    #expect(written.manifests.map(\.sequenceNumber) == [9, 9, 3])
    #expect(written.manifests.map(\.minSequenceNumber) == [9, 4, 2])
    new.addedSnapshotID = 5
    #expect(thrown { _ = try Self.write([new], version: 2) }?.code == .invalidArgument)
  }

  @Test("data manifests without row id are assigned one, with room for added and existing rows")
  func rowIDs() throws {
    // The example of the format's text.
    var manifests = (0..<4).map { Self.manifest($0) }
    let counts: [(added: Int64, existing: Int64)] = [(75, 0), (100, 25), (0, 100), (125, 25)]
    for (index, count) in counts.enumerated() {
      manifests[index].addedRowsCount = count.added
      manifests[index].existingRowsCount = count.existing
    }
    manifests[0].firstRowID = 925
    manifests.insert(Self.manifest(9, .deletes), at: 2)
    let written = try Self.write(manifests, version: 3)
    #expect(written.manifests.map(\.firstRowID) == [925, 1_000, nil, 1_125, 1_225])
    #expect(written.addedRows == 375)
    #expect(thrown { _ = try Self.write([], version: 3, firstRowID: nil) } != nil)
    manifests[1].addedRowsCount = .max
    #expect(thrown { _ = try Self.write(manifests, version: 3) }?.code == .invalidArgument)
  }

  @Test("version 1 has no deletes, and later versions demand counts")
  func refuse() throws {
    var old = Self.manifest(1)
    old.addedRowsCount = nil
    #expect(thrown { _ = try Self.write([old], version: 2) }?.code == .invalidArgument)
    #expect(try Self.write([old], version: 1).manifests.count == 1)
    let deletes = Self.manifest(1, .deletes)
    #expect(thrown { _ = try Self.write([deletes], version: 1) }?.code == .invalidArgument)
  }

  @Test("lists without field ids are read by their names, older names too")
  func names() throws {
    let schema = AvroSchema.record(
      "manifest_file",
      [
        AvroField("manifest_path", .string), AvroField("manifest_length", .long),
        AvroField("partition_spec_id", .int), AvroField("added_snapshot_id", .optional(.long)),
        AvroField("added_data_files_count", .optional(.int)), AvroField("other", .string),
      ])
    var file = try AvroFileWriter(schema: schema, syncMarker: SampleFiles.marker)
    file.encoder.write("m")
    file.encoder.write(Int64(9))
    file.encoder.write(Int32(1))
    file.encoder.write(branch: 1)
    file.encoder.write(Int64(5))
    file.encoder.write(branch: 1)
    file.encoder.write(Int32(3))
    file.encoder.write("?")
    try file.endRecord()
    let manifest = try #require(try ManifestListCodec.read(try file.finish()).first)
    #expect(manifest.location == "m" && manifest.length == 9 && manifest.addedFilesCount == 3)
    #expect(manifest.content == .data && manifest.sequenceNumber == 0)
  }

  @Test("a list cut at any byte, or with a flipped bit, is refused or read: nothing traps")
  func damage() throws {
    var first = Self.manifest(1)
    first.partitions = [
      ManifestFile.FieldSummary(
        containsNull: false, containsNaN: true, lowerBound: [1], upperBound: [2, 3])
    ]
    let bytes = try Self.write([first, Self.manifest(2, .deletes)], version: 3, codec: .none).bytes
    for length in stride(from: 0, to: bytes.count, by: LongTests.rounds(quick: 7, long: 1)) {
      _ = try? ManifestListCodec.read(bytes[0..<length])
    }
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 1_000, long: 100_000) {
      var damaged = bytes.array
      damaged[Int.random(in: 0..<damaged.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      _ = try? ManifestListCodec.read(Bytes(damaged))
    }
  }
}
