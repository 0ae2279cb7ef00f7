public import IcebergAvro
public import IcebergBytes

/// Writes one manifest.
///
/// ```swift
/// var writer = try ManifestWriter(
///   formatVersion: 2, content: .data, schema: schema, spec: spec, snapshotID: id,
///   syncMarker: AvroSyncMarker(derivedFrom: Bytes(utf8: location)))
/// for file in files { try writer.add(file) }
/// let (bytes, manifest) = try writer.finish(location: location)
/// ```
///
/// Spec: Manifests.
public struct ManifestWriter: Sendable {
  private let formatVersion: Int
  private let content: ManifestFile.Content
  private let specID: Int
  private let snapshotID: Int64
  private let tuples: PartitionTupleWriter
  private var summary: ManifestSummary
  private var file: AvroFileWriter

  /// A writer of an empty manifest.
  ///
  /// - Parameters:
  ///   - formatVersion: that of the table: 1, 2 or 3.
  ///   - content: what the files hold. Version 1 has no deletes.
  ///   - schema: the current schema of the table.
  ///   - spec: the partition spec of all files.
  ///   - snapshotID: the snapshot that adds the manifest.
  ///   - codec: none, deflate, snappyWithChecksum or zstd.
  ///   - level: the level of the codec; nil is its own.
  ///   - syncMarker: what stands between the blocks; different for every manifest.
  /// - Throws: `invalidArgument` when these do not go together, `unsupported` for a codec that is not
  ///   built in.
  public init(
    formatVersion: Int, content: ManifestFile.Content = .data, schema: Schema,
    spec: PartitionSpec, snapshotID: Int64, codec: CompressionCodec = .deflate, level: Int? = nil,
    syncMarker: AvroSyncMarker
  ) throws(IcebergError) {
    guard (1...3).contains(formatVersion) else {
      throw IcebergError(.unsupported, "format version \(formatVersion) is not supported")
    }
    if formatVersion == 1, content == .deletes {
      throw IcebergError(.invalidArgument, "version 1 has no delete files")
    }
    self.formatVersion = formatVersion
    self.content = content
    self.snapshotID = snapshotID
    specID = spec.id
    let fields = spec.partitionFields(in: schema)
    tuples = PartitionTupleWriter(fields)
    summary = ManifestSummary(of: fields)
    var header: [(name: String, value: Bytes)] = [
      ("schema", try schema.json().serialized()),
      ("schema-id", Bytes(utf8: String(schema.id))),
      ("partition-spec", spec.fieldsJSON.serialized()),
      ("partition-spec-id", Bytes(utf8: String(spec.id))),
      ("format-version", Bytes(utf8: String(formatVersion))),
    ]
    if formatVersion >= 2 {
      header.append(("content", Bytes(utf8: content == .data ? "data" : "deletes")))
    }
    let entry = ManifestSchemas.entry(
      formatVersion: formatVersion, partition: try tuples.schema())
    do {
      file = try AvroFileWriter(
        schema: entry, metadata: header, codec: codec, level: level, syncMarker: syncMarker)
    } catch {
      throw IcebergError(.unsupported, "manifests cannot be written so", cause: error)
    }
  }

  /// The number of entries so far.
  public var entryCount: Int { file.recordCount }

  /// The bytes of the file so far, with the entries since the last block as if they were not
  /// compressed: for whoever wants manifests of a certain size.
  public var estimatedByteCount: Int { file.estimatedByteCount }

  /// Adds a new file.
  ///
  /// - Parameters:
  ///   - file: the file; a `_row_id` that it has is not written, ids are assigned by the commit.
  ///   - sequenceNumber: the data sequence number, where rows of older files are only written anew;
  ///     nil is that of the commit.
  public mutating func add(
    _ file: DataFile, sequenceNumber: Int64? = nil
  ) throws(IcebergError) {
    var file = file
    file.firstRowID = nil
    try append(
      ManifestEntry(
        status: .added, snapshotID: snapshotID, sequenceNumber: sequenceNumber,
        fileSequenceNumber: nil, dataFile: file))
  }

  /// Keeps a file of another manifest: an entry that has inherited what it left out.
  public mutating func keep(_ entry: ManifestEntry) throws(IcebergError) {
    var entry = entry
    entry.status = .existing
    try append(entry)
  }

  /// Removes a file of another manifest: an entry that has inherited what it left out.
  public mutating func remove(_ entry: ManifestEntry) throws(IcebergError) {
    var entry = entry
    entry.status = .deleted
    entry.snapshotID = snapshotID
    try append(entry)
  }

  /// Writes an entry as it is.
  ///
  /// Throws `invalidArgument` when the entry breaks a rule of the format: only an added file can leave
  /// its sequence number to the commit, and what a file holds is what the manifest holds.
  public mutating func append(_ entry: ManifestEntry) throws(IcebergError) {
    try check(entry)
    try summary.add(entry)
    file.encoder.write(Int32(entry.status.rawValue))
    file.encoder.write(optional: entry.snapshotID ?? (formatVersion == 1 ? snapshotID : nil))
    if formatVersion >= 2 {
      file.encoder.write(optional: entry.sequenceNumber)
      file.encoder.write(optional: entry.fileSequenceNumber)
    }
    try write(entry.dataFile)
    do {
      try file.endRecord()
    } catch {
      throw IcebergError(.storage, "a block of the manifest cannot be compressed", cause: error)
    }
  }

  private func check(_ entry: ManifestEntry) throws(IcebergError) {
    let file = entry.dataFile
    let problem: String? =
      if (file.content == .data) != (content == .data) {
        "it is no \(content == .data ? "data" : "delete") file"
      } else if file.specID != specID {
        "it is of partition spec \(file.specID), the manifest of \(specID)"
      } else if formatVersion >= 2, entry.status != .added, entry.sequenceNumber == nil {
        "only an added file can be without sequence number"
      } else if formatVersion >= 2, entry.sequenceNumber == nil,
        let id = entry.snapshotID, id != snapshotID
      {
        "it has no sequence number, but was added by another snapshot, \(id)"
      } else if file.content == .equalityDeletes, file.equalityIDs?.isEmpty != false {
        "an equality delete file needs equality ids"
      } else {
        nil
      }
    if let problem {
      throw IcebergError(
        .invalidArgument, "the file cannot be put into the manifest: \(problem)",
        context: .init(location: file.location))
    }
  }

  private mutating func write(_ file: DataFile) throws(IcebergError) {
    if formatVersion >= 2 { self.file.encoder.write(Int32(file.content.rawValue)) }
    self.file.encoder.write(file.location)
    // Upper case, as the first writers had it: some readers know nothing else.
    self.file.encoder.write(file.format.rawValue.uppercased())
    try tuples.write(file.partition, to: &self.file.encoder)
    self.file.encoder.write(file.recordCount)
    self.file.encoder.write(file.fileSizeInBytes)
    // Deprecated, but demanded in version 1.
    if formatVersion == 1 { self.file.encoder.write(Int64(64 << 20)) }
    self.file.encoder.write(map: file.columnSizes)
    self.file.encoder.write(map: file.valueCounts)
    self.file.encoder.write(map: file.nullValueCounts)
    self.file.encoder.write(map: file.nanValueCounts)
    self.file.encoder.write(map: file.lowerBounds)
    self.file.encoder.write(map: file.upperBounds)
    self.file.encoder.write(optional: file.keyMetadata)
    self.file.encoder.write(list: file.splitOffsets)
    if formatVersion >= 2 {
      let isEquality = file.content == .equalityDeletes
      self.file.encoder.write(list: isEquality ? file.equalityIDs?.map { Int64($0) } : nil)
    }
    // Position deletes are sorted by file and position, never by an order of the table.
    let order = file.content == .positionDeletes ? nil : file.sortOrderID
    self.file.encoder.write(optional: order.map { Int64($0) })
    let isPosition = file.content == .positionDeletes
    if formatVersion >= 3 {
      self.file.encoder.write(optional: file.content == .data ? file.firstRowID : nil)
    }
    if formatVersion >= 2 {
      self.file.encoder.write(optional: isPosition ? file.referencedDataFile : nil)
    }
    if formatVersion >= 3 {
      self.file.encoder.write(optional: isPosition ? file.contentOffset : nil)
      self.file.encoder.write(optional: isPosition ? file.contentSizeInBytes : nil)
    }
  }

  /// Ends the manifest and returns it with its description for the manifest list.
  ///
  /// From version 2 on, sequence numbers of the description are
  /// ``ManifestFile/unassignedSequenceNumber`` where the commit assigns them.
  public consuming func finish(
    location: String
  ) throws(IcebergError) -> (bytes: Bytes, manifest: ManifestFile) {
    let unassigned = formatVersion == 1 ? 0 : ManifestFile.unassignedSequenceNumber
    var manifest = ManifestFile(
      location: location, length: 0, partitionSpecID: specID, content: content,
      sequenceNumber: unassigned,
      minSequenceNumber: formatVersion == 1 ? 0 : summary.minSequenceNumber ?? unassigned,
      addedSnapshotID: snapshotID)
    summary.write(to: &manifest)
    let bytes: Bytes
    do {
      bytes = try file.finish()
    } catch {
      throw IcebergError(.storage, "the manifest cannot be compressed", cause: error)
    }
    manifest.length = Int64(bytes.count)
    return (bytes, manifest)
  }
}

extension ManifestFile {
  /// The sequence number of a manifest that no snapshot has been committed with: the manifest list
  /// replaces it by that of the commit.
  public static let unassignedSequenceNumber: Int64 = -1
}

extension AvroEncoder {
  /// A number, or null: a union with null in front.
  mutating func write(optional value: Int64?) {
    write(branch: value == nil ? 0 : 1)
    if let value { write(value) }
  }

  /// A text, or null.
  mutating func write(optional value: String?) {
    write(branch: value == nil ? 0 : 1)
    if let value { write(value) }
  }

  /// Bytes, or null.
  mutating func write(optional value: Bytes?) {
    write(branch: value == nil ? 0 : 1)
    if let value { write(value) }
  }

  /// A list of numbers, or null.
  mutating func write(list: [Int64]?) {
    write(branch: list == nil ? 0 : 1)
    guard let list else { return }
    writeItems(list.count)
    for value in list { write(value) }
    writeItemsEnd()
  }

  /// Numbers by column id, or null; in the order of the ids.
  mutating func write(map: [Int: Int64]?) {
    write(branch: map == nil ? 0 : 1)
    guard let map else { return }
    writeItems(map.count)
    for (id, value) in map.sorted(by: { $0.key < $1.key }) {
      write(Int64(id))
      write(value)
    }
    writeItemsEnd()
  }

  /// Bytes by column id, or null; in the order of the ids.
  mutating func write(map: [Int: Bytes]?) {
    write(branch: map == nil ? 0 : 1)
    guard let map else { return }
    writeItems(map.count)
    for (id, value) in map.sorted(by: { $0.key < $1.key }) {
      write(Int64(id))
      write(value)
    }
    writeItemsEnd()
  }
}
