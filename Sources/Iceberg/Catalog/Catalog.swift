public import IcebergModel

/// The name of a table: namespace levels and the name itself.
public struct TableIdentifier: Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The levels of the namespace, outermost first.
  public var namespace: [String]
  /// The name of the table within its namespace.
  public var name: String

  /// A table in a namespace.
  public init(namespace: [String], name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// `levels.and.name`, split at the dots.
  public init(stringLiteral value: String) {
    var parts = value.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    name = parts.removeLast()
    namespace = parts
  }

  public var description: String { (namespace + [name]).joined(separator: ".") }
}

/// What a new table is made of.
public struct TableCreation: Sendable {
  /// The columns; ids are assigned afresh.
  public var schema: Schema
  /// How rows are divided; source ids refer to `schema`.
  public var partitionSpec: PartitionSpec
  /// How rows are ordered; source ids refer to `schema`.
  public var sortOrder: TableSortOrder
  /// Where the table lives; nil lets the catalog choose.
  public var location: String?
  /// Settings. `format-version` chooses the version and is not kept.
  public var properties: [String: String]

  /// A table of the given parts.
  public init(
    schema: Schema, partitionSpec: PartitionSpec = .unpartitioned,
    sortOrder: TableSortOrder = .unsorted, location: String? = nil,
    properties: [String: String] = [:]
  ) {
    self.schema = schema
    self.partitionSpec = partitionSpec
    self.sortOrder = sortOrder
    self.location = location
    self.properties = properties
  }
}

/// Changes of one table that take place together, if the requirements hold.
public struct TableCommit: Hashable, Sendable {
  /// What must hold of the current metadata.
  public var requirements: [TableRequirement]
  /// What is changed, in order.
  public var updates: [TableUpdate]

  /// A commit of the given parts.
  public init(requirements: [TableRequirement], updates: [TableUpdate]) {
    self.requirements = requirements
    self.updates = updates
  }
}

/// Where tables are found by name, and where one version atomically replaces another.
public protocol Catalog: Sendable {
  /// The current version of a table. Throws `notFound`.
  func loadTable(_ identifier: TableIdentifier) async throws -> Table

  /// Makes a table. Throws `alreadyExists`.
  func createTable(_ identifier: TableIdentifier, _ creation: TableCreation) async throws -> Table

  /// Replaces the current version by one with the updates applied, and returns it.
  ///
  /// Throws `commitConflict` when a requirement does not hold or another commit was first: nothing was
  /// changed. Throws `commitStateUnknown` when the commit may or may not have taken place. Every other
  /// ``IcebergError`` says that nothing was changed.
  func commit(_ commit: TableCommit, to identifier: TableIdentifier) async throws -> Table

  /// Removes a table from the catalog. Throws `notFound`. With `purge` its files are deleted too.
  func dropTable(_ identifier: TableIdentifier, purge: Bool) async throws

  /// The tables of a namespace, in order of their names.
  func listTables(in namespace: [String]) async throws -> [TableIdentifier]

  /// The namespaces directly below `parent`, in order of their names.
  func listNamespaces(in parent: [String]) async throws -> [[String]]
}
