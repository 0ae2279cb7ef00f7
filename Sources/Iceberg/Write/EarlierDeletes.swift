internal import IcebergModel

/// The positions of data files that are deleted already.
struct EarlierDeletes: Sendable {
  /// Which delete files count.
  enum Selection: Hashable, Sendable {
    /// All that delete by position.
    case any
    /// Those that are about one data file alone.
    case ofOneFile
  }

  /// New deletes of a data file together with those that it had.
  struct Merged: Sendable {
    /// The positions of the deleted rows.
    var positions: DeletionVector
    /// How many of them were not deleted.
    var addedCount: Int64
    /// The delete files that are about this data file alone: ``positions`` says all that they say.
    var replaced: [DataFile]
  }

  private let deletes: ScanDeletes
  private let selection: Selection

  /// The deletes of the files of tasks, each of which is asked for once.
  init(
    of tasks: [FileScanTask], fileIO: any FileIO, only selection: Selection
  ) throws(IcebergError) {
    self.selection = selection
    deletes = try ScanDeletes(
      of: tasks.map { Self.chosen(of: $0, selection) }, fileIO: fileIO, options: ScanOptions())
  }

  private static func chosen(of task: FileScanTask, _ selection: Selection) -> FileScanTask {
    var task = task
    task.deletes.removeAll { delete in
      switch delete.kind {
      case .equalityDeletes: true
      case .deletionVector: false
      case .positionDeletes: selection == .ofOneFile && delete.onlyDataFile == nil
      }
    }
    return task
  }

  /// New deletes of a data file together with those that it had.
  func merged(with new: RowDeletes) async throws -> Merged {
    let task = Self.chosen(of: new.task, selection)
    let earlier = try await deletes.positions(of: task) ?? DeletionVector()
    let all = earlier.union(new.positions)
    return Merged(
      positions: all, addedCount: Int64(all.count - earlier.count),
      // A file of several data files has deletes that are still needed.
      replaced: task.deletes.filter { $0.onlyDataFile != nil }.map(\.file))
  }
}
