internal import IcebergColumns
internal import IcebergModel

/// Rows that were read from some files and written into others.
struct RewrittenRows: Sendable {
  /// What was read, in this order, with the deletes that were applied.
  var tasks: [FileScanTask]
  /// The new files; those of a partition in the order of their rows.
  var files: [DataFile]
  /// Whether rows were copied in their order.
  var isInOrder: Bool
}

extension RewrittenRows {
  /// Where the rows are now that are at some positions of the files that were read; nil when that cannot
  /// be told.
  func find(
    _ positions: [ExactText: DeletionVector], in table: Table, scan: ScanOptions
  ) async throws -> [RowDeletes]? {
    let source = try RowSource(tasks, in: table, scan)
    // Rows of several partitions are not in one line.
    if isInOrder, files.allSatisfy({ $0.partition == files[0].partition }) {
      return try await count(to: positions, source, in: table)
    }
    return try await searchIDs(of: positions, source, in: table, scan)
  }

  /// Finds rows by how many are in front of them.
  private func count(
    to positions: [ExactText: DeletionVector], _ source: RowSource, in table: Table
  ) async throws -> [RowDeletes]? {
    var rows = try deletes(in: table)
    // How many rows were copied, into which file the next one was, and how many into those before it.
    var (count, file, before) = (Int64(0), 0, Int64(0))
    for task in source.tasks {
      let gone = positions[ExactText(task.file.location)]
      try await source.forEachBatch(of: task) { places, _ in
        for (offset, place) in places.enumerated() where gone?.contains(place) ?? false {
          let row = count + Int64(offset)
          while file < files.count, row - before >= files[file].recordCount {
            before += files[file].recordCount
            file += 1
          }
          if file < files.count { try rows[file].positions.insert(row - before) }
        }
        count += Int64(places.count)
      }
    }
    // As many rows as were written, or something is not as it was.
    return count == files.reduce(0) { $0 + $1.recordCount } ? rows : nil
  }

  /// Finds rows by their ids.
  private func searchIDs(
    of positions: [ExactText: DeletionVector], _ source: RowSource, in table: Table,
    _ scan: ScanOptions
  ) async throws -> [RowDeletes]? {
    var wanted: [Int64] = []
    var isKnown = true
    for task in source.tasks {
      guard let gone = positions[ExactText(task.file.location)] else { continue }
      try await source.forEachBatch(of: task) { places, ids in
        for (place, id) in zip(places, ids) where gone.contains(place) {
          if let id { wanted.append(id) } else { isKnown = false }
        }
      }
    }
    guard isKnown else { return nil }
    let set = NumberSet(wanted)
    var rows = try deletes(in: table)
    let written = rows.map { row in
      var task = row.task
      // Ids in a file count only where the file has a first one: this one gives the others no id that is
      // wanted.
      task.file.firstRowID = .min
      return task
    }
    let new = try RowSource(written, in: table, scan)
    for (file, task) in new.tasks.enumerated() {
      try await new.forEachBatch(of: task) { places, ids in
        for (place, id) in zip(places, ids) {
          if let id, set.contains(id) { try rows[file].positions.insert(place) }
        }
      }
    }
    return rows.reduce(0) { $0 + $1.positions.count } == wanted.count ? rows : nil
  }

  /// No deletes yet of any of the new files.
  private func deletes(in table: Table) throws(IcebergError) -> [RowDeletes] {
    try files.map { (file) throws(IcebergError) in
      guard let spec = table.metadata.partitionSpec(id: file.specID) else {
        throw IcebergError(
          .invalidMetadata, "the table has no partition spec \(file.specID) any more",
          context: .init(table: table.identifier.description, location: file.location))
      }
      let task = FileScanTask(
        file: file, partitionSpec: spec, sequenceNumber: nil, schema: table.metadata.currentSchema)
      return RowDeletes(of: task, at: DeletionVector())
    }
  }
}

/// The places of rows in their files, and their ids.
private struct RowSource: Sendable {
  let tasks: [FileScanTask]
  private let deletes: ScanDeletes
  private let fileIO: any FileIO
  private let options: ScanOptions

  init(_ tasks: [FileScanTask], in table: Table, _ options: ScanOptions) throws(IcebergError) {
    let columns =
      [ReservedFields.position] + (table.metadata.formatVersion >= 3 ? [ReservedFields.rowID] : [])
    self.tasks = tasks.map { task in
      var task = task
      task.schema = Schema(columns)
      return task
    }
    deletes = try ScanDeletes(of: self.tasks, fileIO: table.fileIO, options: options)
    fileIO = table.fileIO
    self.options = options
  }

  /// Reads where rows are that are not deleted; an id is nil where a row has none.
  func forEachBatch(
    of task: FileScanTask, _ body: (_ places: [Int64], _ ids: [Int64?]) throws -> Void
  ) async throws {
    let reader = try await TaskReader(of: task, deletes: deletes, fileIO: fileIO, options: options)
    try await reader.forEachBatch { batch in
      guard case .long(let places)? = batch.columns.first?.values else { return }
      guard batch.columns.count > 1, case .long(let ids) = batch.columns[1].values else {
        return try body(places, [Int64?](repeating: nil, count: places.count))
      }
      let validity = batch.columns[1].validity
      try body(places, ids.indices.map { validity?[$0] ?? true ? ids[$0] : nil })
    }
  }
}
