import IcebergAvro
import IcebergBytes
import IcebergModel
import Testing

@Suite struct ManifestWriterTests {
  /// A manifest of one entry, not compressed.
  private static func manifest(_ version: Int, _ file: DataFile) throws -> Bytes {
    var writer = try SampleFiles.writer(
      version: version, content: file.content == .data ? .data : .deletes, codec: .none,
      schema: Schema([.optional("a", .int, id: 1)]), spec: .unpartitioned)
    try writer.add(file)
    return try writer.finish(location: "m").bytes
  }

  private static func file(_ format: FileFormat) -> DataFile {
    var file = format == .puffin ? SampleFiles.positionDeletes(1) : SampleFiles.dataFile(1)
    file.format = format
    file.specID = 0
    file.partition = StructValue()
    file.recordCount = 10
    file.fileSizeInBytes = 1_001
    return file
  }

  /// Where bytes begin that are there once.
  private static func place(of part: [UInt8], in bytes: Bytes) -> Int? {
    let places = (0...(bytes.count - part.count)).filter {
      bytes[$0..<$0 + part.count].elementsEqual(part)
    }
    return places.count == 1 ? places[0] : nil
  }

  /// A text as Avro writes it.
  private static func avro(_ text: String) -> [UInt8] { [UInt8(2 * text.utf8.count)] + text.utf8 }

  @Test(
    "formats are written in capitals",
    arguments: [
      (.parquet, "PARQUET"), (.avro, "AVRO"), (.orc, "ORC"), (.puffin, "PUFFIN"),
    ] as [(FileFormat, String)])
  func formats(format: FileFormat, text: String) throws {
    for version in format == .puffin ? 2...3 : 1...3 {
      let bytes = try Self.manifest(version, Self.file(format))
      #expect(Self.place(of: Self.avro(text), in: bytes) != nil)
      #expect(Self.place(of: Self.avro(text.lowercased()), in: bytes) == nil)
    }
  }

  @Test("values from before a column was widened count as those of the wider type")
  func promotedRange() throws {
    let mixed: [(type: FieldType, values: [Literal], range: [Literal])] = [
      (.long, [.int(8), .long(-7)], [.long(-7), .long(8)]),
      (.double, [.float(2.5), .double(-1), .float(.nan)], [.double(-1), .double(2.5)]),
    ]
    for (type, values, range) in mixed {
      let spec = PartitionSpec(fields: [
        PartitionField(sourceIDs: [1], fieldID: 1000, name: "p", transform: .identity)
      ])
      var writer = try SampleFiles.writer(
        version: 2, content: .data, codec: .none, schema: Schema([.optional("a", type, id: 1)]),
        spec: spec)
      for value in values {
        var file = Self.file(.parquet)
        file.partition = StructValue([value])
        try writer.add(file)
      }
      let manifest = try writer.finish(location: "m").manifest
      let found = try #require(manifest.partitions?.first)
      let bounds = try range.map { try $0.singleValueBytes() }
      #expect([found.lowerBound, found.upperBound] == bounds)
      #expect(found.containsNaN == (type == .double))
    }
  }

  @Test("version 1 has a size of blocks, which nobody reads", arguments: 1...3)
  func blockSize(version: Int) throws {
    // The format, 10 rows, 1001 bytes, and blocks of 64 MiB.
    let size: [UInt8] = [0x80, 0x80, 0x80, 0x40]
    let part = Self.avro("PARQUET") + [0x14, 0xd2, 0x0f]
    let bytes = try Self.manifest(version, Self.file(.parquet))
    #expect(Self.place(of: part, in: bytes) != nil)
    let place = Self.place(of: part + size, in: bytes)
    #expect((place != nil) == (version == 1))
    guard let place else { return }
    var other = bytes.array
    other[place + part.count + size.count - 1] = 0x01
    #expect(try ManifestCodec.read(Bytes(other)) == ManifestCodec.read(bytes))
    #expect(try ManifestCodec.read(bytes).count == 1)
  }
}
