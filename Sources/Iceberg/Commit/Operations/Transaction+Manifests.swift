public import IcebergModel

// Changes of how files are listed, not of the files.
extension Transaction {
  /// Writes the entries of manifests anew, in the order of their partitions, so that scans read fewer
  /// manifests.
  ///
  /// Manifests that others add meanwhile stay as they are. Nothing to rewrite changes nothing. The commit
  /// throws `invalidArgument` for a field that the partition spec does not have.
  ///
  /// Entries are read some at a time. In memory are the new manifests of one pass over the old ones, as
  /// they will be stored, and a number for each partition.
  ///
  /// - Parameters:
  ///   - contents: what the manifests to rewrite list: data files, delete files, or both.
  ///   - specID: the partition spec of the manifests to rewrite; nil rewrites those of all specs.
  ///   - isIncluded: which manifests to rewrite; nil rewrites all.
  ///   - fields: the names of the partition fields to sort by, in any order; nil are all of them, in that
  ///     of the spec. Files that have the same values in these come together.
  ///   - memoryLimit: the bytes of new manifests that are held in memory: where they do not fit, the old
  ///     ones are read several times.
  ///   - branch: the branch to write to.
  ///   - summary: more to say about the snapshot.
  public mutating func rewriteManifests(
    of contents: Set<ManifestFile.Content> = [.data], specID: Int? = nil,
    where isIncluded: (@Sendable (ManifestFile) -> Bool)? = nil,
    sortedBy fields: [String]? = nil, memoryLimit: Int = 256 << 20,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      RewriteManifests(
        branch: branch, summary: summary,
        choice: RewriteManifests.Choice(
          contents: contents, specID: specID, isIncluded: isIncluded),
        order: .partitions(fields), memoryLimit: memoryLimit))
  }

  /// Writes the entries of data manifests anew, those of one key together.
  ///
  /// See ``rewriteManifests(of:specID:where:sortedBy:memoryLimit:toBranch:summary:)``, but that in memory is
  /// one manifest for each key.
  ///
  /// - Parameter key: what files of one manifest have in common.
  public mutating func rewriteManifests(
    specID: Int? = nil, where isIncluded: (@Sendable (ManifestFile) -> Bool)? = nil,
    clusteredBy key: @escaping @Sendable (DataFile) -> String,
    toBranch branch: String = SnapshotReference.main, summary: [String: String] = [:]
  ) {
    add(
      RewriteManifests(
        branch: branch, summary: summary,
        choice: RewriteManifests.Choice(specID: specID, isIncluded: isIncluded),
        order: .clustered(key), memoryLimit: 0))
  }

  /// Writes the entries of the given manifests anew. The commit fails with `validationFailed` when one
  /// of them is no longer there.
  ///
  /// See ``rewriteManifests(of:specID:where:sortedBy:memoryLimit:toBranch:summary:)``.
  ///
  /// - Parameter key: what files of one manifest have in common; nil puts them in the order of their
  ///   partitions.
  public mutating func rewriteManifests(
    _ manifests: [ManifestFile], clusteredBy key: (@Sendable (DataFile) -> String)? = nil,
    memoryLimit: Int = 256 << 20, toBranch branch: String = SnapshotReference.main,
    summary: [String: String] = [:]
  ) {
    add(
      RewriteManifests(
        branch: branch, summary: summary,
        choice: RewriteManifests.Choice(locations: Set(manifests.map(\.location))),
        startingSnapshotID: base.headSnapshot(of: branch)?.id,
        order: key.map { .clustered($0) } ?? .partitions(nil), memoryLimit: memoryLimit))
  }
}
