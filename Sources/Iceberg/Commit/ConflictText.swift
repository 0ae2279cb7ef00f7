internal import IcebergModel

// How errors name what collided.
extension Snapshot {
  /// What made the snapshot, with its id.
  var operationText: String {
    "\(summary?.operation?.rawValue ?? "operation") of snapshot \(id)"
  }

  /// The id under which the snapshot was staged; nil when it was not.
  var stagedWAPID: String? { summary?[SnapshotSummary.Key.stagedWAPID] }
}

extension [String] {
  /// The first few, and how many there are more.
  var firstFew: String {
    prefix(5).joined(separator: ", ") + (count > 5 ? " and \(count - 5) more" : "")
  }
}
