import Iceberg

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `maintain WAREHOUSE TABLE PROCEDURE MICROSECONDS`: runs a procedure on a table, and is killed so long after
/// it has begun. Prints `done` when it came to its end before.
struct KilledMaintenance {
  private let warehouse: String
  private let table: TableIdentifier
  private let procedure: String
  private let delay: Int

  init(_ arguments: inout ArraySlice<String>) throws {
    warehouse = try arguments.next("WAREHOUSE")
    table = try TableIdentifier(parsing: arguments.next("TABLE"))
    procedure = try arguments.next("PROCEDURE")
    delay = try arguments.nextNumber("MICROSECONDS")
  }

  func run() async throws {
    let catalog = FileSystemCatalog(warehouse: warehouse)
    let table = try await catalog.loadTable(table)
    killLater()
    switch procedure {
    case "expire":
      try await table.expireSnapshots(
        ExpireSnapshotsOptions(olderThanMillis: .max, retainLast: 2, unusedLayouts: .removed))
    case "orphans":
      var options = RemoveOrphanFilesOptions()
      options.olderThanMillis = .max
      options.shortInterval = .acceptedAsNothingWrites
      _ = try await table.removeOrphanFiles(options)
    case "data-files":
      _ = try await table.rewriteDataFiles(
        RewriteDataFilesOptions(parsing: [
          "rewrite-all": "true", "partial-progress.enabled": "true",
          "partial-progress.max-commits": "2", "remove-dangling-deletes": "true",
        ]))
    case "sort":
      var options = try RewriteDataFilesOptions(
        parsing: ["rewrite-all": "true"], strategy: .sort([.descending("id")]))
      // Every batch waits on the disk.
      options.sortMemoryLimit = 1
      options.temporaryFolder = Self.scratch(of: warehouse)
      _ = try await table.rewriteDataFiles(options)
    case "manifests": try await table.rewriteManifests()
    case "dangling": _ = try await table.removeDanglingDeletes(memoryLimit: 1)
    case "maintain": try await maintain(table)
    case "position-deletes":
      _ = try await table.rewritePositionDeleteFiles(
        RewritePositionDeletesOptions(parsing: ["rewrite-all": "true"]))
    case "purge": try await catalog.dropTable(self.table, purge: true)
    case let other: throw WorkerError("unknown procedure \(other)")
    }
    print("done")
  }

  /// The folder for what does not fit into memory, beside the warehouse.
  static func scratch(of warehouse: String) -> String { warehouse + ".scratch" }

  /// All steps, under the lock; that of a process that was killed is waited for.
  private func maintain(_ table: Table) async throws {
    while true {
      let outcome = try await MaintenanceLock.hold(table, lasting: .milliseconds(300)) { lock in
        var table = try await table.expireSnapshots(
          ExpireSnapshotsOptions(olderThanMillis: .max, retainLast: 2)
        ).table
        try await lock.check()
        table = try await table.rewriteDataFiles(
          RewriteDataFilesOptions(parsing: ["rewrite-all": "true"])
        ).table
        try await lock.check()
        table = try await table.rewriteManifests().table
        try await lock.check()
        var options = RemoveOrphanFilesOptions()
        options.olderThanMillis = .max
        options.shortInterval = .acceptedAsNothingWrites
        _ = try await table.removeOrphanFiles(options)
      }
      if case .done = outcome { return }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Lets the process be killed, as by `kill -9`, when the time has come.
  private func killLater() {
    signal(SIGALRM) { _ in _ = kill(getpid(), SIGKILL) }
    var timer = itimerval()
    timer.it_value.tv_sec = .init(delay / 1_000_000)
    timer.it_value.tv_usec = .init(max(1, delay % 1_000_000))
    #if canImport(Glibc)
    setitimer(__itimer_which_t(0), &timer, nil)
    #else
    setitimer(ITIMER_REAL, &timer, nil)
    #endif
  }
}
