import IcebergBytes
import IcebergColumns

/// Decodes one field of a projection, its leaves if it is nested: the part of ``RowGroupRows`` that needs
/// no other.
package struct FieldDecoder: Sendable {
  private let field: ParquetField
  private let witnesses: [Range<Int>: Int]
  private var leaves: [ColumnChunkDecoder]
  /// What the last call of ``decode(_:sizeLimit:)`` has come to.
  private var result: Result<Column, FormatError>?

  init(of field: ParquetField, _ leaves: [ColumnChunkDecoder], witnesses: [Range<Int>: Int]) {
    self.field = field
    self.leaves = leaves
    self.witnesses = witnesses
  }

  /// Decodes the next rows, and keeps the column or the error for the end of the step: `tooLarge` when a
  /// leaf has more than `sizeLimit` bytes. Tells whether it is a column.
  @discardableResult
  package mutating func decode(_ rowCount: Int, sizeLimit: Int) -> Bool {
    let result = Result { () throws(FormatError) in
      var batches: [Int: LeafBatch] = [:]
      for index in leaves.indices {
        let leaf = leaves[index].leaf
        do throws(FormatError) {
          batches[leaf.ordinal] = try leaves[index].read(rows: rowCount, sizeLimit: sizeLimit)
        } catch {
          throw error.naming(leaf)
        }
      }
      return try RecordAssembly(batches: batches, witnesses: witnesses)
        .column(of: field, rowCount: rowCount)
    }
    self.result = result
    if case .success = result { return true }
    return false
  }

  /// Takes the column that was decoded.
  mutating func takeColumn() throws(FormatError) -> Column {
    defer { result = nil }
    guard let result else { throw FormatError(.badValue, "field '\(field.name)' was not decoded") }
    return try result.get()
  }

  /// Throws when not all values of the row group have been taken.
  func checkEnd() throws(FormatError) {
    for leaf in leaves where !leaf.isAtEnd {
      throw FormatError(.badValue, "column chunk has more rows than its row group")
        .naming(leaf.leaf)
    }
  }
}

extension FormatError {
  /// The same error, which also says in which column.
  fileprivate func naming(_ leaf: ParquetLeaf) -> FormatError {
    FormatError(code, at: offset, "column '\(leaf.path.joined(separator: "."))': \(reason)")
  }
}
