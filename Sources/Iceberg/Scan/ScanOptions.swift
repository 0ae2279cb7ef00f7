/// How a scan is done: how much happens at once, and how names are compared.
public struct ScanOptions: Hashable, Sendable {
  /// The number of manifests that are read at the same time while planning.
  public var planningConcurrency: Int
  /// What reading manifests may take of memory while planning, in bytes.
  ///
  /// Fewer manifests are read at the same time where they are large; one is always read. A block of
  /// entries, which is inflated as a whole, that is larger than this and than 64 MiB is refused with
  /// `invalidFile`. Delete files, and tasks that were handed out, do not count.
  public var planningMemoryLimit: Int
  /// The number of row groups that are read at the same time, the one that is waited for included.
  ///
  /// Each of them is held in memory until its rows are asked for.
  public var readConcurrency: Int
  /// The number of columns of a large batch of a Parquet file that are decoded at the same time, those
  /// inside another one with it.
  public var decodingConcurrency: Int
  /// The greatest number of rows in a batch.
  public var batchRowLimit: Int
  /// The bytes of memory that deleted positions may take beyond those in use; what is forgotten for
  /// it is read again when another file needs it.
  public var deleteMemoryLimit: Int
  /// Whether the names of columns in filters have to have the case of the columns' names.
  public var isCaseSensitive = true
  /// Where manifests that were read are kept for the next scan; nil reads them every time.
  public var manifestCache: ManifestCache?

  /// Options of the given sizes; all are at least 1.
  public init(
    planningConcurrency: Int = 8, planningMemoryLimit: Int = 80 << 20, readConcurrency: Int = 4,
    decodingConcurrency: Int = 4, batchRowLimit: Int = 65_536, deleteMemoryLimit: Int = 256 << 20
  ) {
    self.planningConcurrency = max(1, planningConcurrency)
    self.planningMemoryLimit = max(1, planningMemoryLimit)
    self.readConcurrency = max(1, readConcurrency)
    self.decodingConcurrency = max(1, decodingConcurrency)
    self.batchRowLimit = max(1, batchRowLimit)
    self.deleteMemoryLimit = max(1, deleteMemoryLimit)
  }

  /// The most plain bytes of one block of a manifest: far more than writers make, unless there is
  /// memory for more still.
  var manifestBlockLimit: Int { max(planningMemoryLimit, 64 << 20) }
}
