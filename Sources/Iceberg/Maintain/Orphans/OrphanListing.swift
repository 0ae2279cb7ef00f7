internal import IcebergModel

/// The files of a folder, and what their names and age say of them.
struct OrphanListing: Sendable {
  /// Every file; its number is the time of its last change, or tells why it is left.
  let files: FileSorter
  /// The files that are metadata by their names.
  var metadataFiles: [FileStatus] = []

  /// The number of a file that is no orphan, whatever metadata says.
  static func number(_ reason: RemoveOrphanFilesReport.LeftReason) -> Int64 {
    let index = RemoveOrphanFilesReport.LeftReason.allCases.firstIndex(of: reason) ?? 0
    return -1 - Int64(index)
  }

  /// Why a file of the given number is left; nil for one that may be an orphan.
  static func reason(_ number: Int64) -> RemoveOrphanFilesReport.LeftReason? {
    let reasons = RemoveOrphanFilesReport.LeftReason.allCases
    guard number < 0, let index = Int(exactly: -1 - number), index < reasons.count else {
      return nil
    }
    return reasons[index]
  }

  /// Adds files that were listed; those that do not lie in the folder are passed over.
  mutating func add(_ some: [FileStatus], _ filter: OrphanFilter) async throws {
    var found: [FoundFile] = []
    for file in some {
      var number = max(0, file.modifiedMillis)
      switch filter.verdict(of: file) {
      case .elsewhere: continue
      case .candidate: break
      case .left(let reason):
        number = Self.number(reason)
      }
      // Foreign metadata is looked for whatever its age, and where it is hidden too.
      if MetadataOwner.isMetadataName(FileLocation.name(of: file.location)) {
        metadataFiles.append(file)
      }
      found.append(
        FoundFile(
          file.location, FileKind(named: file.location), sizeInBytes: file.sizeInBytes,
          number: number))
    }
    try await files.add(found)
  }
}

extension OrphanRemoval {
  /// Lists the folder, or takes the files that were given.
  func list(specs: [PartitionSpec]) async throws -> OrphanListing {
    let filter = OrphanFilter(
      folder: location, olderThanMillis: olderThanMillis, specs: specs, comparison: comparison)
    var listing = OrphanListing(files: sorter())
    if let fileList = options.fileList { try await listing.add(fileList, filter) }
    tell(.listing, 0)
    try await origin.fileIO.list(under: location) { files in
      try Task.checkCancellation()
      if options.fileList == nil {
        try await listing.add(files, filter)
      } else {
        // A list of files may leave out what tells that the folder is another table's.
        listing.metadataFiles += files.filter {
          MetadataOwner.isMetadataName(FileLocation.name(of: $0.location))
        }
      }
      tell(.listing, listing.files.count)
    }
    return listing
  }
}
