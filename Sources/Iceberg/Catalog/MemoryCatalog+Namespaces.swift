import IcebergModel
import Synchronization

/// What a catalog in memory knows.
struct MemoryCatalogState: Sendable {
  /// The location of the current metadata file of each table.
  var tables: [TableIdentifier: String] = [:]
  /// The properties of each namespace.
  var namespaces: [[String]: [String: String]] = [:]

  /// Names the current metadata file of a table, and makes its namespace.
  mutating func add(_ identifier: TableIdentifier, _ location: String) {
    tables[identifier] = location
    addLevels(of: identifier.namespace)
  }

  /// Makes the namespace and those above it where they do not exist.
  mutating func addLevels(of namespace: [String]) {
    for level in NamespaceRules.levels(of: namespace) {
      namespaces[level] = namespaces[level] ?? [:]
    }
  }

  /// Throws `notFound` for a namespace that is not there; the one above all others always is.
  func checkExists(_ namespace: [String]) throws {
    guard namespace.isEmpty || namespaces[namespace] != nil else {
      throw NamespaceRules.missing(namespace)
    }
  }
}

extension MemoryCatalog {
  public func listTables(in namespace: [String]) async throws -> [TableIdentifier] {
    try state.withLock { state in
      try state.checkExists(namespace)
      return state.tables.keys.filter { $0.namespace == namespace }.sorted { $0.name < $1.name }
    }
  }

  public func listNamespaces(in parent: [String]) async throws -> [[String]] {
    try state.withLock { state in
      try state.checkExists(parent)
      return state.namespaces.keys
        .filter { $0.count == parent.count + 1 && $0.starts(with: parent) }
        .sorted { $0[parent.count] < $1[parent.count] }
    }
  }

  public func createNamespace(
    _ namespace: [String], properties: [String: String]
  ) async throws {
    try NamespaceRules.checkNew(namespace)
    try state.withLock { state in
      guard state.namespaces[namespace] == nil else { throw NamespaceRules.exists(namespace) }
      state.addLevels(of: namespace)
      state.namespaces[namespace] = properties
    }
  }

  public func namespaceProperties(_ namespace: [String]) async throws -> [String: String] {
    try state.withLock { state in
      try state.checkExists(namespace)
      return state.namespaces[namespace] ?? [:]
    }
  }

  public func updateNamespaceProperties(
    _ namespace: [String], setting: [String: String], removing: Set<String>
  ) async throws {
    try NamespaceRules.check(namespace, setting: setting, removing: removing)
    try state.withLock { state in
      try state.checkExists(namespace)
      for key in removing { state.namespaces[namespace]?[key] = nil }
      state.namespaces[namespace]?.merge(setting) { $1 }
    }
  }

  public func dropNamespace(_ namespace: [String]) async throws {
    guard !namespace.isEmpty else {
      throw IcebergError(.invalidArgument, "the warehouse itself cannot be dropped")
    }
    try state.withLock { state in
      try state.checkExists(namespace)
      let isEmpty =
        !state.tables.keys.contains { $0.namespace.starts(with: namespace) }
        && !state.namespaces.keys
          .contains { $0.count > namespace.count && $0.starts(with: namespace) }
      guard isEmpty else { throw NamespaceRules.notEmpty(namespace) }
      state.namespaces[namespace] = nil
    }
  }
}
