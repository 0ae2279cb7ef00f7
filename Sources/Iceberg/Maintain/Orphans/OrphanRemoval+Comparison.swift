internal import IcebergBytes
internal import IcebergModel

// What is there, beside what is needed.
extension OrphanRemoval {
  /// The files that are there, may be orphans, and are not needed.
  ///
  /// Throws `notFound` where a file that is needed is missing, and `validationFailed` where the same path
  /// stands for two files that may be one.
  func compare(
    _ listing: OrphanListing, with needed: FileSorter, _ table: Table,
    _ report: inout RemoveOrphanFilesReport
  ) async throws -> FileSorter {
    let orphans = sorter()
    var presence = PresenceCheck(
      of: table.identifier, fileIO: table.fileIO, concurrency: options.concurrency)
    var mismatches: Set<Mismatch> = []
    var waiting: [FoundFile] = []
    var listed = try await listing.files.sorted()
    var names = try await needed.sorted()
    var name = try await names.next()
    var done = 0
    while let file = try await listed.next() {
      done += 1
      if done % 4096 == 0 {
        try Task.checkCancellation()
        tell(.comparing, done, of: listing.files.count)
      }
      while let next = name, next.key.order(to: file.key) < 0 {
        try await presence.require(next.file)
        name = try await names.next()
      }
      let reason = OrphanListing.reason(file.file.number)
      if let next = name, next.key == file.key {
        let roots = [next, file].map { comparison.parts(of: $0.file.location).root }
        if !LocationComparison.isSame(needed: roots[0], listed: roots[1]) {
          mismatches.insert(Mismatch(needed: roots[0], listed: roots[1]))
          report.leftFileCounts[.prefixMismatch, default: 0] += 1
        }
        name = try await names.next()
      } else if let reason {
        report.leftFileCounts[reason, default: 0] += 1
      } else {
        waiting.append(file.file)
        if waiting.count >= 1000 {
          try await orphans.add(waiting)
          waiting = []
        }
      }
    }
    try await orphans.add(waiting)
    while let next = name {
      try await presence.require(next.file)
      name = try await names.next()
    }
    tell(.comparing, done, of: done)
    if options.prefixMismatchMode == .error, !mismatches.isEmpty { throw conflict(mismatches) }
    try await presence.finish()
    return orphans
  }

  private struct Mismatch: Hashable {
    var needed: String
    var listed: String
  }

  private func conflict(_ mismatches: Set<Mismatch>) -> IcebergError {
    func text(_ root: String) -> String { root.isEmpty ? "no scheme" : "'\(root)'" }
    let pairs = mismatches.map { "\(text($0.needed)) and \(text($0.listed))" }.sorted()
    return IcebergError(
      .validationFailed,
      """
      nothing was removed: the table names files with one scheme and authority that are listed with \
      another, \(pairs.joined(separator: ", ")). If they mean the same storage, say so by \
      equal_schemes or equal_authorities; prefix_mismatch_mode IGNORE leaves such files, DELETE takes \
      them for others
      """, context: .init(table: origin.identifier.description, location: location))
  }
}
