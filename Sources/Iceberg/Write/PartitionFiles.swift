internal import IcebergColumns
internal import IcebergModel

/// New files of one table, each with rows of one partition: files are begun, filled up to the target
/// size, and closed here.
struct PartitionFiles: Sendable {
  private let form: FileForm
  private let spec: PartitionSpec
  private let fileIO: any FileIO
  private let options: WriteOptions
  private let sorter: RowSorter?
  private let sortOrderID: Int?
  private var locations: NewFileLocations

  /// A file that takes rows of one partition.
  private struct OpenFile: Sendable {
    var writer: any DataFileWriter
    /// When the file was written to last, in writes.
    var lastUse: Int
  }

  private var open: [StructValue: OpenFile] = [:]
  /// Rows that are to be sorted before they are written.
  private var waiting: [StructValue: WaitingRows] = [:]
  private var waitingSize = 0
  /// The partition that rows came for last, of clustered ones.
  private var current: StructValue?
  private var closed: Set<StructValue> = []
  private var finished: [DataFile] = []
  /// The locations of all files.
  private var begun: [String] = []
  private var useCount = 0

  /// Rows are handed to a file in slices of so many, to close it in time.
  private static let sliceRows = 65_536

  /// Files of the partitions of `spec`. With a sorter every file has its rows in order.
  ///
  /// - Parameter sortOrderID: the id of the order that rows come in; nil is that of the sorter.
  init(
    _ form: FileForm, spec: PartitionSpec, locations: NewFileLocations, fileIO: any FileIO,
    options: WriteOptions, sorter: RowSorter? = nil, sortOrderID: Int? = nil
  ) {
    self.form = form
    self.spec = spec
    self.fileIO = fileIO
    self.options = options
    self.sorter = sorter
    self.sortOrderID = sortOrderID ?? sorter?.orderID
    self.locations = locations
  }

  /// Appends rows of one partition, a column for each one of the form.
  ///
  /// Throws `invalidArgument` for a partition that comes back among clustered ones.
  mutating func write(
    _ columns: [Column], count: Int, to partition: StructValue
  ) async throws {
    if count == 0 { return }
    if options.routing == .clustered, current != partition {
      if let current { try await end(current) }
      guard !closed.contains(partition) else {
        throw IcebergError(
          .invalidArgument,
          """
          rows of the partition \(spec.path(of: partition)) come a second time: sort the rows by \
          partition, or write with routing .fanOut
          """)
      }
      current = partition
    }
    guard sorter != nil else { return try await store(columns, count: count, in: partition) }
    useCount += 1
    var rows = waiting.removeValue(forKey: partition) ?? WaitingRows(firstUse: useCount)
    waitingSize += rows.add(columns, count: count)
    waiting[partition] = rows
    while waitingSize > options.sortMemoryLimit,
      let largest = waiting.max(by: { $0.value.byteCount < $1.value.byteCount })?.key
    {
      try await storeSorted(largest)
    }
  }

  /// Writes what waits of a partition, in order, into files of its own.
  private mutating func storeSorted(_ partition: StructValue) async throws {
    guard var rows = waiting.removeValue(forKey: partition), let sorter else { return }
    let count = rows.count
    waitingSize -= rows.byteCount
    let columns = try rows.join()
    let order = try sorter.order(of: columns, rowCount: count)
    var start = 0
    while start < count {
      let end = min(count, start + Self.sliceRows)
      let slice =
        order.map { order in columns.map { $0.take(Array(order[start..<end])) } }
        ?? columns.map { $0.slice(start..<end) }
      try await store(slice, count: end - start, in: partition)
      start = end
    }
    // Rows that come later belong in front of some of these.
    try await close(partition)
  }

  private mutating func store(
    _ columns: [Column], count: Int, in partition: StructValue
  ) async throws {
    var start = 0
    while start < count {
      let end = min(count, start + Self.sliceRows)
      var file = try await openFile(for: partition)
      useCount += 1
      file.lastUse = useCount
      do {
        try await file.writer.write(columns.map { $0.slice(start..<end) }, rowCount: end - start)
      } catch {
        open[partition] = file
        throw error
      }
      let isFull = file.writer.estimatedByteCount >= form.settings.targetFileSize
      open[partition] = file
      if isFull { try await close(partition) }
      start = end
    }
    if open.count > 1 { try await spill() }
  }

  /// Closes the largest of the open files until their rows take no more memory than they may.
  private mutating func spill() async throws {
    while open.count > 1 {
      let sizes = open.mapValues(\.writer.bufferedByteCount)
      guard sizes.values.reduce(0, +) > options.memoryLimit,
        let largest = sizes.max(by: { $0.value < $1.value })?.key
      else { return }
      try await close(largest)
    }
  }

  /// Takes the file of a partition out of ``open``, so that it can be changed in place: what it
  /// buffers would be copied if there were two of it.
  private mutating func openFile(for partition: StructValue) async throws -> OpenFile {
    if let file = open.removeValue(forKey: partition) { return file }
    if open.count >= options.openFileLimit,
      let oldest = open.min(by: { $0.value.lastUse < $1.value.lastUse })?.key
    {
      try await close(oldest)
    }
    let location = locations.next(in: partition, of: spec)
    // Noted first: a call that fails may still leave a file.
    begun.append(location)
    return OpenFile(
      writer: try await form.begin(at: location, fileIO: fileIO), lastUse: useCount)
  }

  private mutating func end(_ partition: StructValue) async throws {
    try await storeSorted(partition)
    try await close(partition)
    closed.insert(partition)
  }

  private mutating func close(_ partition: StructValue) async throws {
    guard var file = open.removeValue(forKey: partition) else { return }
    var result: DataFile
    do {
      result = try await file.writer.finish()
    } catch {
      open[partition] = file
      throw error
    }
    result.specID = spec.id
    result.partition = partition
    result.sortOrderID = sortOrderID
    finished.append(result)
  }

  /// Closes all files: rows that follow go into others.
  mutating func endAll() async throws {
    for partition in waiting.sorted(by: { $0.value.firstUse < $1.value.firstUse }).map(\.key) {
      try await storeSorted(partition)
    }
    for partition in open.sorted(by: { $0.value.lastUse < $1.value.lastUse }).map(\.key) {
      try await close(partition)
    }
  }

  /// Closes all files and returns them in the order in which they were closed: those of a partition
  /// follow each other as their rows do. When that fails, files are left for ``abort()``.
  mutating func finish() async throws -> [DataFile] {
    try await endAll()
    return finished
  }

  /// Removes everything that was written.
  func abort() async {
    let (open, begun, fileIO) = (open, begun, fileIO)
    // A task of its own: files are removed when the writing task was cancelled, too.
    await Task {
      for file in open.values { await file.writer.abort() }
      // Those that were finished too, and those of which only the answer was lost.
      for location in begun { try? await fileIO.remove([location]) }
    }.value
  }
}
