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

  /// The next rows while they are decoded, field by field.
  package struct Step: Sendable {
    /// The number of rows.
    package let rowCount: Int
    /// The most bytes that a column of them may have.
    package let sizeLimit: Int
    /// The decoders of the fields, in the order of the projection. Each has to decode the rows.
    package var fields: [FieldDecoder]
  }

  /// The number of rows not decoded yet.
  public private(set) var remaining: Int

  /// How many bytes of the file each field of the projection has: a measure of the work with it.
  package let fieldSizes: [Int]

  private var fields: [FieldDecoder]
  private let sizeLimit: Int
  /// How many rows to begin with: after rows that were too large, not many more than what was not.
  private var likelyCount = Int.max

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
    self.sizeLimit = sizeLimit
    var leaves: [Int: ColumnChunkDecoder] = [:]
    var sizes: [Int: Int] = [:]
    for (column, bytes) in zip(decoder.columns, chunks) {
      sizes[column.leaf.ordinal] = bytes.count
      leaves[column.leaf.ordinal] = ColumnChunkDecoder(
        leaf: column.leaf, chunk: column.chunk, bytes: bytes, part: column.part,
        leastDefinition: column.leastDefinition, needsLevels: column.needsLevels)
    }
    fields = decoder.projection.map { field in
      FieldDecoder(
        of: field, field.leaves.compactMap { leaves[$0] }, witnesses: decoder.witnesses)
    }
    fieldSizes = decoder.projection.map { $0.leaves.reduce(0) { $0 + (sizes[$1] ?? 0) } }
  }

  /// The next rows, or nil after the last one: `limit` of them, fewer at the end or when they are
  /// very large.
  public mutating func next(atMost limit: Int) throws(FormatError) -> Batch? {
    guard var step = nextStep(atMost: limit) else { return nil }
    while true {
      step.decodeFields()
      if let batch = try finish(&step) { return batch }
    }
  }

  /// Begins to decode the next rows, `limit` of them or fewer; nil after the last one.
  ///
  /// Who wants several fields decoded at the same time does so between this and ``finish(_:)``, in place
  /// of ``next(atMost:)``.
  package func nextStep(atMost limit: Int) -> Step? {
    guard remaining > 0, limit > 0 else { return nil }
    return step(of: min(limit, remaining, likelyCount))
  }

  private func step(of rows: Int) -> Step {
    // One row is as large as it is.
    Step(rowCount: rows, sizeLimit: rows == 1 ? .max : sizeLimit, fields: fields)
  }

  /// The rows of a step whose fields are all decoded. Nil when they are too large: the step is then one of
  /// fewer rows, which have to be decoded again.
  package mutating func finish(_ step: inout Step) throws(FormatError) -> Batch? {
    do throws(FormatError) {
      let batch = try take(&step)
      if likelyCount < .max { likelyCount = min(batch.rowCount, .max / 2) * 2 }
      return batch
    } catch {
      guard error.code == .tooLarge, step.rowCount > 1 else { throw error }
      likelyCount = step.rowCount / 2
      step = self.step(of: likelyCount)
      return nil
    }
  }

  /// All rows at once, whatever their size.
  mutating func decodeAll() throws(FormatError) -> [Column] {
    var step = Step(rowCount: remaining, sizeLimit: .max, fields: fields)
    step.decodeFields()
    return try take(&step).columns
  }

  private mutating func take(_ step: inout Step) throws(FormatError) -> Batch {
    var columns: [Column] = []
    columns.reserveCapacity(step.fields.count)
    for index in step.fields.indices { columns.append(try step.fields[index].takeColumn()) }
    if step.rowCount == remaining { for field in step.fields { try field.checkEnd() } }
    fields = step.fields
    remaining -= step.rowCount
    return Batch(columns: columns, rowCount: step.rowCount)
  }
}

extension RowGroupRows.Step {
  fileprivate mutating func decodeFields() {
    for index in fields.indices {
      guard fields[index].decode(rowCount, sizeLimit: sizeLimit) else { return }
    }
  }
}
