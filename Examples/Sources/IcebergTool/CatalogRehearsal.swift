import Iceberg

/// Changes of a catalog, or only a look at whether they would be refused.
struct CatalogRehearsal {
  private let catalog: any Catalog
  private let isDryRun: Bool

  init(_ catalog: any Catalog, isDryRun: Bool) {
    self.catalog = catalog
    self.isDryRun = isDryRun
  }

  func createNamespace(_ namespace: [String], properties: [String: String]) async throws {
    // Folders have no properties: any are refused before a folder is made.
    guard isDryRun, properties.isEmpty || !(catalog is FileSystemCatalog) else {
      return try await catalog.createNamespace(namespace, properties: properties)
    }
    guard try await !catalog.namespaceExists(namespace) else {
      throw IcebergError(
        .alreadyExists, "there is a namespace '\(namespace.joined(separator: "."))'")
    }
  }

  func dropNamespace(_ namespace: [String]) async throws {
    guard isDryRun else { return try await catalog.dropNamespace(namespace) }
    let tables = try await catalog.listTables(in: namespace).count
    let below = try await catalog.listNamespaces(in: namespace).count
    guard tables + below == 0 else {
      throw IcebergError(
        .invalidArgument,
        "the namespace '\(namespace.joined(separator: "."))' is not empty: \(tables) tables, "
          + "\(below) namespaces")
    }
  }

  func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws {
    if isDryRun {
      try await catalog.validateRegistration(
        identifier, metadataLocation: metadataLocation, overwrite: overwrite)
    } else {
      _ = try await catalog.registerTable(
        identifier, metadataLocation: metadataLocation, overwrite: overwrite)
    }
  }

  func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws {
    guard isDryRun else { return try await catalog.renameTable(identifier, to: name) }
    _ = try await catalog.loadTable(identifier)
    // Tables whose place is their name are never renamed: the catalog says so, and does nothing.
    if catalog is FileSystemCatalog { try await catalog.renameTable(identifier, to: name) }
    guard try await !catalog.tableExists(name) else {
      throw IcebergError(
        .alreadyExists, "there is a table of this name", context: .init(table: name.description))
    }
  }
}
