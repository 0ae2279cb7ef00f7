import ExampleSupport
import FoundationEssentials
import Iceberg

/// What a program does every night to keep its tables small and quick: measure, and under a lock expire
/// snapshots, put small files together, rewrite manifests, and remove what no metadata names.
///
/// Usage: nightly-maintenance [FOLDER]
@main
struct NightlyMaintenance {
  static func main() async throws {
    var story = Story()
    let catalog = FileSystemCatalog(warehouse: Story.folder("nightly-maintenance"))

    story.step("A day of a table: a commit every few minutes, and a writer that died")
    var table = try await Day.happening(in: catalog)
    try await showHealth(of: table, story)

    story.step("At night, one process after the other")
    let outcome = try await MaintenanceLock.hold(table, owner: "nightly") { lock in
      try await maintain(table, lock, story)
    }
    switch outcome {
    case .done(let maintained): table = maintained
    case .locked(let holder): return story.tell("another time: \(holder)")
    }

    story.step("In the morning")
    try await showHealth(of: table, story)
    story.tell("\(try await table.scan().count()) rows, as before")
    let check = try await table.check()
    story.tell("\(check.isIntact ? "intact" : "damaged")")
  }

  private static func maintain(
    _ table: Table, _ lock: MaintenanceLock, _ story: Story
  ) async throws -> Table {
    var table = table
    let expired = try await table.expireSnapshots(
      ExpireSnapshotsOptions(olderThanMillis: .max, retainLast: 3))
    story.tell(
      "expired \(expired.snapshots.count) snapshots, removed \(expired.deleted.all.count) files")
    table = expired.table

    try await lock.check()
    let compacted = try await table.rewriteDataFiles()
    story.tell(
      "put \(compacted.rewrittenDataFilesCount) files together into "
        + "\(compacted.addedDataFilesCount)")
    table = compacted.table

    try await lock.check()
    table = try await table.rewriteManifests().table

    try await lock.check()
    let orphans = try await table.removeOrphanFiles()
    story.tell("removed \(orphans.deleted.all.count) files that no metadata names")
    return orphans.table
  }

  private static func showHealth(of table: Table, _ story: Story) async throws {
    let health = try await table.health()
    story.tell(
      "\(health.snapshotCount) snapshots, \(health.manifestCount) manifests, "
        + "\(health.dataFileCount) files, \(health.largestPartitionFileCount) in one partition")
  }
}
