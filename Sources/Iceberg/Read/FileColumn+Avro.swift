internal import IcebergAvro

extension FileColumn {
  /// The column that a value of an Avro schema is.
  ///
  /// Spec: Appendix A, "Avro".
  init(_ schema: AvroSchema, name: String, id: Int?) {
    let isOptional = schema.nullBranch != nil
    self.init(id: id, name: name, isOptional: isOptional, kind: Self.kind(of: schema.nonNull))
  }

  /// The columns of a file whose records have this schema; none when they are no records.
  static func columns(of record: AvroSchema) -> [FileColumn] {
    record.fields.map { FileColumn($0.schema, name: $0.name, id: $0.fieldID) }
  }

  private static func kind(of schema: AvroSchema) -> Kind {
    switch schema.kind {
    case .null: return .null
    case .boolean: return .boolean
    case .int:
      switch schema.logicalType {
      case "date": return .date
      case "time-millis": return .time(.millis)
      default: return .integer(bits: 32, isSigned: true)
      }
    case .long:
      switch schema.logicalType {
      case "time-micros": return .time(.micros)
      case "timestamp-millis", "local-timestamp-millis": return .timestamp(.millis)
      case "timestamp-micros", "local-timestamp-micros": return .timestamp(.micros)
      case "timestamp-nanos", "local-timestamp-nanos": return .timestamp(.nanos)
      default: return .integer(bits: 64, isSigned: true)
      }
    case .float: return .float
    case .double: return .double
    case .string: return .text
    case .bytes: return decimal(schema) ?? .bytes
    case .fixed(_, let size):
      if schema.logicalType == "uuid", size == 16 { return .uuid }
      return decimal(schema) ?? .fixed(length: size)
    case .enumeration: return .unsupported("an Avro enumeration")
    case .array(let element):
      if let pair = schema.pair {
        return .map(
          key: FileColumn(pair.key.schema, name: "key", id: pair.key.fieldID),
          value: FileColumn(pair.value.schema, name: "value", id: pair.value.fieldID))
      }
      return .list(element: FileColumn(element, name: "element", id: schema.elementID))
    case .map(let value):
      return .map(
        key: FileColumn(.string, name: "key", id: schema.keyID),
        value: FileColumn(value, name: "value", id: schema.valueID))
    case .union: return .unsupported("an Avro union of several types")
    case .record:
      let fields = columns(of: schema)
      return schema.logicalType == "variant" ? variant(fields.map(\.name)) : .struct(fields)
    }
  }

  private static func decimal(_ schema: AvroSchema) -> Kind? {
    guard schema.logicalType == "decimal", let precision = schema.precision else { return nil }
    return .decimal(precision: precision, scale: schema.scale)
  }
}
