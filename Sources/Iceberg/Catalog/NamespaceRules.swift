package import IcebergModel

/// Rules for namespaces that catalogs share, and what they say when one is broken.
package enum NamespaceRules {
  /// The key of the folder of a namespace: new tables are made below it.
  package static let location = "location"

  /// Throws `invalidArgument` for a namespace that nothing new should be called.
  package static func checkNew(_ namespace: [String]) throws(IcebergError) {
    guard !namespace.isEmpty else {
      throw IcebergError(.invalidArgument, "a namespace needs a name")
    }
    try CatalogName.checkNew(namespace)
  }

  /// Throws `invalidArgument` for a key that is to be both set and removed, and for the namespace
  /// above all others, which has no properties.
  package static func check(
    _ namespace: [String], setting: [String: String], removing: Set<String>
  ) throws(IcebergError) {
    if namespace.isEmpty, !(setting.isEmpty && removing.isEmpty) {
      throw IcebergError(.invalidArgument, "only a namespace with a name has properties")
    }
    let both = removing.filter { setting[$0] != nil }.sorted()
    guard both.isEmpty else {
      throw IcebergError(
        .invalidArgument, "'\(both.joined(separator: "', '"))' cannot be both set and removed")
    }
  }

  /// The folder of a new table: below the folder of its namespace where that has one, else in the
  /// folders of its names below the warehouse.
  package static func tableLocation(
    _ identifier: TableIdentifier, warehouse: String, namespaceLocation: String?
  ) -> String {
    if let namespaceLocation, !namespaceLocation.isEmpty {
      return FileLocation.child(
        identifier.name, of: FileLocation.withoutTrailingSlash(namespaceLocation))
    }
    return (identifier.namespace + [identifier.name]).reduce(warehouse) {
      FileLocation.child($1, of: $0)
    }
  }

  /// The namespaces from the outermost level to the given one.
  package static func levels(of namespace: [String]) -> [[String]] {
    namespace.indices.map { Array(namespace[...$0]) }
  }

  package static func missing(_ namespace: [String]) -> IcebergError {
    IcebergError(.notFound, "there is no namespace '\(namespace.joined(separator: "."))'")
  }

  package static func exists(_ namespace: [String]) -> IcebergError {
    IcebergError(.alreadyExists, "there is a namespace '\(namespace.joined(separator: "."))'")
  }

  package static func notEmpty(_ namespace: [String]) -> IcebergError {
    IcebergError(
      .invalidArgument,
      """
      the namespace '\(namespace.joined(separator: "."))' is not empty: drop its tables and the \
      namespaces below it first
      """)
  }

  package static func keepsNoProperties(_ namespace: [String]) -> IcebergError {
    IcebergError(
      .unsupported,
      """
      this catalog keeps no properties of namespaces, so those of \
      '\(namespace.joined(separator: "."))' cannot be set
      """)
  }
}
