import IcebergAvro
import IcebergBytes
import IcebergModel

/// Makes a snapshot that follows the last one of a branch: its manifests, its manifest list, its
/// summary, and the updates that add it.
///
/// Spec: Snapshots; Manifest Lists; Row Lineage.
struct SnapshotProducer: Sendable {
  let base: TableMetadata
  let branch: String
  /// The id under which the snapshot waits to be published; nil moves the branch to it.
  let wapID: String?
  /// The snapshot that the new one is made from; nil when it is the first.
  let parent: Snapshot?
  let locations: TableLocations
  private let codec: CompressionCodec
  private let level: Int?

  /// Throws `invalidArgument` when `branch` is a tag. A branch that does not exist begins with the
  /// current snapshot of the main branch.
  init(of branch: String, on base: TableMetadata, stagedAs wapID: String? = nil) throws {
    self.base = base
    self.branch = branch
    self.wapID = wapID
    if let reference = base.references[branch] {
      guard reference.kind == .branch else {
        throw IcebergError(
          .invalidArgument, "'\(branch)' is a tag, and tags do not move: write to a branch")
      }
      parent = try base.snapshot(referredToBy: branch)
    } else {
      parent = base.currentSnapshot
    }
    locations = try TableLocations(base)
    codec = try Self.codec(named: base.property(TableProperties.manifestCompression))
    level = try base.property(TableProperties.manifestCompressionLevel)
  }

  private static func codec(named name: String) throws -> CompressionCodec {
    switch name.lowercased() {
    case "gzip", "deflate": return .deflate
    case "none", "uncompressed", "null": return .none
    case "snappy": return .snappyWithChecksum
    case "zstd", "zstandard": return .zstd
    default:
      throw IcebergError(
        .unsupported,
        "'\(TableProperties.manifestCompression.key)' is '\(name)', which Avro does not have")
    }
  }

  /// Writes manifests with entries for new files of one kind, of about the size that the table asks
  /// for.
  ///
  /// - Parameter sequenceNumber: the data sequence number of a file; nil is that of the commit.
  func writeManifests(
    of files: [DataFile], content: ManifestFile.Content = .data, spec: PartitionSpec,
    snapshotID: Int64, in work: inout CommitWork,
    sequenceNumber: @escaping @Sendable (DataFile) -> Int64? = { _ in nil }
  ) async throws -> [ManifestFile] {
    let seed = "\(work.uuid) \(snapshotID) \(content) \(spec.id)"
    let groups = Self.groups(files)
    let drafts = try await groups.concurrentMap(limit: CommitWork.manifestConcurrency) { group in
      try manifests(
        of: group, content: content, spec: spec, snapshotID: snapshotID,
        seed: "\(seed) \(group.startIndex)", sequenceNumber: sequenceNumber)
    }
    return try await work.store(drafts.flatMap { $0 }, in: locations)
  }

  /// The files in as many groups as are worth a thread of their own.
  private static func groups(_ files: [DataFile]) -> [ArraySlice<DataFile>] {
    let count = max(1, min(CommitWork.manifestConcurrency, (files.count + 5_000) / 10_000))
    let size = (files.count + count - 1) / count
    return stride(from: 0, to: files.count, by: max(1, size)).map { start in
      files[start..<min(files.count, start + size)]
    }
  }

  private func manifests(
    of files: ArraySlice<DataFile>, content: ManifestFile.Content, spec: PartitionSpec,
    snapshotID: Int64, seed: String, sequenceNumber: (DataFile) -> Int64?
  ) throws -> [ManifestDraft] {
    let target = try base.property(TableProperties.manifestTargetSizeInBytes)
    var drafts: [ManifestDraft] = []
    var next = files.startIndex
    while next < files.endIndex {
      try Task.checkCancellation()
      var writer = try manifestWriter(
        content, spec, snapshotID: snapshotID, seed: "\(seed) \(next)")
      repeat {
        try writer.add(files[next], sequenceNumber: sequenceNumber(files[next]))
        next += 1
      } while next < files.endIndex && Int64(writer.estimatedByteCount) < target
      let (bytes, manifest) = try writer.finish(location: "")
      drafts.append(ManifestDraft(bytes: bytes, manifest: manifest))
    }
    return drafts
  }

  /// A writer of a manifest of this table.
  ///
  /// - Parameter seed: what no other manifest of the commit has.
  func manifestWriter(
    _ content: ManifestFile.Content, _ spec: PartitionSpec, snapshotID: Int64, seed: String
  ) throws(IcebergError) -> ManifestWriter {
    try ManifestWriter(
      formatVersion: base.formatVersion, content: content, schema: schema(for: spec), spec: spec,
      snapshotID: snapshotID, codec: codec, level: level, syncMarker: Self.marker(seed))
  }

  /// The schema that tells the types of a spec's partition values: the current one, unless a column
  /// that the spec is made from is gone from it.
  private func schema(for spec: PartitionSpec) -> Schema {
    let sources = spec.fields.compactMap { $0.sourceIDs.first }
    let newest = base.schemas.sorted { $0.id > $1.id }
    return ([base.currentSchema] + newest).first { schema in
      let index = schema.index
      return sources.allSatisfy { index.field(id: $0) != nil }
    } ?? base.currentSchema
  }

  /// The manifests of the parent.
  func parentManifests(in work: CommitWork) async throws -> [ManifestFile] {
    guard let parent else { return [] }
    var manifests = try await TableManifests(metadata: base, fileIO: work.fileIO).list(of: parent)
    guard base.formatVersion > 1 else { return manifests }
    let fileIO = work.fileIO
    let uncounted = manifests.indices.filter { !manifests[$0].hasAllCounts }
    let counted = try await uncounted.map { manifests[$0] }
      .concurrentMap(limit: CommitWork.manifestConcurrency) { manifest in
        try await Self.withCounts(manifest, fileIO)
      }
    for (index, manifest) in zip(uncounted, counted) { manifests[index] = manifest }
    return manifests
  }

  /// From version 2 on a manifest list tells all counts; old lists of version 1 may not.
  private static func withCounts(
    _ manifest: ManifestFile, _ fileIO: any FileIO
  ) async throws -> ManifestFile {
    let bytes = try await fileIO.read(manifest.location, range: nil)
    let description = try ManifestCodec.describe(
      bytes, location: manifest.location, snapshotID: manifest.addedSnapshotID)
    var counted = manifest
    counted.addedFilesCount = description.addedFilesCount
    counted.existingFilesCount = description.existingFilesCount
    counted.deletedFilesCount = description.deletedFilesCount
    counted.addedRowsCount = description.addedRowsCount
    counted.existingRowsCount = description.existingRowsCount
    counted.deletedRowsCount = description.deletedRowsCount
    return counted
  }

  /// Writes the manifest list and returns the updates that add the snapshot to its branch.
  ///
  /// - Parameters:
  ///   - manifests: the manifests of the snapshot, in the order of the list.
  ///   - replaced: the number of manifests of the parent in place of which others were written.
  ///   - extra: what else the summary tells.
  func updates(
    operation: SnapshotSummary.Operation, snapshotID: Int64, manifests: [ManifestFile],
    replaced: Int = 0, counter: SummaryCounter, summary extra: [String: String],
    in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let version = base.formatVersion
    let (number, overflow) = base.lastSequenceNumber.addingReportingOverflow(1)
    guard !overflow else {
      throw IcebergError(.invalidMetadata, "the table has no sequence number left")
    }
    let sequenceNumber = version == 1 ? 0 : number
    let firstRowID = version >= 3 ? base.nextRowID ?? 0 : nil
    let list = try ManifestListCodec.write(
      manifests, formatVersion: version, snapshotID: snapshotID, parentID: parent?.id,
      sequenceNumber: sequenceNumber, firstRowID: firstRowID, codec: codec, level: level,
      syncMarker: Self.marker("\(snapshotID) \(work.attempt) \(work.uuid)"))
    let location = try await work.writeManifestList(
      list.bytes, naming: manifests, ofSnapshot: snapshotID, in: locations)
    let created = manifests.count { $0.addedSnapshotID == snapshotID }
    let snapshot = Snapshot(
      id: snapshotID, parentID: parent?.id, sequenceNumber: sequenceNumber,
      // Clocks of writers differ; history does not run backwards for that.
      timestampMillis: max(work.environment.now(), base.lastUpdatedMillis),
      manifests: .list(location),
      summary: counter.summary(
        operation: operation, parent: parent,
        properties: properties(
          extra, created: created, kept: manifests.count - created, replaced: replaced)),
      schemaID: base.currentSchemaID, firstRowID: firstRowID,
      addedRows: version >= 3 ? list.addedRows ?? 0 : nil)
    if wapID != nil { return [.addSnapshot(snapshot)] }
    var reference =
      base.references[branch] ?? SnapshotReference(snapshotID: snapshotID, kind: .branch)
    reference.snapshotID = snapshotID
    return [.addSnapshot(snapshot), .setSnapshotReference(name: branch, reference)]
  }

  private func properties(
    _ extra: [String: String], created: Int, kept: Int, replaced: Int
  ) -> [(key: String, value: String)] {
    var extra = extra
    extra[SnapshotSummary.Key.stagedWAPID] = wapID ?? extra[SnapshotSummary.Key.stagedWAPID]
    var properties: [(key: String, value: String)] = [
      ("engine-name", "swift-iceberg"), ("engine-version", LibraryVersion.current),
    ]
    properties.removeAll { extra[$0.key] != nil }
    properties += extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    properties += [
      (SnapshotSummary.Key.manifestsCreated, String(created)),
      (SnapshotSummary.Key.manifestsKept, String(kept)),
      (SnapshotSummary.Key.manifestsReplaced, String(replaced)),
    ]
    return properties
  }

  private static func marker(_ text: String) -> AvroSyncMarker {
    AvroSyncMarker(derivedFrom: Bytes(utf8: text))
  }
}

extension ManifestFile {
  fileprivate var hasAllCounts: Bool {
    addedFilesCount != nil && existingFilesCount != nil && deletedFilesCount != nil
      && addedRowsCount != nil && existingRowsCount != nil && deletedRowsCount != nil
  }
}
