import Iceberg
import IcebergModel
import IcebergTestSupport

/// Any kind of change that a transaction can make, on a table that has something to do it with: the files
/// `A`, `B` and `C` with deletes of `A`, the branches `ahead` and `audit`, the tag `old`, a snapshot that is
/// staged as `w1`, and statistics of the first snapshot.
///
/// Only the location is not among them, which a catalog of folders refuses to change: see
/// ``CatalogOperation``.
enum AnyOperation: CaseIterable, CustomStringConvertible, Sendable {
  case files(FileOperationFaultTests.Operation)
  case metadata(MetadataOperation)

  enum MetadataOperation: String, CaseIterable, Sendable {
    case setProperty, removeProperty, addColumn, renameColumn, dropColumn, addPartitionField
    case removePartitionField, sortOrder, upgrade
    case createBranch, createTag, setReference, removeBranch, removeTag, renameBranch, retention
    case replaceBranch, replaceTag, fastForward
    case rollback, setCurrent, cherryPick, publish, statistics, removeStatistics
    case partitionStatistics, removePartitionStatistics, replaceTable, severalChanges
  }

  static var allCases: [AnyOperation] {
    FileOperationFaultTests.Operation.allCases.map { .files($0) }
      + MetadataOperation.allCases.map { .metadata($0) }
  }

  var description: String {
    switch self {
    case .files(let operation): operation.rawValue
    case .metadata(let operation): operation.rawValue
    }
  }

  /// A table to do it on.
  static func scene() async throws -> CommitScene {
    var scene = try await CommitScene(properties: ["owner": "me"])
    try await scene.append("A", "B")
    try await scene.append("C")
    let (deletes, f, g, h) = (
      scene.deletes("d0", about: "A"), scene.file("F"), scene.file("G"), scene.file("H")
    )
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    try await scene.commit {
      $0.append([f], toBranch: "ahead")
      $0.append([g], toBranch: "audit")
      $0.createTag("old")
    }
    try await scene.commit {
      $0.stage(wapID: "w1")
      $0.append([h])
    }
    let first = scene.table.metadata.snapshots[0].id
    try await scene.commit {
      $0.setStatistics(statistics(of: first))
      $0.setPartitionStatistics(partitionStatistics(of: first))
    }
    return scene
  }

  fileprivate static func statistics(of snapshotID: Int64) -> StatisticsFile {
    StatisticsFile(
      snapshotID: snapshotID, location: "memory:/s.puffin", fileSizeInBytes: 10,
      fileFooterSizeInBytes: 4, blobs: [])
  }

  fileprivate static func partitionStatistics(of snapshotID: Int64) -> PartitionStatisticsFile {
    PartitionStatisticsFile(
      snapshotID: snapshotID, location: "memory:/p.parquet", fileSizeInBytes: 20)
  }

  /// Adds the operation to a transaction.
  func add(to transaction: inout Transaction, _ scene: CommitScene) throws {
    switch self {
    case .files(let operation): operation.add(to: &transaction, scene)
    case .metadata(let operation): try operation.add(to: &transaction, scene)
    }
  }

  /// All of a table that its users see, with snapshots told by their place in the order in which they
  /// were made.
  static func state(of scene: CommitScene) async throws -> [String] {
    let metadata = scene.table.metadata
    func place(_ id: Int64?) -> String {
      metadata.snapshots.firstIndex { $0.id == id }.map { "s\($0)" } ?? "none"
    }
    var state = [
      "version \(metadata.formatVersion)", "columns \(metadata.currentSchema.fields.map(\.name))",
      "partitioned by \(metadata.defaultPartitionSpec.fields.map(\.name))",
      "sorted by \(metadata.defaultSortOrder.fields.count)",
      "properties \(metadata.properties.sorted { $0.key < $1.key }.map { "\($0)=\($1)" })",
      "statistics \(metadata.statistics.count) \(metadata.partitionStatistics.count)",
      "current \(place(metadata.currentSnapshotID))",
    ]
    for snapshot in metadata.snapshots {
      state.append("\(place(snapshot.id)) after \(place(snapshot.parentID))")
    }
    for (name, reference) in metadata.references.sorted(by: { $0.key < $1.key }) {
      state.append(
        """
        \(reference.kind) \(name) \(place(reference.snapshotID)) \
        \(reference.minSnapshotsToKeep ?? -1) \(try await scene.names(of: name)) \
        \(try await scene.names(.deletes, of: name))
        """)
    }
    return state
  }
}

extension AnyOperation.MetadataOperation {
  fileprivate func add(to transaction: inout Transaction, _ scene: CommitScene) throws {
    let metadata = scene.table.metadata
    let (first, second) = (metadata.snapshots[0].id, metadata.snapshots[1].id)
    let audit = try metadata.snapshot(referredToBy: "audit").id
    switch self {
    case .setProperty: transaction.setProperty("a", "b")
    case .removeProperty: transaction.removeProperties(["owner"])
    case .addColumn: transaction.schema.addColumn("extra", .string)
    case .renameColumn: transaction.schema.rename("data", to: "text")
    case .dropColumn: transaction.schema.delete("id")
    case .addPartitionField: transaction.partitioning.add(.bucket(4, "id"))
    case .removePartitionField: transaction.partitioning.remove("data_bucket")
    case .sortOrder: transaction.sortOrder.replace(with: .ascending("id"))
    case .upgrade: transaction.upgradeFormat(to: 3)
    case .createBranch: transaction.createBranch("new")
    case .createTag: transaction.createTag("new", at: first)
    case .setReference:
      transaction.setReference("new", SnapshotReference(snapshotID: second, kind: .branch))
    case .removeBranch: transaction.removeBranch("audit")
    case .removeTag: transaction.removeTag("old")
    case .renameBranch: transaction.renameReference("audit", to: "checked")
    case .retention:
      transaction.changeRetention(of: "audit") { $0.minSnapshotsToKeep = 5 }
    case .replaceBranch: transaction.replaceBranch("audit", with: first)
    case .replaceTag: transaction.replaceTag("old", with: first)
    case .fastForward: transaction.fastForward(SnapshotReference.main, to: "ahead")
    case .rollback: transaction.rollback(to: first)
    case .setCurrent: transaction.setCurrentSnapshot(audit)
    case .cherryPick: transaction.cherryPick(audit)
    case .publish: transaction.publish(wapID: "w1")
    case .statistics: transaction.setStatistics(AnyOperation.statistics(of: second))
    case .removeStatistics: transaction.removeStatistics(of: first)
    case .partitionStatistics:
      transaction.setPartitionStatistics(AnyOperation.partitionStatistics(of: second))
    case .removePartitionStatistics: transaction.removePartitionStatistics(of: first)
    case .replaceTable:
      transaction.replaceTable(
        with: TableCreation(schema: Schema([.required("id", .long), .optional("n", .int)])))
    case .severalChanges:
      transaction.schema.addColumn("extra", .string)
      transaction.append([scene.file("D")])
      transaction.createTag("done")
      transaction.setProperty("a", "b")
    }
  }
}
