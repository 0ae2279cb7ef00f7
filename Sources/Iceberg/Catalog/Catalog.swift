import IcebergModel

/// Where tables are found by name, and where one version atomically replaces another.
///
/// The product `IcebergTesting` has the rules below as tests that any catalog can be put to.
public protocol Catalog: Sendable {
  /// The current version of a table. Throws `notFound`.
  func loadTable(_ identifier: TableIdentifier) async throws -> Table

  /// Makes a table, and its namespace where it does not exist. Throws `alreadyExists`.
  func createTable(_ identifier: TableIdentifier, _ creation: TableCreation) async throws -> Table

  /// The table as ``createTable(_:_:)`` would make it, without making it: to be made later by a commit
  /// that requires `assertCreate`. It has neither a catalog nor a metadata file.
  ///
  /// Throws `alreadyExists`, and `unsupported` where the catalog makes tables at once only.
  func draftTable(_ identifier: TableIdentifier, _ creation: TableCreation) async throws -> Table

  /// Names an existing metadata file as the current version of a table; its namespace is made where it
  /// does not exist. Throws `alreadyExists` unless `overwrite` is set, which lets the file take the
  /// place of the current version; what reading the file throws, and `unsupported` where the catalog
  /// cannot take in such a file. Nothing is written to the table itself.
  func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws -> Table

  /// Throws what ``registerTable(_:metadataLocation:overwrite:)`` would throw now, and takes in nothing.
  func validateRegistration(
    _ identifier: TableIdentifier, metadataLocation: String, overwrite: Bool
  ) async throws

  /// Replaces the current version by one with the updates applied, and returns it. Where
  /// `assertCreate` is required, makes the table, and its namespace, of the updates.
  ///
  /// Throws `notFound` when there is no such table, and `commitConflict` when a requirement does not
  /// hold or another commit was first: nothing was changed. Throws `commitStateUnknown` when the commit
  /// may or may not have taken place. Every other ``IcebergError`` says that nothing was changed and
  /// nothing will be. An error of another type, `CancellationError` too, is taken for an unknown
  /// outcome.
  func commit(_ commit: TableCommit, to identifier: TableIdentifier) async throws -> Table

  /// Throws when the catalog would refuse a commit that leads from one version of a table to another,
  /// whoever else commits: for a location that it cannot give a table, say. A preview asks that.
  func validate(
    _ metadata: TableMetadata, following current: TableMetadata, of identifier: TableIdentifier
  ) throws

  /// Commits to several tables at once: all of the commits take place or none does. Returns the new
  /// versions in the order of the commits. A table may be named once.
  ///
  /// Throws as ``commit(_:to:)`` does, for all of them together, and `unsupported` where the
  /// catalog cannot commit to more than one table at once: then nothing was changed.
  func commit(_ commits: [(TableIdentifier, TableCommit)]) async throws -> [Table]

  /// Removes a table from the catalog. Throws `notFound`. With `purge` its files are deleted too, as by
  /// ``purgeTable(_:_:)`` with the usual options; then a file that cannot be deleted is an error.
  func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws

  /// Removes a table from the catalog, and deletes every file that its metadata leads to, but for those
  /// that other tables of the catalog need; or only tells which those are.
  ///
  /// Throws `notFound`, and `invalidArgument` where the table's property `gc.enabled` forbids that or
  /// the table is a copy of another. Nothing is deleted where it cannot be told which files the table,
  /// or another one whose folders it shares, leads to. Files that cannot be deleted after the table is
  /// gone are counted in the report.
  @discardableResult
  func purgeTable(
    _ identifier: TableIdentifier, _ options: DeleteReachableFilesOptions
  ) async throws -> DeleteReachableFilesReport

  /// Gives a table another name; the namespace of that is made where it does not exist. Throws
  /// `notFound`, `alreadyExists`, and `unsupported` where the name is the place.
  func renameTable(_ identifier: TableIdentifier, to name: TableIdentifier) async throws

  /// The tables of a namespace, in order of their names. Throws `notFound`.
  func listTables(in namespace: [String]) async throws -> [TableIdentifier]

  /// The namespaces directly below `parent`, in order of their names. Throws `notFound`.
  func listNamespaces(in parent: [String]) async throws -> [[String]]

  /// Makes a namespace with properties, and those above it without. Throws `alreadyExists`, and
  /// `unsupported` for properties where the catalog keeps none.
  func createNamespace(_ namespace: [String], properties: [String: String]) async throws

  /// The properties of a namespace. Throws `notFound`.
  ///
  /// A catalog may tell more than was set: the `location` of its tables.
  func namespaceProperties(_ namespace: [String]) async throws -> [String: String]

  /// Sets and removes properties of a namespace, at once; a key that is not there is removed already.
  ///
  /// Throws `notFound`, `invalidArgument` for a key that is to be both set and removed, and
  /// `unsupported` where the catalog keeps no properties.
  func updateNamespaceProperties(
    _ namespace: [String], setting: [String: String], removing: Set<String>
  ) async throws

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

  /// Every table, in no particular order.
  package func allTables() async throws -> [TableIdentifier] {
    var tables: [TableIdentifier] = []
    var open: [[String]] = [[]]
    while let namespace = open.popLast() {
      try Task.checkCancellation()
      do {
        tables += try await listTables(in: namespace)
        open += try await listNamespaces(in: namespace)
      } catch let error as IcebergError where error.code == .notFound {
        // Dropped since its parent was listed.
        continue
      }
    }
    return tables
  }

  /// Whether there is a namespace of the name.
  public func namespaceExists(_ namespace: [String]) async throws -> Bool {
    do {
      _ = try await listNamespaces(in: namespace)
      return true
    } catch let error as IcebergError where error.code == .notFound {
      return false
    }
  }

  /// Makes a namespace without properties, and those above it. Throws `alreadyExists`.
  public func createNamespace(_ namespace: [String]) async throws {
    try await createNamespace(namespace, properties: [:])
  }

  /// Names an existing metadata file as the current version of a new table. Throws `alreadyExists`.
  public func registerTable(
    _ identifier: TableIdentifier, metadataLocation: String
  ) async throws -> Table {
    try await registerTable(identifier, metadataLocation: metadataLocation, overwrite: false)
  }
}
