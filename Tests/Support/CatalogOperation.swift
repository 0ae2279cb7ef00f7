package import Iceberg
import IcebergModel

/// Any change of a catalog: of the tables that it has, or of its namespaces.
///
/// The catalog has the tables `db.t` and `db.other` with rows, the metadata of a table `db.old` that was
/// dropped, and where namespaces are more than folders the namespaces `kept`, which has a property, and
/// `empty`.
package enum CatalogOperation: String, CaseIterable, Sendable {
  case createTable, createWithRows, replaceTable, replaceWithRows, createOrReplace, registerTable
  case dropTable, purgeTable
  case registerOverTable, renameTable, renameToNewNamespace, setLocation, commitToTwoTables
  case createNamespace, setNamespaceProperties, dropNamespace

  /// Those that a catalog of folders can do, a namespace of which is there when a table is in it.
  package static let onFolders = Array(allCases.prefix { $0 != .registerOverTable })

  /// Whether an error other than `commitStateUnknown` says that nothing was changed. Of what is no
  /// commit nobody promises that: whoever is in doubt looks.
  package var tellsOutcome: Bool {
    switch self {
    case .dropTable, .purgeTable: false
    default: true
    }
  }

  /// Does the operation, without waiting for anything.
  ///
  /// - Parameter oldMetadata: where the metadata of the dropped table is.
  package func run(in catalog: any Catalog, oldMetadata: String) async throws {
    let environment = CommitScene.environment()
    let creation = SampleTable.creation(partitioned: true)
    switch self {
    case .createTable: _ = try await catalog.createTable("new.t", creation)
    case .createWithRows:
      try await Self.commit(try await catalog.stageTable("new.t", creation), environment)
    case .replaceTable:
      _ = try await catalog.loadTable("db.t").commit(environment: environment) {
        $0.replaceTable(with: SampleTable.creation())
      }
    case .replaceWithRows:
      try await Self.commit(
        try await catalog.stageReplacement(of: "db.t", with: creation), environment)
    case .createOrReplace:
      try await Self.commit(
        try await catalog.stageReplacementOrTable("db.new", creation), environment)
    case .registerTable:
      _ = try await catalog.registerTable(
        "db.old", metadataLocation: oldMetadata, overwrite: false)
    case .dropTable: try await catalog.dropTable("db.t", purge: false)
    case .purgeTable: try await catalog.dropTable("db.t", purge: true)
    case .registerOverTable:
      _ = try await catalog.registerTable(
        "db.other", metadataLocation: oldMetadata, overwrite: true)
    case .renameTable: try await catalog.renameTable("db.t", to: "db.renamed")
    case .renameToNewNamespace: try await catalog.renameTable("db.t", to: "new.renamed")
    case .setLocation:
      let table = try await catalog.loadTable("db.t")
      _ = try await table.commit(environment: environment) {
        $0.setLocation(table.metadata.location + "-moved")
      }
    case .commitToTwoTables:
      let commit = TableCommit(requirements: [], updates: [.setProperties(["both": "yes"])])
      _ = try await catalog.commit([("db.t", commit), ("db.other", commit)])
    case .createNamespace:
      try await catalog.createNamespace(["new", "inner"], properties: ["owner": "me"])
    case .setNamespaceProperties:
      try await catalog.updateNamespaceProperties(
        ["kept"], setting: ["a": "b"], removing: ["owner"])
    case .dropNamespace: try await catalog.dropNamespace(["empty"])
    }
  }

  private static func commit(
    _ staged: StagedTable, _ environment: CommitEnvironment
  ) async throws {
    let files = try await staged.table.withWriter {
      try await $0.write(WarehouseScene.batch(20..<24))
    }
    _ = try await staged.commit(environment: environment) { $0.append(files) }
  }
}
