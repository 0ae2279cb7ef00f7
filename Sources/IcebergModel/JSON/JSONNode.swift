package import IcebergBytes

/// A JSON value and where it stands, so that whoever finds it wrong can say so.
///
/// Everything that reads JSON in this module is an initialiser from a node:
/// ```swift
/// init(json node: JSONNode) throws(IcebergError) {
///   var reader = try node.object()
///   id = try reader.required("snapshot-id").int64()
///   parentID = try reader.optional("parent-snapshot-id")?.int64()
///   unknownMembers = reader.unreadMembers
/// }
/// ```
package struct JSONNode: Sendable {
  /// The value.
  package let value: JSONValue
  private let parent: JSONPath
  private let step: Step

  // The last step of the path is kept apart: most nodes are leaves that never need a path.
  private enum Step {
    case here
    case member(String)
    case element(Int)
  }

  /// The value of a whole document, or of the place that `path` names.
  package init(_ value: JSONValue, at path: JSONPath = .root) {
    self.value = value
    parent = path
    step = .here
  }

  init(_ value: JSONValue, member name: String, of parent: JSONPath) {
    self.value = value
    self.parent = parent
    step = .member(name)
  }

  init(_ value: JSONValue, element index: Int, of parent: JSONPath) {
    self.value = value
    self.parent = parent
    step = .element(index)
  }

  /// Where the value stands.
  package var path: JSONPath {
    switch step {
    case .here: parent
    case .member(let name): .member(of: parent, name: name)
    case .element(let index): .element(of: parent, index: index)
    }
  }

  /// Whether the value is `null`.
  package var isNull: Bool { value == .null }

  /// An error of code `invalidMetadata` about this value.
  package func invalid(
    _ message: String, cause: (any Error)? = nil
  ) -> IcebergError {
    IcebergError(
      .invalidMetadata, message, context: .init(jsonPath: path.description), cause: cause)
  }

  /// An error of code `unsupported` about this value.
  package func unsupported(_ message: String) -> IcebergError {
    IcebergError(.unsupported, message, context: .init(jsonPath: path.description))
  }

  /// The error of a value of another kind than `wanted`.
  private func mismatch(_ wanted: String) -> IcebergError {
    let found =
      switch value {
      case .null: "null"
      case .bool(let value): "\(value)"
      case .integer(let value): "\(value)"
      case .number(let text): "\(Self.shortened(text))"
      case .string(let text): "the string \"\(Self.shortened(text))\""
      case .array: "an array"
      case .object: "an object"
      }
    let name =
      switch step {
      case .here: "expected"
      case .member(let name): "'\(name)' must be"
      case .element(let index): "element \(index) must be"
      }
    return invalid("\(name) \(wanted), found \(found)")
  }

  private static func shortened(_ text: String) -> String {
    text.unicodeScalars.count > 80 ? String(text.unicodeScalars.prefix(80)) + "..." : text
  }
}

extension JSONNode {
  /// The text; throws when the value is no string.
  package func string() throws(IcebergError) -> String {
    guard case .string(let text) = value else { throw mismatch("a string") }
    return text
  }

  /// The truth value; throws when the value is none.
  package func bool() throws(IcebergError) -> Bool {
    guard case .bool(let value) = value else { throw mismatch("true or false") }
    return value
  }

  /// The number; throws when the value is no whole number of 64 bits.
  package func int64() throws(IcebergError) -> Int64 {
    guard case .integer(let number) = value else { throw mismatch("a whole number of 64 bits") }
    return number
  }

  /// The number; throws when the value is no whole number of 32 bits. Ids, counts and widths of the
  /// format are of this size.
  package func int() throws(IcebergError) -> Int {
    guard case .integer(let number) = value, let small = Int32(exactly: number) else {
      throw mismatch("a whole number of 32 bits")
    }
    return Int(small)
  }

  /// The elements; throws when the value is no array.
  package func array() throws(IcebergError) -> [JSONNode] {
    guard case .array(let values) = value else { throw mismatch("an array") }
    let path = path
    var nodes: [JSONNode] = []
    nodes.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      nodes.append(JSONNode(value, element: index, of: path))
    }
    return nodes
  }

  /// The elements, each read by `read`; throws when the value is no array.
  package func array<Element>(
    _ read: (JSONNode) throws(IcebergError) -> Element
  ) throws(IcebergError) -> [Element] {
    guard case .array(let values) = value else { throw mismatch("an array") }
    let path = path
    var elements: [Element] = []
    elements.reserveCapacity(values.count)
    for (index, value) in values.enumerated() {
      elements.append(try read(JSONNode(value, element: index, of: path)))
    }
    return elements
  }

  /// A reader of the members; throws when the value is no object.
  package func object() throws(IcebergError) -> JSONObjectReader {
    guard case .object(let object) = value else { throw mismatch("an object") }
    return JSONObjectReader(object, at: path)
  }

  /// The members in order, each a name and a node; throws when the value is no object. For objects
  /// that are maps, whose names are data.
  package func members() throws(IcebergError) -> [(name: String, node: JSONNode)] {
    guard case .object(let object) = value else { throw mismatch("an object") }
    let path = path
    return object.members.map { ($0.name, JSONNode($0.value, member: $0.name, of: path)) }
  }

  /// The members of an object whose values are all strings, such as table properties.
  package func stringMap() throws(IcebergError) -> [String: String] {
    var map: [String: String] = [:]
    for (name, node) in try members() { map[name] = try node.string() }
    return map
  }
}
