internal import IcebergColumns
internal import IcebergModel
internal import Synchronization

/// Writes the rows of data files into new files, without those that are deleted.
///
/// In tables of version 3 rows keep their ids and the numbers of the commits that changed them last.
///
/// Spec: Row Lineage.
struct RowRewrite: Sendable {
  let table: Table
  let options: RowChangeOptions

  /// The files that are written so far, by tasks that run at the same time.
  private final class Written: Sendable {
    let files = Mutex<[DataFile]>([])
  }

  /// Writes the rows of `files` that are not among the selected ones; returns the new files. When that
  /// fails, nothing is left of them.
  ///
  /// Files of one partition come to the same writer, so that their rows share new files. Only so many
  /// writers run at a time.
  func run(_ files: [SelectedRows.File]) async throws -> [DataFile] {
    if files.isEmpty { return [] }
    let tasks = files.map { file in
      var task = file.task
      task.schema = Schema(table.metadata.currentSchema.fields + lineage)
      task.residual = .all
      return task
    }
    let deletes = try ScanDeletes(of: tasks, fileIO: table.fileIO, options: options.scan)
    let done = ProgressCount(.rewriting, of: files.count, options.progress)
    let written = Written()
    let work = Array(zip(tasks, files.map(\.positions)))
    do {
      _ = try await Self.parts(of: work, options.concurrency).concurrentMap(
        limit: options.concurrency
      ) { part in
        var writer = try TableWriter(table, options: options.write, lineage: lineage)
        do {
          for (task, positions) in part {
            try await copy(task, without: positions, deletes: deletes, to: &writer)
            done.advance()
          }
        } catch {
          await writer.abort()
          throw error
        }
        let files = try await writer.finish()
        written.files.withLock { $0 += files }
      }
    } catch {
      await table.removeUncommitted(written.files.withLock { $0 })
      throw error
    }
    return written.files.withLock { $0 }.sorted { $0.location < $1.location }
  }

  /// The columns that rows have beside those of the table.
  private var lineage: [Field] {
    table.metadata.formatVersion >= 3
      ? [ReservedFields.rowID, ReservedFields.lastUpdatedSequenceNumber] : []
  }

  private func copy(
    _ task: FileScanTask, without positions: DeletionVector?, deletes: ScanDeletes,
    to writer: inout TableWriter
  ) async throws {
    let reader = try await TaskReader(
      of: task, deletes: deletes, without: positions, fileIO: table.fileIO, options: options.scan)
    try await reader.forEachBatch { try await writer.write($0.columns, count: $0.rowCount) }
  }

  /// The work in parts of about the same number of bytes, each a run of neighbours.
  private static func parts(
    of work: [(FileScanTask, DeletionVector?)], _ count: Int
  ) -> [[(FileScanTask, DeletionVector?)]] {
    let total = work.reduce(0) { $0 + max(1, $1.0.file.fileSizeInBytes) }
    let share = max(1, total / Int64(count))
    var parts: [[(FileScanTask, DeletionVector?)]] = [[]]
    var size: Int64 = 0
    for piece in work {
      if size >= share, parts.count < count {
        parts.append([])
        size = 0
      }
      parts[parts.count - 1].append(piece)
      size += max(1, piece.0.file.fileSizeInBytes)
    }
    return parts
  }
}

extension Table {
  /// Removes files that nothing refers to and nothing will.
  func removeUncommitted(_ files: [DataFile]) async {
    if files.isEmpty { return }
    let (fileIO, locations) = (fileIO, Set(files.map(\.location)))
    // Not undone by a cancellation; a file that stays is an orphan and harms no one.
    await Task { try? await fileIO.remove(locations.sorted()) }.value
  }
}
