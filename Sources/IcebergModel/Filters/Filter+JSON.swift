public import IcebergBytes

extension Filter {
  /// The filter that a JSON value describes, as REST catalogs exchange it.
  ///
  /// Both forms are read: that with `term`, and that of the expressions spec with `child`, `left` and
  /// `right`, as long as one side is a column or a transform of one and the other a constant. Throws
  /// `unsupported` for other expressions, and for columns that are referred to by their ids.
  ///
  /// Spec: Iceberg REST Catalog API, `Predicate`; Expressions, Appendix B.
  public init(json: JSONValue) throws(IcebergError) { try self.init(json: JSONNode(json)) }

  /// The filter that a JSON value describes.
  package init(json node: JSONNode) throws(IcebergError) {
    if case .bool(let value) = node.value {
      self = value ? .all : .none
      return
    }
    var reader = try node.object()
    let type = try reader.required("type")
    switch Self.name(of: try type.string()) {
    case "true": self = .all
    case "false": self = .none
    case "literal": self = try reader.required("value").bool() ? .all : .none
    case "not": self = .not(try Filter(json: try reader.required("child")))
    case "and": self = .and(try Self.sides(&reader))
    case "or": self = .or(try Self.sides(&reader))
    case let name:
      guard let form = TestForm(rawValue: name) else {
        throw type.invalid("'\(name)' is not a kind of expression")
      }
      self = try form.read(&reader)
    }
  }

  /// The name of a kind of expression, which may be in either case and with underscores.
  fileprivate static func name(of text: String) -> String {
    String(decoding: text.lowercased().utf8.map { $0 == 0x5f ? 0x2d : $0 }, as: UTF8.self)
  }

  private static func sides(_ reader: inout JSONObjectReader) throws(IcebergError) -> [Filter] {
    [
      try Filter(json: try reader.required("left")),
      try Filter(json: try reader.required("right")),
    ]
  }

  /// The filter as JSON, in the form with `term` that every version of the REST API understands.
  ///
  /// Constants are single values of their types: whoever reads a text has to know that it is, say, a
  /// date. Throws for a constant that has no such form.
  ///
  /// Spec: Iceberg REST Catalog API, `Predicate`; Appendix D for the constants.
  public func json() throws(IcebergError) -> JSONValue {
    switch self {
    case .all: return .bool(true)
    case .none: return .bool(false)
    case .not(let inner): return .object(["type": "not", "child": try inner.json()])
    case .and(let parts): return try Self.json("and", parts[...]) ?? .bool(true)
    case .or(let parts): return try Self.json("or", parts[...]) ?? .bool(false)
    case .test(let term, let test):
      var object = JSONObject()
      object.append("type", .string(TestForm(test).rawValue))
      object.append("term", term.json)
      switch test {
      case .isNull, .notNull, .isNaN, .notNaN: break
      case .comparison(_, let constant): object.append("value", try constant.constantJSON())
      case .startsWith(let prefix), .notStartsWith(let prefix):
        object.append("value", .string(prefix))
      case .isIn(let constants), .notIn(let constants):
        var values: [JSONValue] = []
        for constant in constants { values.append(try constant.constantJSON()) }
        object.append("values", .array(values))
      }
      return .object(object)
    }
  }

  /// Pairs of pairs: the form knows only two sides, and a chain would nest as deep as it is long.
  private static func json(
    _ kind: String, _ parts: ArraySlice<Filter>
  ) throws(IcebergError) -> JSONValue? {
    guard parts.count > 1 else { return try parts.first?.json() }
    let middle = parts.startIndex + (parts.count + 1) / 2
    var object: JSONObject = ["type": .string(kind)]
    object.append("left", try json(kind, parts[..<middle]))
    object.append("right", try json(kind, parts[middle...]))
    return .object(object)
  }
}

/// The kinds of tests by their names in JSON.
private enum TestForm: String {
  case isNull = "is-null"
  case notNull = "not-null"
  case isNaN = "is-nan"
  case notNaN = "not-nan"
  case lessThan = "lt"
  case lessThanOrEqual = "lt-eq"
  case greaterThan = "gt"
  case greaterThanOrEqual = "gt-eq"
  case equal = "eq"
  case notEqual = "not-eq"
  case startsWith = "starts-with"
  case notStartsWith = "not-starts-with"
  case isIn = "in"
  case notIn = "not-in"

  init(_ test: Filter.Test) {
    switch test {
    case .isNull: self = .isNull
    case .notNull: self = .notNull
    case .isNaN: self = .isNaN
    case .notNaN: self = .notNaN
    case .comparison(.lessThan, _): self = .lessThan
    case .comparison(.lessThanOrEqual, _): self = .lessThanOrEqual
    case .comparison(.equal, _): self = .equal
    case .comparison(.notEqual, _): self = .notEqual
    case .comparison(.greaterThanOrEqual, _): self = .greaterThanOrEqual
    case .comparison(.greaterThan, _): self = .greaterThan
    case .isIn: self = .isIn
    case .notIn: self = .notIn
    case .startsWith: self = .startsWith
    case .notStartsWith: self = .notStartsWith
    }
  }

  /// The comparison when the column is on the left, and when it is on the right.
  private var comparison: (left: Filter.Comparison, right: Filter.Comparison)? {
    switch self {
    case .lessThan: (.lessThan, .greaterThan)
    case .lessThanOrEqual: (.lessThanOrEqual, .greaterThanOrEqual)
    case .equal: (.equal, .equal)
    case .notEqual: (.notEqual, .notEqual)
    case .greaterThanOrEqual: (.greaterThanOrEqual, .lessThanOrEqual)
    case .greaterThan: (.greaterThan, .lessThan)
    default: nil
    }
  }

  func read(_ reader: inout JSONObjectReader) throws(IcebergError) -> Filter {
    switch self {
    case .isNull: return .test(try operand(&reader, allowing: nil), .isNull)
    case .notNull: return .test(try operand(&reader, allowing: nil), .notNull)
    case .isNaN: return .test(try operand(&reader, allowing: nil), .isNaN)
    case .notNaN: return .test(try operand(&reader, allowing: nil), .notNaN)
    case .isIn, .notIn:
      let term = try operand(&reader, allowing: "values")
      let values = try constants(try reader.required("values"))
      return .test(term, self == .isIn ? .isIn(values) : .notIn(values))
    case .startsWith, .notStartsWith:
      let (term, value, isSwapped) = try sides(&reader)
      guard !isSwapped else { throw reader.invalid("the column must be on the left") }
      guard case .string(let prefix) = try Literal(constant: value) else {
        throw value.invalid("what a text begins with must be a text")
      }
      return .test(term, self == .startsWith ? .startsWith(prefix) : .notStartsWith(prefix))
    case .lessThan, .lessThanOrEqual, .equal, .notEqual, .greaterThanOrEqual, .greaterThan:
      let (term, value, isSwapped) = try sides(&reader)
      guard let (left, right) = comparison else {
        throw reader.invalid("'\(rawValue)' is no comparison")
      }
      return .test(term, .comparison(isSwapped ? right : left, try Literal(constant: value)))
    }
  }

  /// The term, or child, of a test that has no other member with values than `allowed`.
  private func operand(
    _ reader: inout JSONObjectReader, allowing allowed: String?
  ) throws(IcebergError) -> Filter.Term {
    for name in ["value", "values"] where name != allowed && reader.has(name) {
      throw reader.invalid("'\(rawValue)' has no '\(name)'", member: name)
    }
    if let child = reader.optional("child") { return try Filter.Term(json: child) }
    return try Filter.Term(json: try reader.required("term"))
  }

  /// The term and the constant of a comparison, and whether the constant was on the left.
  private func sides(
    _ reader: inout JSONObjectReader
  ) throws(IcebergError) -> (Filter.Term, JSONNode, Bool) {
    guard let left = reader.optional("left") else {
      let term = try operand(&reader, allowing: "value")
      return (term, try reader.required("value"), false)
    }
    let right = try reader.required("right")
    switch (left.isReference, right.isReference) {
    case (true, false): return (try Filter.Term(json: left), right, false)
    case (false, true): return (try Filter.Term(json: right), left, true)
    default:
      throw JSONNode(.object(reader.object), at: reader.path)
        .unsupported("only a column can be compared, and only with a constant")
    }
  }

  private func constants(_ node: JSONNode) throws(IcebergError) -> [Literal] {
    guard case .object = node.value else {
      return try node.array { item throws(IcebergError) in try Literal(constant: item) }
    }
    var reader = try node.object()
    let kind = try reader.required("type")
    guard Filter.name(of: try kind.string()) == "literals" else {
      throw kind.invalid("the values must be an array, or an object of the type 'literals'")
    }
    let values = try reader.required("values")
    guard let type = reader.optional("data-type") else {
      return try values.array { item throws(IcebergError) in try Literal(constant: item) }
    }
    let wanted = try FieldType(json: type)
    return try values.array { item throws(IcebergError) in try Literal(json: item, type: wanted) }
  }
}

extension Filter.Term {
  /// The column, or transform of one, that a JSON value names.
  fileprivate init(json node: JSONNode) throws(IcebergError) {
    if case .string(let name) = node.value {
      self.init(name)
      return
    }
    guard case .object = node.value else {
      throw node.invalid("a term is the name of a column or an object")
    }
    var reader = try node.object()
    let type = try reader.required("type")
    switch Filter.name(of: try type.string()) {
    case "reference":
      if let name = try reader.optionalString("name") {
        self.init(name)
      } else if let name = try reader.optionalString("term") {
        self.init(name)
      } else if reader.has("id") {
        throw node.unsupported("columns are referred to by name in a filter, not by id")
      } else {
        throw reader.invalid("missing 'name'")
      }
    case "transform":
      let inner = try Filter.Term(json: try reader.required("term"))
      guard inner.transform == nil else { throw node.unsupported("a transform of a transform") }
      self.init(inner.column, transform: try Transform(json: try reader.required("transform")))
    case "apply":
      self = try Self.apply(&reader, node)
    case let name:
      throw type.invalid("'\(name)' is not a kind of term")
    }
  }

  /// A function of the format: `bucket` and `truncate` of a number and a column, others of a column.
  private static func apply(
    _ reader: inout JSONObjectReader, _ node: JSONNode
  ) throws(IcebergError) -> Filter.Term {
    let name = try functionName(try reader.required("function"))
    let arguments = try reader.required("arguments").array()
    guard let last = arguments.last, arguments.count <= 2 else {
      throw node.unsupported("the function '\(name)' of \(arguments.count) arguments")
    }
    var text = name
    if arguments.count == 2 {
      guard case .long(let parameter) = try Literal(constant: arguments[0]) else {
        throw arguments[0].invalid("the parameter of '\(name)' must be a whole number")
      }
      text = "\(name)[\(parameter)]"
    }
    let column = try Filter.Term(json: last)
    let transform: Transform
    do throws(IcebergError) {
      transform = try Transform(text)
    } catch {
      throw node.invalid(error.message)
    }
    if case .unknown = transform { throw node.unsupported("the function '\(text)' is not known") }
    guard column.transform == nil else { throw node.unsupported("a function of a function") }
    return Filter.Term(column.column, transform: transform)
  }

  private static func functionName(_ node: JSONNode) throws(IcebergError) -> String {
    switch node.value {
    case .string(let name): return name
    case .array:
      let parts = try node.array { part throws(IcebergError) in try part.string() }
      guard parts.count == 1 else {
        throw node.unsupported("the function '\(parts.joined(separator: "."))' is not known")
      }
      return parts[0]
    default:
      var reader = try node.object()
      if let catalog = try reader.optionalString("catalog"), catalog != "iceberg_functions" {
        throw node.unsupported("the functions of '\(catalog)' are not known")
      }
      return try functionName(try reader.required("identifier"))
    }
  }

  fileprivate var json: JSONValue {
    guard let transform else { return .string(column) }
    return .object([
      "type": "transform", "transform": .string(transform.description), "term": .string(column),
    ])
  }
}

extension JSONNode {
  /// Whether the value is an object for a column or a function of one.
  fileprivate var isReference: Bool {
    guard case .object(let object) = value, case .string(let type) = object["type"] else {
      return false
    }
    return ["reference", "transform", "apply"].contains(Filter.name(of: type))
  }
}

extension Literal {
  /// The constant that a JSON value, or an object of the type `literal` around one, stands for.
  fileprivate init(constant node: JSONNode) throws(IcebergError) {
    switch node.value {
    case .bool(let value): self = .boolean(value)
    case .integer(let value): self = .long(value)
    case .string(let text): self = .string(text)
    case .number(let text):
      guard let value = Double(text), value.isFinite else {
        throw node.invalid("\(text) is beyond the range of a constant")
      }
      self = .double(value)
    case .object:
      var reader = try node.object()
      let type = try reader.required("type")
      guard Filter.name(of: try type.string()) == "literal" else {
        throw type.invalid("expected a constant")
      }
      let value = try reader.required("value")
      if let type = reader.optional("data-type") {
        self = try Literal(json: value, type: try FieldType(json: type))
      } else {
        if case .object = value.value { throw value.invalid("expected a constant") }
        self = try Literal(constant: value)
      }
    case .null, .array:
      throw node.invalid("expected a constant; whether a value is null is asked by 'is-null'")
    }
  }

  /// The JSON form as a value of its own type.
  fileprivate func constantJSON() throws(IcebergError) -> JSONValue {
    switch self {
    case .decimal(let unscaled, let scale):
      .string(DecimalText.text(unscaled: unscaled, scale: scale))
    case .fixed(let bytes): .string(bytes.hexText)
    case .boolean: try json(as: .boolean)
    case .int: try json(as: .int)
    case .long: try json(as: .long)
    case .float: try json(as: .float)
    case .double: try json(as: .double)
    case .date: try json(as: .date)
    case .time: try json(as: .time)
    case .timestamp: try json(as: .timestamp)
    case .timestamptz: try json(as: .timestamptz)
    case .timestampNanos: try json(as: .timestampNanos)
    case .timestamptzNanos: try json(as: .timestamptzNanos)
    case .string: try json(as: .string)
    case .uuid: try json(as: .uuid)
    case .binary: try json(as: .binary)
    case .geometry, .geography, .variant, .struct, .list, .map:
      throw IcebergError(.invalidArgument, "\(text) cannot be the constant of a filter")
    }
  }
}
