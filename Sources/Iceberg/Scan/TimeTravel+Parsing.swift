public import FoundationEssentials
public import IcebergModel

extension TimeTravel {
  /// The point in the history of a table that `spelling` names, as people write it.
  ///
  /// It is one of these, tried in this order:
  /// - the name of a branch or tag: `main`, `v1.2`;
  /// - the id of a snapshot: `3051729675574597004`;
  /// - a time, as ``timestamp(parsing:now:)`` understands it: `2024-01-15`, `2024-01-15T10:30:00Z`; in
  ///   `@{...}` where it could be taken for a name: `@{yesterday}`, `@{2 hours ago}`;
  /// - one of these with `~` and a number behind it, so many ancestors back: `v1.2~1`, `@{yesterday}~2`.
  ///   Before the `~` nothing stands for the current snapshot, behind it for one: `~3`, `main~`.
  ///
  /// Throws `notFound` when there is no such snapshot or reference, or when the ancestors that are
  /// kept are fewer; the message names the oldest. Throws `invalidArgument` for what is in `@{...}`
  /// and is no time. Whether the history reaches back to a time is found when it is read.
  public init(
    parsing spelling: String, in metadata: TableMetadata, now: Date = Date()
  ) throws(IcebergError) {
    // A name may look like anything else, and what has a name of its own is meant by it.
    if metadata.isReference(spelling) {
      self = .ref(spelling)
      return
    }
    guard let tilde = spelling.firstIndex(of: "~") else {
      self = try Self.point(spelling, in: metadata, now: now)
      return
    }
    let base = spelling[..<tilde]
    guard let generations = Self.generations(spelling[tilde...]) else {
      throw IcebergError(
        .invalidArgument, "'\(spelling)' ends in no number of ancestors: write ~ or ~3")
    }
    let start: Snapshot? =
      if base.isEmpty {
        metadata.currentSnapshot
      } else {
        try Self.point(String(base), in: metadata, now: now).snapshot(in: metadata)
      }
    self = .snapshot(
      try Self.ancestor(of: start, generations, spelling: spelling, in: metadata).id)
  }

  /// The time that `text` names, as people write it.
  ///
  /// It is a date or a date with a time of day, as in ISO 8601 but with a space allowed for the `T`,
  /// in UTC where it names no zone; a date alone is its midnight. Or it is a number of milliseconds
  /// since 1970-01-01 UTC, or `now`, `yesterday` (24 hours before now), or so many units ago:
  /// `2 hours ago`, `1.week.ago`, from seconds to years. All of them may stand in `@{...}`.
  ///
  /// Throws `invalidArgument` when it is none of these.
  public static func timestamp(
    parsing text: String, now: Date = Date()
  ) throws(IcebergError) -> TimeTravel {
    .timestamp(millis: try SpokenTime.millis(of: Self.insideBraces(text) ?? text, now: now))
  }
}

extension TimeTravel {
  /// The snapshot at this point; nil when the table is empty. Throws as ``TableScan/snapshot`` does.
  public func snapshot(in metadata: TableMetadata) throws(IcebergError) -> Snapshot? {
    switch self {
    case .snapshot(let id): return try metadata.keptSnapshot(id: id)
    case .timestamp(let millis): return try metadata.snapshot(asOf: millis)
    case .ref(SnapshotReference.main) where metadata.references[SnapshotReference.main] == nil:
      return metadata.currentSnapshot
    case .ref(let name): return try metadata.snapshot(referredToBy: name)
    }
  }

  /// A point without ancestors.
  private static func point(
    _ text: String, in metadata: TableMetadata, now: Date
  ) throws(IcebergError) -> TimeTravel {
    if metadata.isReference(text) { return .ref(text) }
    if let number = Int64(text) {
      if metadata.snapshot(id: number) == nil, isTime(number, in: metadata, now: now) {
        return .timestamp(millis: number)
      }
      return .snapshot(try metadata.keptSnapshot(id: number).id)
    }
    if insideBraces(text) != nil { return try timestamp(parsing: text, now: now) }
    if let millis = SpokenTime.millis(ofDate: text) { return .timestamp(millis: millis) }
    let names = metadata.references.keys.sorted().joined(separator: ", ")
    let isTime = (try? SpokenTime.millis(of: text, now: now)) != nil
    throw IcebergError(
      .notFound,
      """
      there is no branch or tag '\(text)', and it is no snapshot id, date or @{time}\
      \(isTime ? ": the time is written '@{\(text)}'" : ""); the table has \
      \(names.isEmpty ? "no branches and tags" : names)
      """)
  }

  /// Whether a number that is no snapshot is a time: one from 2000 on, or from the first commit on.
  ///
  /// The id of an expired snapshot must not be taken for a time, which would be one far ahead and
  /// find the current state.
  private static func isTime(_ number: Int64, in metadata: TableMetadata, now: Date) -> Bool {
    guard case .timestamp(let end) = timestamp(now.addingTimeInterval(86_400)) else { return false }
    let start = min(946_684_800_000, metadata.snapshotLog.first?.timestampMillis ?? .max)
    return number >= start && number <= end
      && !metadata.snapshotLog.contains { $0.snapshotID == number }
  }

  private static func insideBraces(_ text: String) -> String? {
    text.hasPrefix("@{") && text.hasSuffix("}") ? String(text.dropFirst(2).dropLast()) : nil
  }

  /// The sum of `~2~~1`; nil when something else stands there.
  private static func generations(_ text: Substring) -> Int? {
    var sum = 0
    for part in text.dropFirst().split(separator: "~", omittingEmptySubsequences: false) {
      guard part.utf8.allSatisfy({ (48...57).contains($0) }),
        let number = part.isEmpty ? 1 : Int(part)
      else { return nil }
      let (total, overflow) = sum.addingReportingOverflow(number)
      guard !overflow else { return nil }
      sum = total
    }
    return sum
  }

  private static func ancestor(
    of start: Snapshot?, _ generations: Int, spelling: String, in metadata: TableMetadata
  ) throws(IcebergError) -> Snapshot {
    guard let start else {
      throw IcebergError(.notFound, "'\(spelling)' is not there: the table has no snapshots")
    }
    let chain = metadata.ancestors(of: start.id)
    if generations < chain.count { return chain[generations] }
    let oldest = chain.last ?? start
    throw IcebergError(
      .notFound,
      """
      '\(spelling)' is not there: the line of snapshot \(start.id) goes back to \(oldest.id), made at \
      \(TableMetadata.timeText(oldest.timestampMillis)), the oldest that is kept
      """)
  }
}

extension TableMetadata {
  /// Whether a name is that of a branch or tag. Old metadata does not list the main branch.
  fileprivate func isReference(_ name: String) -> Bool {
    references[name] != nil || name == SnapshotReference.main
  }
}
