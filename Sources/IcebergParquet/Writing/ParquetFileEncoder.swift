public import IcebergBytes
public import IcebergColumns

/// Turns columns into the bytes of a Parquet file, row group by row group, without I/O.
///
/// Every call returns the bytes that are complete and go next into the file, so that a caller can
/// stream them; what is kept is at most one row group.
///
/// ```swift
/// var encoder = try ParquetFileEncoder(schema: schema)
/// var chunks = try encoder.write(batch)
/// let (rest, file) = try encoder.finish()
/// chunks += rest
/// ```
public struct ParquetFileEncoder: Sendable {
  /// The most bytes of columns that are shredded at a time.
  private static let windowSize = 16 << 20

  /// The schema of the file.
  public let schema: ParquetSchema
  /// How the file is written; limits below one count as one.
  public let options: ParquetWriteOptions

  /// The encoders of the fields, in the order of the schema. Each takes the rows of a step by itself: who
  /// wants several at work at the same time takes the steps of ``write(_:rowCount:)`` one by one.
  package var fields: [FieldEncoder]

  private var rowGroups: [RowGroup] = []
  /// The rows of the row group that is being made.
  private var rowGroupRows = 0
  /// The number of bytes returned so far.
  private var position: Int64 = 0

  /// An encoder at the beginning of a file.
  ///
  /// Throws `unsupported` for columns or codecs that cannot be written.
  public init(
    schema: ParquetSchema, options: ParquetWriteOptions = ParquetWriteOptions()
  ) throws(FormatError) {
    self.schema = schema
    var options = options
    options.pageRowLimit = max(1, options.pageRowLimit)
    options.pageSize = max(1, options.pageSize)
    options.rowGroupRowLimit = max(1, options.rowGroupRowLimit)
    options.statisticsLength = max(1, options.statisticsLength)
    self.options = options
    var unordered: Set<Int> = []
    for field in schema.fields { Self.collectVariants(field, into: &unordered) }
    var leaves: [LeafEncoder] = []
    for leaf in schema.leaves {
      let hasOrder = Self.hasOrder(leaf) && !unordered.contains(leaf.ordinal)
      leaves.append(try LeafEncoder(for: leaf, hasOrder: hasOrder, options))
    }
    fields = schema.fields.map { FieldEncoder(of: $0, Array(leaves[$0.leaves])) }
  }

  /// The number of rows written so far.
  public var rowCount: Int64 {
    rowGroups.reduce(0) { $0 + $1.rowCount } + Int64(rowGroupRows)
  }

  /// About how many bytes the file would have if it ended here, the footer left aside.
  public var estimatedByteCount: Int64 { position + Int64(bufferedSize) }

  /// About how many bytes the rows take that wait for the end of their row group.
  public var bufferedByteCount: Int { bufferedSize }

  private var bufferedSize: Int { fields.reduce(0) { $0 + $1.bufferedSize } }

  /// Appends the rows of `batch`, whose columns stand in the order of the fields of the schema.
  ///
  /// Returns what goes next into the file. Throws `badValue` when a column is not sound, not of the
  /// kind of its field, or has nulls that its field cannot have; the encoder is then of no more use.
  public mutating func write(_ batch: RecordBatch) throws(FormatError) -> [Bytes] {
    try write(batch.columns, rowCount: batch.rowCount)
  }

  /// Appends `rowCount` rows, a column for each field of the schema; see ``write(_:)``.
  public mutating func write(
    _ columns: [Column], rowCount: Int
  ) throws(FormatError) -> [Bytes] {
    try check(columns, rowCount: rowCount)
    var output: [Bytes] = []
    var start = 0
    while start < rowCount {
      let rows = nextRows(of: columns, in: start..<rowCount)
      for index in fields.indices { try fields[index].append(columns[index], rows: rows) }
      output += try endRows(rows)
      start = rows.upperBound
    }
    return output
  }

  /// Throws `badValue` when `columns` are not one for each field of the schema, of `rowCount` rows
  /// each, and sound.
  package func check(_ columns: [Column], rowCount: Int) throws(FormatError) {
    guard columns.count == schema.fields.count else {
      throw FormatError(.badValue, "not as many columns as fields")
    }
    for column in columns {
      guard column.count == rowCount else {
        throw FormatError(.badValue, "columns of different lengths")
      }
      try column.validate()
    }
  }

  /// The first of `rows` of `columns`, as many as are encoded in one step: whole pages, no more than one
  /// when the row group may be full soon, and fewer rows when they are large.
  package func nextRows(of columns: [Column], in rows: Range<Int>) -> Range<Int> {
    let size = columns.reduce(0) { $0 + $1.approximateSize }
    let perRow = max(1, size / max(1, rows.upperBound))
    let room = (max(0, options.rowGroupSize) - bufferedSize) / perRow
    let pages = max(1, room / options.pageRowLimit) * options.pageRowLimit
    let window = min(pages, max(1, Self.windowSize / perRow))
    return rows.prefix(min(window, options.rowGroupRowLimit - rowGroupRows))
  }

  /// Ends a step, after each of ``fields`` has taken `rows`: returns what goes next into the file.
  ///
  /// Throws `badValue` when a field has not taken them; the encoder is then of no more use.
  package mutating func endRows(_ rows: Range<Int>) throws(FormatError) -> [Bytes] {
    rowGroupRows += rows.count
    try checkFields()
    var output = header()
    if rowGroupRows >= options.rowGroupRowLimit || bufferedSize >= options.rowGroupSize {
      output += try finishRowGroup()
    }
    return output
  }

  /// Ends the file: returns its last bytes, and what was written altogether.
  ///
  /// Throws `badValue` after an error of an earlier call.
  public mutating func finish() throws(FormatError) -> (bytes: [Bytes], file: WrittenFile) {
    try checkFields()
    var output = header()
    if rowGroupRows > 0 { output += try finishRowGroup() }
    let metadata = FileMetadata(
      version: 1, schema: schema, rowCount: rowCount, rowGroups: rowGroups,
      keyValueMetadata: options.keyValueMetadata.isEmpty ? nil : options.keyValueMetadata,
      createdBy: options.createdBy,
      columnOrders: [FileMetadata.ColumnOrder](
        repeating: .typeDefined, count: schema.leaves.count))
    var footer = ByteWriter()
    footer.write(metadata.encoded())
    let length = footer.count
    guard let size = UInt32(exactly: length) else {
      throw FormatError(.tooLarge, "footer beyond 4 GiB")
    }
    footer.writeLittleEndian(size)
    footer.write(FileMetadata.magic)
    output.append(Bytes(footer.bytes))
    position += Int64(footer.count)
    let file = WrittenFile(
      byteCount: position, metadata: metadata, columns: fields.flatMap(\.summaries))
    return (output, file)
  }

  /// Throws when the fields have not taken the same rows, all of them.
  private func checkFields() throws(FormatError) {
    guard fields.allSatisfy({ $0.rowCount == rowGroupRows }) else {
      throw FormatError(.badValue, "not every column has all rows: an earlier write has failed")
    }
  }

  /// What stands in front of the first row group.
  private mutating func header() -> [Bytes] {
    if position > 0 { return [] }
    position = Int64(FileMetadata.magic.count)
    return [Bytes(FileMetadata.magic)]
  }

  private mutating func finishRowGroup() throws(FormatError) -> [Bytes] {
    let start = position
    var output: [Bytes] = []
    var chunks: [ColumnChunk] = []
    for index in fields.indices {
      for encoded in try fields[index].finishChunks() {
        var chunk = encoded.metadata
        chunk.dataPageOffset += position
        if chunk.dictionaryPageOffset != nil { chunk.dictionaryPageOffset = position }
        position += chunk.compressedSize
        chunks.append(chunk)
        for page in encoded.pages { output += page.bytes }
      }
    }
    rowGroups.append(
      RowGroup(
        columns: chunks, byteSize: chunks.reduce(0) { $0 + $1.uncompressedSize },
        rowCount: Int64(rowGroupRows), fileOffset: start, compressedSize: position - start,
        ordinal: Int16(exactly: rowGroups.count)))
    rowGroupRows = 0
    return output
  }

  /// The leaves below variants, whose bytes have no order.
  private static func collectVariants(_ field: ParquetField, into unordered: inout Set<Int>) {
    if case .variant = field.logicalType { unordered.formUnion(field.leaves) }
    for child in field.children { collectVariants(child, into: &unordered) }
  }

  /// Whether the order of the values of `leaf` is defined, and is that of our bounds.
  private static func hasOrder(_ leaf: ParquetLeaf) -> Bool {
    switch leaf.logicalType {
    case nil, .string, .enumeration, .decimal, .date, .time, .timestamp, .json, .bson, .uuid: true
    case .integer(_, let isSigned): isSigned
    case .map, .list, .unknown, .float16, .variant, .geometry, .geography, .interval, .mapKeyValue,
      .unrecognized:
      false
    }
  }
}
