internal import IcebergBytes
internal import IcebergModel
internal import Synchronization

extension Table {
  /// Checks that the table is whole: that every file its snapshots lead to is there, as long as is
  /// recorded, and that manifests hold what is said of them. Nothing is changed.
  ///
  /// What is wrong is in the report, and does not end the check. Throws `CancellationError`, and what the
  /// local disk throws when names of files have to be kept there.
  public func check(_ options: TableCheckOptions = TableCheckOptions()) async throws
    -> TableCheckReport
  {
    try await ScratchFolder.with { scratch in
      try await TableCheck(table: self, options: options, scratch: scratch).run()
    }
  }
}

/// The check of one version of a table.
struct TableCheck: Sendable {
  let table: Table
  let options: TableCheckOptions
  let findings: FindingList
  /// The snapshots that are checked, in the order of the metadata.
  let snapshots: [Snapshot]
  private let scratch: ScratchFolder

  init(table: Table, options: TableCheckOptions, scratch: ScratchFolder) {
    self.table = table
    self.options = options
    self.scratch = scratch
    findings = FindingList(limit: options.findingLimit, onFinding: options.onFinding)
    switch options.snapshots {
    case .all: snapshots = table.metadata.snapshots
    case .current: snapshots = table.metadata.currentSnapshot.map { [$0] } ?? []
    }
  }

  func run() async throws -> TableCheckReport {
    var report = TableCheckReport(table: table)
    report.snapshotCount = snapshots.count
    tell(.metadata, 0)
    checkMetadata()
    try await checkNamedFiles()
    let manifests = try await checkLists()
    report.manifestCount = manifests.count
    let files = sorter()
    let vectors = sorter()
    let rowIDs = sorter()
    try await checkManifests(manifests, files: files, vectors: vectors, rowIDs: rowIDs)
    try await checkVectors(try await vectors.sorted(), manifests)
    try await checkRowIDs(try await rowIDs.sorted(), manifests)
    try await checkFiles(try await files.sorted(), manifests, entryCount: files.count, &report)
    findings.write(to: &report)
    return report
  }

  private func sorter() -> FileSorter {
    FileSorter(memoryLimit: options.memoryLimit / 3, scratch: scratch)
  }

  func tell(_ step: TableCheckProgress.Step, _ done: Int, of total: Int? = nil) {
    options.progress?(TableCheckProgress(step: step, filesDone: done, filesTotal: total))
  }

  /// Notes why a file cannot be read; what ends the check is thrown.
  func note(
    _ error: any Error, about location: String, _ snapshotIDs: [Int64]
  ) throws {
    if error is CancellationError { throw error }
    let code = (error as? IcebergError)?.code
    let message = (error as? IcebergError)?.message ?? "\(error)"
    switch code {
    case IcebergError.Code.notFound?:
      findings.add(.missingFile, "the file is not there", location, snapshotIDs)
    case IcebergError.Code.unsupported?:
      findings.add(.unsupportedFile, message, location, snapshotIDs)
    default:
      findings.add(.unreadableFile, "\(error)", location, snapshotIDs)
    }
  }
}

/// What was found so far, by any number of tasks.
final class FindingList: Sendable {
  private struct State {
    var errors: [TableCheckFinding] = []
    var warnings: [TableCheckFinding] = []
    var counts: [TableCheckFinding.Code: Int] = [:]
  }

  private let limit: Int
  private let onFinding: (@Sendable (TableCheckFinding) -> Void)?
  private let state = Mutex(State())

  init(limit: Int, onFinding: (@Sendable (TableCheckFinding) -> Void)?) {
    self.limit = limit
    self.onFinding = onFinding
  }

  func add(
    _ code: TableCheckFinding.Code, _ message: String, _ location: String?,
    _ snapshotIDs: [Int64]
  ) {
    let finding = TableCheckFinding(
      code, message, location: location, snapshotIDs: snapshotIDs)
    state.withLock { state in
      state.counts[code, default: 0] += 1
      switch code.severity {
      case .error: if state.errors.count < limit { state.errors.append(finding) }
      case .warning: if state.warnings.count < limit { state.warnings.append(finding) }
      }
    }
    onFinding?(finding)
  }

  func write(to report: inout TableCheckReport) {
    state.withLock { state in
      report.findingCounts = state.counts
      // Tasks end in any order; the report is the same on every run.
      func sorted(_ findings: [TableCheckFinding]) -> [TableCheckFinding] {
        findings.sorted {
          ($0.location ?? "", $0.code.rawValue, $0.message)
            < ($1.location ?? "", $1.code.rawValue, $1.message)
        }
      }
      report.findings = Array((sorted(state.errors) + sorted(state.warnings)).prefix(limit))
      for (code, count) in state.counts {
        switch code.severity {
        case .error: report.errorCount += count
        case .warning: report.warningCount += count
        }
      }
    }
  }
}
