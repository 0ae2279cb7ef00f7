internal import IcebergModel

/// Removes orphans that were found, and looks at the table again before each part of them.
struct OrphanDeletion: Sendable {
  let removal: OrphanRemoval
  /// The version that was last looked at.
  private var table: Table
  /// The manifests whose files are no orphans, or are among those that were rescued.
  private let manifests: FileSorter
  /// What commits have come to refer to since the orphans were found.
  private let rescued: FileSorter
  /// The same, to ask for the keys of orphans in their order.
  private var members = SortedMembers(SortedFiles([]))
  /// Versions whose names are their numbers: removed in the end, the oldest first.
  private var versions: [(number: Int64, file: SortedFile)] = []

  /// - Parameter manifests: the manifests of the table, whose files are no orphans.
  init(removal: OrphanRemoval, table: Table, manifests: FileSorter) {
    self.removal = removal
    self.table = table
    self.manifests = manifests
    rescued = removal.sorter()
  }

  /// The number of orphans between two looks at the table.
  private static let partLength = 1000
  private static let failureLimit = 100

  /// Removes the orphans, in the order of their keys.
  func run(_ orphans: SortedFiles, _ report: inout RemoveOrphanFilesReport) async throws {
    var work = self
    try await work.removeAll(orphans, &report)
  }

  private mutating func removeAll(
    _ orphans: SortedFiles, _ report: inout RemoveOrphanFilesReport
  ) async throws {
    var orphans = orphans
    var part: [SortedFile] = []
    repeat {
      part = []
      while part.count < Self.partLength, let file = try await orphans.next() { part.append(file) }
      if part.isEmpty { break }
      try await lookAgain()
      var files: [FoundFile] = []
      for file in part {
        let name = MetadataFileName(FileLocation.name(of: file.file.location))
        if let name, name.kind == .version {
          versions.append((name.version, file))
        } else if try await members.contains(file.key) {
          report.rescuedFileCount += 1
        } else {
          files.append(file.file)
        }
      }
      try await remove(files, removal.options.maxConcurrentDeletes, &report)
    } while true
    try await removeVersions(&report)
  }

  private mutating func removeVersions(_ report: inout RemoveOrphanFilesReport) async throws {
    if versions.isEmpty { return }
    try await lookAgain()
    // They are in the order of their keys, like all that went before them.
    members = SortedMembers(try await rescued.sorted())
    var end = Int64.max
    for (number, file) in versions where try await members.contains(file.key) {
      report.rescuedFileCount += 1
      end = min(end, number)
    }
    for (number, file) in versions.sorted(by: { $0.number < $1.number }) where number < end {
      let failures = report.failureCount
      try await remove([file.file], 1, &report)
      // One that stays is followed by those after it.
      if report.failureCount > failures { break }
    }
  }

  /// Looks whether the table has changed, and notes the files that it has come to refer to.
  ///
  /// Only manifests are read that no look before has read.
  private mutating func lookAgain() async throws {
    let newest = try await removal.newest(after: table)
    if newest.isSameVersion(as: table) { return }
    let known = table.metadata
    let snapshots = newest.metadata.snapshots.filter { known.snapshot(id: $0.id) == nil }
    try await removal.addReachable(
      from: newest, snapshots: snapshots, to: rescued, passingOver: manifests)
    members = SortedMembers(try await rescued.sorted())
    table = newest
  }

  private func remove(
    _ files: [FoundFile], _ concurrency: Int, _ report: inout RemoveOrphanFilesReport
  ) async throws {
    let left = try await table.fileIO.removeAll(files, concurrency: concurrency)
    let names = Set(left.map { ExactText($0.file.location) })
    for file in files where !names.contains(ExactText(file.location)) {
      report.deleted.add(file.kind, sizeInBytes: file.sizeInBytes)
    }
    report.failureCount += left.count
    report.failures += left.prefix(max(0, Self.failureLimit - report.failures.count)).map {
      RemoveOrphanFilesReport.Failure(location: $0.file.location, error: $0.error)
    }
    removal.tell(.deleting, report.deleted.all.count, of: report.orphans.all.count)
  }
}
