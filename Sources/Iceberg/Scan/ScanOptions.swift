/// How much of a scan happens at once.
public struct ScanOptions: Hashable, Sendable {
  /// The number of manifests that are read at the same time while planning.
  public var planningConcurrency: Int
  /// The number of row groups that are read at the same time, the one that is waited for included.
  ///
  /// Each of them is held in memory until its rows are asked for.
  public var readConcurrency: Int
  /// The greatest number of rows in a batch.
  public var batchRowLimit: Int
  /// The bytes of memory that deleted positions may take beyond those in use; what is forgotten for
  /// it is read again when another file needs it.
  public var deleteMemoryLimit: Int

  /// Options of the given sizes; all are at least 1.
  public init(
    planningConcurrency: Int = 8, readConcurrency: Int = 4, batchRowLimit: Int = 65_536,
    deleteMemoryLimit: Int = 256 << 20
  ) {
    self.planningConcurrency = max(1, planningConcurrency)
    self.readConcurrency = max(1, readConcurrency)
    self.batchRowLimit = max(1, batchRowLimit)
    self.deleteMemoryLimit = max(1, deleteMemoryLimit)
  }
}
