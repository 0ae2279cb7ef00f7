internal import IcebergModel

/// What the files that a rewrite may choose from take of memory, which a plan holds all at once.
struct PlanMemory: Sendable {
  /// The bytes that they may take.
  let limit: Int
  private(set) var byteCount = 0
  private var fileCount = 0

  init(limit: Int) { self.limit = limit }

  /// Counts a file.
  mutating func add(_ file: DataFile, deleteCount: Int = 0) {
    fileCount += 1
    // Measured with 100,000 files whose names have 125 bytes: 830 bytes each at the peak of a plan.
    byteCount +=
      640 + file.location.utf8.count + 64 * file.partition.values.count
      + 8 * (file.splitOffsets?.count ?? 0) + MemoryLayout<DeleteFile>.stride * deleteCount
  }

  /// Whether there are too many.
  var isExceeded: Bool { byteCount > limit }

  /// Throws `invalidArgument` when there are too many.
  func check(_ table: Table, _ advice: String) throws(IcebergError) {
    guard isExceeded else { return }
    throw IcebergError(
      .invalidArgument,
      """
      more than \(fileCount) files may be rewritten, too many to choose from at once: they take more than \
      the \(limit) bytes that a plan may hold. \(advice), or allow more memory
      """, context: .init(table: table.identifier.description))
  }
}
