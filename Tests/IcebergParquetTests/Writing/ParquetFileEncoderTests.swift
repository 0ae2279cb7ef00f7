import IcebergBytes
import IcebergColumns
import IcebergParquet
import IcebergTestSupport
import Testing

@Suite struct ParquetFileEncoderTests {
  static let kinds: [Column.Kind] = [
    .boolean, .int, .long, .float, .double, .decimal, .bytes, .fixed(width: 16),
    .fixed(width: 3), .list(.int), .map(key: .bytes, value: .double),
    .struct([.int, .bytes, .list(.struct([.long, .map(key: .int, value: .list(.bytes))]))]),
    .list(.list(.list(.boolean))),
  ]

  static let codecs: [ColumnCompression] = [.uncompressed, .snappy, .gzip, .zstd, .lz4Raw]
  static let encodings: [ParquetWriteOptions.ValueEncoding] = [
    .dictionary, .plain, .deltaBinaryPacked, .deltaLengthByteArray, .deltaByteArray,
    .byteStreamSplit, .runLength,
  ]

  private func check(
    _ columns: [Column], _ schema: ParquetSchema, _ options: ParquetWriteOptions,
    batchSize: Int? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let trip = ParquetRoundTrip(options: options, batchSize: batchSize)
    let (bytes, file) = try trip.write(columns, schema: schema)
    #expect(file.byteCount == Int64(bytes.count), sourceLocation: sourceLocation)
    #expect(try FileMetadata(ofFile: bytes) == file.metadata, sourceLocation: sourceLocation)
    let read = try ParquetRoundTrip.read(bytes)
    if columns.first?.count == 0 { return #expect(file.metadata.rowGroups.isEmpty) }
    #expect(read.count == columns.count, sourceLocation: sourceLocation)
    for (index, pair) in zip(columns, read).enumerated() {
      try pair.1.validate()
      #expect(
        pair.0.hasSameRows(as: pair.1), "column \(index): \(columns[index].kind)",
        sourceLocation: sourceLocation)
    }
  }

  @Test(
    "every kind reads back as it was written, with every codec and both forms of pages",
    arguments: codecs, [ParquetWriteOptions.PageVersion.v1, .v2])
  func allCodecs(codec: ColumnCompression, version: ParquetWriteOptions.PageVersion) throws {
    var random = SeededRandom("\(codec) \(version)")
    var options = ParquetWriteOptions()
    options.compression = codec
    options.pageVersion = version
    options.pageRowLimit = 80
    guard try codec.codec().isAvailable else { return }
    for (nulls, variety) in [(0.0, nil), (0.3, 5), (0.95, nil), (0.0, 1)] as [(Double, Int?)] {
      let columns = Self.kinds.map {
        random.column($0, count: 200, nulls: nulls, variety: variety)
      }
      try check(columns, ParquetSchema(kinds: Self.kinds, optional: nulls > 0), options)
    }
  }

  @Test(
    "every kind reads back as it was written, in every encoding", arguments: encodings,
    [ParquetWriteOptions.PageVersion.v1, .v2])
  func allEncodings(
    encoding: ParquetWriteOptions.ValueEncoding, version: ParquetWriteOptions.PageVersion
  ) throws {
    var random = SeededRandom("\(encoding) \(version)")
    var options = ParquetWriteOptions()
    options.compression = .uncompressed
    options.encoding = encoding
    options.pageVersion = version
    for (nulls, variety) in [(0.0, nil), (0.3, 40), (0.9, 3)] as [(Double, Int?)] {
      for count in [0, 1, 300] {
        let columns = Self.kinds.map {
          random.column($0, count: count, nulls: nulls, variety: variety)
        }
        try check(columns, ParquetSchema(kinds: Self.kinds), options)
      }
    }
  }

  @Test("random shapes read back as they were written, whatever the sizes of pages and batches")
  func randomShapes() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 60, long: 5000) {
      let count = Int.random(in: 0...300, using: &random)
      let kinds = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        random.columnKind(depth: 3)
      }
      let nulls: Double = [0.0, 0.02, 0.3, 1.0][Int.random(in: 0..<4, using: &random)]
      let varieties: [Int?] = [nil, 1, 2, 20]
      let variety = varieties[Int.random(in: 0..<4, using: &random)]
      let columns = kinds.map { random.column($0, count: count, nulls: nulls, variety: variety) }
      var options = ParquetWriteOptions()
      options.compression = .uncompressed
      options.pageRowLimit = Int.random(in: 1...400, using: &random)
      options.pageSize = Int.random(in: 1...4000, using: &random)
      options.rowGroupRowLimit = Int.random(in: 1...500, using: &random)
      options.dictionarySize = Int.random(in: 0...2000, using: &random)
      options.pageVersion = Bool.random(using: &random) ? .v1 : .v2
      options.encoding = Self.encodings.randomElement(using: &random) ?? .plain
      options.writesChecksums = Bool.random(using: &random)
      try check(
        columns, ParquetSchema(kinds: kinds, optional: nulls > 0 || Bool.random(using: &random)),
        options, batchSize: Int.random(in: 1...200, using: &random))
    }
  }

  @Test("many rows go into pages of their limits and row groups of theirs")
  func large() throws {
    let count = 100_000
    let columns = [
      Column(.long((0..<Int64(count)).map { $0 &* 0x1E37_79B9_7F4A_7C15 }), count: count),
      Column(.int((0..<Int32(count)).map { $0 / 1000 }), count: count),
    ]
    var options = ParquetWriteOptions()
    options.compression = .uncompressed
    options.rowGroupSize = 400_000
    let schema = try ParquetSchema(kinds: [.long, .int], optional: false)
    let (bytes, file) = try ParquetRoundTrip(options: options).write(columns, schema: schema)
    #expect(try ParquetRoundTrip.read(bytes) == columns)
    #expect(file.metadata.rowGroups.map(\.rowCount) == [60_000, 40_000])
    #expect(file.splitOffsets.count == 2)
    #expect(file.splitOffsets.first == 4)
    let first = file.metadata.rowGroups[0]
    #expect(first.columns[0].pageCounts == [.init(kind: .data, encoding: .plain, count: 3)])
    #expect(
      first.columns[1].pageCounts == [
        .init(kind: .dictionary, encoding: .plain, count: 1),
        .init(kind: .data, encoding: .rleDictionary, count: 3),
      ])
    #expect(first.columns[1].dictionaryPageOffset == first.columns[0].compressedSize + 4)
  }

  @Test("a dictionary that grows too large is closed, and its pages stay readable")
  func dictionaryFallback() throws {
    // Few values first, then ever new ones.
    let numbers = (0..<50_000).map { Int64($0 < 25_000 ? $0 % 10 : $0) }
    let strings = (0..<50_000).map { $0 < 25_000 ? "few \($0 % 10)" : "many \($0)" }
    var text = ColumnBuilder(.bytes)
    for string in strings { text.append(utf8: string) }
    let columns = [Column(.long(numbers), count: 50_000), text.finish()]
    var options = ParquetWriteOptions()
    options.dictionarySize = 4096
    let schema = try ParquetSchema(kinds: [.long, .bytes])
    let (bytes, file) = try ParquetRoundTrip(options: options).write(columns, schema: schema)
    #expect(try ParquetRoundTrip.read(bytes) == columns)
    for chunk in file.metadata.rowGroups[0].columns {
      #expect(
        chunk.pageCounts == [
          .init(kind: .dictionary, encoding: .plain, count: 1),
          .init(kind: .data, encoding: .rleDictionary, count: 1),
          .init(kind: .data, encoding: .plain, count: 2),
        ])
      #expect(chunk.encodings == [.rle, .plain, .rleDictionary])
    }
    #expect(file.columns[0].bounds == ColumnBounds(minimum: .long(0), maximum: .long(49_999)))
    #expect(
      file.columns[1].bounds
        == ColumnBounds(
          minimum: .bytes(Array("few 0".utf8)), maximum: .bytes(Array("many 49999".utf8))))
  }

  @Test("where dictionaries have no room there are none, however often values repeat")
  func noDictionary() throws {
    var options = ParquetWriteOptions()
    options.dictionarySize = 0
    let columns = [Column(.long([Int64](repeating: 7, count: 1000)), count: 1000)]
    let schema = try ParquetSchema(kinds: [.long])
    let (bytes, file) = try ParquetRoundTrip(options: options).write(columns, schema: schema)
    #expect(try ParquetRoundTrip.read(bytes) == columns)
    let chunk = file.metadata.rowGroups[0].columns[0]
    #expect(chunk.dictionaryPageOffset == nil)
    #expect(chunk.pageCounts == [.init(kind: .data, encoding: .plain, count: 1)])
  }

  @Test("limits below one count as one")
  func senselessLimits() throws {
    var options = ParquetWriteOptions()
    options.pageRowLimit = 0
    options.pageSize = -5
    options.rowGroupRowLimit = -1
    options.rowGroupSize = .min
    options.dictionarySize = -1
    options.statisticsLength = -1
    try check([Column(.int([1, 2, 3]), count: 3)], ParquetSchema(kinds: [.int]), options)
  }

  @Test("an empty file has a schema and no row groups")
  func empty() throws {
    var encoder = try ParquetFileEncoder(schema: ParquetSchema(kinds: Self.kinds))
    let (chunks, file) = try encoder.finish()
    let bytes = Bytes(chunks.flatMap { Array($0) })
    #expect(file.byteCount == Int64(bytes.count))
    let metadata = try FileMetadata(ofFile: bytes)
    #expect(metadata.rowGroups.isEmpty)
    #expect(metadata.rowCount == 0)
    #expect(metadata.columnOrders?.count == metadata.schema.leaves.count)
  }

  @Test("what does not fit the schema is refused")
  func refusals() throws {
    let schema = try ParquetSchema(kinds: [.int], optional: false)
    let wrong: [[Column]] = [
      [], [Column(.long([1]), count: 1)],
      [Column(.int([0]), validity: Bitmap([false]), count: 1)],
      [Column(.null, count: 1)], [Column(.int([1, 2]), count: 1)],
      [Column(.struct([Column(.int([1]), count: 1)]), count: 1)],
    ]
    for columns in wrong {
      var encoder = try ParquetFileEncoder(schema: schema)
      #expect(throws: FormatError.self) { try encoder.write(columns, rowCount: 1) }
    }
    let int96 = try ParquetSchema(elements: [
      SchemaElement(name: "table", repetition: nil, childCount: 1),
      SchemaElement(name: "a", repetition: .required, physicalType: .int96),
    ])
    #expect(throws: FormatError.self) { try ParquetFileEncoder(schema: int96) }
    var options = ParquetWriteOptions()
    options.compression = .brotli
    #expect(throws: FormatError.self) { try ParquetFileEncoder(schema: schema, options: options) }
  }

  @Test("after an error no file comes about that lacks rows of some columns")
  func refusesAfterError() throws {
    let schema = try ParquetSchema(kinds: [.long, .int], optional: false)
    let good = [Column(.long([1, 2]), count: 2), Column(.int([1, 2]), count: 2)]
    var bad = good
    bad[1] = Column(.int([1, 2]), validity: Bitmap([true, false]), count: 2)
    for failsFirst in [true, false] {
      var encoder = try ParquetFileEncoder(schema: schema)
      if !failsFirst { _ = try encoder.write(good, rowCount: 2) }
      #expect(throws: FormatError.self) { try encoder.write(bad, rowCount: 2) }
      #expect(throws: FormatError.self) { try encoder.write(good, rowCount: 2) }
      #expect(throws: FormatError.self) { try encoder.finish() }
    }
  }

  @Test("a required field below a null struct is not asked for a value")
  func requiredBelowNull() throws {
    let schema = try ParquetSchema(elements: [
      SchemaElement(name: "table", repetition: nil, childCount: 1),
      SchemaElement(name: "s", repetition: .optional, childCount: 1),
      SchemaElement(name: "a", repetition: .required, physicalType: .int32),
    ])
    let inner = Column(.int([1, 0, 3]), validity: Bitmap([true, false, true]), count: 3)
    let column = Column(.struct([inner]), validity: Bitmap([true, false, true]), count: 3)
    try check([column], schema, ParquetWriteOptions())
    let broken = Column(.struct([inner]), count: 3)
    #expect(throws: FormatError.self) {
      try ParquetRoundTrip().write([broken], schema: schema)
    }
  }
}
