internal import IcebergAvro
internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel
internal import IcebergParquet

/// The Parquet schema of a table's data files, and which columns go into them.
///
/// Columns of type `unknown` are left out, at every depth.
///
/// Spec: Appendix A, "Parquet".
struct ParquetTableSchema: Hashable, Sendable {
  /// The schema of the files.
  let parquet: ParquetSchema
  /// The columns of the table that are in the files.
  let stored: [Field]
  /// The schema of the table as JSON.
  let json: String
  private let table: [Field]

  /// The schema for files of a table.
  ///
  /// Throws `unsupported` for types that cannot be written, `tooLarge` for ids beyond 32 bits.
  init(_ schema: Schema) throws(IcebergError) {
    table = schema.fields
    json = String(decoding: try schema.json().serialized(), as: UTF8.self)
    stored = schema.fields.compactMap { $0.withoutUnknown }
    guard !stored.isEmpty else {
      throw IcebergError(.unsupported, "a table without columns to store cannot be written")
    }
    var elements = [
      SchemaElement(name: "table", repetition: nil, childCount: Int32(stored.count))
    ]
    for field in stored {
      try Self.append(field, name: field.name, path: field.name, to: &elements)
    }
    do throws(FormatError) {
      parquet = try ParquetSchema(elements: elements)
    } catch {
      throw IcebergError(.invalidArgument, "the schema cannot be written: \(error.reason)")
    }
  }

  /// The columns that are in the files, of those of the table.
  func storedColumns(of columns: [Column]) -> [Column] {
    zip(table, columns).compactMap { field, column in
      field.withoutUnknown == nil ? nil : Self.stored(column, field.type)
    }
  }

  private static func stored(_ column: Column, _ type: FieldType) -> Column {
    guard type.holdsUnknown else { return column }
    var result = column
    switch (type, column.values) {
    case (.struct(let fields), .struct(let columns)):
      result.values = .struct(
        zip(fields, columns).compactMap { field, column in
          field.withoutUnknown == nil ? nil : stored(column, field.type)
        })
    case (.list(let element), .list(let offsets, let inner)):
      result.values = .list(offsets: offsets, element: stored(inner, element.type))
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      result.values = .map(
        offsets: offsets, key: stored(keys, key.type), value: stored(values, value.type))
    default: break
    }
    return result
  }

  private static func append(
    _ field: Field, name: String, path: String, to elements: inout [SchemaElement]
  ) throws(IcebergError) {
    guard let id = Int32(exactly: field.id) else {
      throw IcebergError(.invalidArgument, "column \(path) has an id of more than 32 bits")
    }
    var element = SchemaElement(
      name: name, repetition: field.isRequired ? .required : .optional, fieldID: id)
    switch field.type {
    case .boolean: element.physicalType = .boolean
    case .int: element.physicalType = .int32
    case .long: element.physicalType = .int64
    case .float: element.physicalType = .float
    case .double: element.physicalType = .double
    case .decimal(let precision, let scale):
      element.logicalType = .decimal(precision: Int32(precision), scale: Int32(scale))
      if precision <= 9 {
        element.physicalType = .int32
      } else if precision <= 18 {
        element.physicalType = .int64
      } else {
        element.physicalType = .fixedLengthByteArray
        element.typeLength = Int32(AvroSchema.decimalSize(precision: precision))
      }
    case .date:
      element.physicalType = .int32
      element.logicalType = .date
    case .time:
      element.physicalType = .int64
      element.logicalType = .time(isAdjustedToUTC: false, unit: .microseconds)
    case .timestamp, .timestamptz:
      element.physicalType = .int64
      element.logicalType = .timestamp(
        isAdjustedToUTC: field.type == .timestamptz, unit: .microseconds)
    case .timestampNanos, .timestamptzNanos:
      element.physicalType = .int64
      element.logicalType = .timestamp(
        isAdjustedToUTC: field.type == .timestamptzNanos, unit: .nanoseconds)
    case .string:
      element.physicalType = .byteArray
      element.logicalType = .string
    case .uuid:
      element.physicalType = .fixedLengthByteArray
      element.typeLength = 16
      element.logicalType = .uuid
    case .fixed(let length):
      element.physicalType = .fixedLengthByteArray
      element.typeLength = Int32(clamping: length)
    case .binary: element.physicalType = .byteArray
    case .variant:
      element.logicalType = .variant(specificationVersion: 1)
      element.childCount = 2
      elements.append(element)
      for part in ["metadata", "value"] {
        elements.append(
          SchemaElement(name: part, repetition: .required, physicalType: .byteArray))
      }
      return
    case .struct(let fields):
      element.childCount = Int32(fields.count)
      elements.append(element)
      for child in fields {
        try append(child, name: child.name, path: path + "." + child.name, to: &elements)
      }
      return
    case .list(let inner):
      element.logicalType = .list
      element.childCount = 1
      elements.append(element)
      elements.append(SchemaElement(name: "list", repetition: .repeated, childCount: 1))
      try append(inner, name: "element", path: path + ".element", to: &elements)
      return
    case .map(let key, let value):
      element.logicalType = .map
      element.childCount = 1
      elements.append(element)
      elements.append(SchemaElement(name: "key_value", repetition: .repeated, childCount: 2))
      try append(key, name: "key", path: path + ".key", to: &elements)
      try append(value, name: "value", path: path + ".value", to: &elements)
      return
    case .unknown, .geometry, .geography:
      throw IcebergError(
        .unsupported, "column \(path) of type \(field.type) cannot be written to Parquet",
        context: IcebergError.Context(fieldID: field.id))
    }
    elements.append(element)
  }
}

extension Field {
  /// The field without anything of type `unknown` in its structs; nil when nothing is left.
  fileprivate var withoutUnknown: Field? {
    var result = self
    switch type {
    case .unknown: return nil
    case .struct(let fields):
      let kept = fields.compactMap(\.withoutUnknown)
      if kept.isEmpty { return nil }
      result.type = .struct(kept)
    // An element of type `unknown` cannot be left out of its list: it is refused later.
    case .list(let element): result.type = .list(element: element.withoutUnknown ?? element)
    case .map(let key, let value):
      result.type = .map(key: key, value: value.withoutUnknown ?? value)
    default: break
    }
    return result
  }
}

extension FieldType {
  fileprivate var holdsUnknown: Bool {
    if case .unknown = self { return true }
    return children.contains { $0.type.holdsUnknown }
  }
}
