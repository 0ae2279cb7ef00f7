/// Where each snapshot stands in a list of snapshots, by its id.
///
/// It says nothing that the list does not say: two indexes are always equal.
struct SnapshotIndex: Hashable, Sendable {
  private let positions: [Int64: Int]

  /// The index of a list; of several snapshots with one id, the first counts.
  init(of snapshots: [Snapshot]) {
    var positions = [Int64: Int](minimumCapacity: snapshots.count)
    for (position, snapshot) in snapshots.enumerated() where positions[snapshot.id] == nil {
      positions[snapshot.id] = position
    }
    self.positions = positions
  }

  /// The position of the snapshot called `id`, or nil.
  subscript(id: Int64) -> Int? { positions[id] }

  static func == (left: SnapshotIndex, right: SnapshotIndex) -> Bool { true }

  func hash(into hasher: inout Hasher) {}
}
