public import IcebergAvro
public import IcebergBytes

/// Reads and writes manifest lists.
///
/// Spec: Manifest Lists; First Row ID Assignment.
public enum ManifestListCodec {
  /// The manifests of the list in `bytes`.
  ///
  /// Throws `invalidFile` when the bytes are no manifest list or break a rule of the format.
  public static func read(_ bytes: Bytes) throws(IcebergError) -> [ManifestFile] {
    do {
      var reader = try ManifestListReader(bytes)
      return try reader.readAll()
    } catch {
      throw IcebergError(
        error.code == .unsupported ? .unsupported : .invalidFile,
        "the manifest list cannot be read", cause: error)
    }
  }

  /// A manifest list, and what it says.
  public struct Written: Hashable, Sendable {
    /// The file.
    public let bytes: Bytes
    /// The manifests with their sequence numbers and row ids assigned.
    public let manifests: [ManifestFile]
    /// The row ids that the manifests were assigned, for the snapshot's `added-rows` (v3); nil below
    /// version 3.
    public let addedRows: Int64?
  }

  /// Writes the manifest list of a snapshot.
  ///
  /// Manifests whose sequence number is ``ManifestFile/unassignedSequenceNumber`` get that of the
  /// snapshot. In version 3, data manifests without `first_row_id` are assigned one, in their order.
  ///
  /// - Parameters:
  ///   - manifests: the manifests of the snapshot.
  ///   - formatVersion: that of the table: 1, 2 or 3.
  ///   - snapshotID: the snapshot.
  ///   - parentID: the snapshot that it is made from, or nil.
  ///   - sequenceNumber: the sequence number of the snapshot; 0 in version 1.
  ///   - firstRowID: the table's `next-row-id` (v3).
  ///   - codec: none, deflate, snappyWithChecksum or zstd.
  ///   - level: the level of the codec; nil is its own.
  ///   - syncMarker: what stands between the blocks; different for every list.
  /// - Throws: `invalidArgument` when a manifest cannot be in such a list, `unsupported` for a codec
  ///   that is not built in.
  public static func write(
    _ manifests: [ManifestFile], formatVersion: Int, snapshotID: Int64, parentID: Int64?,
    sequenceNumber: Int64, firstRowID: Int64? = nil, codec: CompressionCodec = .deflate,
    level: Int? = nil, syncMarker: AvroSyncMarker
  ) throws(IcebergError) -> Written {
    guard (1...3).contains(formatVersion) else {
      throw IcebergError(.unsupported, "format version \(formatVersion) is not supported")
    }
    if formatVersion >= 3, firstRowID == nil {
      throw IcebergError(.invalidArgument, "version 3 demands the first row id of the snapshot")
    }
    var header: [(name: String, value: Bytes)] = [
      ("snapshot-id", Bytes(utf8: String(snapshotID))),
      ("parent-snapshot-id", Bytes(utf8: parentID.map { String($0) } ?? "null")),
    ]
    if formatVersion >= 2 {
      header.append(("sequence-number", Bytes(utf8: String(sequenceNumber))))
    }
    if formatVersion >= 3, let firstRowID {
      header.append(("first-row-id", Bytes(utf8: String(firstRowID))))
    }
    header.append(("format-version", Bytes(utf8: String(formatVersion))))
    var assigner = ManifestAssigner(
      formatVersion: formatVersion, snapshotID: snapshotID, sequenceNumber: sequenceNumber,
      nextRowID: formatVersion >= 3 ? firstRowID : nil)
    var written: [ManifestFile] = []
    for manifest in manifests { written.append(try assigner.assign(manifest)) }
    do {
      var file = try AvroFileWriter(
        schema: ManifestSchemas.list(formatVersion: formatVersion), metadata: header,
        codec: codec, level: level, syncMarker: syncMarker)
      for manifest in written {
        write(manifest, formatVersion, to: &file.encoder)
        try file.endRecord()
      }
      let addedRows = assigner.nextRowID.map { $0 - (firstRowID ?? 0) }
      return Written(bytes: try file.finish(), manifests: written, addedRows: addedRows)
    } catch {
      throw IcebergError(
        error.code == .unsupported ? .unsupported : .storage,
        "the manifest list cannot be written", cause: error)
    }
  }

  private static func write(
    _ manifest: ManifestFile, _ version: Int, to encoder: inout AvroEncoder
  ) {
    encoder.write(manifest.location)
    encoder.write(manifest.length)
    encoder.write(Int64(manifest.partitionSpecID))
    if version >= 2 {
      encoder.write(Int64(manifest.content.rawValue))
      encoder.write(manifest.sequenceNumber)
      encoder.write(manifest.minSequenceNumber)
    }
    encoder.write(manifest.addedSnapshotID)
    let files = [
      manifest.addedFilesCount, manifest.existingFilesCount, manifest.deletedFilesCount,
    ].map { $0.map { Int64($0) } }
    let rows = [
      manifest.addedRowsCount, manifest.existingRowsCount, manifest.deletedRowsCount,
    ]
    if version == 1 {
      for count in files { encoder.write(optional: count) }
      write(manifest.partitions, to: &encoder)
      for count in rows { encoder.write(optional: count) }
    } else {
      for count in files + rows { encoder.write(count ?? 0) }
      write(manifest.partitions, to: &encoder)
    }
    encoder.write(optional: manifest.keyMetadata)
    if version >= 3 { encoder.write(optional: manifest.firstRowID) }
  }

  private static func write(
    _ partitions: [ManifestFile.FieldSummary]?, to encoder: inout AvroEncoder
  ) {
    encoder.write(branch: partitions == nil ? 0 : 1)
    guard let partitions else { return }
    encoder.writeItems(partitions.count)
    for field in partitions {
      encoder.write(field.containsNull)
      encoder.write(branch: field.containsNaN == nil ? 0 : 1)
      if let containsNaN = field.containsNaN { encoder.write(containsNaN) }
      encoder.write(optional: field.lowerBound)
      encoder.write(optional: field.upperBound)
    }
    encoder.writeItemsEnd()
  }
}

/// Gives manifests what only the commit knows.
private struct ManifestAssigner {
  let formatVersion: Int
  let snapshotID: Int64
  let sequenceNumber: Int64
  /// The next row id to assign; nil below version 3.
  var nextRowID: Int64?

  mutating func assign(_ manifest: ManifestFile) throws(IcebergError) -> ManifestFile {
    var manifest = manifest
    if formatVersion == 1 {
      guard manifest.content == .data else { throw invalid(manifest, "version 1 has no deletes") }
      manifest.sequenceNumber = 0
      manifest.minSequenceNumber = 0
      manifest.firstRowID = nil
      return manifest
    }
    try assignSequenceNumbers(&manifest)
    try checkCounts(manifest)
    try assignRowIDs(&manifest)
    return manifest
  }

  private func assignSequenceNumbers(_ manifest: inout ManifestFile) throws(IcebergError) {
    let unassigned = ManifestFile.unassignedSequenceNumber
    guard manifest.sequenceNumber == unassigned || manifest.minSequenceNumber == unassigned else {
      return
    }
    guard manifest.addedSnapshotID == snapshotID else {
      throw invalid(
        manifest,
        "it has no sequence number, but was added by another snapshot, \(manifest.addedSnapshotID)")
    }
    if manifest.sequenceNumber == unassigned { manifest.sequenceNumber = sequenceNumber }
    if manifest.minSequenceNumber == unassigned { manifest.minSequenceNumber = sequenceNumber }
  }

  /// Manifests of version 1 may have no counts, where later versions demand them.
  private func checkCounts(_ manifest: ManifestFile) throws(IcebergError) {
    guard manifest.addedFilesCount != nil, manifest.existingFilesCount != nil,
      manifest.deletedFilesCount != nil, manifest.addedRowsCount != nil,
      manifest.existingRowsCount != nil, manifest.deletedRowsCount != nil
    else {
      throw invalid(manifest, "version \(formatVersion) demands counts of files and rows")
    }
  }

  private mutating func assignRowIDs(_ manifest: inout ManifestFile) throws(IcebergError) {
    guard let next = nextRowID, manifest.content == .data else {
      manifest.firstRowID = nil
      return
    }
    if manifest.firstRowID != nil { return }
    manifest.firstRowID = next
    // Existing files count too: in an upgraded table, they may have no ids yet.
    let rows = [manifest.existingRowsCount ?? 0, manifest.addedRowsCount ?? 0]
    var end = next
    for count in rows {
      let (sum, overflow) = end.addingReportingOverflow(count)
      guard !overflow, count >= 0 else { throw invalid(manifest, "its rows cannot be counted") }
      end = sum
    }
    nextRowID = end
  }

  private func invalid(_ manifest: ManifestFile, _ problem: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "the manifest cannot be put into the list: \(problem)",
      context: .init(location: manifest.location))
  }
}
