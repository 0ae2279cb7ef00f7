import Iceberg

/// Reads the members of an object of a policy, and refuses those that nobody knows: a misspelt
/// threshold must not be taken for one that is not given.
struct PolicyReader {
  private let object: JSONObject
  private let path: String
  private var known: [String] = []

  /// A reader of the object at `path`, which is empty for the whole policy. Throws ``TextError``.
  init(_ value: JSONValue, _ path: String) throws(TextError) {
    guard case .object(let object) = value else {
      throw TextError("\(path.isEmpty ? "the policy" : "'\(path)'") must be an object")
    }
    self.object = object
    self.path = path
  }

  private func name(_ member: String) -> String { path.isEmpty ? member : path + "." + member }

  private mutating func value(_ member: String) -> JSONValue? {
    known.append(member)
    return object[member]
  }

  /// The reader of a member that is an object; nil when it is absent.
  mutating func object(_ member: String) throws(TextError) -> PolicyReader? {
    guard let value = value(member) else { return nil }
    return try PolicyReader(value, name(member))
  }

  /// Sets `target` where the member is given.
  mutating func read(_ member: String, into target: inout Bool) throws(TextError) {
    guard let value = value(member) else { return }
    guard case .bool(let flag) = value else { throw wrong(member, "true or false") }
    target = flag
  }

  /// Sets `target` where the member is given; `null` is nil.
  mutating func read(_ member: String, into target: inout Int64?) throws(TextError) {
    guard let value = value(member) else { return }
    switch value {
    case .null: target = nil
    case .integer(let number) where number >= 0: target = number
    default: throw wrong(member, "a whole number that is not negative, or null")
    }
  }

  /// Sets `target` where the member is given; `null` is nil.
  mutating func read(_ member: String, into target: inout String?) throws(TextError) {
    guard let value = value(member) else { return }
    switch value {
    case .null: target = nil
    case .string(let text): target = text
    default: throw wrong(member, "a text, or null")
    }
  }

  /// Sets `target` where the member is given.
  mutating func read(_ member: String, into target: inout [String: String]) throws(TextError) {
    guard let value = value(member) else { return }
    guard case .object(let object) = value else { throw wrong(member, "an object of texts") }
    target = [:]
    for pair in object.members {
      switch pair.value {
      case .string(let text): target[pair.name] = text
      case .integer(let number): target[pair.name] = "\(number)"
      case .bool(let flag): target[pair.name] = "\(flag)"
      default: throw wrong(member + "." + pair.name, "a text, a number, true or false")
      }
    }
  }

  /// Throws ``TextError`` when there are members that were not asked for, or one is there twice.
  func finish() throws(TextError) {
    let names = object.members.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      throw TextError(
        "the policy has '\(name(unknown))', which is not known; there are "
          + known.map(name).joined(separator: ", "))
    }
  }

  /// The error that a member is not what it has to be.
  func wrong(_ member: String, _ wanted: String) -> TextError {
    TextError("'\(name(member))' of the policy must be \(wanted)")
  }
}
