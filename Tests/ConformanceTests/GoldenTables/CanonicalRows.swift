import Iceberg
import IcebergBytes

/// Rows in a form in which they can be compared, whoever wrote them down: as JSON lines in which
/// every value has one text only.
struct CanonicalRows {
  /// How a source writes its values.
  enum Form {
    /// As ``RowJSONEncoder`` does, and `golden/README.md` says.
    case canonical
    /// In the single-value JSON of the format, with variants as type and value, as
    /// `golden-java/README.md` says.
    case singleValues
  }

  private let fields: [Field]
  private let form: Form

  init(_ schema: Schema, _ form: Form) {
    fields = schema.fields
    self.form = form
  }

  /// The sorted lines of expected rows.
  func lines(_ rows: [JSONValue]) -> [String] {
    rows.map { line($0) }.sorted()
  }

  /// The sorted lines of rows that were read.
  func lines(_ batches: [RecordBatch], _ schema: Schema) throws -> [String] {
    let encoder = RowJSONEncoder(schema: schema)
    let ours = CanonicalRows(schema, .canonical)
    var lines: [String] = []
    for batch in batches {
      for row in 0..<batch.rowCount {
        var value = try JSONValue(parsing: Bytes(try encoder.encode(row, of: batch)))
        if form == .singleValues { try describeVariants(&value, batch, row) }
        lines.append(ours.line(value))
      }
    }
    return lines.sorted()
  }

  private func line(_ row: JSONValue) -> String {
    guard case .object(let object) = row else { return "no object" }
    let members = fields.map { field in
      JSONObject.Member(field.name, canonical(object[field.name] ?? .null, field.type))
    }
    return String(decoding: JSONValue.object(JSONObject(members)).serialized(), as: UTF8.self)
  }

  private func canonical(_ value: JSONValue, _ type: FieldType) -> JSONValue {
    switch (type, value) {
    case (_, .null): return .null
    case (.float, .integer), (.float, .number):
      return .string("\(Float(Self.double(value)))")
    case (.double, .integer), (.double, .number):
      return .string("\(Self.double(value))")
    case (.decimal(_, let scale), .string(let text)):
      guard let number = DecimalText.parse(text),
        let unscaled = DecimalText.rescale(number.unscaled, from: number.scale, to: scale)
      else { return value }
      return .string(DecimalText.text(unscaled: unscaled, scale: scale))
    case (.time, .string(let text)), (.timestamp, .string(let text)),
      (.timestamptz, .string(let text)), (.timestampNanos, .string(let text)),
      (.timestamptzNanos, .string(let text)):
      return .string(Self.withoutTrailingZeros(text))
    case (.binary, .string(let text)), (.fixed, .string(let text)), (.uuid, .string(let text)):
      return .string(text.lowercased())
    case (.binary, .object(let object)), (.fixed, .object(let object)):
      return object["hex"] ?? .null
    case (.struct(let fields), .object(let object)):
      return .object(
        JSONObject(
          fields.map {
            JSONObject.Member($0.name, canonical(object[$0.name] ?? .null, $0.type))
          }))
    case (.list(let element), .array(let values)):
      return .array(values.map { canonical($0, element.type) })
    case (.map(let key, let value), .array(let entries)):
      let pairs = entries.map { $0.elements ?? [] }
      return map(pairs.map { $0.first ?? .null }, pairs.map { $0.last ?? .null }, key, value)
    case (.map(let key, let value), .object(let object)):
      return map(object["keys"]?.elements ?? [], object["values"]?.elements ?? [], key, value)
    case (.variant, _): return Self.variant(value)
    default: return value
    }
  }

  private func map(
    _ keys: [JSONValue], _ values: [JSONValue], _ key: Field, _ value: Field
  ) -> JSONValue {
    let entries = zip(keys, values).map { (canonical($0, key.type), canonical($1, value.type)) }
    let sorted = entries.sorted { $0.0.serialized().lexicographicallyPrecedes($1.0.serialized()) }
    return .array(sorted.map { .array([$0.0, $0.1]) })
  }

  /// Members in the order of their names, numbers as text: engines differ in how they write decimals.
  private static func variant(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      let members = object.members.map { JSONObject.Member($0.name, variant($0.value)) }
      return .object(JSONObject(members.sorted { $0.name < $1.name }))
    case .array(let values): return .array(values.map(variant))
    case .integer(let number): return .string("\(number)")
    case .number(let text): return .string(text)
    default: return value
    }
  }

  private static func double(_ value: JSONValue) -> Double {
    switch value {
    case .integer(let number): Double(number)
    case .number(let text): Double(text) ?? .nan
    default: .nan
    }
  }

  private static func withoutTrailingZeros(_ text: String) -> String {
    let zone = text.hasSuffix("+00:00") ? "+00:00" : ""
    var rest = text.dropLast(zone.count)
    if rest.contains(".") {
      while rest.hasSuffix("0") { rest.removeLast() }
      if rest.hasSuffix(".") { rest.removeLast() }
    }
    return rest + zone
  }

  /// Replaces the variants of a row by their types and values.
  private func describeVariants(
    _ row: inout JSONValue, _ batch: RecordBatch, _ index: Int
  ) throws {
    guard case .object(var object) = row else { return }
    for field in fields where field.type == .variant {
      guard let column = batch.column(field.name), !column.isNull(at: index),
        case .struct(let parts) = column.values,
        case .bytes(let metadata) = parts[0].value(at: index),
        case .bytes(let value) = parts[1].value(at: index)
      else { continue }
      let variant = try Variant(metadata: Bytes(metadata), value: Bytes(value))
      object[field.name] = Self.described(variant)
    }
    row = .object(object)
  }

  private static func described(_ variant: Variant) -> JSONValue {
    let value: JSONValue =
      switch variant {
      case .date(let days): .integer(Int64(days))
      case .time(let micros): .integer(micros)
      case .timestamptz(let value), .timestamp(let value), .timestamptzNanos(let value),
        .timestampNanos(let value):
        .integer(value)
      case .binary(let bytes):
        .string(bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
      case .array(let elements): .array(elements.map(described))
      case .object(let members):
        .object(JSONObject(members.map { JSONObject.Member($0.name, described($0.value)) }))
      default: variant.json
      }
    return .object(["t": .string(variant.typeName.uppercased()), "v": value])
  }
}
