import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestReaderTests {
  /// What is written of an entry.
  struct Written: Sendable {
    var status: Int32 = 1
    var path: String? = "s3://b/t/1.parquet"
    var format = "PARQUET"
    var rowCount: Int64 = 10
    var size: Int64 = 1_000
  }

  private static let marker = Bytes([UInt8](repeating: 0xab, count: 16))
  private static let required = [
    "status", "data_file", "file_path", "file_format", "record_count", "file_size_in_bytes",
  ]

  /// A manifest of version 1 that nobody checks, whose entries lack the field with a name.
  private static func manifest(_ entries: [Written], without name: String? = nil) throws -> Bytes {
    func schema(_ fields: [AvroField]) -> [AvroField] { fields.filter { $0.name != name } }
    let file = AvroSchema.record(
      "r2",
      schema([
        AvroField("file_path", .optional(.string), id: 100),
        AvroField("file_format", .string, id: 101), AvroField("record_count", .long, id: 103),
        AvroField("file_size_in_bytes", .long, id: 104),
      ]))
    let entry = AvroSchema.record(
      "manifest_entry",
      schema([AvroField("status", .int, id: 0), AvroField("data_file", file, id: 2)]))
    var writer = try AvroFileWriter(
      schema: entry,
      metadata: [
        ("format-version", Bytes(utf8: "1")), ("partition-spec", Bytes(utf8: "[]")),
      ], codec: .none,
      syncMarker: try #require(AvroSyncMarker(marker)))
    for entry in entries {
      if name != "status" { writer.encoder.write(entry.status) }
      if name != "data_file" {
        if name != "file_path" {
          writer.encoder.write(branch: entry.path == nil ? 0 : 1)
          if let path = entry.path { writer.encoder.write(path) }
        }
        if name != "file_format" { writer.encoder.write(entry.format) }
        if name != "record_count" { writer.encoder.write(entry.rowCount) }
        if name != "file_size_in_bytes" { writer.encoder.write(entry.size) }
      }
      try writer.endRecord()
    }
    return try writer.finish()
  }

  /// What every way of reading a manifest ends with: the number of entries, or nil when all refuse it.
  private static func counts(_ bytes: Bytes) throws -> Set<Int?> {
    let readers: [(inout ManifestEntryReader) throws -> Int] = [
      { try $0.next(lookingAt: .max)?.count ?? 0 },
      { reader in
        var count = 0
        while let entries = try reader.next(lookingAt: 1) { count += entries.count }
        return count
      },
      { reader in
        var count = 0
        for var part in try reader.split(into: 3) {
          while let entries = try part.next(lookingAt: 2) { count += entries.count }
        }
        return count
      },
    ]
    var counts: Set<Int?> = []
    for read in readers {
      do {
        var reader = try ManifestEntryReader(bytes)
        counts.insert(try read(&reader))
      } catch let error as IcebergError where [.invalidFile, .unsupported].contains(error.code) {
        counts.insert(nil)
      }
    }
    return counts
  }

  @Test("an entry has a known status and format, a path, rows and a size, none of them negative")
  func entries() throws {
    for status in 0...2 as ClosedRange<Int32> {
      for format in ["PARQUET", "parquet", "Avro", "orc", "PUFFIN"] {
        let sound = Written(status: status, format: format, rowCount: 0, size: 0)
        #expect(try Self.counts(try Self.manifest([sound, Written()])) == [2])
      }
    }
    let broken = [
      Written(status: 3), Written(status: -1), Written(status: .max), Written(path: nil),
      Written(format: "PARQUE"), Written(format: ""), Written(rowCount: -1),
      Written(rowCount: .min), Written(size: -1), Written(size: .min),
    ]
    for entry in broken {
      #expect(try Self.counts(try Self.manifest([Written(), entry])) == [nil], "\(entry)")
    }
  }

  @Test("a manifest without a field that entries must have is refused", arguments: required)
  func fields(name: String) throws {
    #expect(try Self.counts(try Self.manifest([Written()], without: name)) == [nil])
    #expect(try Self.counts(try Self.manifest([], without: name)) == [nil])
  }

  @Test("a block with bytes left over, or too few, is refused")
  func blocks() throws {
    let bytes = try Self.manifest([Written(), Written(), Written()])
    let start = try #require(
      (16..<bytes.count).first { bytes[($0 - 16)..<$0].elementsEqual(Self.marker) })
    // The number of entries of the only block stands first in it.
    #expect(bytes[start] == 6)
    #expect(try Self.counts(bytes) == [3])
    for count in [-3, -1, 0, 1, 2, 4, 60] {
      var other = bytes.array
      other[start] = UInt8(count < 0 ? -2 * count - 1 : 2 * count)
      #expect(try Self.counts(Bytes(other)) == [nil], "\(count) entries")
    }
    // One byte more than the entries take, in a block that says so.
    var longer = bytes.array
    #expect(longer[start + 1] & 0x80 != 0 && longer[start + 2] & 0x80 == 0)
    longer[start + 1] += 2
    longer.insert(0, at: longer.count - 16)
    #expect(try Self.counts(Bytes(longer)) == [nil])
  }

  @Test("a first row id that a delete manifest states is ignored")
  func deleteRowIDs() throws {
    var (bytes, manifest) = try SampleFiles.manifest(
      version: 3, content: .deletes,
      [SampleFiles.entry(SampleFiles.positionDeletes(1, format: .puffin))])
    manifest.sequenceNumber = 5
    manifest.firstRowID = 1000
    let entries = try ManifestCodec.read(bytes, as: manifest)
    #expect(entries.map(\.dataFile.firstRowID) == [nil])
  }
}
