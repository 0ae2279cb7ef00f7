internal import IcebergModel

/// How manifests are written anew.
public struct RewriteManifestsOptions: Sendable {
  /// The partition spec of the manifests to rewrite; nil rewrites those of all specs.
  public var specID: Int?
  /// The names of the partition fields to sort by, in any order; nil are all of them, in that of the spec.
  public var sortBy: [String]?
  /// The bytes of new manifests that are held in memory: where they do not fit, the old ones are read
  /// several times.
  public var memoryLimit: Int
  /// How often a lost race is run again; nil is what the table's properties `commit.retry.*` say.
  public var retry: RetryPolicy?
  /// The clock and the random numbers.
  public var environment: CommitEnvironment
  /// Is told of each manifest that was read, from any task.
  public var progress: (@Sendable (ManifestProgress) -> Void)?

  /// Options of the given values.
  public init(
    specID: Int? = nil, sortBy: [String]? = nil, memoryLimit: Int = 256 << 20,
    retry: RetryPolicy? = nil, environment: CommitEnvironment = .system,
    progress: (@Sendable (ManifestProgress) -> Void)? = nil
  ) {
    self.specID = specID
    self.sortBy = sortBy
    self.memoryLimit = memoryLimit
    self.retry = retry
    self.environment = environment
    self.progress = progress
  }
}

extension Table {
  /// Writes the manifests of data files, and those of delete files, anew in the order of partitions, so
  /// that scans read fewer of them; manifests have the table's `commit.manifest.target-size-bytes`.
  ///
  /// One manifest that is alone of its kind, and of that size at most, stays. May be interrupted at any
  /// point and run again.
  ///
  /// Throws `invalidArgument` for a spec or a partition field that there is not, and what
  /// ``commit(retry:environment:_:)`` throws.
  ///
  /// - Parameter dryRun: whether it is only worked out what would be done: the same files are read, and
  ///   nothing is written.
  @discardableResult
  public func rewriteManifests(
    _ options: RewriteManifestsOptions = RewriteManifestsOptions(), dryRun: Bool = false
  ) async throws -> RewriteManifestsReport {
    var report = RewriteManifestsReport(self, isDryRun: dryRun)
    try checkSpec(options)
    guard let current = metadata.currentSnapshot else { return report }
    let all = try await manifests(of: current).filter {
      $0.partitionSpecID == options.specID ?? $0.partitionSpecID
    }
    if let fields = options.sortBy {
      let specIDs = Set(all.map(\.partitionSpecID) + [options.specID].compactMap(\.self))
      _ = try ManifestOrder.positions(of: fields, specIDs.sorted(), in: metadata)
    }
    let target = try metadata.property(TableProperties.manifestTargetSizeInBytes)
    let contents = Set(ManifestFile.Content.allCases).filter { content in
      // A manifest has files of one spec.
      Dictionary(grouping: all.filter { $0.content == content }, by: \.partitionSpecID).values
        .contains { some in some.count > 1 || some.contains { $0.length > target } }
    }
    if contents.isEmpty { return report }

    let counter = ManifestCounter(of: nil, options.progress)
    let rewrite = RewriteManifests(
      branch: SnapshotReference.main, summary: [:],
      choice: RewriteManifests.Choice(contents: contents, specID: options.specID),
      order: .partitions(options.sortBy), memoryLimit: options.memoryLimit,
      onRead: { counter.advance() })
    let change: (inout Transaction) -> Void = { $0.add(rewrite) }
    let after =
      try await dryRun
      ? preview(environment: options.environment, writesManifests: false, change)
      : commit(retry: options.retry, environment: options.environment, change)
    if !dryRun { report.table = after }
    // The snapshot before is the one that the last attempt began with.
    guard let made = after.metadata.currentSnapshot, made.id != current.id,
      let before = made.parentID.flatMap({ after.metadata.snapshot(id: $0) })
    else { return report }
    let old = try await after.manifests(of: before)
    let new = try await after.manifests(of: made)
    let (oldPlaces, newPlaces) = (Set(old.map(\.location)), Set(new.map(\.location)))
    report.rewrittenManifests = old.filter { !newPlaces.contains($0.location) }
    report.addedManifests = new.filter { !oldPlaces.contains($0.location) }
    return report
  }

  private func checkSpec(_ options: RewriteManifestsOptions) throws {
    if let id = options.specID, metadata.partitionSpec(id: id) == nil {
      let known = metadata.partitionSpecs.map { "\($0.id)" }.joined(separator: ", ")
      throw IcebergError(
        .invalidArgument, "there is no partition spec \(id); there are \(known)",
        context: .init(table: identifier.description))
    }
  }
}
