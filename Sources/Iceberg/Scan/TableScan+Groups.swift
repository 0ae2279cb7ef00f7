internal import IcebergModel

extension TableScan {
  /// The files to read, cut into parts and put together into groups of about the same work, one for
  /// each worker that reads.
  ///
  /// Files are cut at their row groups, or by size; parts that follow each other in a file and come
  /// into the same group are joined again. The sizes are those of the table properties
  /// `read.split.target-size`, `read.split.planning-lookback` and `read.split.open-file-cost`.
  ///
  /// Throws what ``tasks()`` throws, and `invalidMetadata` where a property cannot be read.
  @concurrent
  public func taskGroups() async throws -> [[FileScanTask]] {
    let packing = try TaskPacking(properties: table.metadata.properties)
    return packing.groups(of: try await tasks())
  }
}

extension TaskPacking {
  /// Tasks of whole files, cut into parts and put together into groups.
  func groups(of tasks: [FileScanTask]) -> [[FileScanTask]] {
    var parts: [FileScanTask] = []
    for task in tasks {
      for range in splits(of: task.file) {
        var part = task
        part.byteRange = range
        parts.append(part)
      }
    }
    let groups = binPacking.pack(parts) { part in
      weight(
        length: part.byteRange.map { $0.upperBound - $0.lowerBound } ?? part.file.fileSizeInBytes,
        deletes: part.deletes.map(\.file.contentLength))
    }
    return groups.map { group in
      Self.joining(group) { FileScanTask(joining: $0, $1) }.map(\.withoutNeedlessRange)
    }
  }
}

extension FileScanTask {
  /// Two parts of a file as one; nil unless the second follows the first.
  fileprivate init?(joining first: FileScanTask, _ second: FileScanTask) {
    guard ExactText(first.file.location) == ExactText(second.file.location),
      let head = first.byteRange, let tail = second.byteRange, head.upperBound == tail.lowerBound
    else { return nil }
    self = first
    byteRange = head.lowerBound..<tail.upperBound
  }

  /// The same task, but that a range which is the whole file is none.
  fileprivate var withoutNeedlessRange: FileScanTask {
    guard byteRange == 0..<file.fileSizeInBytes else { return self }
    var task = self
    task.byteRange = nil
    return task
  }
}
