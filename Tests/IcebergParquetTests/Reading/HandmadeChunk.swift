import IcebergBytes
import IcebergColumns
import IcebergParquet

/// A column chunk made page by page, for what no writer at hand writes.
struct HandmadeChunk {
  var leaf: SchemaElement
  var rowCount: Int
  /// The pages with their headers.
  var bytes: [UInt8] = []
  var compression = ColumnCompression.uncompressed
  /// The values in all pages, nulls included; nil for as many as rows.
  var valueCount: Int?

  init(_ type: PhysicalType, _ repetition: Repetition, rows: Int, length: Int32? = nil) {
    leaf = SchemaElement(
      name: "a", repetition: repetition, physicalType: type, typeLength: length)
    rowCount = rows
  }

  /// Appends a page of the first form.
  mutating func addPage(
    count: Int32, encoding: Encoding = .plain, levels: Encoding = .rle, _ body: [UInt8]
  ) {
    add(
      .data(
        .init(
          valueCount: count, encoding: encoding, definitionLevelEncoding: levels,
          repetitionLevelEncoding: levels)), body)
  }

  /// Appends a dictionary page.
  mutating func addDictionary(count: Int32, encoding: Encoding = .plain, _ body: [UInt8]) {
    add(.dictionary(.init(valueCount: count, encoding: encoding)), body)
  }

  /// Appends a page of any kind, not compressed.
  mutating func add(_ content: PageHeader.Content, _ body: [UInt8]) {
    bytes += PageHeader(
      uncompressedSize: Int32(body.count), compressedSize: Int32(body.count), content: content
    ).encoded()
    bytes += body
  }

  /// A file of this chunk alone: its metadata, and a decoder for its only row group.
  func decoder() throws -> RowGroupDecoder {
    let schema = try ParquetSchema(elements: [
      SchemaElement(name: "root", repetition: nil, childCount: 1), leaf,
    ])
    let chunk = ColumnChunk(
      physicalType: schema.leaves[0].physicalType, encodings: [], path: ["a"],
      compression: compression, valueCount: Int64(valueCount ?? rowCount),
      uncompressedSize: Int64(bytes.count), compressedSize: Int64(bytes.count), dataPageOffset: 0)
    let metadata = FileMetadata(
      version: 2, schema: schema, rowCount: Int64(rowCount),
      rowGroups: [
        RowGroup(columns: [chunk], byteSize: Int64(bytes.count), rowCount: Int64(rowCount))
      ])
    return try RowGroupDecoder(metadata: metadata, rowGroup: 0, projection: schema.fields)
  }

  /// The column that the chunk gives, decoded at once and in batches of two rows, or the first error.
  func decode() throws -> Column {
    let decoder = try decoder()
    let whole = try decoder.decode([Bytes(bytes)])[0]
    var rows = try decoder.rows(of: [Bytes(bytes)])
    var parts: [Column] = []
    while let batch = try rows.next(atMost: 2) { parts.append(batch.columns[0]) }
    guard let joined = try Column.concatenate(parts), joined == whole else {
      throw FormatError(.badValue, "batches differ from the whole")
    }
    return whole
  }
}

extension [UInt8] {
  /// Integers of 32 bits as plain values.
  static func ints(_ values: Int32...) -> [UInt8] {
    var writer = ByteWriter()
    for value in values { writer.writeLittleEndian(value) }
    return writer.bytes
  }

  /// Levels behind their length.
  static func levels(_ bytes: UInt8...) -> [UInt8] { .ints(Int32(bytes.count)) + bytes }
}
