internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Builds batches from values of one kind, each of which is a row.
struct RowColumns<Row>: Sendable {
  /// Appends one value of a row to its column.
  typealias Cell = @Sendable (Row, inout ColumnBuilder) throws(IcebergError) -> Void

  private let names: [String]
  private let cells: [Cell]
  private var builders: [ColumnBuilder]
  /// The number of rows of the batch that is being built.
  private(set) var count = 0

  /// Builds the columns of `schema`; `cell` makes what fills one of them.
  init(_ schema: Schema, cell: (Field) throws(IcebergError) -> Cell) throws(IcebergError) {
    names = schema.fields.map(\.name)
    builders = schema.fields.map { ColumnBuilder($0.type.columnKind) }
    var cells: [Cell] = []
    for field in schema.fields { cells.append(try cell(field)) }
    self.cells = cells
  }

  /// Adds a row. After an error the batch is of no use.
  mutating func append(_ row: Row) throws(IcebergError) {
    for index in cells.indices { try cells[index](row, &builders[index]) }
    count += 1
  }

  /// The rows so far; there are none afterwards.
  mutating func finish() -> RecordBatch {
    var columns: [Column] = []
    columns.reserveCapacity(builders.count)
    for index in builders.indices { columns.append(builders[index].finish()) }
    defer { count = 0 }
    return RecordBatch(names: names, columns: columns, rowCount: count)
  }

  /// What fills a struct: its fields, each filled by what `cell` makes.
  static func structCell(
    _ fields: [Field], _ cell: (Field) throws(IcebergError) -> Cell
  ) throws(IcebergError) -> Cell {
    var cells: [Cell] = []
    for field in fields { cells.append(try cell(field)) }
    return { [cells] (row, builder) throws(IcebergError) in
      for index in cells.indices { try cells[index](row, &builder.children[index]) }
      builder.closeRow()
    }
  }
}

extension ColumnBuilder {
  /// Appends a 64-bit integer; nil is null.
  mutating func append(long value: Int64?) {
    if let value { append(value) } else { appendNull() }
  }

  /// Appends a number to a column of 32-bit integers; nil is null.
  ///
  /// Throws `invalidFile` when the number needs more bits.
  mutating func append(int value: Int?) throws(IcebergError) {
    guard let value else { return appendNull() }
    guard let value = Int32(exactly: value) else {
      throw IcebergError(.invalidFile, "the number \(value) has more than 32 bits")
    }
    append(value)
  }

  /// Appends text; nil is null.
  mutating func append(text: String?) {
    if let text { append(utf8: text) } else { appendNull() }
  }

  /// Appends a byte string; nil is null.
  mutating func append(bytes: Bytes?) {
    if let bytes { append(bytes: bytes) } else { appendNull() }
  }

  /// Appends a point in time in milliseconds to a column of timestamps with microseconds.
  ///
  /// Throws `invalidMetadata` when it lies beyond what such a column can hold.
  mutating func append(millis: Int64) throws(IcebergError) {
    let (micros, overflow) = millis.multipliedReportingOverflow(by: 1000)
    if overflow {
      throw IcebergError(.invalidMetadata, "the time \(millis) ms is beyond the range of times")
    }
    append(micros)
  }
}
