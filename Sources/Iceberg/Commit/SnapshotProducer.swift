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
  /// The snapshot that the new one is made from; nil when it is the first.
  let parent: Snapshot?
  private let locations: TableLocations
  private let codec: CompressionCodec
  private let level: Int?

  /// Throws `invalidArgument` when `branch` is a tag. A branch that does not exist begins with the
  /// current snapshot of the main branch.
  init(of branch: String, on base: TableMetadata) throws {
    self.base = base
    self.branch = branch
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

  /// Writes manifests with entries for new files, of about the size that the table asks for.
  func writeManifests(
    of files: [DataFile], spec: PartitionSpec, snapshotID: Int64, in work: inout CommitWork
  ) async throws -> [ManifestFile] {
    let target = try base.property(TableProperties.manifestTargetSizeInBytes)
    var manifests: [ManifestFile] = []
    var next = files.startIndex
    while next < files.endIndex {
      let location = work.nextManifestLocation(in: locations)
      var writer = try ManifestWriter(
        formatVersion: base.formatVersion, schema: base.currentSchema, spec: spec,
        snapshotID: snapshotID, codec: codec, level: level, syncMarker: Self.marker(location))
      repeat {
        try writer.add(files[next])
        next += 1
      } while next < files.endIndex && Int64(writer.estimatedByteCount) < target
      let (bytes, manifest) = try writer.finish(location: location)
      try await work.writeManifest(bytes, to: location)
      manifests.append(manifest)
    }
    return manifests
  }

  /// The manifests of the parent.
  func parentManifests(in work: CommitWork) async throws -> [ManifestFile] {
    guard let parent else { return [] }
    let manifests = try await TableManifests(metadata: base, fileIO: work.fileIO).list(of: parent)
    guard base.formatVersion > 1 else { return manifests }
    var counted: [ManifestFile] = []
    for manifest in manifests { counted.append(try await withCounts(manifest, work.fileIO)) }
    return counted
  }

  /// From version 2 on a manifest list tells all counts; old lists of version 1 may not.
  private func withCounts(
    _ manifest: ManifestFile, _ fileIO: any FileIO
  ) async throws -> ManifestFile {
    guard
      manifest.addedFilesCount == nil || manifest.existingFilesCount == nil
        || manifest.deletedFilesCount == nil || manifest.addedRowsCount == nil
        || manifest.existingRowsCount == nil || manifest.deletedRowsCount == nil
    else { return manifest }
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
  func updates(
    operation: SnapshotSummary.Operation, snapshotID: Int64, newManifests: [ManifestFile],
    keeping kept: [ManifestFile], counter: SummaryCounter, summary extra: [String: String],
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
      newManifests + kept, formatVersion: version, snapshotID: snapshotID, parentID: parent?.id,
      sequenceNumber: sequenceNumber, firstRowID: firstRowID, codec: codec, level: level,
      syncMarker: Self.marker("\(snapshotID) \(work.attempt) \(work.uuid)"))
    let location = try await work.writeManifestList(
      list.bytes, ofSnapshot: snapshotID, in: locations)
    let snapshot = Snapshot(
      id: snapshotID, parentID: parent?.id, sequenceNumber: sequenceNumber,
      // Clocks of writers differ; history does not run backwards for that.
      timestampMillis: max(work.environment.now(), base.lastUpdatedMillis),
      manifests: .list(location),
      summary: counter.summary(
        operation: operation, parent: parent,
        properties: properties(extra, created: newManifests.count, kept: kept.count)),
      schemaID: base.currentSchemaID, firstRowID: firstRowID,
      addedRows: version >= 3 ? list.addedRows ?? 0 : nil)
    var reference =
      base.references[branch] ?? SnapshotReference(snapshotID: snapshotID, kind: .branch)
    reference.snapshotID = snapshotID
    return [.addSnapshot(snapshot), .setSnapshotReference(name: branch, reference)]
  }

  private func properties(
    _ extra: [String: String], created: Int, kept: Int
  ) -> [(key: String, value: String)] {
    var properties: [(key: String, value: String)] = [
      ("engine-name", "swift-iceberg"), ("engine-version", LibraryVersion.current),
    ]
    properties.removeAll { extra[$0.key] != nil }
    properties += extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    properties += [
      (SnapshotSummary.Key.manifestsCreated, String(created)),
      (SnapshotSummary.Key.manifestsKept, String(kept)),
      (SnapshotSummary.Key.manifestsReplaced, "0"),
    ]
    return properties
  }

  private static func marker(_ text: String) -> AvroSyncMarker {
    AvroSyncMarker(derivedFrom: Bytes(utf8: text))
  }
}
