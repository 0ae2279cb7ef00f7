package import IcebergColumns
package import IcebergModel

extension FieldType {
  /// The physical kind of the columns that hold values of this type.
  ///
  /// A variant is a struct of its metadata and its value, both bytes.
  package var columnKind: Column.Kind {
    switch self {
    case .boolean: .boolean
    case .int, .date: .int
    case .long, .time, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos: .long
    case .float: .float
    case .double: .double
    case .decimal: .decimal
    case .string, .binary, .geometry, .geography: .bytes
    case .uuid: .fixed(width: 16)
    case .fixed(let length): .fixed(width: length)
    case .unknown: .null
    case .variant: .struct([.bytes, .bytes])
    case .struct(let fields): .struct(fields.map(\.type.columnKind))
    case .list(let element): .list(element.type.columnKind)
    case .map(let key, let value): .map(key: key.type.columnKind, value: value.type.columnKind)
    }
  }
}

extension Schema {
  /// A batch of no rows with the columns of the schema.
  package var emptyBatch: RecordBatch {
    RecordBatch(
      names: fields.map(\.name),
      columns: fields.map { Column(nulls: $0.type.columnKind, count: 0) }, rowCount: 0)
  }
}
