internal import IcebergModel

/// Where a scan of appended rows begins.
struct AppendStart: Hashable, Sendable {
  /// A point in the history; nil is before the oldest snapshot that is kept.
  var point: TimeTravel?
  /// Whether what the snapshot at that point appended is read too.
  var isIncluded: Bool
}

extension TableScan {
  /// The scan of only those rows that were appended after `start` and up to the point of the scan.
  ///
  /// Read are the files that snapshots with the operation `append` added, in the line of history
  /// from one point to the other; whether they are still there at its end does not matter, and
  /// deletes are not applied. A nil start is before the oldest snapshot that is kept. A start that is
  /// given by its id need not be kept itself, as long as all snapshots after it are.
  ///
  /// ```swift
  /// let fresh = table.scan().appended(after: .snapshot(lastSeen))
  /// ```
  /// Reading throws `invalidArgument` when the point of the scan does not descend from `start`, and
  /// `notFound` when the snapshots between them are no longer kept.
  public func appended(after start: TimeTravel?) -> TableScan {
    var scan = self
    scan.appendStart = AppendStart(point: start, isIncluded: false)
    return scan
  }

  /// The scan of only those rows that the snapshot at `start` and those after it appended, up to the
  /// point of the scan.
  public func appended(from start: TimeTravel) -> TableScan {
    var scan = self
    scan.appendStart = AppendStart(point: start, isIncluded: true)
    return scan
  }

  /// The snapshots whose appends are read; nil when all rows are.
  var appendRange: SnapshotRange? {
    get throws {
      guard let appendStart, let end = try snapshot else { return nil }
      return try SnapshotRange(
        after: try startID(appendStart, end), includingStart: appendStart.isIncluded, through: end,
        in: table.metadata)
    }
  }

  /// The id of the snapshot where a scan of appends begins; nil where that is before all of them.
  private func startID(_ start: AppendStart, _ end: Snapshot) throws -> Int64? {
    guard let point = start.point else { return nil }
    if !start.isIncluded, case .snapshot(let id) = point,
      table.metadata.ancestors(of: end.id).last?.parentID == id
    {
      return id
    }
    return try TableScan(of: table).at(point).snapshot?.id
  }
}
