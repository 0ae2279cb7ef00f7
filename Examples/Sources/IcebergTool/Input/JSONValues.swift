import Iceberg

/// Values of a table from JSON, as `iceberg scan --json` writes them and as people write them.
enum JSONValues {
  /// The value that `json` stands for in a column of type `type`; nil is null.
  ///
  /// Throws ``TextError`` that names the column and what does not fit.
  static func literal(
    _ json: JSONValue, _ type: FieldType, at path: String
  ) throws(TextError) -> Literal? {
    if case .variant = type { return try variant(json, at: path) }
    switch (json, type) {
    case (.null, _): return nil
    case (.bool(let value), .boolean): return .boolean(value)
    case (.string(let text), .string): return .string(text)
    case (.integer(let number), _) where type.isPrimitive && type != .string && type != .boolean:
      return try parse(String(number), type, at: path)
    case (.number(let text), _) where isFractional(type): return try parse(text, type, at: path)
    case (.string(let text), _) where type.isPrimitive: return try parse(text, type, at: path)
    case (.object(let object), .struct(let fields)):
      return try structure(object, fields, at: path)
    case (.array(let elements), .list(let element)):
      var values: [Literal?] = []
      for value in elements {
        values.append(try part(value, element, at: path + ".element"))
      }
      return .list(values)
    case (.array(let entries), .map(let key, let value)):
      return try map(entries, key, value, at: path)
    case (.object(let object), .map(let key, let value)) where key.type == .string:
      var entries: [Literal.MapEntry] = []
      for member in object.members {
        entries.append(
          Literal.MapEntry(
            key: .string(member.name), value: try part(member.value, value, at: path + ".value")))
      }
      return .map(entries)
    default:
      throw TextError("column \(path): \(text(json)) is no \(type)")
    }
  }

  /// The fields of a row, by name. Members that are no columns are an error; columns that are
  /// missing are null.
  static func row(_ object: JSONObject, _ schema: Schema) throws(TextError) -> [Literal?] {
    guard case .struct(let value) = try structure(object, schema.fields, at: "") else { return [] }
    return value.values
  }

  private static func structure(
    _ object: JSONObject, _ fields: [Field], at path: String
  ) throws(TextError) -> Literal {
    let prefix = path.isEmpty ? "" : path + "."
    for member in object.members where !fields.contains(where: { $0.name == member.name }) {
      throw TextError(
        "\(prefix)\(member.name) is no column; columns are "
          + fields.map(\.name).joined(separator: ", "))
    }
    var values: [Literal?] = []
    for field in fields {
      values.append(try part(object[field.name] ?? .null, field, at: prefix + field.name))
    }
    return .struct(StructValue(values))
  }

  private static func map(
    _ entries: [JSONValue], _ key: Field, _ value: Field, at path: String
  ) throws(TextError) -> Literal {
    var result: [Literal.MapEntry] = []
    for entry in entries {
      guard case .array(let pair) = entry, pair.count == 2,
        let keyValue = try literal(pair[0], key.type, at: path + ".key")
      else { throw TextError("column \(path): \(text(entry)) is no [key, value]") }
      result.append(
        Literal.MapEntry(key: keyValue, value: try part(pair[1], value, at: path + ".value")))
    }
    return .map(result)
  }

  private static func part(
    _ json: JSONValue, _ field: Field, at path: String
  ) throws(TextError) -> Literal? {
    let value = try literal(json, field.type, at: path)
    if value == nil, field.isRequired { throw TextError("column \(path) must not be null") }
    return value
  }

  private static func parse(
    _ text: String, _ type: FieldType, at path: String
  ) throws(TextError) -> Literal {
    do {
      return try Literal(parsing: text, type: type)
    } catch {
      throw TextError("column \(path): \(error.message)")
    }
  }

  private static func variant(_ json: JSONValue, at path: String) throws(TextError) -> Literal {
    do {
      let value = try Variant(json: json).encoded()
      return .variant(metadata: value.metadata, value: value.value)
    } catch {
      throw TextError("column \(path): \(error.message)")
    }
  }

  private static func isFractional(_ type: FieldType) -> Bool {
    switch type {
    case .float, .double, .decimal: true
    default: false
    }
  }

  private static func text(_ json: JSONValue) -> String { json.serialized().utf8String ?? "" }
}
