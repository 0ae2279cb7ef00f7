import Iceberg

/// When tables are maintained, and how.
struct MaintenancePolicy: Sendable {
  /// Expires snapshots.
  struct Expiry: Sendable {
    var isEnabled = true
    /// Only when more snapshots are kept; nil is always.
    var snapshotsOver: Int64? = 100
    /// How old a snapshot must be, such as `7 days ago`; nil is what the table's properties say.
    var olderThan: String?
    /// How many of each branch are kept whatever their age; nil is what the table's properties say.
    var retainLast: Int64?
    /// Whether schemas and partition specs go that no snapshot needs.
    var cleansMetadata = false
    /// What is read of the other tables of the catalog: `places` or `files`; nil is `places`.
    var otherTables: String? = "places"
  }

  /// Puts data files together.
  struct Compaction: Sendable {
    var isEnabled = true
    /// When the mean size of the files is below so many bytes; nil is never for that reason.
    var averageBelowBytes: Int64? = 100 << 20
    /// When there are more files; nil is never for that reason.
    var filesOver: Int64? = 10_000
    /// When a partition has more files; nil is never for that reason.
    var partitionFilesOver: Int64? = 100
    var strategy: String?
    var sortOrder: String?
    var condition: String?
    /// Options of `rewrite_data_files`.
    var options: [String: String] = [:]
  }

  /// Rewrites manifests.
  struct Manifests: Sendable {
    var isEnabled = true
    /// Only when the current snapshot has more; nil is always.
    var manifestsOver: Int64? = 100
  }

  /// Removes orphan files.
  struct Orphans: Sendable {
    var isEnabled = true
    /// How old files must be; nil is three days.
    var olderThan: String? = "7 days ago"
    /// What is read of the other tables of the catalog: `places` or `files`; nil is `places`.
    var otherTables: String? = "places"
  }

  var expiry = Expiry()
  var compaction = Compaction()
  var manifests = Manifests()
  var orphans = Orphans()
  /// After how many seconds without a sign of life the lock may be taken over.
  var lockSeconds: Int64? = 600
  /// The memory of each step in bytes; nil is what each procedure takes where it is not told.
  var memoryLimitBytes: Int64?

  /// The policy of the guide that the tool follows.
  init() {}

  /// Reads a policy: what it does not say is as in the default one. Throws ``TextError``.
  init(parsing bytes: Bytes) throws(TextError) {
    self.init()
    let value: JSONValue
    do {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw TextError("the policy is no JSON: \(error)")
    }
    var reader = try PolicyReader(value, "")
    if var part = try reader.object("expire-snapshots") {
      try part.read("enabled", into: &expiry.isEnabled)
      try part.read("when-snapshots-over", into: &expiry.snapshotsOver)
      try part.read("older-than", into: &expiry.olderThan)
      try Self.checkTime(expiry.olderThan, "older-than", part)
      try part.read("retain-last", into: &expiry.retainLast)
      if expiry.retainLast == 0 { throw part.wrong("retain-last", "greater than 0, or null") }
      try part.read("clean-expired-metadata", into: &expiry.cleansMetadata)
      try Self.readOtherTables(of: &part, into: &expiry.otherTables)
      try part.finish()
    }
    if var part = try reader.object("rewrite-data-files") {
      try part.read("enabled", into: &compaction.isEnabled)
      try part.read("when-average-file-below-bytes", into: &compaction.averageBelowBytes)
      try part.read("when-files-over", into: &compaction.filesOver)
      try part.read("when-partition-files-over", into: &compaction.partitionFilesOver)
      try part.read("strategy", into: &compaction.strategy)
      try part.read("sort-order", into: &compaction.sortOrder)
      try part.read("where", into: &compaction.condition)
      try part.read("options", into: &compaction.options)
      try part.finish()
    }
    if var part = try reader.object("rewrite-manifests") {
      try part.read("enabled", into: &manifests.isEnabled)
      try part.read("when-manifests-over", into: &manifests.manifestsOver)
      try part.finish()
    }
    if var part = try reader.object("remove-orphan-files") {
      try part.read("enabled", into: &orphans.isEnabled)
      try part.read("older-than", into: &orphans.olderThan)
      try Self.checkTime(orphans.olderThan, "older-than", part)
      try Self.readOtherTables(of: &part, into: &orphans.otherTables)
      try part.finish()
    }
    try reader.read("lock-seconds", into: &lockSeconds)
    guard let lockSeconds, (10...86_400).contains(lockSeconds) else {
      throw reader.wrong("lock-seconds", "a number from 10 to 86400")
    }
    try reader.read("memory-limit-bytes", into: &memoryLimitBytes)
    if memoryLimitBytes == 0 { throw reader.wrong("memory-limit-bytes", "greater than 0, or null") }
    try reader.finish()
  }

  private static func readOtherTables(
    of part: inout PolicyReader, into extent: inout String?
  ) throws(TextError) {
    try part.read("other-tables", into: &extent)
    guard [nil, "places", "files"].contains(extent) else {
      throw part.wrong("other-tables", "places, files, or null")
    }
  }

  private static func checkTime(
    _ text: String?, _ member: String, _ reader: PolicyReader
  ) throws(TextError) {
    guard let text, ProcedureValue.text(text).millis == nil else { return }
    throw reader.wrong(member, "a time such as '7 days ago', or null")
  }
}

extension MaintenancePolicy {
  /// The memory of each step in bytes; nil is what each procedure takes where it is not told.
  var memoryLimit: Int? { memoryLimitBytes.map { Int(clamping: $0) } }

  /// The policy with all its members.
  var json: JSONValue {
    [
      "expire-snapshots": [
        "enabled": .bool(expiry.isEnabled),
        "when-snapshots-over": JSONText.number(expiry.snapshotsOver),
        "older-than": JSONText.string(expiry.olderThan),
        "retain-last": JSONText.number(expiry.retainLast),
        "clean-expired-metadata": .bool(expiry.cleansMetadata),
        "other-tables": JSONText.string(expiry.otherTables),
      ],
      "rewrite-data-files": [
        "enabled": .bool(compaction.isEnabled),
        "when-average-file-below-bytes": JSONText.number(compaction.averageBelowBytes),
        "when-files-over": JSONText.number(compaction.filesOver),
        "when-partition-files-over": JSONText.number(compaction.partitionFilesOver),
        "strategy": JSONText.string(compaction.strategy),
        "sort-order": JSONText.string(compaction.sortOrder),
        "where": JSONText.string(compaction.condition),
        "options": JSONText.object(compaction.options),
      ],
      "rewrite-manifests": [
        "enabled": .bool(manifests.isEnabled),
        "when-manifests-over": JSONText.number(manifests.manifestsOver),
      ],
      "remove-orphan-files": [
        "enabled": .bool(orphans.isEnabled), "older-than": JSONText.string(orphans.olderThan),
        "other-tables": JSONText.string(orphans.otherTables),
      ],
      "lock-seconds": JSONText.number(lockSeconds),
      "memory-limit-bytes": JSONText.number(memoryLimitBytes),
    ]
  }
}

// Which parts of a policy a table needs, and why. Nil is not at all.
extension MaintenancePolicy {
  /// Why snapshots are to be expired.
  func reasonToExpire(_ health: TableHealth) -> String? {
    guard expiry.isEnabled, health.snapshotCount > 0 else { return nil }
    guard let limit = expiry.snapshotsOver else { return "always" }
    return health.snapshotCount > limit ? "\(health.snapshotCount) snapshots" : nil
  }

  /// Why data files are to be put together.
  func reasonToCompact(_ health: TableHealth) -> String? {
    guard compaction.isEnabled, let average = health.averageDataFileInBytes else { return nil }
    if let limit = compaction.filesOver, health.dataFileCount > limit {
      return "\(health.dataFileCount) files"
    }
    if let limit = compaction.partitionFilesOver, health.largestPartitionFileCount > limit {
      return "\(health.largestPartitionFileCount) files in a partition"
    }
    if let limit = compaction.averageBelowBytes, average < limit {
      return "files of \(Sizes.text(average)) on average"
    }
    return nil
  }

  /// Why manifests are to be rewritten.
  func reasonToRewriteManifests(_ health: TableHealth) -> String? {
    guard manifests.isEnabled, health.manifestCount > 1 else { return nil }
    guard let limit = manifests.manifestsOver else { return "always" }
    return health.manifestCount > limit ? "\(health.manifestCount) manifests" : nil
  }
}
