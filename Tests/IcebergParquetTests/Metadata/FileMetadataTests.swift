import IcebergBytes
import IcebergParquet
import Testing

@Suite struct FileMetadataTests {
  static func sample() throws -> FileMetadata {
    let schema = try ParquetSchema(elements: [
      SchemaElement(name: "table", repetition: nil, childCount: 2),
      SchemaElement(
        name: "id", repetition: .required, physicalType: .int64, fieldID: 1),
      SchemaElement(
        name: "tags", repetition: .optional, childCount: 1, logicalType: .list, fieldID: 2),
      SchemaElement(name: "list", repetition: .repeated, childCount: 1),
      SchemaElement(
        name: "element", repetition: .optional, physicalType: .byteArray, logicalType: .string,
        fieldID: 3),
    ])
    var statistics = ColumnStatistics()
    statistics.minimum = [1, 0, 0, 0, 0, 0, 0, 0]
    statistics.maximum = [9, 0, 0, 0, 0, 0, 0, 0]
    statistics.nullCount = 0
    statistics.isMaximumExact = true
    statistics.isMinimumExact = false
    statistics.nanCount = 4
    var first = ColumnChunk(
      physicalType: .int64, encodings: [.plain, .rle, .rleDictionary], path: ["id"],
      compression: .zstd, valueCount: 9, uncompressedSize: 100, compressedSize: 50,
      dataPageOffset: 30)
    first.dictionaryPageOffset = 4
    first.statistics = statistics
    first.pageCounts = [.init(kind: .dataV2, encoding: .rleDictionary, count: 3)]
    first.sizeStatistics = .init()
    first.sizeStatistics?.definitionLevelHistogram = [9]
    var second = ColumnChunk(
      physicalType: .byteArray, encodings: [.plain], path: ["tags", "list", "element"],
      compression: .uncompressed, valueCount: 20, uncompressedSize: 100, compressedSize: 100,
      dataPageOffset: 54)
    second.keyValueMetadata = [KeyValue(key: "k", value: nil)]
    second.bloomFilterOffset = 12
    second.bloomFilterLength = 13
    second.offsetIndexOffset = 1
    second.offsetIndexLength = 2
    second.columnIndexOffset = 3
    second.columnIndexLength = 4
    return FileMetadata(
      version: 2, schema: schema, rowCount: 9,
      rowGroups: [
        RowGroup(
          columns: [first, second], byteSize: 200, rowCount: 9,
          sortingColumns: [.init(column: 0, isDescending: true, nullsFirst: false)],
          fileOffset: 4, compressedSize: 150, ordinal: 0)
      ],
      keyValueMetadata: [KeyValue(key: "iceberg.schema", value: "{}")], createdBy: "someone",
      columnOrders: [.typeDefined, .other(2)])
  }

  @Test("reads back what it writes")
  func roundTrip() throws {
    let metadata = try Self.sample()
    #expect(try FileMetadata(parsing: Bytes(metadata.encoded())) == metadata)
  }

  @Test("cut at every byte, it throws")
  func truncation() throws {
    let bytes = Bytes(try Self.sample().encoded())
    for count in 0..<bytes.count {
      #expect(throws: FormatError.self) { try FileMetadata(parsing: bytes[0..<count]) }
    }
  }

  @Test("with any bit flipped, it throws or reads something")
  func flippedBits() throws {
    let bytes = try Self.sample().encoded()
    for bit in 0..<(bytes.count * 8) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      _ = try? FileMetadata(parsing: Bytes(damaged))
    }
  }

  @Test("an encrypted footer is refused by name")
  func encrypted() {
    #expect {
      try FileMetadata.footerLength(ofTail: Bytes([1, 0, 0, 0] + Array("PARE".utf8)))
    } throws: { ($0 as? FormatError)?.code == .unsupported }
    #expect {
      try FileMetadata.footerLength(ofTail: Bytes([1, 0, 0, 0] + Array("PARX".utf8)))
    } throws: { ($0 as? FormatError)?.code == .badMagic }
  }

  static let headers: [PageHeader] = [
    PageHeader(
      uncompressedSize: 10, compressedSize: 5, checksum: 0xdead_beef,
      content: .data(.init(valueCount: 3, encoding: .rleDictionary, statistics: .init()))),
    PageHeader(
      uncompressedSize: 10, compressedSize: 10,
      content: .dataV2(
        .init(
          valueCount: 3, nullCount: 1, rowCount: 3, encoding: .plain, definitionLevelsSize: 2,
          repetitionLevelsSize: 0, isCompressed: false))),
    PageHeader(
      uncompressedSize: 0, compressedSize: 0,
      content: .dictionary(.init(valueCount: 0, encoding: .plain, isSorted: true))),
  ]

  @Test("page headers read back as they were written", arguments: headers)
  func pageHeaders(header: PageHeader) throws {
    let encoded = header.encoded()
    let bytes = Bytes(encoded + [1, 2, 3])
    let (parsed, size) = try PageHeader.parse(bytes.span)
    #expect(parsed == header)
    #expect(size == encoded.count)
    for count in 0..<encoded.count {
      #expect(throws: FormatError.self) { try PageHeader.parse(bytes[0..<count].span) }
    }
  }
}
