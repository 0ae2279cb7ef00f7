package import IcebergBytes

/// A place where two JSON documents differ in value: the order of members does not count.
package struct JSONDifference: Sendable, CustomStringConvertible {
  /// The place, with the indexes of arrays left out: `$.snapshots[].summary`.
  package let place: String
  /// What stands there in the first document; nil for nothing.
  package let old: JSONValue?
  /// What stands there in the second document; nil for nothing.
  package let new: JSONValue?

  package var description: String {
    "\(place): \(old?.shortText ?? "nothing") became \(new?.shortText ?? "nothing")"
  }

  /// All differences between two documents.
  package static func between(
    _ old: JSONValue, _ new: JSONValue, at place: String = "$"
  ) -> [JSONDifference] {
    switch (old, new) {
    case (.object(let old), .object(let new)):
      let names = Set(old.members.map(\.name)).union(new.members.map(\.name)).sorted()
      return names.flatMap { name -> [JSONDifference] in
        guard let left = old[name], let right = new[name] else {
          return [JSONDifference(place: "\(place).\(name)", old: old[name], new: new[name])]
        }
        return between(left, right, at: "\(place).\(name)")
      }
    case (.array(let old), .array(let new)) where old.count == new.count:
      return zip(old, new).flatMap { between($0, $1, at: place + "[]") }
    default:
      return old == new ? [] : [JSONDifference(place: place, old: old, new: new)]
    }
  }
}

extension JSONValue {
  /// The member called `name` of an object; nil when there is none, or when this is no object.
  package subscript(name: String) -> JSONValue? {
    if case .object(let object) = self { object[name] } else { nil }
  }

  /// The elements of an array; nil when this is none.
  package var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  /// The text of a string; nil when this is none.
  package var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The whole number; nil when this is none.
  package var int64: Int64? { if case .integer(let number) = self { number } else { nil } }

  /// The value as JSON text, cut when it is long.
  package var shortText: String {
    let text = serialized().utf8String ?? ""
    return text.count > 120 ? text.prefix(120) + "..." : text
  }
}
