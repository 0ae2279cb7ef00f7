internal import IcebergModel

/// How the delete files of a snapshot fare with the data files that a scan reads.
struct DeleteTally: Sendable {
  private var counts: [FileKey: [DeleteVerdict: Int]] = [:]

  /// Counts what is decided about one data file.
  mutating func add(_ verdicts: [(delete: DeleteFile, verdict: DeleteVerdict)]) {
    for (delete, verdict) in verdicts {
      counts[FileKey(delete.file), default: [:]][verdict, default: 0] += 1
    }
  }

  /// Adds what was counted for other data files.
  mutating func add(_ other: DeleteTally) {
    for (key, verdicts) in other.counts {
      counts[key, default: [:]].merge(verdicts, uniquingKeysWith: +)
    }
  }

  /// How many of the data files a delete file is applied to.
  func appliedCount(of delete: DataFile) -> Int { counts[FileKey(delete)]?[.applied] ?? 0 }

  /// Whether a delete file is read, and why not. `name` gives the name of a column.
  func decision(on delete: DataFile, name: (Int) -> String) -> ScanExplanation.Decision {
    if appliedCount(of: delete) > 0 { return .kept }
    return .skipped(.noDataFile, reason: reason(delete, name))
  }

  private func reason(_ delete: DataFile, _ name: (Int) -> String) -> String {
    guard let verdicts = counts[FileKey(delete)] else {
      return delete.referencedDataFile.map { "\($0) is not read" }
        ?? "no data file that is read is in its partition"
    }
    var parts: [String] = []
    for (verdict, count) in verdicts {
      let files = count == 1 ? "1 data file" : "\(count) data files"
      switch verdict {
      case .applied: break
      case .older: parts.append("\(files) newer")
      case .replacedByVector: parts.append("\(files) with a deletion vector in its place")
      case .otherFiles: parts.append("\(files) that its paths leave out")
      case .otherValues(let id): parts.append("\(files) with other values of \(name(id))")
      }
    }
    return "of those that are read: " + parts.sorted().joined(separator: ", ")
  }
}
