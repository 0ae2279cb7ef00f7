package import IcebergBytes
package import IcebergModel

extension Filter {
  /// A predicate of the expected values: in form like the JSON of filters, with `op` in the place of
  /// `type`; true and false are everything and nothing.
  package init(expected value: JSONValue) throws(IcebergError) {
    self = try Filter(json: Self.renamed(value))
  }

  private static func renamed(_ value: JSONValue) -> JSONValue {
    guard case .object(let object) = value else { return value }
    return .object(
      JSONObject(
        object.members.map { member in
          switch member.name {
          case "op": JSONObject.Member("type", member.value)
          case "utf8": JSONObject.Member(member.name, member.value)
          default: JSONObject.Member(member.name, renamed(member.value))
          }
        }))
  }
}
