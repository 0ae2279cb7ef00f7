import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport

/// Tables with histories of every kind of change that maintenance has to do with: deletes of all kinds, a
/// branch, tags and statistics. Two of the same seed have the same history.
struct MaintenanceHistory {
  /// The branch beside the main one.
  static let branch = "side"

  let catalog: FileSystemCatalog
  private(set) var table: Table
  private var random: SeededRandom
  private var nextID: Int64 = 0

  private enum Step: CaseIterable {
    case append, appendMore, appendToBranch, mergeOnRead, copyOnWrite, mergeOnReadInBranch
    case equalityDeletes, tag, statistics
  }

  /// A table with a change of each kind, and `count` more.
  init(
    _ name: TableIdentifier, in catalog: FileSystemCatalog, version: Int, partitioned: Bool,
    seed: UInt64, steps count: Int
  ) async throws {
    self.catalog = catalog
    random = SeededRandom(seed: seed)
    let granularity = Bool.random(using: &random) ? "file" : "partition"
    table = try await catalog.createTable(
      name,
      SampleTable.creation(
        partitioned: partitioned,
        properties: [
          "format-version": "\(version)", "write.delete.granularity": granularity,
          "commit.manifest-merge.enabled": "\(Bool.random(using: &random))",
        ]))
    try await append(to: SnapshotReference.main)
    for step in Step.allCases.shuffled(using: &random) { try await take(step, version) }
    for _ in 0..<count {
      try await take(Step.allCases.randomElement(using: &random) ?? .append, version)
    }
  }

  /// The ids of the rows of every branch and tag.
  static func rows(of table: Table) async throws -> [String: [Int64]] {
    var rows: [String: [Int64]] = [:]
    for name in table.metadata.references.keys {
      rows[name] = try await WarehouseScene.ids(table, at: .ref(name))
    }
    return rows
  }

  private mutating func take(_ step: Step, _ version: Int) async throws {
    let options = RowChangeOptions(mode: version == 1 ? .copyOnWrite : .mergeOnRead)
    switch step {
    case .append, .appendMore: try await append(to: SnapshotReference.main)
    case .appendToBranch:
      if table.metadata.references[Self.branch] == nil {
        let retention = ReferenceRetention(
          minSnapshotsToKeep: Int.random(in: 1...3, using: &random), maxSnapshotAgeMillis: 1)
        table = try await table.commit { $0.createBranch(Self.branch, retention: retention) }
      }
      try await append(to: Self.branch)
    case .mergeOnRead:
      table = try await table.delete(where: someRows(), options: options).table
    case .copyOnWrite:
      table = try await table.delete(
        where: someRows(), options: RowChangeOptions(mode: .copyOnWrite)
      ).table
    case .mergeOnReadInBranch:
      guard table.metadata.references[Self.branch] != nil else { return }
      table = try await table.delete(where: someRows(), fromBranch: Self.branch, options: options)
        .table
    case .equalityDeletes:
      if version > 1 { try await deleteByEquality() }
    case .tag:
      let snapshots = table.metadata.snapshots
      guard let snapshot = snapshots.randomElement(using: &random) else { return }
      let name = "tag\(table.metadata.references.count)"
      // Some of them are too old at once.
      let retention = ReferenceRetention(
        maxReferenceAgeMillis: Int.random(in: 0..<3, using: &random) == 0 ? 1 : nil)
      table = try await table.commit {
        $0.createTag(name, at: snapshot.id, retention: retention)
      }
    case .statistics:
      guard let snapshot = table.metadata.currentSnapshot else { return }
      let location = "\(table.metadata.location)/metadata/\(snapshot.id).stats"
      if try await table.fileIO.exists(location) { return }
      try await table.fileIO.write(Bytes(utf8: "stats"), to: location, mode: .createNew)
      table = try await table.commit {
        $0.setStatistics(
          StatisticsFile(
            snapshotID: snapshot.id, location: location, fileSizeInBytes: 5,
            fileFooterSizeInBytes: 1, blobs: []))
      }
    }
  }

  private static func row(_ id: Int64) -> [Literal?] {
    [.long(id), .string(id % 3 == 0 ? "a" : "b"), .double(Double(id))]
  }

  private mutating func append(to branch: String) async throws {
    let count = Int64.random(in: 1...300, using: &random)
    let batch = try RecordBatch(
      rows: (nextID..<nextID + count).map(Self.row), schema: SampleTable.schema)
    nextID += count
    let files = try await table.withWriter { try await $0.write(batch) }
    table = try await table.commit { $0.append(files, toBranch: branch) }
  }

  private mutating func someRows() -> Filter {
    let first = Int64.random(in: 0..<nextID, using: &random)
    let last = first + Int64.random(in: 1...100, using: &random)
    return col("id") >= first && col("id") < last
  }

  private mutating func deleteByEquality() async throws {
    let ids = (0..<3).map { _ in Int64.random(in: 0..<nextID, using: &random) }
    // The partition decides about the file, so its column is given, too.
    let names = table.metadata.defaultPartitionSpec.isPartitioned ? ["id", "city"] : ["id"]
    let batch = try RecordBatch(
      rows: ids.map { Array(Self.row($0).prefix(names.count)) },
      schema: SampleTable.schema.selecting(names))
    let deletes = try await table.withEqualityDeleteWriter(["id"]) { try await $0.write(batch) }
    table = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: deletes)) }
  }
}
