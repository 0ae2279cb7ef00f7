internal import IcebergModel

/// The metadata files in a table's metadata folder that are none of its versions: of a table of another
/// catalog that has gone on from one of them, of one that was here before, of a commit that stopped.
struct ForeignMetadata: Sendable {
  /// Their locations, the newest first.
  let locations: [String]
  private let table: Table
  private let keys: LocationKeys

  /// How many logs are followed back, to know the versions of the table.
  private static let logLimit = 32

  /// A metadata file, and what its location is compared by.
  private typealias Listed = (key: ExactText, file: FileStatus)

  /// Looks for them.
  ///
  /// The versions of the table are those of its log, of the log of the oldest of these, and so on. Where
  /// that does not lead to the first one, files that are older than all of them are taken for the table's.
  init(beside table: Table) async throws {
    self.table = table
    keys = LocationKeys(
      LocationComparison(), place: table.metadata.location, comparesRoots: false)
    var own = OwnVersions(of: table, keys)
    let found = try await Self.list(table).map { (own.key($0.location), $0) } as [Listed]
    var unknown = found.filter { !own.known.contains($0.key) }
    for _ in 0..<Self.logLimit where !unknown.isEmpty {
      guard try await own.addEarlier() else { break }
      unknown = unknown.filter { !own.known.contains($0.key) }
    }
    if !own.isComplete {
      let known = found.filter { own.known.contains($0.key) }.map(\.file)
      let time = known.map(\.modifiedMillis).min() ?? .min
      let number = known.compactMap(\.version).min() ?? .min
      unknown = unknown.filter { _, file in
        file.modifiedMillis > time || file.version ?? .max >= number
      }
    }
    locations = unknown.map(\.file).sorted {
      ($0.version ?? 0, $0.modifiedMillis) > ($1.version ?? 0, $1.modifiedMillis)
    }.map(\.location)
  }

  private static func list(_ table: Table) async throws -> [FileStatus] {
    let folder = try TableLocations(table.metadata).metadataFolder
    var found: [FileStatus] = []
    do {
      try await table.fileIO.list(under: folder) { files in
        found += files.filter {
          MetadataOwner.isMetadataName(FileLocation.name(of: $0.location))
            && FileLocation.path(of: $0.location, in: folder)?.utf8.contains(UInt8(ascii: "/"))
              == false
        }
      }
    } catch let error as IcebergError {
      throw unclear(
        table, folder, "whether another table has metadata in '\(folder)' is not known", error)
    }
    return found
  }

  /// Adds what they lead to; returns the newest of each history. What is gone leads nowhere.
  ///
  /// - Parameter sorter: makes an empty sorter for manifests.
  func addFiles(
    to needed: FileSorter, concurrency: Int, sorter: () -> FileSorter
  ) async throws -> [String] {
    var earlier: Set<ExactText> = []
    var newest: [String] = []
    for location in locations where !earlier.contains(ExactText(keys.key(location))) {
      try Task.checkCancellation()
      do {
        let metadata = try await TableMetadata(at: location, fileIO: table.fileIO)
        earlier.formUnion(metadata.metadataLog.map { ExactText(keys.key($0.location)) })
        let reachable = ReachableFiles(
          of: metadata, fileIO: table.fileIO, concurrency: concurrency, missing: .passedOver)
        try await reachable.addAll(
          of: metadata.snapshots, at: location, to: needed, sortingManifestsIn: sorter())
        newest.append(location)
      } catch let error as IcebergError where error.code == .notFound {
        continue
      } catch let error as IcebergError {
        throw Self.unclear(
          table, location,
          """
          '\(location)' is none of the table's versions, and which files it needs is not known. Move it \
          away if it is of no table
          """, error)
      }
    }
    return newest
  }

  private static func unclear(
    _ table: Table, _ location: String, _ what: String, _ cause: IcebergError
  ) -> IcebergError {
    IcebergError(
      .validationFailed,
      "nothing was deleted: \(what), or \(NeededElsewhere.wayOut): \(cause.message)",
      context: .init(table: table.identifier.description, location: location), cause: cause)
  }
}

extension FileStatus {
  /// The number of the version in the name; nil where there is none.
  fileprivate var version: Int64? {
    MetadataFileName(FileLocation.name(of: location))?.version
  }
}

/// The versions of a table that are known, from the newest back.
private struct OwnVersions {
  /// What their locations are compared by.
  private(set) var known: Set<ExactText> = []
  /// Whether the first version is among them.
  private(set) var isComplete = false
  private let table: Table
  private let keys: LocationKeys
  /// The oldest of them whose log was not looked at.
  private var oldest: String?

  init(of table: Table, _ keys: LocationKeys) {
    self.table = table
    self.keys = keys
    if let location = table.metadataLocation { known.insert(key(location)) }
    add(table.metadata.metadataLog, of: table.metadataLocation)
  }

  /// What a location is compared by: where the file is now, if its folder has moved.
  func key(_ location: String) -> ExactText {
    ExactText(keys.key((table.fileIO as? MappedFileIO)?.mapped(location) ?? location))
  }

  private mutating func add(_ log: [TableMetadata.MetadataLogEntry], of location: String?) {
    let more = log.map(\.location).filter { !known.contains(key($0)) }
    for location in more { known.insert(key(location)) }
    oldest = more.first
    let name = location.flatMap { MetadataFileName(FileLocation.name(of: $0)) }
    // There are writers that keep no log: theirs does not end with the first version.
    isComplete = log.isEmpty && (name?.version ?? 0) <= 1
  }

  /// Adds the log of the oldest version; false where it leads no further.
  mutating func addEarlier() async throws -> Bool {
    try Task.checkCancellation()
    guard let location = oldest,
      let metadata = try? await TableMetadata(at: location, fileIO: table.fileIO),
      metadata.tableUUID == table.metadata.tableUUID
    else { return false }
    add(metadata.metadataLog, of: location)
    return oldest != nil
  }
}
