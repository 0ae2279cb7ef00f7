#if SQL
import Iceberg

extension SQLCatalog {
  public func listNamespaces(in parent: [String]) async throws -> [[String]] {
    let name = name
    return try await database.query { records in
      guard try records.exists(parent, in: name) else { throw NamespaceRules.missing(parent) }
      return try records.namespaces(in: parent, of: name)
    }
  }

  public func createNamespace(
    _ namespace: [String], properties: [String: String]
  ) async throws {
    try NamespaceRules.checkNew(namespace)
    try checkKeys(properties.keys)
    let name = name
    try await change { records in
      guard try !records.exists(namespace, in: name) else {
        throw NamespaceRules.exists(namespace)
      }
      try records.addLevels(of: namespace, in: name)
      for (key, value) in properties {
        try records.set(key, value, of: namespace, in: name)
      }
    }
  }

  public func namespaceProperties(_ namespace: [String]) async throws -> [String: String] {
    let name = name
    return try await database.query { records in
      guard try records.exists(namespace, in: name) else {
        throw NamespaceRules.missing(namespace)
      }
      return namespace.isEmpty ? [:] : try records.properties(of: namespace, in: name)
    }
  }

  public func updateNamespaceProperties(
    _ namespace: [String], setting: [String: String], removing: Set<String>
  ) async throws {
    try NamespaceRules.check(namespace, setting: setting, removing: removing)
    try checkKeys(setting.keys)
    try checkKeys(removing)
    let name = name
    try await change { records in
      guard try records.exists(namespace, in: name) else {
        throw NamespaceRules.missing(namespace)
      }
      // A namespace of another writer may exist by its properties alone: it stays without them.
      try records.addLevels(of: namespace, in: name)
      for key in removing { try records.removeProperty(key, of: namespace, in: name) }
      for (key, value) in setting { try records.set(key, value, of: namespace, in: name) }
    }
  }

  public func dropNamespace(_ namespace: [String]) async throws {
    guard !namespace.isEmpty else {
      throw IcebergError(.invalidArgument, "the warehouse itself cannot be dropped")
    }
    let name = name
    try await change { records in
      guard try records.exists(namespace, in: name) else {
        throw NamespaceRules.missing(namespace)
      }
      guard try records.isEmpty(namespace, in: name) else {
        throw NamespaceRules.notEmpty(namespace)
      }
      try records.removeNamespace(namespace, from: name)
    }
  }

  private func checkKeys(_ keys: some Sequence<String>) throws {
    for key in keys where key.isEmpty || key == SQLRecords.sentinel {
      throw IcebergError(
        .invalidArgument,
        """
        '\(key)' is no key for a property of a namespace\
        \(key.isEmpty ? "" : ": databases use it to tell that the namespace exists")
        """)
    }
  }
}
#endif
