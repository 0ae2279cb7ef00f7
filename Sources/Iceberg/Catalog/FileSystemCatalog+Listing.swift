import IcebergModel

// Namespaces are folders, and tables are folders whose `metadata` has versions.
extension FileSystemCatalog {
  public func listTables(in namespace: [String]) async throws -> [TableIdentifier] {
    let place = try await existing(namespace)
    var tables: [TableIdentifier] = []
    for name in try await folders(in: place)
    where try await isTable(FileLocation.child(name, of: place)) {
      tables.append(TableIdentifier(namespace: namespace, name: name))
    }
    return tables
  }

  public func listNamespaces(in parent: [String]) async throws -> [[String]] {
    let place = try await existing(parent)
    var namespaces: [[String]] = []
    for name in try await folders(in: place)
    where try await !hasMetadata(FileLocation.child(name, of: place)) {
      namespaces.append(parent + [name])
    }
    return namespaces
  }

  /// Makes a namespace. A folder has no properties: throws `unsupported` for any, and makes nothing.
  public func createNamespace(
    _ namespace: [String], properties: [String: String]
  ) async throws {
    try NamespaceRules.checkNew(namespace)
    guard properties.isEmpty else { throw NamespaceRules.keepsNoProperties(namespace) }
    if try await exists(namespace) { throw NamespaceRules.exists(namespace) }
    try await fileIO.createFolder(location(of: namespace))
  }

  /// The `location` of the namespace: a folder has no other properties. Throws `notFound`.
  public func namespaceProperties(_ namespace: [String]) async throws -> [String: String] {
    [NamespaceRules.location: try await existing(namespace)]
  }

  public func dropNamespace(_ namespace: [String]) async throws {
    guard !namespace.isEmpty else {
      throw IcebergError(.invalidArgument, "the warehouse itself cannot be dropped")
    }
    let place = try await existing(namespace)
    guard try await fileIO.children(of: place).isEmpty else {
      throw NamespaceRules.notEmpty(namespace)
    }
    try await fileIO.removeEmptyFolder(place)
  }

  /// The location of a namespace, which must exist.
  private func existing(_ namespace: [String]) async throws -> String {
    guard try await exists(namespace) else {
      throw IcebergError(
        .notFound, "there is no namespace '\(namespace.joined(separator: "."))' in '\(warehouse)'")
    }
    return try location(of: namespace)
  }

  /// Whether each level is a folder in the one above, and not a table.
  private func exists(_ namespace: [String]) async throws -> Bool {
    var place = warehouse
    for level in namespace {
      try CatalogName.check(level)
      guard try await folders(in: place).contains(level) else { return false }
      place = FileLocation.child(level, of: place)
      if try await hasMetadata(place) { return false }
    }
    return true
  }

  /// The names of the folders in a folder, sorted; hidden ones are left out.
  private func folders(in place: String) async throws -> [String] {
    try await fileIO.children(of: place)
      .filter { $0.kind == .folder && !$0.name.hasPrefix(".") && !$0.name.hasPrefix("_") }
      .map(\.name)
      .sorted()
  }

  /// Whether a folder is that of a table.
  func isTable(_ place: String) async throws -> Bool {
    try await fileIO.children(of: FileLocation.child("metadata", of: place))
      .contains { $0.kind == .file && MetadataFileName($0.name)?.kind == .version }
  }

  /// Whether a folder is that of a table, even of one that another catalog keeps or that was dropped.
  private func hasMetadata(_ place: String) async throws -> Bool {
    try await fileIO.children(of: FileLocation.child("metadata", of: place))
      .contains { $0.kind == .file }
  }
}
