import ExampleSupport
import Iceberg

/// Maintains a table as far as a policy says that it needs it: expires snapshots, puts files together,
/// rewrites manifests, removes orphans. In this order each step has less to do.
struct TableMaintenance {
  let policy: MaintenancePolicy
  let owner: String?
  let isDryRun: Bool
  /// Is told of the files that a dry run would delete or write anew, once they are known.
  let onFile: @Sendable (PlannedFile) -> Void

  /// Maintains one table, under its lock. Errors are part of what is returned.
  func run(_ name: TableIdentifier, in catalog: any Catalog) async -> MaintenanceReport {
    var report = MaintenanceReport(table: "\(name)")
    let start = ContinuousClock.now
    do {
      let table = try await catalog.loadTable(name)
      if isDryRun {
        // Nothing is written, not even a lock.
        report.holder = try await MaintenanceLock.holder(of: table)
        if report.holder == nil { report.steps = await steps(of: table, lock: nil) }
      } else {
        let outcome = try await MaintenanceLock.hold(
          table, owner: owner, lasting: .seconds(policy.lockSeconds ?? 600)
        ) { lock in
          await steps(of: try await table.refreshed(), lock: lock)
        }
        switch outcome {
        case .done(let steps): report.steps = steps
        case .locked(let holder): report.holder = holder
        }
      }
    } catch {
      report.error = "\(error)"
    }
    report.time = .now - start
    return report
  }

  private func steps(of table: Table, lock: MaintenanceLock?) async -> [MaintenanceReport.Step] {
    typealias Work = @Sendable (inout Table) async throws -> MaintenanceReport.Step
    let works: [(name: String, work: Work)] = [
      ("expire_snapshots", { try await expire(&$0) }),
      ("rewrite_data_files", { try await compact(&$0) }),
      ("rewrite_manifests", { try await rewriteManifests(&$0) }),
      ("remove_orphan_files", { try await removeOrphans(&$0) }),
    ]
    var table = table
    var steps: [MaintenanceReport.Step] = []
    for (name, work) in works {
      do {
        try await lock?.check()
        steps.append(try await work(&table))
      } catch {
        steps.append(.init(name: name, text: "", error: "\(error)"))
        // What a step left undone may be what the next one relies on.
        return steps
      }
      if steps.last?.error != nil { return steps }
    }
    return steps
  }

  /// Measures a table.
  func health(of table: Table) async throws -> TableHealth {
    try await table.health(progress: ManifestText.progress)
  }

  /// What is told of a file: where it is, what it is for, its length, and its snapshot.
  typealias Planning =
    @Sendable (
      _ location: String, _ kind: FileKind, _ sizeInBytes: Int64?, _ snapshotID: Int64?
    ) -> Void

  /// What is told, in a dry run, of each file that a step would delete or write anew; nil when the step is
  /// carried out.
  func planning(
    _ fate: PlannedFile.Fate, by step: String, of table: Table
  ) -> Planning? {
    guard isDryRun else { return nil }
    let (onFile, table) = (onFile, "\(table.identifier)")
    return { location, kind, size, snapshotID in
      onFile(
        PlannedFile(
          table: table, step: step, fate: fate, location: location, kind: kind, sizeInBytes: size,
          snapshotID: snapshotID))
    }
  }
}
