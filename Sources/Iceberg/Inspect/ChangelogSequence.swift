public import IcebergColumns
internal import IcebergModel

/// The changes of a ``ChangelogScan``, batch by batch.
///
/// Nothing is read before the first batch is asked for. Then one snapshot is planned and read after the
/// other, net changes all at once. Snapshots that only add rows, or only remove some, are handed out as
/// they are read; of others, the files that were rewritten are read twice, see
/// ``ChangelogScan/memoryLimit``.
public struct ChangelogSequence: AsyncSequence, Sendable {
  /// Some changes.
  public typealias Element = RecordBatch
  /// ``IcebergError`` or `CancellationError`.
  public typealias Failure = any Error

  let scan: ChangelogScan

  /// A reader at the first change.
  public func makeAsyncIterator() -> Iterator { Iterator(reader: ChangelogReader(of: scan)) }

  /// Where a reader of the changes stands.
  public struct Iterator: AsyncIteratorProtocol {
    let reader: ChangelogReader

    /// The next batch, which has rows; nil after the last one.
    ///
    /// Throws ``IcebergError`` or `CancellationError`; then there are no more batches.
    public mutating func next() async throws -> RecordBatch? { try await reader.next() }
  }
}

/// Reads one snapshot after the other, or all of them together.
final class ChangelogReader {
  private let scan: ChangelogScan
  private var plan: (plan: ChangelogPlan, shape: ChangelogShape)?
  private var ordinal = 0
  private var group: ChangelogGroup?
  private var isFinished = false

  init(of scan: ChangelogScan) { self.scan = scan }

  func next() async throws -> RecordBatch? {
    if isFinished { return nil }
    do {
      while true {
        try Task.checkCancellation()
        if let group {
          if let batch = try await group.next() { return batch }
          self.group = nil
        }
        guard let next = try await nextGroup() else {
          isFinished = true
          return nil
        }
        group = next
      }
    } catch {
      isFinished = true
      group = nil
      throw error
    }
  }

  private func nextGroup() async throws -> ChangelogGroup? {
    let (plan, shape) = try prepared()
    guard ordinal < plan.snapshots.count else { return nil }
    var steps: [ChangelogStep] = []
    repeat {
      steps.append(try await plan.step(ordinal))
      ordinal += 1
    } while scan.isNet && ordinal < plan.snapshots.count
    return ChangelogGroup(steps, shape: shape, memoryLimit: scan.memoryLimit)
  }

  private func prepared() throws -> (plan: ChangelogPlan, shape: ChangelogShape) {
    if let plan { return plan }
    let shape = try ChangelogShape(of: scan)
    let made = (plan: try ChangelogPlan(of: scan, reading: shape.scan), shape: shape)
    plan = made
    return made
  }
}
