internal import IcebergModel
internal import Synchronization

/// What locations are sorted by, so that those which mean the same file have the same key.
final class LocationKeys: Sendable {
  private let comparison: LocationComparison
  /// Scheme and authority of locations that have none; nil leaves scheme and authority out of keys.
  private let defaultRoot: String?
  private let folders = Mutex(RealFolders())

  /// Keys of paths alone; with `comparesRoots`, of scheme and authority too, where a path alone is in the
  /// storage of `place`.
  init(_ comparison: LocationComparison, place: String, comparesRoots: Bool) {
    self.comparison = comparison
    defaultRoot = comparesRoots ? comparison.parts(of: place).root : nil
  }

  /// The key of a location.
  func key(_ location: String) -> String {
    var parts = comparison.parts(of: location)
    if parts.root.isEmpty || parts.root == "file://" {
      parts.path = folders.withLock { $0.resolved(parts.path) }
    }
    guard let defaultRoot else { return parts.path }
    return (parts.root.isEmpty ? defaultRoot : parts.root) + " " + parts.path
  }
}
