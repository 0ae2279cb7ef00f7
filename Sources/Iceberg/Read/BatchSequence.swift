public import IcebergColumns
internal import IcebergModel

/// The rows of a scan, batch by batch, in the order of its tasks.
///
/// Nothing is read before the first batch is asked for. Planning is finished before the first row:
/// what cannot be read right is refused with `unsupported` there. Then a bounded number of row
/// groups is read ahead, which ends when the iterator goes away, when its task is cancelled, or with
/// the first error.
public struct BatchSequence: AsyncSequence, Sendable {
  /// Some rows.
  public typealias Element = RecordBatch
  /// ``IcebergError`` or `CancellationError`.
  public typealias Failure = any Error

  private let tasks: @Sendable () async throws -> [FileScanTask]
  private let fileIO: any FileIO
  private let options: ScanOptions

  /// The rows of the tasks that `tasks` returns when the first batch is asked for.
  init(
    of tasks: @escaping @Sendable () async throws -> [FileScanTask], fileIO: any FileIO,
    options: ScanOptions
  ) {
    self.tasks = tasks
    self.fileIO = fileIO
    self.options = options
  }

  /// The rows of the given tasks, in their order.
  public init(
    of tasks: [FileScanTask], fileIO: any FileIO, options: ScanOptions = ScanOptions()
  ) {
    self.init(of: { tasks }, fileIO: fileIO, options: options)
  }

  /// A reader at the first row.
  public func makeAsyncIterator() -> Iterator {
    Iterator(readAhead: ReadAhead(of: tasks, fileIO: fileIO, options: options))
  }

  /// Where a reader of the rows stands. Batches that were read ahead are dropped with it.
  public struct Iterator: AsyncIteratorProtocol {
    let readAhead: ReadAhead

    /// The next batch, which has rows; nil after the last one.
    ///
    /// Throws ``IcebergError`` or `CancellationError`; then there are no more batches.
    public mutating func next() async throws -> RecordBatch? { try await readAhead.next() }
  }
}

extension TableScan {
  /// The rows, batch by batch.
  public func batches() -> BatchSequence {
    BatchSequence(of: { try await tasks() }, fileIO: table.fileIO, options: options)
  }
}
