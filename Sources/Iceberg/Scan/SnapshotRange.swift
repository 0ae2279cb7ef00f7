internal import IcebergModel

/// The snapshots of one line of history behind one point of it, up to another.
///
/// Spec: none; the rules are those of the reference implementation's incremental scans.
struct SnapshotRange: Sendable {
  /// The snapshots in the range, latest first.
  let snapshots: [Snapshot]

  /// The snapshots after the one with the id `start`, or from it on, up to `end`. A nil start is before
  /// the oldest that is kept.
  ///
  /// Throws `invalidArgument` when `end` does not descend from `start`, and `notFound` when the
  /// snapshots between them are no longer kept.
  init(
    after start: Int64?, includingStart: Bool, through end: Snapshot, in metadata: TableMetadata
  ) throws(IcebergError) {
    let chain = metadata.ancestors(of: end.id)
    guard let start else {
      snapshots = chain
      return
    }
    // The start itself need not be kept, where all that came after it is.
    if !includingStart, chain.last?.parentID == start {
      snapshots = chain
      return
    }
    guard let position = chain.firstIndex(where: { $0.id == start }) else {
      // Of a chain that was cut by expiry, nobody can tell what was in the gap.
      if let oldest = chain.last, oldest.parentID != nil {
        throw IcebergError(
          .notFound,
          "the history between snapshots \(start) and \(end.id) is no longer kept: that of "
            + "\(end.id) begins at \(oldest.id)")
      }
      throw IcebergError(
        .invalidArgument, "snapshot \(end.id) does not descend from snapshot \(start)")
    }
    snapshots = Array(chain[..<(includingStart ? position + 1 : position)])
  }

  /// Those that only added data files.
  var appends: [Snapshot] { snapshots.filter { $0.summary?.operation == .append } }
}
