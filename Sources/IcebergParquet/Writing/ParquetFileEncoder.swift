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

  private var encoders: [LeafEncoder]
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
    encoders = []
    for leaf in schema.leaves {
      let hasOrder = Self.hasOrder(leaf) && !unordered.contains(leaf.ordinal)
      encoders.append(try LeafEncoder(for: leaf, hasOrder: hasOrder, options))
    }
  }

  /// The number of rows written so far.
  public var rowCount: Int64 {
    rowGroups.reduce(0) { $0 + $1.rowCount } + Int64(rowGroupRows)
  }

  /// About how many bytes the file would have if it ended here, the footer left aside.
  public var estimatedByteCount: Int64 { position + Int64(bufferedSize) }

  /// About how many bytes the rows take that wait for the end of their row group.
  public var bufferedByteCount: Int { bufferedSize }

  private var bufferedSize: Int { encoders.reduce(0) { $0 + $1.bufferedSize } }

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
    guard columns.count == schema.fields.count else {
      throw FormatError(.badValue, "not as many columns as fields")
    }
    for column in columns {
      guard column.count == rowCount else {
        throw FormatError(.badValue, "columns of different lengths")
      }
      try column.validate()
    }
    var output = header()
    let window = windowRows(columns, rowCount: rowCount)
    var start = 0
    while start < rowCount {
      let end = min(rowCount, start + min(window, options.rowGroupRowLimit - rowGroupRows))
      for (field, column) in zip(schema.fields, columns) {
        try RecordShredding.shred(column, as: field, rows: start..<end) {
          (leaf, records) throws(FormatError) in
          try encoders[leaf.ordinal].append(records, rows: start..<end)
        }
      }
      rowGroupRows += end - start
      start = end
      if rowGroupRows >= options.rowGroupRowLimit || bufferedSize >= options.rowGroupSize {
        output += try finishRowGroup()
      }
    }
    return output
  }

  /// Ends the file: returns its last bytes, and what was written altogether.
  public mutating func finish() throws(FormatError) -> (bytes: [Bytes], file: WrittenFile) {
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
      byteCount: position, metadata: metadata, columns: encoders.compactMap(\.summary))
    return (output, file)
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
    for index in encoders.indices {
      guard let encoded = try encoders[index].finishChunk() else { continue }
      var chunk = encoded.metadata
      chunk.dataPageOffset += position
      if chunk.dictionaryPageOffset != nil { chunk.dictionaryPageOffset = position }
      position += chunk.compressedSize
      chunks.append(chunk)
      for page in encoded.pages { output += page.bytes }
    }
    rowGroups.append(
      RowGroup(
        columns: chunks, byteSize: chunks.reduce(0) { $0 + $1.uncompressedSize },
        rowCount: Int64(rowGroupRows), fileOffset: start, compressedSize: position - start,
        ordinal: Int16(exactly: rowGroups.count)))
    rowGroupRows = 0
    return output
  }

  /// How many rows are shredded at a time: those of a page, and fewer when they are large.
  private func windowRows(_ columns: [Column], rowCount: Int) -> Int {
    let size = columns.reduce(0) { $0 + $1.approximateSize }
    let perRow = max(1, size / max(1, rowCount))
    return min(options.pageRowLimit, max(1, Self.windowSize / perRow))
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
