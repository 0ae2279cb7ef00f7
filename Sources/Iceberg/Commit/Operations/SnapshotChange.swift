/// A change that makes a snapshot.
protocol SnapshotChange: TableChange {
  /// The branch that the snapshot is made on.
  var branch: String { get }
  /// What the user tells about the snapshot.
  var summary: [String: String] { get set }
  /// The id under which the snapshot waits to be published; nil moves the branch to it.
  var wapID: String? { get set }
}
