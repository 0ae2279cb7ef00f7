public import IcebergBytes
public import IcebergColumns

/// The rows of a row group, decoded in batches.
///
/// Pages are decompressed as the rows in them are asked for, so that memory holds little more than
/// the compressed row group and one batch.
public struct RowGroupRows: Sendable {
  /// Some rows.
  public struct Batch: Sendable {
    /// A column for each field of the projection.
    public var columns: [Column]
    /// The number of rows.
    public var rowCount: Int
  }

  /// The number of rows not decoded yet.
  public private(set) var remaining: Int

  private let projection: [ParquetField]
  private let witnesses: [Range<Int>: Int]
  private let sizeLimit: Int
  private var decoders: [ColumnChunkDecoder]

  init(
    _ decoder: RowGroupDecoder, _ chunks: [Bytes], sizeLimit: Int
  ) throws(FormatError) {
    guard chunks.count == decoder.columns.count else {
      throw FormatError(.truncated, "not as many byte ranges as asked for")
    }
    for (chunk, range) in zip(chunks, decoder.byteRanges) where chunk.count != range.count {
      throw FormatError(.truncated, at: Int(range.lowerBound), "column chunk is not all there")
    }
    remaining = decoder.rowCount
    projection = decoder.projection
    witnesses = decoder.witnesses
    self.sizeLimit = sizeLimit
    decoders = zip(decoder.columns, chunks).map { column, bytes in
      ColumnChunkDecoder(
        leaf: column.leaf, chunk: column.chunk, bytes: bytes, part: column.part,
        leastDefinition: column.leastDefinition, needsLevels: column.needsLevels)
    }
  }

  /// The next rows, or nil after the last one: `limit` of them, fewer at the end or when they are
  /// very large.
  public mutating func next(atMost limit: Int) throws(FormatError) -> Batch? {
    guard remaining > 0, limit > 0 else { return nil }
    var rows = min(limit, remaining)
    while true {
      var attempt = decoders
      do throws(FormatError) {
        let columns = try Self.decode(
          rows, of: projection, &attempt, witnesses,
          sizeLimit: rows == 1 ? .max : sizeLimit)
        decoders = attempt
        remaining -= rows
        if remaining == 0 { try checkEnd() }
        return Batch(columns: columns, rowCount: rows)
      } catch {
        guard error.code == .tooLarge, rows > 1 else { throw error }
        rows /= 2
      }
    }
  }

  mutating func decodeAll() throws(FormatError) -> [Column] {
    let columns = try Self.decode(
      remaining, of: projection, &decoders, witnesses, sizeLimit: .max)
    remaining = 0
    try checkEnd()
    return columns
  }

  private static func decode(
    _ rows: Int, of projection: [ParquetField], _ decoders: inout [ColumnChunkDecoder],
    _ witnesses: [Range<Int>: Int], sizeLimit: Int
  ) throws(FormatError) -> [Column] {
    var batches: [Int: LeafBatch] = [:]
    for index in decoders.indices {
      let leaf = decoders[index].leaf
      do throws(FormatError) {
        batches[leaf.ordinal] = try decoders[index].read(rows: rows, sizeLimit: sizeLimit)
      } catch {
        throw error.naming(leaf)
      }
    }
    let assembly = RecordAssembly(batches: batches, witnesses: witnesses)
    var columns: [Column] = []
    for field in projection { columns.append(try assembly.column(of: field, rowCount: rows)) }
    return columns
  }

  private func checkEnd() throws(FormatError) {
    for decoder in decoders where !decoder.isAtEnd {
      throw FormatError(.badValue, "column chunk has more rows than its row group")
        .naming(decoder.leaf)
    }
  }
}

extension FormatError {
  /// The same error, which also says in which column.
  fileprivate func naming(_ leaf: ParquetLeaf) -> FormatError {
    FormatError(code, at: offset, "column '\(leaf.path.joined(separator: "."))': \(reason)")
  }
}
