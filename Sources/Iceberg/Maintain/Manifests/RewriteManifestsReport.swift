internal import IcebergBytes
public import IcebergModel

/// What a rewrite of manifests did, or would do.
public struct RewriteManifestsReport: Sendable {
  /// The table after it; the one before it when nothing was rewritten, and for a dry run.
  public var table: Table
  /// Whether it was only worked out.
  public var isDryRun: Bool
  /// The manifests that are gone from the current snapshot.
  public var rewrittenManifests: [ManifestFile] = []
  /// Those that took their place. In a dry run they are not stored.
  public var addedManifests: [ManifestFile] = []

  /// The number of manifests that are gone.
  public var rewrittenManifestsCount: Int { rewrittenManifests.count }
  /// The number of manifests that took their place.
  public var addedManifestsCount: Int { addedManifests.count }
  /// The bytes of the manifests that are gone.
  public var rewrittenBytesCount: Int64 { Self.size(of: rewrittenManifests) }
  /// The bytes of those that took their place.
  public var addedBytesCount: Int64 { Self.size(of: addedManifests) }

  init(_ table: Table, isDryRun: Bool) {
    self.table = table
    self.isDryRun = isDryRun
  }

  private static func size(of manifests: [ManifestFile]) -> Int64 {
    manifests.reduce(0) { $0.addingClamped(max(0, $1.length)) }
  }
}
