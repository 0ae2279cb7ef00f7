package import IcebergModel

/// The order in which the reference implementation walks over the columns of a schema, where it
/// walks over a `HashMap` with their full names as keys.
///
/// Nothing but ids of metadata tables depends on it.
package enum JavaHashOrder {
  /// The fields of a schema at any depth in that order.
  package static func fields(of schema: Schema) -> [Field] {
    var named: [(name: String, field: Field)] = []
    collect(schema.fields, prefix: "", into: &named)
    // The table doubles when it is more than three quarters full.
    var size = 16
    while named.count > size / 4 * 3 { size *= 2 }
    let buckets = named.map { bucket($0.name, size) }
    let order = named.indices.sorted { (buckets[$0], $0) < (buckets[$1], $1) }
    return order.map { named[$0].field }
  }

  /// Adds fields in the order in which they enter the map: after what is inside them, the element of
  /// a list after what is inside it, key and value of a map after what is inside both.
  private static func collect(
    _ fields: [Field], prefix: String, into named: inout [(name: String, field: Field)]
  ) {
    for field in fields {
      collect(inside: field, prefix: prefix + field.name + ".", into: &named)
      named.append((prefix + field.name, field))
    }
  }

  private static func collect(
    inside field: Field, prefix: String, into named: inout [(name: String, field: Field)]
  ) {
    switch field.type {
    case .struct(let fields): collect(fields, prefix: prefix, into: &named)
    case .list, .map:
      for child in field.type.children {
        collect(inside: child, prefix: prefix + child.name + ".", into: &named)
      }
      for child in field.type.children { named.append((prefix + child.name, child)) }
    default: break
    }
  }

  /// The place of a name in a table of `size` places, a power of two.
  private static func bucket(_ name: String, _ size: Int) -> Int {
    var hash: UInt32 = 0
    for unit in name.utf16 { hash = hash &* 31 &+ UInt32(unit) }
    return Int(hash ^ hash >> 16) & (size - 1)
  }
}
