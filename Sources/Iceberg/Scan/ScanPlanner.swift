internal import IcebergBytes
internal import IcebergModel

/// Finds the files of a snapshot that a scan reads.
///
/// Planning is complete before the first row is read, so that what cannot be read right is refused
/// before that.
///
/// Spec: Scan Planning.
struct ScanPlanner: Sendable {
  private let metadata: TableMetadata
  private let snapshot: Snapshot
  private let schema: Schema
  private let manifests: TableManifests
  private let concurrency: Int
  private let tableName: String

  /// A plan to read the `schema` columns of a snapshot.
  init(_ table: Table, snapshot: Snapshot, schema: Schema, options: ScanOptions) {
    metadata = table.metadata
    self.snapshot = snapshot
    self.schema = schema
    manifests = TableManifests(metadata: table.metadata, fileIO: table.fileIO)
    concurrency = options.planningConcurrency
    tableName = table.identifier.description
  }

  /// The files to read, in the order of the manifests.
  ///
  /// Throws `unsupported`, naming the file, when the snapshot has data files of a format that is not
  /// read, or when anything is encrypted.
  func tasks() async throws -> [FileScanTask] {
    try checkTypes()
    let nameMapping = try metadata.property(TableProperties.nameMapping).map {
      (text) throws(IcebergError) in try NameMapping(parsing: text)
    }
    let files = try await manifests.list(of: snapshot).filter(\.mayHaveLiveFiles)
    let reader = manifests
    var deleteEntries: [ManifestEntry] = []
    for manifest in files where manifest.content == .deletes {
      deleteEntries += try await reader.entries(of: manifest, metrics: .all, where: \.isLive)
    }
    let schemas = [metadata.currentSchema] + metadata.schemas.sorted { $0.id > $1.id }
    let index = try DeleteIndex(deleteEntries, specs: metadata.partitionSpecs, schemas: schemas)
    let data = files.filter { $0.content == .data }
    let (schema, planner) = (schema, self)
    let tasks = try await data.concurrentMap(limit: concurrency) { manifest in
      try Task.checkCancellation()
      var tasks: [FileScanTask] = []
      for entry in try await reader.entries(of: manifest, where: \.isLive) {
        try planner.check(entry.dataFile)
        let spec = try planner.spec(of: entry.dataFile)
        var task = FileScanTask(
          file: entry.dataFile, partitionSpec: spec, sequenceNumber: entry.sequenceNumber,
          schema: schema, tableSchemas: schemas, nameMapping: nameMapping)
        task.deletes = try index.deletes(
          for: entry.dataFile, sequenceNumber: entry.sequenceNumber ?? 0)
        tasks.append(task)
      }
      return tasks
    }
    return tasks.flatMap { $0 }
  }

  private func spec(of file: DataFile) throws(IcebergError) -> PartitionSpec {
    guard let spec = metadata.partitionSpec(id: file.specID) else {
      throw IcebergError(
        .invalidMetadata, "the partition spec \(file.specID) of a data file does not exist",
        context: context(file.location))
    }
    return spec
  }

  private func checkTypes() throws(IcebergError) {
    for field in schema.fields {
      let isSpatial = field.type.contains { type in
        switch type {
        case .geometry, .geography: true
        default: false
        }
      }
      if isSpatial {
        throw IcebergError(
          .unsupported,
          "column \(field.name) is of the type \(field.type), which cannot be read yet: select "
            + "other columns",
          context: IcebergError.Context(table: tableName, fieldID: field.id))
      }
    }
  }

  private func check(_ file: DataFile) throws(IcebergError) {
    guard file.content == .data else {
      throw IcebergError(
        .invalidMetadata, "a data manifest lists a delete file", context: context(file.location))
    }
    guard file.format == .parquet || file.format == .avro else {
      throw IcebergError(
        .unsupported, "\(file.format.rawValue.uppercased()) data files cannot be read",
        context: context(file.location))
    }
    guard file.keyMetadata == nil else {
      throw IcebergError(
        .unsupported, "encrypted data files cannot be read", context: context(file.location))
    }
  }

  private func context(_ location: String) -> IcebergError.Context {
    IcebergError.Context(table: tableName, location: location)
  }
}

extension ManifestFile {
  /// Whether some file may belong to the snapshot, as far as the counts tell.
  fileprivate var mayHaveLiveFiles: Bool {
    guard let addedFilesCount, let existingFilesCount else { return true }
    return addedFilesCount > 0 || existingFilesCount > 0
  }
}

extension TableScan {
  /// The files to read, each with what is needed to read it; none when the table is empty.
  ///
  /// Throws `unsupported`, naming what stands against it, when the rows cannot all be read right.
  @concurrent
  public func tasks() async throws -> [FileScanTask] {
    let schema = try schema
    guard let snapshot = try snapshot else { return [] }
    return try await ScanPlanner(table, snapshot: snapshot, schema: schema, options: options)
      .tasks()
  }
}
