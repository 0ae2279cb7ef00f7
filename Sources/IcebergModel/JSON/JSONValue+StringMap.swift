package import IcebergBytes

extension JSONValue {
  /// An object of strings, such as table properties, in the order of the names.
  package init(stringMap map: [String: String]) {
    let members = map.sorted { $0.key < $1.key }
    self = .object(JSONObject(members.map { JSONObject.Member($0.key, .string($0.value)) }))
  }
}
