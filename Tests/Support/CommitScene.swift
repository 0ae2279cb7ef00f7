package import Iceberg
package import IcebergModel
import Synchronization

/// A table in memory with files that are only talked about, for tests of commits: the files `A` to `P`
/// lie in the buckets 0 to 15 of the column `data`, as do `A2`, `A3` and so on.
package struct CommitScene: Sendable {
  /// The last version.
  package var table: Table
  /// Where the table lies.
  package let storage: MemoryFileIO
  package let catalog: any Catalog

  /// The columns `id` and `data`.
  package static let schema = Schema([
    Field(id: 1, name: "id", type: .int, isRequired: true),
    Field(id: 2, name: "data", type: .string, isRequired: true),
  ])

  /// The folder of the catalog.
  package static let warehouse = "/wh"

  /// An empty table.
  package init(
    version: Int = 2, isPartitioned: Bool = true, properties: [String: String] = [:]
  ) async throws {
    var properties = properties
    properties["format-version"] = String(version)
    let spec = PartitionSpec(fields: [
      PartitionField(
        sourceIDs: [2], fieldID: 1000, name: "data_bucket", transform: .bucket(count: 16))
    ])
    try await self.init(
      TableCreation(
        schema: Self.schema, partitionSpec: isPartitioned ? spec : .unpartitioned,
        properties: properties))
  }

  /// An empty table as it is told.
  package init(_ creation: TableCreation) async throws {
    storage = MemoryFileIO()
    catalog = FileSystemCatalog(
      warehouse: Self.warehouse, fileIO: storage, environment: Self.environment())
    table = try await catalog.createTable("db.t", creation)
  }

  /// The table of a scene whose files lie in other storage as well.
  package init(in storage: MemoryFileIO) async throws {
    self.storage = storage
    catalog = FileSystemCatalog(
      warehouse: Self.warehouse, fileIO: storage, environment: Self.environment())
    table = try await catalog.loadTable("db.t")
  }

  /// A scene of its own with the same files.
  package func copied() async throws -> CommitScene {
    try await CommitScene(in: storage.copied())
  }

  /// Another view of the table of a scene.
  package init(of table: Table, _ scene: CommitScene, catalog: (any Catalog)? = nil) {
    self.table = table
    storage = scene.storage
    self.catalog = catalog ?? scene.catalog
  }

  /// The data file of the given name, in the bucket of its first letter.
  package func file(_ name: String, rows: Int64 = 1, sizeInBytes: Int64 = 10) -> DataFile {
    DataFile(
      location: location(name), format: .parquet, specID: table.metadata.defaultSpecID,
      partition: partition(name), recordCount: rows, fileSizeInBytes: sizeInBytes)
  }

  /// Position deletes, in the partition of the file of the given name.
  package func positionDeletes(_ name: String, about: String, rows: Int64 = 1) -> DataFile {
    var file = file(about, rows: rows)
    file.content = .positionDeletes
    file.location = location(name)
    return file
  }

  /// Equality deletes, in the partition of the file of the given name.
  package func equalityDeletes(_ name: String, about: String, rows: Int64 = 1) -> DataFile {
    var file = positionDeletes(name, about: about, rows: rows)
    file.content = .equalityDeletes
    file.equalityIDs = [1]
    return file
  }

  /// A deletion vector of the data file of the given name.
  package func vector(_ name: String, about: String, rows: Int64 = 1) -> DataFile {
    var file = positionDeletes(name, about: about, rows: rows)
    file.format = .puffin
    file.referencedDataFile = location(about)
    file.contentOffset = 4
    file.contentSizeInBytes = 6
    return file
  }

  /// Writes a deletion vector of some rows of the data file of the given name.
  package func writeVector(
    _ name: String, about: String, _ positions: [Int64]
  ) async throws -> DataFile {
    let location = location(name)
    var writer = DeletionVectorWriter(location: location)
    try writer.append(try DeletionVector(positions), of: file(about, rows: 100))
    let (bytes, files) = try writer.finish()
    try await storage.write(bytes, to: location, mode: .createNew)
    return files[0]
  }

  /// The deleted rows of a data file that the vectors of a branch have, vector by vector.
  package func vectors(
    about: String, of branch: String = SnapshotReference.main
  ) async throws -> [[Int64]] {
    var vectors: [[Int64]] = []
    for entry in try await entries(.deletes, of: branch) where entry.isLive {
      let file = entry.dataFile
      guard file.referencedDataFile == location(about), let offset = file.contentOffset,
        let size = file.contentSizeInBytes
      else { continue }
      let blob = try await storage.read(file.location, range: offset..<(offset + size))
      let vector = DeleteFile(
        file: file, sequenceNumber: entry.sequenceNumber ?? 0,
        partitionSpec: table.metadata.defaultPartitionSpec)
      vectors.append(try DeletionVector(parsing: blob, of: vector).positions)
    }
    return vectors
  }

  /// Deletes of rows of a data file by position, in the form that the table's version has.
  package func deletes(_ name: String, about: String, rows: Int64 = 1) -> DataFile {
    table.metadata.formatVersion >= 3
      ? vector(name, about: about, rows: rows) : positionDeletes(name, about: about, rows: rows)
  }

  /// Where the file of the given name lies.
  package func location(_ name: String) -> String { table.metadata.location + "/data/" + name }

  private func partition(_ name: String) -> StructValue {
    guard let letter = name.utf8.first, table.metadata.defaultPartitionSpec.isPartitioned else {
      return StructValue()
    }
    return StructValue([.int(Int32(letter) - 65)])
  }

  /// Commits, as others see it at once.
  package mutating func commit(
    retry: RetryPolicy? = nil, _ changes: (inout Transaction) throws -> Void
  ) async throws {
    table = try await table.commit(retry: retry, environment: Self.environment(), changes)
  }

  /// An environment in which waiting takes no time, with random numbers of its own.
  package static func environment() -> CommitEnvironment {
    TestEnvironment(
      seed: seeds.withLock { seed in
        seed += 1
        return seed
      }
    ).environment
  }

  private static let seeds = Mutex<UInt64>(1000)

  /// Commits, each file of the given names being added to the main branch.
  package mutating func append(_ names: String...) async throws {
    let files = names.map { file($0) }
    try await commit { $0.append(files) }
  }
}

// What the table holds.
extension CommitScene {
  /// The last snapshot of a branch.
  package func head(_ branch: String = SnapshotReference.main) throws -> Snapshot {
    try table.metadata.snapshot(referredToBy: branch)
  }

  /// The manifests of the last snapshot of a branch.
  package func manifests(
    _ content: ManifestFile.Content? = nil, of branch: String = SnapshotReference.main
  ) async throws -> [ManifestFile] {
    try await table.manifests(of: try head(branch)).filter {
      content == nil || $0.content == content
    }
  }

  /// The entries of the last snapshot of a branch, those of removed files too.
  package func entries(
    _ content: ManifestFile.Content? = nil, of branch: String = SnapshotReference.main
  ) async throws -> [ManifestEntry] {
    var entries: [ManifestEntry] = []
    for manifest in try await manifests(content, of: branch) {
      entries += try await table.entries(of: manifest)
    }
    return entries
  }

  /// The names of the live files of a branch, sorted.
  package func names(
    _ content: ManifestFile.Content = .data, of branch: String = SnapshotReference.main
  ) async throws -> [String] {
    try await entries(content, of: branch).filter(\.isLive).map { Self.name($0.dataFile) }.sorted()
  }

  /// The entries of a manifest as a short text: `+A` added, `-A` removed, `A` kept.
  package func text(of manifest: ManifestFile) async throws -> String {
    try await table.entries(of: manifest).map { entry in
      let sign =
        switch entry.status {
        case .added: "+"
        case .deleted: "-"
        case .existing: ""
        }
      return sign + Self.name(entry.dataFile)
    }.joined(separator: " ")
  }

  /// The manifests of the last snapshot of a branch as short texts.
  package func texts(
    _ content: ManifestFile.Content? = nil, of branch: String = SnapshotReference.main
  ) async throws -> [String] {
    var texts: [String] = []
    for manifest in try await manifests(content, of: branch) {
      texts.append(try await text(of: manifest))
    }
    return texts
  }

  /// What the summary of the last snapshot says under a name.
  package func summary(_ key: String) throws -> String? { try head().summary?[key] }

  private static func name(_ file: DataFile) -> String {
    String(file.location.split(separator: "/").last ?? "")
  }
}

// Files of the table itself.
extension CommitScene {
  /// The files of the table that nothing refers to.
  package func orphans() async throws -> Set<String> {
    var used: Set<String> = Set(table.metadata.metadataLog.map(\.location))
    if let location = table.metadataLocation { used.insert(location) }
    for snapshot in table.metadata.snapshots {
      if case .list(let location) = snapshot.manifests { used.insert(location) }
      for manifest in try await table.manifests(of: snapshot) {
        used.insert(manifest.location)
        used.formUnion(try await table.entries(of: manifest).map(\.dataFile.location))
      }
    }
    return Set(storage.locations).subtracting(used).filter { !$0.hasSuffix("version-hint.text") }
  }
}

extension MemoryFileIO {
  /// Storage of its own with the same files.
  package func copied() async throws -> MemoryFileIO {
    let copy = MemoryFileIO()
    for location in locations {
      try await copy.write(read(location, range: nil), to: location, mode: .createNew)
    }
    return copy
  }
}
