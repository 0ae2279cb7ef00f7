internal import Synchronization

/// How far work has come that reads the manifests of a table.
public struct ManifestProgress: Hashable, Sendable {
  /// The number of manifests that were read; one that is read several times counts each time.
  public var manifestsRead: Int
  /// The number of manifests to read altogether; nil where it is not known.
  public var manifestsTotal: Int?

  /// Progress of the given parts.
  public init(manifestsRead: Int, manifestsTotal: Int? = nil) {
    self.manifestsRead = manifestsRead
    self.manifestsTotal = manifestsTotal
  }
}

/// Counts manifests that are read, and tells of each.
final class ManifestCounter: Sendable {
  private let total: Int?
  private let report: (@Sendable (ManifestProgress) -> Void)?
  private let count = Mutex(0)

  init(of total: Int?, _ report: (@Sendable (ManifestProgress) -> Void)?) {
    self.total = total
    self.report = report
    report?(ManifestProgress(manifestsRead: 0, manifestsTotal: total))
  }

  /// Counts one more.
  func advance() {
    guard let report else { return }
    let done = count.withLock { count in
      count += 1
      return count
    }
    report(ManifestProgress(manifestsRead: done, manifestsTotal: total))
  }
}
