public import IcebergModel

// Changes of how files are listed, not of the files.
extension Transaction {
  /// Writes the entries of data manifests anew, in another order, so that scans read fewer manifests.
  ///
  /// Manifests that others add meanwhile stay as they are. What is rewritten is in memory at the same
  /// time, compressed. Nothing to rewrite changes nothing.
  ///
  /// - Parameters:
  ///   - specID: the partition spec of the manifests to rewrite; nil rewrites those of all specs.
  ///   - isIncluded: which manifests to rewrite; nil rewrites all.
  ///   - key: what files of one manifest have in common. Nil sorts them by their partitions.
  ///   - branch: the branch to write to.
  ///   - summary: more to say about the snapshot.
  public mutating func rewriteManifests(
    specID: Int? = nil, where isIncluded: (@Sendable (ManifestFile) -> Bool)? = nil,
    clusteredBy key: (@Sendable (DataFile) -> String)? = nil,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      RewriteManifests(
        branch: branch, summary: summary,
        choice: RewriteManifests.Choice(specID: specID, isIncluded: isIncluded), clusterKey: key))
  }

  /// Writes the entries of the given manifests anew. The commit fails with `validationFailed` when one
  /// of them is no longer there.
  ///
  /// See ``rewriteManifests(specID:where:clusteredBy:toBranch:summary:)``.
  public mutating func rewriteManifests(
    _ manifests: [ManifestFile], clusteredBy key: (@Sendable (DataFile) -> String)? = nil,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      RewriteManifests(
        branch: branch, summary: summary,
        choice: RewriteManifests.Choice(locations: Set(manifests.map(\.location))),
        clusterKey: key))
  }
}
