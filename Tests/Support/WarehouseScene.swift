package import Iceberg
import IcebergBytes
import IcebergModel

/// Tables with rows and deletes of all kinds, in memory, with a clock that moves when it is told to: for
/// tests of what may be removed.
package struct WarehouseScene: Sendable {
  /// A day, in milliseconds.
  package static let day: Int64 = 86_400_000
  /// The clock of the storage.
  package let clock: TestEnvironment
  package let storage: MemoryFileIO
  package let catalog: MemoryCatalog

  /// A warehouse without tables.
  package init() {
    let clock = TestEnvironment()
    self.clock = clock
    storage = MemoryFileIO(now: clock.environment.now)
    catalog = MemoryCatalog(warehouse: "/wh", fileIO: storage)
  }

  /// Rows of the given ids.
  package static func batch(_ ids: Range<Int64>) throws -> RecordBatch {
    try RecordBatch(
      rows: ids.map { [.long($0), .string($0 % 2 == 0 ? "a" : "b"), .double(Double($0))] },
      schema: SampleTable.schema)
  }

  /// A table without rows.
  package func emptyTable(
    _ name: TableIdentifier, version: Int = 2, location: String? = nil,
    properties: [String: String] = [:]
  ) async throws -> Table {
    var creation = SampleTable.creation(
      partitioned: true, properties: properties.merging(["format-version": "\(version)"]) { $1 })
    creation.location = location
    return try await catalog.createTable(name, creation)
  }

  /// A table with some commits: appends, and deletes of every kind that the version has.
  package func table(
    _ name: TableIdentifier, version: Int = 2, location: String? = nil,
    properties: [String: String] = [:]
  ) async throws -> Table {
    var table = try await emptyTable(
      name, version: version, location: location, properties: properties)
    table = try await table.append(try Self.batch(0..<10))
    table = try await table.append(try Self.batch(10..<20))
    table = try await table.delete(
      where: col("id") == 3, options: RowChangeOptions(mode: .mergeOnRead)
    ).table
    if version >= 2 {
      let deletes = try await table.withEqualityDeleteWriter(["id"]) { writer in
        try await writer.write(
          RecordBatch(
            rows: [[.long(4), .string("a")]], schema: SampleTable.schema.selecting(["id", "city"])))
      }
      table = try await table.commit { $0.rowDelta(RowDelta(addedDeletes: deletes)) }
    }
    return try await table.delete(
      where: col("id") == 5, options: RowChangeOptions(mode: .copyOnWrite)
    ).table
  }

  /// Lets some days pass.
  package func pass(days: Int64) { clock.millis += days * Self.day }

  /// Puts a file somewhere that no table knows of.
  package func litter(_ locations: String...) async throws {
    for location in locations {
      try await storage.write(Bytes(utf8: location), to: location, mode: .replace)
    }
  }

  /// Every file that some version of a table leads to: found by reading everything, not in the way that
  /// removals find them.
  package static func neededFiles(of table: Table) async throws -> Set<String> {
    var needed = Set(table.metadata.metadataLog.map(\.location))
    if let location = table.metadataLocation { needed.insert(location) }
    needed.formUnion(table.metadata.statistics.map(\.location))
    needed.formUnion(table.metadata.partitionStatistics.map(\.location))
    for snapshot in table.metadata.snapshots {
      if case .list(let location) = snapshot.manifests { needed.insert(location) }
      for manifest in try await table.manifests(of: snapshot)
      where needed.insert(manifest.location).inserted {
        for entry in try await table.entries(of: manifest) where entry.isLive {
          needed.insert(entry.dataFile.location)
        }
      }
    }
    return needed
  }

  /// The ids of all rows of a snapshot, by default of the current one; sorted.
  package static func ids(_ table: Table, at time: TimeTravel? = nil) async throws -> [Int64] {
    var ids: [Int64] = []
    let scan = table.scan().select("id")
    for try await batch in (time.map { scan.at($0) } ?? scan).batches() {
      if case .long(let values)? = batch.columns.first?.values { ids += values }
    }
    return ids.sorted()
  }
}
