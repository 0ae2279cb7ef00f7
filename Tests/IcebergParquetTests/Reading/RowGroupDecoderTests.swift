import IcebergBytes
import IcebergColumns
import IcebergParquet
import IcebergTestSupport
import Testing

@Suite struct RowGroupDecoderTests {
  static let names = Vectors.files(under: "parquet", suffix: ".parquet").map {
    String($0.dropFirst("parquet/".count).dropLast(".parquet".count))
  }

  @Test("files of PyArrow give the values that PyArrow reads", arguments: names)
  func readsVectors(name: String) throws {
    let file = try ParquetFile(vector: name)
    let expected = Array(try Vectors.text("parquet/\(name).txt").utf8)
    #expect(try file.text() == expected)
    for batchSize in [1, 7, 64] {
      #expect(try file.text(batchSize: batchSize) == expected, "\(batchSize) rows at a time")
    }
  }

  @Test("batches have the rows asked for, and the rest at the end")
  func batchSizes() throws {
    let file = try ParquetFile(vector: "types-plain")
    let decoder = try RowGroupDecoder(
      metadata: file.metadata, rowGroup: 0, projection: file.metadata.schema.fields)
    var rows = try decoder.rows(of: try file.chunks(for: decoder))
    var sizes: [Int] = []
    while let batch = try rows.next(atMost: 17) {
      sizes.append(batch.rowCount)
      #expect(batch.columns.allSatisfy { $0.count == batch.rowCount })
      #expect(rows.remaining == 40 - sizes.reduce(0, +))
    }
    #expect(sizes == [17, 17, 6])
    #expect(try rows.next(atMost: 17) == nil)
  }

  @Test("a projection reads nothing but the columns it names")
  func projection() throws {
    let file = try ParquetFile(vector: "nested")
    let whole = try file.batches()[0]
    let fields = file.metadata.schema.fields
    let field = try #require(fields.first { $0.name == "structs" })
    let pruned = try #require(field.pruned { $0.path.last == "x" })
    let decoder = try RowGroupDecoder(
      metadata: file.metadata, rowGroup: 0, projection: [pruned, fields[0]])
    #expect(decoder.byteRanges.count == 2)
    let columns = try decoder.decode(try file.chunks(for: decoder))
    #expect(columns[1] == whole[0])
    guard case .list(let offsets, let element) = columns[0].values,
      case .struct(let children) = element.values,
      case .list(let wholeOffsets, let wholeElement) = whole[4].values,
      case .struct(let wholeChildren) = wholeElement.values
    else {
      Issue.record("not a list of structs")
      return
    }
    #expect(offsets == wholeOffsets)
    #expect(columns[0].validity == whole[4].validity)
    #expect(element.validity == wholeElement.validity)
    #expect(children == [wholeChildren[0]])
  }

  @Test(
    "a group without children still tells where it is null", arguments: ["nested", "nested-v2"])
  func emptyGroups(name: String) throws {
    let file = try ParquetFile(vector: name)
    var fields = file.metadata.schema.fields
    fields[3].shape = .group([])
    if case .list(var element) = fields[4].shape {
      element.shape = .group([])
      fields[4].shape = .list(element: element)
    }
    for (part, whole) in zip(
      try file.batches(of: [fields[3], fields[4]], batchSize: 5), try file.batches(batchSize: 5))
    {
      #expect(part[0].validity == whole[3].validity)
      #expect(part[0].values == .struct([]))
      guard case .list(let offsets, let element) = part[1].values,
        case .list(let wholeOffsets, let wholeElement) = whole[4].values
      else {
        Issue.record("not a list")
        return
      }
      #expect(offsets == wholeOffsets)
      #expect(part[1].validity == whole[4].validity)
      #expect(element.validity == wholeElement.validity)
    }
  }

  @Test("no columns are rows all the same")
  func noColumns() throws {
    let file = try ParquetFile(vector: "types-plain")
    let decoder = try RowGroupDecoder(metadata: file.metadata, rowGroup: 0, projection: [])
    #expect(decoder.byteRanges.isEmpty)
    var rows = try decoder.rows(of: [])
    let batch = try #require(try rows.next(atMost: 100))
    #expect(batch.rowCount == 40)
    #expect(batch.columns.isEmpty)
  }

  @Test("a step that ends before all fields are decoded is an error, and none of its rows are gone")
  func unfinishedStep() throws {
    let file = try ParquetFile(vector: "types-plain")
    let decoder = try RowGroupDecoder(
      metadata: file.metadata, rowGroup: 0, projection: file.metadata.schema.fields)
    var rows = try decoder.rows(of: try file.chunks(for: decoder))
    var step = try #require(rows.nextStep(atMost: 10))
    step.fields[0].decode(step.rowCount, sizeLimit: step.sizeLimit)
    #expect(throws: FormatError.self) { try rows.finish(&step) }
    #expect(rows.remaining == 40)
    let columns = try #require(try rows.next(atMost: 100)).columns
    for (column, wanted) in zip(columns, try file.batches()[0]) {
      #expect(column.hasSameRows(as: wanted))
    }
  }

  @Test("a damaged page is refused for its checksum")
  func checksum() throws {
    let file = try ParquetFile(vector: "checksums")
    let decoder = try RowGroupDecoder(
      metadata: file.metadata, rowGroup: 0, projection: file.metadata.schema.fields)
    let chunks = try file.chunks(for: decoder)
    for column in chunks.indices {
      var damaged = chunks
      var bytes = chunks[column].array
      bytes[bytes.count - 1] ^= 1
      damaged[column] = Bytes(bytes)
      #expect {
        try decoder.decode(damaged)
      } throws: {
        ($0 as? FormatError)?.code == .checksum
      }
    }
  }

  @Test("bytes that were not asked for are refused")
  func wrongBytes() throws {
    let file = try ParquetFile(vector: "types-plain")
    let decoder = try RowGroupDecoder(
      metadata: file.metadata, rowGroup: 0, projection: file.metadata.schema.fields)
    let chunks = try file.chunks(for: decoder)
    #expect(throws: FormatError.self) { try decoder.rows(of: Array(chunks.dropLast())) }
    #expect(throws: FormatError.self) { try decoder.rows(of: chunks.map { $0[0..<1] }) }
  }

  @Test("what is not supported is named, and only matters to those who read it")
  func unsupported() throws {
    let file = try ParquetFile(vector: "codec-snappy")
    let fields = file.metadata.schema.fields
    func expectRefusal(
      _ code: FormatError.Code, _ change: (inout ColumnChunk) -> Void
    ) throws {
      var metadata = file.metadata
      change(&metadata.rowGroups[0].columns[0])
      let error = #expect(throws: FormatError.self) {
        try RowGroupDecoder(metadata: metadata, rowGroup: 0, projection: fields)
      }
      #expect(error?.code == code)
      _ = try RowGroupDecoder(metadata: metadata, rowGroup: 0, projection: [fields[1]])
    }
    try expectRefusal(.unsupported) { $0.compression = .lzo }
    try expectRefusal(.unsupported) { $0.compression = .unrecognized(99) }
    try expectRefusal(.unsupported) { $0.isEncrypted = true }
    try expectRefusal(.unsupported) { $0.filePath = "elsewhere.parquet" }
    try expectRefusal(.badValue) { $0.physicalType = .double }
    try expectRefusal(.badValue) { $0.path = ["other"] }
    try expectRefusal(.badValue) { $0.valueCount = 39 }
    try expectRefusal(.badValue) { $0.dataPageOffset = -1 }
    try expectRefusal(.badValue) { $0.compressedSize = .max }
  }

  @Test(
    "a column chunk with more or fewer rows than the row group is refused", arguments: [39, 41])
  func rowCounts(count: Int64) throws {
    for name in ["types-v2", "nested"] {
      var file = try ParquetFile(vector: name).metadata
      let bytes = try ParquetFile(vector: name)
      file.rowGroups[0].rowCount = count
      for index in file.rowGroups[0].columns.indices
      where file.schema.leaves[index].maximumRepetitionLevel == 0 {
        file.rowGroups[0].columns[index].valueCount = count
      }
      for field in file.schema.fields {
        let decoder = try RowGroupDecoder(metadata: file, rowGroup: 0, projection: [field])
        let chunks = try bytes.chunks(for: decoder)
        #expect(throws: FormatError.self, "\(field.name)") { try decoder.decode(chunks) }
        #expect(throws: FormatError.self, "\(field.name)") {
          var rows = try decoder.rows(of: chunks)
          while try rows.next(atMost: 8) != nil {}
        }
      }
    }
  }
}
