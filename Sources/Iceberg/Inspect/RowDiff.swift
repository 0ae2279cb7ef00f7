public import IcebergColumns
public import IcebergModel

/// Rows that are different between two points in the history of a table.
public enum RowDifference: Hashable, Sendable {
  /// Rows that are there only at the first point.
  case removed(RecordBatch)
  /// Rows that are there only at the second point.
  case added(RecordBatch)
  /// Rows with the same key at both points and other values: row for row before and after.
  case changed(from: RecordBatch, to: RecordBatch)
}

/// The rows that are different between two points, some at a time: first those that are gone, then
/// those that are new, then those that changed.
///
/// A row is different when it is there more often at one point than at the other; the order of rows
/// does not count. Rows of both points are read with the columns of the second one. Of the data
/// files, only those are read that are not at both points, and those whose deletes differ, twice:
/// rows are counted by a hash of 128 bits first, and read again to be handed out. Memory grows with
/// the number of different rows in those files, and with a key, by the rows that differ.
public struct RowDiff: AsyncSequence, Sendable {
  /// Rows that are different in one way.
  public typealias Element = RowDifference
  /// ``IcebergError`` or `CancellationError`.
  public typealias Failure = any Error

  /// The columns of the rows.
  public let schema: Schema
  /// The places of the key among the columns; empty without one.
  let key: [Int]
  /// The data files that are read at the first and at the second point.
  let sides: @Sendable () async throws -> (from: [FileScanTask], to: [FileScanTask])
  let fileIO: any FileIO
  let options: ScanOptions

  /// A comparison in front of the first difference. Nothing was read yet.
  public func makeAsyncIterator() -> Iterator { Iterator(comparison: RowComparison(of: self)) }

  /// Where a comparison stands.
  public struct Iterator: AsyncIteratorProtocol {
    let comparison: RowComparison

    /// The next difference, which has rows; nil after the last one.
    ///
    /// Throws ``IcebergError`` or `CancellationError`; then there are no more differences.
    public mutating func next() async throws -> RowDifference? { try await comparison.next() }
  }
}

extension TableDiff {
  /// The rows that are different.
  ///
  /// With the names of `key` columns, a row that is gone and one that is new with the same key are
  /// told as one row that changed. Several rows with one key are paired in the order in which they
  /// are read.
  ///
  /// Throws `notFound` for a key column that the second point does not have; reading throws
  /// `unsupported` when rows of one of the points cannot be read.
  public func rows(key: [String] = [], options: ScanOptions = ScanOptions()) throws -> RowDiff {
    let schema = to.schema
    let places = try key.map { name throws(IcebergError) in
      guard let place = schema.fields.firstIndex(where: { $0.name == name }) else {
        let known = schema.fields.map(\.name).joined(separator: ", ")
        throw IcebergError(
          .notFound, "there is no column '\(name)' to be a key; the table has \(known)")
      }
      return place
    }
    let diff = self
    return RowDiff(
      schema: schema, key: places,
      sides: {
        let unchanged = try await UnchangedManifests(in: diff.table.scan().with(options))
          .between(diff.from.snapshot, diff.to.snapshot)
        let before = try await diff.tasks(of: diff.from, options, skipping: unchanged)
        let after = try await diff.tasks(of: diff.to, options, skipping: unchanged)
        // What is read alike at both points cannot differ.
        let (had, has) = (before.map(Contents.init), after.map(Contents.init))
        return (
          Self.remainder(of: before, had, without: has),
          Self.remainder(of: after, has, without: had)
        )
      },
      fileIO: table.fileIO, options: options)
  }

  private func tasks(
    of side: Side, _ options: ScanOptions, skipping skipped: Set<ExactText>
  ) async throws -> [FileScanTask] {
    guard let snapshot = side.snapshot else { return [] }
    // What is the same at both points is not read, and need not be readable.
    let scan = table.scan().at(.snapshot(snapshot.id)).with(options)
    var tasks = try await ScanPlanner(scan, checksFiles: false, skipping: skipped).rest()
    for index in tasks.indices { tasks[index].schema = to.schema }
    return tasks
  }

  /// What decides which rows of a data file are there.
  private struct Contents: Hashable {
    var location: ExactText
    var deletes: Set<DeleteFile>

    init(_ task: FileScanTask) {
      location = ExactText(task.file.location)
      deletes = Set(task.deletes)
    }
  }

  /// The tasks whose contents the other side does not have: one less for each that it has, as a file
  /// may be listed several times.
  private static func remainder(
    of tasks: [FileScanTask], _ contents: [Contents], without others: [Contents]
  ) -> [FileScanTask] {
    var counts: [Contents: Int] = [:]
    for other in others { counts[other, default: 0] += 1 }
    return zip(tasks, contents).compactMap { task, contents in
      guard let count = counts[contents], count > 0 else { return task }
      counts[contents] = count - 1
      return nil
    }
  }
}
