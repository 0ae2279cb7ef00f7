internal import IcebergColumns
internal import IcebergModel

/// Makes batches of a table from values of `Encodable` types.
///
/// The coding keys are the names of columns. What is encoded must be exactly a value of the column's
/// type; a column that is not encoded, or is nil, becomes null. A column that the rows do not know
/// at all takes its write default.
struct EncodableRows {
  private let schema: Schema
  private var builders: [ColumnBuilder]
  private let indices: [String: Int]
  /// Which columns were encoded in some row.
  private var isKnown: [Bool]
  /// The number of rows since the last batch was taken.
  private(set) var count = 0
  private var rowNumber = 0

  init(schema: Schema) {
    self.schema = schema
    builders = schema.fields.map { ColumnBuilder($0.type.columnKind) }
    indices = Dictionary(
      zip(schema.fields.map(\.name), schema.fields.indices),
      uniquingKeysWith: { first, _ in first })
    isKnown = schema.fields.map { _ in false }
  }

  /// Appends a row. Throws `invalidArgument`, naming row and column, when a value does not fit; the
  /// rows are of no use then.
  mutating func append(_ row: some Encodable) throws {
    do {
      let encoder = LiteralEncoder(type: .struct(schema.fields), codingPath: [])
      try row.encode(to: encoder)
      guard case .struct(let value)? = try encoder.literal() else {
        throw encoder.mismatch("a row is encoded as something else than its columns")
      }
      // Properties that are nil are not encoded, but the type has them all the same.
      if rowNumber == 0 {
        for case let label? in Mirror(reflecting: row).children.map(\.label) {
          if let index = indices[label] { isKnown[index] = true }
        }
      }
      for (index, field) in schema.fields.enumerated() {
        let literal = value.values[index]
        if literal != nil { isKnown[index] = true }
        guard builders[index].append(literal, as: field.type) else {
          throw IcebergError(
            .invalidArgument, "row \(rowNumber): column \(field.name) is malformed")
        }
      }
      count += 1
      rowNumber += 1
    } catch let error as EncodingError {
      throw Self.error(error, rowNumber: rowNumber)
    }
  }

  /// The rows so far; there are none afterwards.
  mutating func finish() -> RecordBatch {
    var names: [String] = []
    var columns: [Column] = []
    for (index, field) in schema.fields.enumerated() {
      let column = builders[index].finish()
      guard isKnown[index] || count == 0 else { continue }
      names.append(field.name)
      columns.append(column)
    }
    defer { count = 0 }
    return RecordBatch(names: names, columns: columns, rowCount: count)
  }

  private static func error(_ error: EncodingError, rowNumber: Int) -> IcebergError {
    guard case .invalidValue(_, let context) = error else {
      return IcebergError(.invalidArgument, "row \(rowNumber) cannot be encoded", cause: error)
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return IcebergError(
      .invalidArgument,
      "row \(rowNumber)\(path.isEmpty ? "" : ", column \(path)"): \(context.debugDescription)")
  }
}
