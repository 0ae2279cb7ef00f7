package import IcebergBytes
package import IcebergColumns

/// Encodes one field of a schema, its leaves if it is nested: the part of a ``ParquetFileEncoder`` that
/// needs no other.
package struct FieldEncoder: Sendable {
  private let field: ParquetField
  /// The encoders of ``ParquetField/leaves``, in that order.
  private var leaves: [LeafEncoder]
  /// The number of rows of the row group.
  private(set) var rowCount = 0

  init(of field: ParquetField, _ leaves: [LeafEncoder]) {
    self.field = field
    self.leaves = leaves
  }

  /// Appends `rows` of `column`.
  ///
  /// Throws `badValue` when the column is not of the kind of the field, or has nulls that the field
  /// cannot have; the encoder is then of no more use.
  package mutating func append(_ column: Column, rows: Range<Int>) throws(FormatError) {
    try RecordShredding.shred(column, as: field, rows: rows) {
      (leaf, records) throws(FormatError) in
      try leaves[leaf.ordinal - field.leaves.lowerBound].append(records, rows: rows)
    }
    rowCount += rows.count
  }

  /// Ends the chunks of the row group, one for each leaf.
  mutating func finishChunks() throws(FormatError) -> [EncodedChunk] {
    var chunks: [EncodedChunk] = []
    for index in leaves.indices {
      if let chunk = try leaves[index].finishChunk() { chunks.append(chunk) }
    }
    rowCount = 0
    return chunks
  }

  /// About how many bytes the row group has of the field so far.
  var bufferedSize: Int { leaves.reduce(0) { $0 + $1.bufferedSize } }

  /// What all chunks of each leaf came to.
  var summaries: [ColumnSummary] { leaves.compactMap(\.summary) }
}
