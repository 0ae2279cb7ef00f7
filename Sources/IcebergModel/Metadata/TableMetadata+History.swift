extension TableMetadata {
  /// The id of the snapshot that was current at a time, in milliseconds since 1970-01-01 UTC.
  ///
  /// The snapshot log decides, not the chain of parents: after a rollback, a time before it still
  /// finds what was current then. Throws `notFound`, naming the oldest state that is kept, when the log
  /// does not reach back to that time.
  ///
  /// Spec: Point in Time Reads (Time Travel).
  public func snapshotID(asOf timestampMillis: Int64) throws(IcebergError) -> Int64 {
    if let entry = snapshotLog.last(where: { $0.timestampMillis <= timestampMillis }) {
      return entry.snapshotID
    }
    throw IcebergError(
      .notFound,
      "no snapshot is known to have been current at \(Self.timeText(timestampMillis)): "
        + oldestPointText)
  }

  /// The snapshot that was current at a time, in milliseconds since 1970-01-01 UTC.
  ///
  /// Throws `notFound`, naming the oldest state that is kept, when the log does not reach back to that
  /// time, or when the snapshot that was current then has been expired.
  public func snapshot(asOf timestampMillis: Int64) throws(IcebergError) -> Snapshot {
    let id = try snapshotID(asOf: timestampMillis)
    guard let snapshot = snapshot(id: id) else {
      throw IcebergError(
        .notFound,
        "snapshot \(id), current at \(Self.timeText(timestampMillis)), is no longer kept: "
          + oldestPointText)
    }
    return snapshot
  }

  /// The snapshot called `id`.
  ///
  /// Throws `notFound`, naming the oldest snapshot that is kept, when there is none.
  package func keptSnapshot(id: Int64) throws(IcebergError) -> Snapshot {
    if let snapshot = snapshot(id: id) { return snapshot }
    let wasCurrent = snapshotLog.contains { $0.snapshotID == id }
    let what = wasCurrent ? "snapshot \(id) has been expired" : "there is no snapshot \(id)"
    guard let oldest = snapshots.min(by: { $0.timestampMillis < $1.timestampMillis }) else {
      throw IcebergError(.notFound, "\(what): the table has no snapshots")
    }
    let time = Self.timeText(oldest.timestampMillis)
    throw IcebergError(
      .notFound, "\(what): the oldest that is kept is \(oldest.id), made at \(time)")
  }

  /// The oldest point in time that can be read, for the end of a message.
  private var oldestPointText: String {
    guard let entry = snapshotLog.first(where: { snapshot(id: $0.snapshotID) != nil }) else {
      return snapshotLog.isEmpty
        ? "the snapshot log is empty" : "no snapshot that the log names is kept"
    }
    return
      "the oldest point that is kept is \(Self.timeText(entry.timestampMillis)), when snapshot "
      + "\(entry.snapshotID) became current"
  }

  /// A time in milliseconds since 1970-01-01 UTC as people read it.
  package static func timeText(_ millis: Int64) -> String {
    let (micros, overflow) = millis.multipliedReportingOverflow(by: 1000)
    return overflow ? "\(millis) ms" : ISOText.timestamptz(micros, .micros)
  }

  /// The snapshot called `id` and those it was made from, latest first, as far as they are kept.
  ///
  /// Empty when there is no such snapshot.
  public func ancestors(of id: Int64) -> [Snapshot] {
    var chain: [Snapshot] = []
    var seen: Set<Int64> = []
    var next: Int64? = id
    // A chain that leads back to itself, which only broken metadata has, ends where it closes.
    while let id = next, seen.insert(id).inserted, let snapshot = snapshot(id: id) {
      chain.append(snapshot)
      next = snapshot.parentID
    }
    return chain
  }

  /// Whether `ancestor` is `id` or one of the snapshots that `id` was made from, as far as they are
  /// kept.
  public func isAncestor(_ ancestor: Int64, of id: Int64) -> Bool {
    var seen: Set<Int64> = []
    var next: Int64? = id
    while let id = next, seen.insert(id).inserted, let snapshot = snapshot(id: id) {
      if id == ancestor { return true }
      next = snapshot.parentID
    }
    return false
  }
}
