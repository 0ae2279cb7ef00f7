import IcebergModel

/// Where tables are found by name, and where one version atomically replaces another.
public protocol Catalog: Sendable {
  /// The current version of a table. Throws `notFound`.
  func loadTable(_ identifier: TableIdentifier) async throws -> Table

  /// Makes a table, and its namespace where it does not exist. Throws `alreadyExists`.
  func createTable(_ identifier: TableIdentifier, _ creation: TableCreation) async throws -> Table

  /// Replaces the current version by one with the updates applied, and returns it.
  ///
  /// Throws `commitConflict` when a requirement does not hold or another commit was first: nothing was
  /// changed. Throws `commitStateUnknown` when the commit may or may not have taken place. Every other
  /// ``IcebergError`` says that nothing was changed and nothing will be. An error of another type,
  /// `CancellationError` too, is taken for an unknown outcome.
  func commit(_ commit: TableCommit, to identifier: TableIdentifier) async throws -> Table

  /// Removes a table from the catalog. Throws `notFound`. With `purge` its files are deleted too.
  func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws

  /// Gives a table another name. Throws `notFound`, `alreadyExists`, and `unsupported` where the name
  /// is the place.
  func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws

  /// The tables of a namespace, in order of their names. Throws `notFound`.
  func listTables(in namespace: [String]) async throws -> [TableIdentifier]

  /// The namespaces directly below `parent`, in order of their names. Throws `notFound`.
  func listNamespaces(in parent: [String]) async throws -> [[String]]

  /// Makes a namespace, and those above it. Throws `alreadyExists`.
  func createNamespace(_ namespace: [String]) async throws

  /// Removes an empty namespace. Throws `notFound`, and `invalidArgument` when it is not empty.
  func dropNamespace(_ namespace: [String]) async throws
}

extension Catalog {
  /// Whether there is a table of the name.
  public func tableExists(_ identifier: TableIdentifier) async throws -> Bool {
    do {
      _ = try await loadTable(identifier)
      return true
    } catch let error as IcebergError where error.code == .notFound {
      return false
    }
  }
}
