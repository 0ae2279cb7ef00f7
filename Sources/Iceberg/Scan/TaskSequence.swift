internal import IcebergModel

/// The files that a scan reads, as planning finds them.
///
/// Manifests are read several at a time, and no further ahead than is asked for: however many files a
/// table has, memory is taken for a few manifests only (``ScanOptions/planningMemoryLimit``). The
/// order of the tasks is not that of the manifests, but the same every time.
///
/// Spec: Scan Planning.
public struct TaskSequence: AsyncSequence, Sendable {
  /// A file to read.
  public typealias Element = FileScanTask
  /// ``IcebergError`` or `CancellationError`.
  public typealias Failure = any Error

  let scan: TableScan

  /// A planner in front of the first manifest.
  public func makeAsyncIterator() -> Iterator { Iterator(planner: ScanPlanner(scan)) }

  /// Where planning stands. What was read ahead is dropped with it.
  public struct Iterator: AsyncIteratorProtocol {
    let planner: ScanPlanner
    private var pieces: ArraySlice<[FileScanTask]> = []
    private var tasks: [FileScanTask] = []
    private var position = 0

    init(planner: ScanPlanner) { self.planner = planner }

    /// The next task; nil after the last one.
    ///
    /// Throws ``IcebergError`` or `CancellationError`; then there are no more tasks.
    public mutating func next() async throws -> FileScanTask? {
      while position == tasks.count {
        while pieces.isEmpty {
          guard let step = try await planner.next() else { return nil }
          pieces = step.pieces[...]
        }
        (tasks, position) = (pieces.removeFirst(), 0)
      }
      position += 1
      return tasks[position - 1]
    }
  }
}

extension TableScan {
  /// The files to read, each with what is needed to read it, as planning finds them; none when the
  /// table is empty.
  ///
  /// Throws `unsupported`, naming what stands against it, when the rows cannot all be read right.
  public func taskSequence() -> TaskSequence { TaskSequence(scan: self) }

  /// The files to read in the order of the manifests; none when the table is empty.
  ///
  /// ``taskSequence()`` hands them out before the last one is found, and holds few in memory.
  ///
  /// Throws `unsupported`, naming what stands against it, when the rows cannot all be read right.
  @concurrent
  public func tasks() async throws -> [FileScanTask] {
    try await ScanPlanner(self).rest()
  }
}
