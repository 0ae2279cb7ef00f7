public import IcebergAvro
import IcebergBytes

extension AvroSchema {
  /// The Avro schema of files with the columns of `schema`: a record called `name`.
  ///
  /// Structs inside are records called `r` and the id of their field. Optional fields are unions with
  /// null, null first. A name that Avro does not allow is replaced, and kept in the
  /// `iceberg-field-name` of the field.
  ///
  /// Throws when a type has no Avro form.
  ///
  /// Spec: Appendix A, "Avro".
  public init(_ schema: Schema, name: String) throws(IcebergError) {
    try self.init(record: AvroName(name), schema.fields)
  }

  /// A record of the given fields, called `name`.
  public init(record name: AvroName, _ fields: [Field]) throws(IcebergError) {
    var avroFields: [AvroField] = []
    for field in fields { avroFields.append(try AvroField(field)) }
    self = .record(name, avroFields)
  }

  /// The schema of the values of a field: of its type, or of that and null.
  package init(of field: Field) throws(IcebergError) {
    let type = try AvroSchema(field.type, id: field.id)
    self = field.isRequired || type == .null ? type : .optional(type)
  }

  /// The schema of a type; `id` is that of its field, which records are named after.
  private init(_ type: FieldType, id: Int) throws(IcebergError) {
    switch type {
    case .boolean: self = .boolean
    case .int: self = .int
    case .long: self = .long
    case .float: self = .float
    case .double: self = .double
    case .decimal(let precision, let scale):
      self = .fixed(
        AvroName("decimal_\(precision)_\(scale)"), size: Self.decimalSize(precision: precision)
      ).with("logicalType", "decimal").with("precision", .integer(Int64(precision)))
        .with("scale", .integer(Int64(scale)))
    case .date: self = .int.with("logicalType", "date")
    case .time: self = .long.with("logicalType", "time-micros")
    case .timestamp: self = Self.timestamp("timestamp-micros", isUTC: false)
    case .timestamptz: self = Self.timestamp("timestamp-micros", isUTC: true)
    case .timestampNanos: self = Self.timestamp("timestamp-nanos", isUTC: false)
    case .timestamptzNanos: self = Self.timestamp("timestamp-nanos", isUTC: true)
    case .string: self = .string
    case .uuid: self = .fixed("uuid_fixed", size: 16).with("logicalType", "uuid")
    case .fixed(let length): self = .fixed(AvroName("fixed_\(length)"), size: length)
    case .binary, .geometry, .geography: self = .bytes
    case .unknown: self = .null
    case .variant:
      self = .record(
        AvroName("r\(id)"), [AvroField("metadata", .bytes), AvroField("value", .bytes)]
      ).with("logicalType", "variant")
    case .struct(let fields): try self.init(record: AvroName("r\(id)"), fields)
    case .list(let element): self = .array(of: try AvroSchema(of: element), elementID: element.id)
    case .map(let key, let value):
      let values = try AvroSchema(of: value)
      if key.type == .string {
        self = .map(of: values, keyID: key.id, valueID: value.id)
      } else {
        self = .map(from: try AvroSchema(of: key), to: values, keyID: key.id, valueID: value.id)
      }
    }
  }

  private static func timestamp(_ logicalType: String, isUTC: Bool) -> AvroSchema {
    .long.with("logicalType", .string(logicalType)).with("adjust-to-utc", .bool(isUTC))
  }

  /// The least number of bytes that hold every decimal of a precision.
  package static func decimalSize(precision: Int) -> Int {
    let greatest = DecimalText.powerOfTen(max(1, precision)) - 1
    return Literal.minimalBigEndian(greatest).count
  }
}

extension AvroField {
  /// The Avro field of a field, with its id.
  package init(_ field: Field) throws(IcebergError) {
    let name = Self.sanitized(field.name)
    self.init(name, try AvroSchema(of: field))
    attributes["doc"] = field.doc.map(JSONValue.string)
    if !field.isRequired { attributes["default"] = .null }
    attributes["field-id"] = .integer(Int64(field.id))
    if name != field.name { attributes["iceberg-field-name"] = .string(field.name) }
  }

  /// The name with everything replaced that must not be in the name of an Avro field: other
  /// characters than ASCII letters, digits and `_`, and a digit in front.
  package static func sanitized(_ name: String) -> String {
    var text = ""
    for (index, unit) in name.utf16.enumerated() {
      switch unit {
      case 0x41...0x5a, 0x61...0x7a, 0x5f:
        text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      case 0x30...0x39:
        if index == 0 { text += "_" }
        text.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
      default:
        text += "_x" + String(unit, radix: 16, uppercase: true)
      }
    }
    return text
  }
}
