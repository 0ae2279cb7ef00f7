internal import IcebergModel

/// Makes sure that files are there, before others are removed.
///
/// Data and delete files and statistics are asked for at their storage; of manifests and manifest lists
/// it is known, since they were read to find out which files there should be. Earlier metadata files need
/// not be there.
package struct PresenceCheck: Sendable {
  private let table: TableIdentifier
  private let fileIO: any FileIO
  private let concurrency: Int
  private var waiting: [String] = []
  private var firstMissing: String?
  private var missingCount = 0

  /// A check of the files of a table.
  ///
  /// - Parameter concurrency: how many files are asked for at a time.
  package init(of table: TableIdentifier, fileIO: any FileIO, concurrency: Int = 16) {
    self.table = table
    self.fileIO = fileIO
    self.concurrency = max(1, concurrency)
  }

  /// Asks for a file, or later.
  package mutating func require(_ file: FoundFile) async throws {
    switch file.kind {
    case .data, .positionDeletes, .equalityDeletes, .statistics: break
    case .manifest, .manifestList, .metadata, .other: return
    }
    waiting.append(file.location)
    if waiting.count >= 1024 { try await ask() }
  }

  /// Throws `notFound` unless all files that were asked for are there.
  package mutating func finish() async throws {
    try await ask()
    guard let firstMissing else { return }
    let others = missingCount > 1 ? " and \(missingCount - 1) more that it needs are" : " is"
    throw IcebergError(
      .notFound,
      """
      a file that the table needs\(others) missing; nothing was removed. Check the table, and put the \
      files back or remove them from it, before anything else is removed
      """, context: .init(table: table.description, location: firstMissing))
  }

  private mutating func ask() async throws {
    let fileIO = fileIO
    let found = try await waiting.concurrentMap(limit: concurrency) { try await fileIO.exists($0) }
    for (location, isThere) in zip(waiting, found) where !isThere {
      firstMissing = firstMissing ?? location
      missingCount += 1
    }
    waiting = []
  }

  /// Throws `notFound` unless every file that metadata leads to is there.
  ///
  /// - Parameter files: what the metadata leads to, such as the remaining table after an expiry.
  package static func requirePresent(
    _ files: SortedFiles, of table: TableIdentifier, fileIO: any FileIO, concurrency: Int = 16
  ) async throws {
    var files = files
    var check = PresenceCheck(of: table, fileIO: fileIO, concurrency: concurrency)
    while let file = try await files.next()?.file { try await check.require(file) }
    try await check.finish()
  }
}
