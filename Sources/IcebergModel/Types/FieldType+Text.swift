extension FieldType: CustomStringConvertible {
  /// The type as schemas write it: `decimal(9,2)`, `fixed[16]`, `geography(srid:4269, karney)`.
  /// Nested types, which schemas write as objects, are `struct<1: id: required long>`,
  /// `list<string>` and `map<string, int>`, for people.
  public var description: String {
    switch self {
    case .boolean: "boolean"
    case .int: "int"
    case .long: "long"
    case .float: "float"
    case .double: "double"
    case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
    case .date: "date"
    case .time: "time"
    case .timestamp: "timestamp"
    case .timestamptz: "timestamptz"
    case .timestampNanos: "timestamp_ns"
    case .timestamptzNanos: "timestamptz_ns"
    case .string: "string"
    case .uuid: "uuid"
    case .fixed(let length): "fixed[\(length)]"
    case .binary: "binary"
    case .unknown: "unknown"
    case .variant: "variant"
    case .geometry(let crs): crs.map { "geometry(\($0))" } ?? "geometry"
    case .geography(let crs, let algorithm):
      if let algorithm {
        "geography(\(crs ?? Self.defaultCRS), \(algorithm.rawValue))"
      } else {
        crs.map { "geography(\($0))" } ?? "geography"
      }
    case .struct(let fields):
      "struct<\(fields.map { "\($0.id): \($0)" }.joined(separator: ", "))>"
    case .list(let element): "list<\(element.type)>"
    case .map(let key, let value): "map<\(key.type), \(value.type)>"
    }
  }

  /// The coordinate reference system of shapes that name none.
  public static let defaultCRS = "OGC:CRS84"

  /// The type that a text such as `int` or `decimal(9,2)` names; throws when there is none.
  ///
  /// Names may be in either case, and spaces may stand around the numbers. Nested types have no such
  /// text.
  ///
  /// Spec: Appendix C, "Schemas".
  public init(_ text: String) throws(IcebergError) {
    if let type = Self.named(text) {
      self = type
    } else if let type = try Self.parameterised(text) {
      self = type
    } else {
      throw IcebergError(.invalidMetadata, "'\(text)' is not a type")
    }
  }

  private static func named(_ text: String) -> FieldType? {
    switch text.lowercased() {
    case "boolean": .boolean
    case "int": .int
    case "long": .long
    case "float": .float
    case "double": .double
    case "date": .date
    case "time": .time
    case "timestamp": .timestamp
    case "timestamptz": .timestamptz
    case "timestamp_ns": .timestampNanos
    case "timestamptz_ns": .timestamptzNanos
    case "string": .string
    case "uuid": .uuid
    case "binary": .binary
    case "unknown": .unknown
    case "variant": .variant
    case "geometry": .geometry(crs: nil)
    case "geography": .geography(crs: nil, algorithm: nil)
    default: nil
    }
  }

  private static func parameterised(_ text: String) throws(IcebergError) -> FieldType? {
    guard let bracket = text.firstIndex(where: { $0 == "(" || $0 == "[" }) else { return nil }
    let name = trimmed(text[..<bracket]).lowercased()
    let close: Character = text[bracket] == "(" ? ")" : "]"
    guard text.last == close else { return nil }
    let inside = text[text.index(after: bracket)...].dropLast()
    switch (name, close) {
    case ("fixed", "]"):
      guard let length = number(inside) else { return nil }
      return .fixed(length: length)
    case ("decimal", ")"):
      return try decimal(inside, of: text)
    case ("geometry", ")"):
      // A parenthesis or comma cannot be part of the name of a reference system.
      let crs = trimmed(inside)
      guard !crs.isEmpty, !crs.contains(where: { "(),".contains($0) }) else { return nil }
      return .geometry(crs: crs)
    case ("geography", ")"):
      return try geography(inside, of: text)
    default:
      return nil
    }
  }

  private static func decimal(
    _ inside: Substring, of text: String
  ) throws(IcebergError) -> FieldType? {
    let parts = inside.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, let precision = number(parts[0]), let scale = number(parts[1]) else {
      return nil
    }
    guard (1...38).contains(precision) else {
      throw IcebergError(.invalidMetadata, "'\(text)': the precision of a decimal is 1 to 38")
    }
    guard scale <= precision else {
      throw IcebergError(.invalidMetadata, "'\(text)': the scale is greater than the precision")
    }
    return .decimal(precision: precision, scale: scale)
  }

  private static func geography(
    _ inside: Substring, of text: String
  ) throws(IcebergError) -> FieldType? {
    let parts = inside.split(separator: ",", omittingEmptySubsequences: false).map(trimmed)
    guard parts.count <= 2, let crs = parts.first, !crs.isEmpty,
      !crs.contains(where: { "() ".contains($0) })
    else { return nil }
    guard parts.count == 2 else { return .geography(crs: crs, algorithm: nil) }
    guard let algorithm = EdgeAlgorithm(rawValue: parts[1].lowercased()) else {
      throw IcebergError(
        .invalidMetadata, "'\(text)': there is no edge algorithm '\(parts[1])'")
    }
    return .geography(crs: crs, algorithm: algorithm)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  // Digits alone: `Int` would take a sign as well.
  private static func number(_ text: Substring) -> Int? {
    let digits = trimmed(text)
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int32(digits).map(Int.init)
  }
}

extension Field: CustomStringConvertible {
  /// The field for people: `name: required long`.
  public var description: String { "\(name): \(isRequired ? "required" : "optional") \(type)" }
}
