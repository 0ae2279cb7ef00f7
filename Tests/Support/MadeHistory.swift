package import Iceberg
import IcebergAvro
import IcebergBytes
package import IcebergColumns
package import IcebergModel

/// A table whose snapshots are put together by hand from files of any kind, for tests that read
/// histories which no writer of this library makes.
package struct MadeHistory {
  /// The last version.
  package private(set) var table: Table
  private let fileCount = Locked(0)

  /// An empty table in memory.
  package init(
    _ schema: Schema, partitionedBy terms: [PartitionTerm] = [], formatVersion: Int
  ) async throws {
    table = try await MemoryCatalog().createTable(
      "made.t", schema: schema, partitionedBy: terms,
      properties: ["format-version": "\(formatVersion)"])
  }

  /// The files of the last snapshot.
  package func files(_ contents: DataFile.Content...) async throws -> [DataFile] {
    guard let snapshot = table.metadata.currentSnapshot else { return [] }
    var files: [DataFile] = []
    for manifest in try await table.manifests(of: snapshot) {
      files += try await table.entries(of: manifest).filter(\.isLive).map(\.dataFile)
    }
    return files.filter { contents.contains($0.content) }
  }

  /// Changes the metadata of the table, as between two snapshots.
  package mutating func change(_ changes: (inout Transaction) throws -> Void) async throws {
    table = try await table.commit(changes)
  }

  /// Adds a snapshot. Files are told apart by their location and the place in it.
  package mutating func commit(
    _ operation: SnapshotSummary.Operation, add added: [DataFile] = [],
    remove removed: [DataFile] = []
  ) async throws {
    let base = table.metadata
    let id = (base.snapshots.map(\.id).max() ?? 100) + 1
    let gone = Set(removed.map(Self.key))
    var kept: [ManifestFile] = []
    var new: [ManifestFile] = []
    if let parent = base.currentSnapshot {
      for manifest in try await table.manifests(of: parent) {
        let entries = try await table.entries(of: manifest).filter(\.isLive)
        if entries.isEmpty { continue }
        if entries.contains(where: { gone.contains(Self.key($0.dataFile)) }) {
          new.append(
            try await write(manifest.content, manifest.partitionSpecID, snapshotID: id) { writer in
              for entry in entries {
                if gone.contains(Self.key(entry.dataFile)) {
                  try writer.remove(entry)
                } else {
                  try writer.keep(entry)
                }
              }
            })
        } else {
          kept.append(manifest)
        }
      }
    }
    for content in [ManifestFile.Content.data, .deletes] {
      let files = added.filter { ($0.content == .data) == (content == .data) }
      for spec in Set(files.map(\.specID)).sorted() {
        new.append(
          try await write(content, spec, snapshotID: id) { writer in
            for file in files where file.specID == spec { try writer.add(file) }
          })
      }
    }
    let version = base.formatVersion
    let number = base.lastSequenceNumber + 1
    let list = try ManifestListCodec.write(
      new + kept, formatVersion: version, snapshotID: id, parentID: base.currentSnapshotID,
      sequenceNumber: number, firstRowID: version >= 3 ? base.nextRowID : nil,
      syncMarker: Self.marker(id))
    let location = next("list", "avro")
    try await table.fileIO.write(list.bytes, to: location, mode: .createNew)
    let snapshot = Snapshot(
      id: id, parentID: base.currentSnapshotID, sequenceNumber: number,
      timestampMillis: base.lastUpdatedMillis + 1, manifests: .list(location),
      summary: SnapshotSummary(operation: operation), schemaID: base.currentSchemaID,
      firstRowID: version >= 3 ? base.nextRowID : nil,
      addedRows: version >= 3 ? list.addedRows ?? 0 : nil)
    guard let catalog = table.catalog else { return }
    table = try await catalog.commit(
      TableCommit(
        requirements: [],
        updates: [
          .addSnapshot(snapshot),
          .setSnapshotReference(
            name: SnapshotReference.main, SnapshotReference(snapshotID: id, kind: .branch)),
        ]), to: table.identifier)
  }

  private func write(
    _ content: ManifestFile.Content, _ specID: Int, snapshotID: Int64,
    _ body: (inout ManifestWriter) throws -> Void
  ) async throws -> ManifestFile {
    let metadata = table.metadata
    var writer = try ManifestWriter(
      formatVersion: metadata.formatVersion, content: content, schema: metadata.currentSchema,
      spec: metadata.partitionSpec(id: specID) ?? .unpartitioned, snapshotID: snapshotID,
      syncMarker: Self.marker(snapshotID))
    try body(&writer)
    let location = next("manifest", "avro")
    let (bytes, manifest) = try writer.finish(location: location)
    try await table.fileIO.write(bytes, to: location, mode: .createNew)
    return manifest
  }

  private static func marker(_ id: Int64) -> AvroSyncMarker {
    AvroSyncMarker(derivedFrom: Bytes(utf8: "\(id)"))
  }

  private static func key(_ file: DataFile) -> String {
    "\(file.location) \(file.contentOffset ?? -1)"
  }

  private func next(_ kind: String, _ suffix: String) -> String {
    let number = fileCount.withLock { count in
      count += 1
      return count
    }
    return "memory:/made/\(kind)-\(number).\(suffix)"
  }
}

// Files.
extension MadeHistory {
  /// Writes rows into new data files.
  package func dataFiles(_ rows: RecordBatch) async throws -> [DataFile] {
    if rows.rowCount == 0 { return [] }
    return try await table.withWriter { try await $0.write(rows) }
  }

  /// A position delete file of some rows of a data file.
  package func positionDeletes(_ positions: [Int64], of file: DataFile) async throws -> DataFile {
    let paths = positions.map { _ in Literal?.some(.string(file.location)) }
    return try await deleteFile(
      .positionDeletes, [ReservedFields.deleteFilePath, ReservedFields.deletePosition],
      [
        try column(paths, .string), Column(.long(positions), count: positions.count),
      ], like: file)
  }

  /// An equality delete file of some columns, in the partition of a data file.
  package func equalityDeletes(
    _ fields: [Field], _ rows: [[Literal?]], inPartitionOf file: DataFile
  ) async throws -> DataFile {
    let columns = try fields.indices.map { place in
      try column(rows.map { $0[place] }, fields[place].type)
    }
    var deletes = try await deleteFile(.equalityDeletes, fields, columns, like: file)
    deletes.equalityIDs = fields.map(\.id)
    return deletes
  }

  /// A deletion vector of some rows of a data file.
  package func vector(_ positions: [Int64], of file: DataFile) async throws -> DataFile {
    let location = next("vector", "puffin")
    var writer = DeletionVectorWriter(location: location)
    try writer.append(try DeletionVector(positions), of: file)
    let (bytes, files) = try writer.finish()
    try await table.fileIO.write(bytes, to: location, mode: .createNew)
    return files[0]
  }

  private func column(_ values: [Literal?], _ type: FieldType) throws -> Column {
    var builder = ColumnBuilder(type.columnKind)
    for value in values where !builder.append(value, as: type) {
      throw IcebergError(.invalidArgument, "a value is not of type \(type)")
    }
    return builder.finish()
  }

  /// Writes columns with exactly the ids of `fields`.
  private func deleteFile(
    _ content: DataFile.Content, _ fields: [Field], _ columns: [Column], like file: DataFile
  ) async throws -> DataFile {
    let schema = Schema(fields)
    let metadata = TableMetadata(
      formatVersion: 2, tableUUID: nil, location: next("deletes", "folder"), lastUpdatedMillis: 0,
      lastColumnID: schema.highestFieldID, schemas: [schema], currentSchemaID: 0,
      partitionSpecs: [.unpartitioned], defaultSpecID: 0, lastPartitionID: 999,
      sortOrders: [.unsorted], defaultSortOrderID: 0)
    let scratch = Table(
      identifier: "made.scratch", metadata: metadata, metadataLocation: nil,
      fileIO: table.fileIO, catalog: nil)
    let batch = RecordBatch(
      names: fields.map(\.name), columns: columns, rowCount: columns[0].count)
    var written = try await scratch.withWriter { try await $0.write(batch) }[0]
    written.content = content
    written.specID = file.specID
    written.partition = file.partition
    written.sortOrderID = nil
    return written
  }
}
