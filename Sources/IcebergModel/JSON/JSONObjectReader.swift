package import IcebergBytes

/// Reads the members of a JSON object and remembers which ones were asked for, so that the others
/// can be kept.
package struct JSONObjectReader: Sendable {
  /// The object.
  package let object: JSONObject
  /// Where the object stands.
  package let path: JSONPath
  private var next = 0
  private var read: UInt64 = 0
  // Only objects of more than 64 members, which are no objects of the format, get here.
  private var readBeyond: Set<Int> = []

  /// A reader of the object at `path`.
  package init(_ object: JSONObject, at path: JSONPath = .root) {
    self.object = object
    self.path = path
  }

  /// The member called `name`; nil when it is absent or `null`.
  package mutating func optional(_ name: String) -> JSONNode? {
    guard let value = take(name), value != .null else { return nil }
    return JSONNode(value, member: name, of: path)
  }

  /// The member called `name`; throws when it is absent or `null`.
  package mutating func required(_ name: String) throws(IcebergError) -> JSONNode {
    guard let value = take(name) else { throw invalid("missing '\(name)'") }
    if value == .null { throw invalid("'\(name)' must not be null", member: name) }
    return JSONNode(value, member: name, of: path)
  }

  /// The member called `name`, `null` or not; nil when it is absent.
  package mutating func member(_ name: String) -> JSONNode? {
    take(name).map { JSONNode($0, member: name, of: path) }
  }

  /// Whether there is a member called `name`; it does not count as read.
  package func has(_ name: String) -> Bool { object[name] != nil }

  /// The members that nobody asked for, in order.
  package var unreadMembers: JSONObject {
    let count = object.members.count
    let all = count >= 64 ? UInt64.max : (1 &<< UInt64(count)) &- 1
    if count <= 64, read == all { return JSONObject() }
    var unread: [JSONObject.Member] = []
    for (index, member) in object.members.enumerated() where !isRead(index) {
      unread.append(member)
    }
    return JSONObject(unread)
  }

  /// An error of code `invalidMetadata` about the object, or about one of its members.
  package func invalid(_ message: String, member: String? = nil) -> IcebergError {
    let place = member.map { JSONPath.member(of: path, name: $0) } ?? path
    return IcebergError(.invalidMetadata, message, context: .init(jsonPath: place.description))
  }

  // Members are mostly asked for in the order in which they stand: the search begins after the last
  // one found.
  private mutating func position(of name: String) -> Int? {
    let members = object.members
    for index in next..<members.count where members[index].name == name {
      return found(index)
    }
    for index in 0..<min(next, members.count) where members[index].name == name {
      return found(index)
    }
    return nil
  }

  private mutating func take(_ name: String) -> JSONValue? {
    position(of: name).map { object.members[$0].value }
  }

  private mutating func found(_ index: Int) -> Int {
    next = index + 1
    if index < 64 { read |= 1 &<< UInt64(index) } else { readBeyond.insert(index) }
    return index
  }

  private func isRead(_ index: Int) -> Bool {
    index < 64 ? read & (1 &<< UInt64(index)) != 0 : readBeyond.contains(index)
  }
}

// What the thousands of snapshots of a table are read with: as the functions above with that of the
// node, but without a node unless something is wrong.
extension JSONObjectReader {
  /// The whole number called `name`; nil when it is absent or `null`.
  package mutating func optionalInt64(_ name: String) throws(IcebergError) -> Int64? {
    guard let index = position(of: name) else { return nil }
    switch object.members[index].value {
    case .integer(let number): return number
    case .null: return nil
    case let value: return try JSONNode(value, member: name, of: path).int64()
    }
  }

  /// The whole number called `name`; throws when it is absent or `null`.
  package mutating func requiredInt64(_ name: String) throws(IcebergError) -> Int64 {
    guard let number = try optionalInt64(name) else { return try required(name).int64() }
    return number
  }

  /// The text called `name`; nil when it is absent or `null`.
  package mutating func optionalString(_ name: String) throws(IcebergError) -> String? {
    guard let index = position(of: name) else { return nil }
    switch object.members[index].value {
    case .string(let text): return text
    case .null: return nil
    case let value: return try JSONNode(value, member: name, of: path).string()
    }
  }
}

extension JSONObject {
  /// Adds the member unless `value` is nil.
  package mutating func append(_ name: String, _ value: JSONValue?) {
    if let value { members.append(Member(name, value)) }
  }

  /// Adds the members of `other`, which were kept when the object was read, after those there are.
  package mutating func append(unknown other: JSONObject) {
    for member in other.members where self[member.name] == nil { members.append(member) }
  }
}
