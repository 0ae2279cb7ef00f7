internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Brings batches from outside into the form of a table, and refuses what does not fit.
struct BatchValidator: Sendable {
  /// The columns of the table.
  let schema: Schema

  /// The columns of the table, in its order, with the rows of `batch`.
  ///
  /// Columns are found by name. One that is missing takes its write default, or null. 32-bit integers
  /// are widened where the table has 64 bits, and floats where it has doubles.
  ///
  /// Throws `invalidArgument`, naming the column, for names that the table does not have, values of
  /// another type, and nulls in required columns.
  func columns(of batch: RecordBatch) throws(IcebergError) -> [Column] {
    try checkNames(batch)
    var columns: [Column] = []
    for field in schema.fields {
      guard let given = batch.column(field.name) else {
        columns.append(try missing(field, count: batch.rowCount))
        continue
      }
      do throws(FormatError) {
        try given.validate()
      } catch {
        throw refusal("the column is malformed: \(error.reason)", field, field.name)
      }
      columns.append(try accept(given, as: field, path: field.name, parent: nil))
    }
    return columns
  }

  private func checkNames(_ batch: RecordBatch) throws(IcebergError) {
    let known = Set(schema.fields.map(\.name))
    var seen: Set<String> = []
    for name in batch.names {
      guard known.contains(name) else {
        throw IcebergError(
          .invalidArgument,
          "the table has no column '\(name)'; it has \(known.sorted().joined(separator: ", "))")
      }
      guard seen.insert(name).inserted else {
        throw IcebergError(.invalidArgument, "the batch has two columns '\(name)'")
      }
    }
  }

  /// Spec: Default values.
  private func missing(_ field: Field, count: Int) throws(IcebergError) -> Column {
    if field.writeDefault == nil, field.isRequired, count > 0 {
      throw refusal(
        "the column is required, has no write default, and is not in the batch", field, field.name)
    }
    guard let column = Column(repeating: field.writeDefault, as: field.type, count: count) else {
      throw refusal("the write default is not of the column's type", field, field.name)
    }
    return column
  }

  /// A column in the form of its type. `parent` says in which rows the struct around it is there.
  private func accept(
    _ column: Column, as field: Field, path: String, parent: Bitmap?
  ) throws(IcebergError) -> Column {
    if field.isRequired, column.nullCount > 0 {
      let nulls = Bitmap((0..<column.count).lazy.map { column.isNull(at: $0) })
      if !(parent.map { $0 & nulls } ?? nulls).noneSet {
        throw refusal("the column is required, and a row has null in it", field, path)
      }
    }
    if case .null = column.values {
      return Column(nulls: field.type.columnKind, count: column.count)
    }
    var result = column
    switch (field.type, column.values) {
    case (.long, .int(let values)): result.values = .long(values.map { Int64($0) })
    case (.double, .float(let values)): result.values = .double(values.map { Double($0) })
    case (.struct(let fields), .struct(let columns)) where fields.count == columns.count:
      var children: [Column] = []
      let present = Self.both(parent, column.validity)
      for (field, column) in zip(fields, columns) {
        children.append(
          try accept(column, as: field, path: path + "." + field.name, parent: present))
      }
      result.values = .struct(children)
    case (.list(let element), .list(let offsets, let inner)):
      result.values = .list(
        offsets: offsets,
        element: try accept(inner, as: element, path: path + ".element", parent: nil))
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      result.values = .map(
        offsets: offsets, key: try accept(keys, as: key, path: path + ".key", parent: nil),
        value: try accept(values, as: value, path: path + ".value", parent: nil))
    default:
      guard column.kind == field.type.columnKind else {
        throw refusal("\(column.kind) values are no \(field.type)", field, path)
      }
      try checkValues(column, field, path)
    }
    return result
  }

  /// What the kind of a column does not say of its values.
  private func checkValues(
    _ column: Column, _ field: Field, _ path: String
  ) throws(IcebergError) {
    switch (field.type, column.values) {
    case (.decimal(let precision, _), .decimal(let values)):
      let limit = DecimalText.powerOfTen(precision)
      if values.contains(where: { $0 >= limit || $0 <= -limit }) {
        throw refusal("a decimal has more than \(precision) digits", field, path)
      }
    case (.time, .long(let values)):
      if values.contains(where: { !(0..<86_400_000_000).contains($0) }) {
        throw refusal("a time is not within a day", field, path)
      }
    case (.string, .bytes(let offsets, let data)):
      // Text as a whole is valid, and no string begins within a character.
      let isText =
        String(validating: data, as: UTF8.self) != nil
        && offsets.allSatisfy { Int($0) >= data.count || data[Int($0)] & 0xc0 != 0x80 }
      if !isText { throw refusal("a text is not UTF-8", field, path) }
    default: break
    }
  }

  private static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left else { return right }
    guard let right else { return left }
    return left & right
  }

  private func refusal(_ reason: String, _ field: Field, _ path: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "column \(path): \(reason)",
      context: IcebergError.Context(fieldID: field.id))
  }
}
