package import IcebergBytes

extension Literal {
  /// The value of `type` that a JSON value, not `null`, stands for.
  ///
  /// Spec: Appendix D, "JSON single-value serialization".
  package init(json node: JSONNode, type: FieldType) throws(IcebergError) {
    switch type {
    case .boolean:
      self = .boolean(try node.bool())
    case .int:
      self = .int(Int32(truncatingIfNeeded: try node.int()))
    case .long:
      self = .long(try node.int64())
    case .float:
      self = .float(try Self.floating(node, type))
    case .double:
      self = .double(try Self.floating(node, type))
    case .string:
      self = .string(try node.string())
    case .decimal, .date, .time, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos,
      .uuid, .fixed, .binary:
      let text = try node.string()
      guard let value = Self.canonical(text, type) else {
        throw node.invalid("'\(text)' is not a value of type \(type)")
      }
      self = value
    case .geometry, .geography:
      self = try Self.shape(node, type)
    case .struct(let fields):
      self = .struct(try Self.structure(node, fields))
    case .list(let element):
      self = .list(try node.array { item throws(IcebergError) in try Self.part(item, of: element) })
    case .map(let key, let value):
      self = .map(try Self.entries(node, key, value))
    case .unknown, .variant:
      throw node.unsupported("a value of type \(type) has no JSON form")
    }
  }

  /// The value of one of the types whose JSON is a text, in exactly the form that the format writes.
  private static func canonical(_ text: String, _ type: FieldType) -> Literal? {
    switch type {
    case .decimal(let precision, let scale):
      guard let number = DecimalText.parse(text), number.scale == scale,
        DecimalText.fits(number.unscaled, precision: precision)
      else { return nil }
      return .decimal(unscaled: number.unscaled, scale: scale)
    case .date:
      return ISOText.days(ofDate: text).flatMap { Int32(exactly: $0) }.map(Literal.date)
    case .time:
      return ISOText.value(ofTime: text, .micros).map(Literal.time)
    case .timestamp:
      return ISOText.value(ofTimestamp: text, .micros).map(Literal.timestamp)
    case .timestampNanos:
      return ISOText.value(ofTimestamp: text, .nanos).map(Literal.timestampNanos)
    case .timestamptz:
      let parsed = ISOText.value(ofTimestamptz: text, .micros)
      return parsed.flatMap { $0.secondsEastOfUTC == 0 ? .timestamptz($0.value) : nil }
    case .timestamptzNanos:
      let parsed = ISOText.value(ofTimestamptz: text, .nanos)
      return parsed.flatMap { $0.secondsEastOfUTC == 0 ? .timestamptzNanos($0.value) : nil }
    case .uuid:
      return Bytes(uuidText: text).map(Literal.uuid)
    case .fixed(let length):
      return Bytes(hexText: text).flatMap { $0.count == length ? .fixed($0) : nil }
    case .binary:
      return Bytes(hexText: text).map(Literal.binary)
    default:
      return nil
    }
  }

  private static func floating<T: BinaryFloatingPoint & LosslessStringConvertible>(
    _ node: JSONNode, _ type: FieldType
  ) throws(IcebergError) -> T {
    switch node.value {
    case .integer(let number): return T(number)
    case .number(let text):
      guard let number = T(text), number.isFinite else { break }
      return number
    // JSON has no numbers for these; the reference implementation writes them as texts.
    case .string("NaN"): return .nan
    case .string("Infinity"): return .infinity
    case .string("-Infinity"): return -.infinity
    default: break
    }
    throw node.invalid("not a number of type \(type)")
  }

  private static func shape(_ node: JSONNode, _ type: FieldType) throws(IcebergError) -> Literal {
    let text = try node.string()
    guard let bytes = WellKnownText.binary(ofText: text) else {
      throw node.invalid("'\(text)' is not a value of type \(type)")
    }
    if case .geography = type { return .geography(bytes) }
    return .geometry(bytes)
  }

  private static func part(
    _ node: JSONNode, of field: Field
  ) throws(IcebergError) -> Literal? {
    guard !node.isNull else {
      if field.isRequired { throw node.invalid("null, but the \(field.name) is required") }
      return nil
    }
    return try Literal(json: node, type: field.type)
  }

  private static func structure(
    _ node: JSONNode, _ fields: [Field]
  ) throws(IcebergError) -> StructValue {
    var reader = try node.object()
    var values: [Literal?] = []
    values.reserveCapacity(fields.count)
    for field in fields {
      // An absent member takes the default of its field, which whoever uses the value knows.
      guard let member = reader.optional("\(field.id)") else {
        values.append(nil)
        continue
      }
      values.append(try Literal(json: member, type: field.type))
    }
    return StructValue(values)
  }

  private static func entries(
    _ node: JSONNode, _ key: Field, _ value: Field
  ) throws(IcebergError) -> [MapEntry] {
    var reader = try node.object()
    let keys = try reader.required("keys").array()
    let values = try reader.required("values").array()
    guard keys.count == values.count else {
      throw node.invalid("a map of \(keys.count) keys and \(values.count) values")
    }
    var entries: [MapEntry] = []
    entries.reserveCapacity(keys.count)
    for (keyNode, valueNode) in zip(keys, values) {
      entries.append(
        MapEntry(
          key: try Literal(json: keyNode, type: key.type),
          value: try part(valueNode, of: value)))
    }
    return entries
  }
}

extension Literal {
  /// The JSON form of the value as one of `type`; throws when it is none.
  ///
  /// Spec: Appendix D, "JSON single-value serialization".
  package func json(as type: FieldType) throws(IcebergError) -> JSONValue {
    switch (self, type) {
    case (.boolean(let value), .boolean):
      return .bool(value)
    case (.int(let value), .int):
      return .integer(Int64(value))
    case (.long(let value), .long):
      return .integer(value)
    case (.float(let value), .float):
      return Self.number(value)
    case (.double(let value), .double):
      return Self.number(value)
    case (.decimal(let unscaled, let scale), .decimal(let precision, let wanted))
    where scale == wanted && DecimalText.fits(unscaled, precision: precision):
      return .string(DecimalText.text(unscaled: unscaled, scale: scale))
    case (.date, .date), (.time, .time), (.timestamp, .timestamp), (.timestamptz, .timestamptz),
      (.timestampNanos, .timestampNanos), (.timestamptzNanos, .timestamptzNanos),
      (.string, .string), (.uuid, .uuid), (.binary, .binary):
      return .string(text)
    case (.fixed(let bytes), .fixed(let length)) where bytes.count == length:
      return .string(text)
    case (.geometry(let bytes), .geometry), (.geography(let bytes), .geography):
      do throws(FormatError) {
        return .string(try WellKnownText.text(ofBinary: bytes))
      } catch {
        throw IcebergError(.invalidArgument, "\(text) is not a shape", cause: error)
      }
    case (.struct(let value), .struct(let fields)) where value.values.count == fields.count:
      var object = JSONObject()
      for (value, field) in zip(value.values, fields) {
        if let value { object.append("\(field.id)", try value.json(as: field.type)) }
      }
      return .object(object)
    case (.list(let values), .list(let element)):
      return .array(try Self.json(values, as: element.type))
    case (.map(let entries), .map(let key, let value)):
      return .object([
        "keys": .array(try Self.json(entries.map(\.key), as: key.type)),
        "values": .array(try Self.json(entries.map(\.value), as: value.type)),
      ])
    default:
      throw IcebergError(.invalidArgument, "\(text) is not a value of type \(type)")
    }
  }

  private static func json(
    _ values: [Literal?], as type: FieldType
  ) throws(IcebergError) -> [JSONValue] {
    var result: [JSONValue] = []
    result.reserveCapacity(values.count)
    for value in values { result.append(try value?.json(as: type) ?? .null) }
    return result
  }

  private static func number<T: BinaryFloatingPoint & CustomStringConvertible>(
    _ value: T
  ) -> JSONValue {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return .number(value.description)
  }
}
