/// Which snapshots and references of a table are kept, and why.
///
/// Spec: Snapshot Retention Policy.
public struct SnapshotRetention: Hashable, Sendable {
  /// Why a snapshot is kept.
  public enum Reason: Hashable, Sendable {
    /// It is what the branch or tag stands for.
    case reference(String)
    /// It is among the newest of the branch, as many of which are kept.
    case newest(ofBranch: String, count: Int)
    /// It is an ancestor of the branch, and not old enough.
    case age(ofBranch: String)
    /// No branch or tag leads to it, and it is not old enough.
    case unreferenced
  }

  /// The snapshots that expire, in the order of the metadata.
  public private(set) var expiredSnapshotIDs: [Int64] = []
  /// Why each of the other snapshots is kept.
  public private(set) var reasons: [Int64: Reason] = [:]
  /// The branches and tags that expire, sorted.
  public private(set) var expiredReferences: [String] = []

  /// Whether everything is kept.
  public var keepsAll: Bool { expiredSnapshotIDs.isEmpty && expiredReferences.isEmpty }

  /// What is kept of a version of a table.
  ///
  /// What a branch says of its snapshots (``SnapshotReference/minSnapshotsToKeep``,
  /// ``SnapshotReference/maxSnapshotAgeMillis``) comes before what is said here, and what a reference
  /// says of itself before the property `history.expire.max-ref-age-ms`. The main branch never expires.
  ///
  /// - Parameters:
  ///   - metadata: the version.
  ///   - olderThanMillis: snapshots made before this time may expire, in milliseconds since 1970-01-01
  ///     UTC; nil is what the property `history.expire.max-snapshot-age-ms` says.
  ///   - retainLast: the number of snapshots of every branch that are kept however old; nil is what the
  ///     property `history.expire.min-snapshots-to-keep` says.
  ///   - snapshotIDs: snapshots that expire whatever their age. Those that are not there are passed
  ///     over.
  ///   - nowMillis: the time.
  /// - Throws: `invalidArgument` when fewer than one snapshot is to be kept, or when one of
  ///   `snapshotIDs` is what a branch or tag stands for.
  public init(
    of metadata: TableMetadata, olderThanMillis: Int64? = nil, retainLast: Int? = nil,
    snapshotIDs: Set<Int64> = [], nowMillis: Int64
  ) throws(IcebergError) {
    let limit: Int64
    if let olderThanMillis {
      limit = olderThanMillis
    } else {
      limit = Self.time(
        try metadata.property(TableProperties.maxSnapshotAgeMillis), before: nowMillis)
    }
    let defaultCount = try metadata.property(TableProperties.minSnapshotsToKeep)
    let count = retainLast ?? defaultCount
    guard count >= 1 else {
      throw IcebergError(
        .invalidArgument, "at least 1 snapshot has to be kept, not \(count)")
    }
    let kept = try keptReferences(of: metadata, nowMillis)
    try Self.check(snapshotIDs, against: kept)
    keepBranches(kept, of: metadata, limit, count, nowMillis)
    keepUnreferenced(kept, of: metadata, limit)
    for id in snapshotIDs { reasons[id] = nil }
    expiredSnapshotIDs = metadata.snapshots.map(\.id).filter { reasons[$0] == nil }
  }

  /// The references that do not expire; notes those that do.
  private mutating func keptReferences(
    of metadata: TableMetadata, _ nowMillis: Int64
  ) throws(IcebergError) -> [(name: String, reference: SnapshotReference)] {
    let defaultAge = try metadata.property(TableProperties.maxReferenceAgeMillis)
    var kept: [(String, SnapshotReference)] = []
    for (name, reference) in metadata.references.sorted(by: { $0.key < $1.key }) {
      let age = reference.maxReferenceAgeMillis ?? defaultAge
      let snapshot = metadata.snapshot(id: reference.snapshotID)
      let isYoung = snapshot.map { $0.timestampMillis >= Self.time(age, before: nowMillis) }
      if name == SnapshotReference.main || isYoung == true {
        kept.append((name, reference))
        if snapshot != nil { reasons[reference.snapshotID] = .reference(name) }
      } else {
        expiredReferences.append(name)
      }
    }
    if metadata.references[SnapshotReference.main] == nil, let id = metadata.currentSnapshotID {
      let main = SnapshotReference(snapshotID: id, kind: .branch)
      kept.append((SnapshotReference.main, main))
      reasons[id] = .reference(SnapshotReference.main)
    }
    return kept
  }

  private static func check(
    _ ids: Set<Int64>, against kept: [(name: String, reference: SnapshotReference)]
  ) throws(IcebergError) {
    for id in ids.sorted() {
      let names = kept.filter { $0.reference.snapshotID == id }.map { "'\($0.name)'" }
      if names.isEmpty { continue }
      throw IcebergError(
        .invalidArgument,
        """
        snapshot \(id) cannot expire: \(names.joined(separator: ", ")) \
        stand\(names.count == 1 ? "s" : "") for it. Move or remove what does first
        """)
    }
  }

  private mutating func keepBranches(
    _ kept: [(name: String, reference: SnapshotReference)], of metadata: TableMetadata,
    _ limit: Int64, _ count: Int, _ nowMillis: Int64
  ) {
    for (name, reference) in kept where reference.kind == .branch {
      let limit = reference.maxSnapshotAgeMillis.map { Self.time($0, before: nowMillis) } ?? limit
      let count = reference.minSnapshotsToKeep ?? count
      for (index, snapshot) in metadata.ancestors(of: reference.snapshotID).enumerated() {
        let isNewest = index < count
        // The first one that is neither ends the chain: the history of a branch has no holes.
        guard isNewest || snapshot.timestampMillis >= limit else { break }
        if reasons[snapshot.id] == nil {
          reasons[snapshot.id] =
            isNewest ? .newest(ofBranch: name, count: count) : .age(ofBranch: name)
        }
      }
    }
  }

  private mutating func keepUnreferenced(
    _ kept: [(name: String, reference: SnapshotReference)], of metadata: TableMetadata,
    _ limit: Int64
  ) {
    var referenced: Set<Int64> = []
    for (_, reference) in kept {
      switch reference.kind {
      case .tag: referenced.insert(reference.snapshotID)
      case .branch: referenced.formUnion(metadata.ancestors(of: reference.snapshotID).map(\.id))
      }
    }
    for snapshot in metadata.snapshots
    where !referenced.contains(snapshot.id) && snapshot.timestampMillis >= limit {
      reasons[snapshot.id] = .unreferenced
    }
  }

  /// The time `age` milliseconds before `now`; the earliest that there is when that is too far away.
  private static func time(_ age: Int64, before now: Int64) -> Int64 {
    let (time, overflow) = now.subtractingReportingOverflow(age)
    return overflow ? .min : time
  }
}
