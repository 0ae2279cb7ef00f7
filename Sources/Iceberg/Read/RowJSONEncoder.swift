public import IcebergColumns
public import IcebergModel

/// Writes rows as JSON objects, one for each row, in one canonical form.
///
/// Numbers are numbers, NaN and the infinities are the strings `"NaN"`, `"Infinity"` and
/// `"-Infinity"`; a decimal is a string with exactly the digits of its scale; dates and times are
/// ISO 8601 strings with six digits of a second, nine for the nanosecond types, `+00:00` behind those
/// with a zone; uuids are lower case; fixed and binary are lower-case hexadecimal; a struct is an
/// object in the order of its fields, a list an array, a map an array of `[key, value]` sorted by
/// key, and a variant is the JSON that it stands for.
public struct RowJSONEncoder: Sendable {
  /// The columns of the rows.
  public let schema: Schema

  /// An encoder of batches with the columns of `schema`, in its order.
  public init(schema: Schema) { self.schema = schema }

  /// Row `index` of a batch, as UTF-8 text without a line end.
  ///
  /// Throws `invalidArgument` when the columns are not those of the schema, and `invalidFile` when a
  /// variant or a text is malformed.
  public func encode(_ index: Int, of batch: RecordBatch) throws(IcebergError) -> [UInt8] {
    var output: [UInt8] = []
    try append(index, of: batch, to: &output)
    return output
  }

  /// Appends row `index` of a batch to `output`, without a line end.
  ///
  /// Throws as ``encode(_:of:)`` does.
  public func append(
    _ index: Int, of batch: RecordBatch, to output: inout [UInt8]
  ) throws(IcebergError) {
    guard batch.columns.count == schema.fields.count, (0..<batch.rowCount).contains(index) else {
      throw IcebergError(.invalidArgument, "the batch has no such row, or other columns")
    }
    var text = JSONRowText()
    swap(&text.bytes, &output)
    defer { swap(&text.bytes, &output) }
    try text.append(schema.fields, batch.columns, at: index)
  }
}
