package import IcebergBytes
package import IcebergModel

/// Reads the manifests of a table's snapshots, and the entries in them.
///
/// Spec: Snapshots; Manifest Lists.
package struct TableManifests: Sendable {
  private let metadata: TableMetadata
  private let fileIO: any FileIO
  private let cache: ManifestCache?
  /// The most plain bytes of one block of a manifest.
  private let blockLimit: Int

  /// A reader of the manifests of the table with the given metadata.
  package init(
    metadata: TableMetadata, fileIO: any FileIO, cache: ManifestCache? = nil,
    blockLimit: Int = ManifestEntryReader.defaultBlockLimit
  ) {
    self.metadata = metadata
    self.fileIO = fileIO
    self.cache = cache
    self.blockLimit = blockLimit
  }

  /// The manifests of a snapshot, in the order of the list.
  ///
  /// Throws `unsupported` when the list is encrypted.
  package func list(of snapshot: Snapshot) async throws -> [ManifestFile] {
    guard snapshot.keyID == nil else {
      throw IcebergError(
        .unsupported, "the manifest list of snapshot \(snapshot.id) is encrypted",
        context: IcebergError.Context(location: snapshot.manifestListLocation))
    }
    switch snapshot.manifests {
    case .list(let location):
      let bytes = try await read(location)
      do throws(IcebergError) {
        return try ManifestListCodec.read(bytes)
      } catch {
        throw error.inFile(location)
      }
    case .inline(let locations):
      var manifests: [ManifestFile] = []
      for location in locations {
        let bytes = try await read(location)
        do throws(IcebergError) {
          manifests.append(
            try ManifestCodec.describe(bytes, location: location, snapshotID: snapshot.id))
        } catch {
          throw error.inFile(location)
        }
      }
      return manifests
    }
  }

  /// The entries of a manifest, deleted ones too unless they are not included.
  ///
  /// Throws `unsupported` when the manifest is encrypted.
  package func entries(
    of manifest: ManifestFile, metrics: MetricsSelection = .none,
    where isIncluded: (ManifestEntry) throws(IcebergError) -> Bool = { _ in true }
  ) async throws -> [ManifestEntry] {
    var reader = try await entryReader(of: manifest, metrics: metrics)
    return try reader.next(lookingAt: .max, where: isIncluded) ?? []
  }

  /// A reader of the entries of a manifest, which is fetched now.
  ///
  /// Throws `unsupported` when the manifest is encrypted.
  package func entryReader(
    of manifest: ManifestFile, metrics: MetricsSelection = .none
  ) async throws -> ManifestEntryReader {
    try entryReader(of: manifest, bytes: try await bytes(of: manifest), metrics: metrics)
  }

  /// The whole file of a manifest.
  ///
  /// Throws `unsupported` when the manifest is encrypted.
  package func bytes(of manifest: ManifestFile) async throws -> Bytes {
    guard manifest.keyMetadata == nil else {
      throw IcebergError(
        .unsupported, "the manifest is encrypted",
        context: IcebergError.Context(location: manifest.location))
    }
    let bytes = try await read(manifest.location)
    // Cut between two blocks, an Avro file looks whole.
    guard Int64(bytes.count) >= manifest.length else {
      throw IcebergError(
        .invalidFile,
        "the manifest has \(bytes.count) bytes, but its list says \(manifest.length): its end is lost",
        context: IcebergError.Context(location: manifest.location))
    }
    return bytes
  }

  /// A reader of the entries in the file of a manifest.
  ///
  /// - Parameter inheriting: whether entries take from the manifest what they leave out; not so in a
  ///   manifest that no snapshot was committed with.
  package func entryReader(
    of manifest: ManifestFile, bytes: Bytes, metrics: MetricsSelection, inheriting: Bool = true
  ) throws(IcebergError) -> ManifestEntryReader {
    try ManifestEntryReader(
      bytes, as: inheriting ? manifest : nil, partitionFields: partitionFields(of: manifest),
      metrics: metrics, blockLimit: blockLimit)
  }

  private func read(_ location: String) async throws -> Bytes {
    guard let cache else { return try await fileIO.read(location, range: nil) }
    return try await cache.bytes(of: location) { try await fileIO.read(location, range: nil) }
  }

  /// The fields of the partition tuples of a manifest; nil lets the manifest say it.
  private func partitionFields(of manifest: ManifestFile) -> [Field]? {
    metadata.partitionSpec(id: manifest.partitionSpecID).flatMap(metadata.partitionFields)
  }
}

extension TableMetadata {
  /// The fields of partition tuples of a spec, in the types in which they are read from manifests; nil
  /// where only the manifests tell them.
  func partitionFields(of spec: PartitionSpec) -> [Field]? {
    var fields: [Field] = []
    for field in spec.fields {
      // All values are null, whatever the type of the column was when they were written.
      if field.transform == .void {
        fields.append(.optional(field.name, .unknown, id: field.fieldID))
        continue
      }
      // The column of a void or dropped field may be gone from every schema.
      guard let source = field.sourceIDs.first, let type = columnType(id: source) else {
        return nil
      }
      fields.append(
        .optional(field.name, field.transform.resultType(for: type), id: field.fieldID))
    }
    return fields
  }

  /// The type of a column in the current schema, or else in the newest that has it.
  private func columnType(id: Int) -> FieldType? {
    if let field = currentSchema.field(id: id) { return field.type }
    let newest = schemas.filter { $0.field(id: id) != nil }.max { $0.id < $1.id }
    return newest?.field(id: id)?.type
  }
}

extension Snapshot {
  fileprivate var manifestListLocation: String? {
    if case .list(let location) = manifests { location } else { nil }
  }
}

extension IcebergError {
  /// The same error, with the file that it is about where that is not known.
  fileprivate func inFile(_ location: String) -> IcebergError {
    var error = self
    if error.context.location == nil { error.context.location = location }
    return error
  }
}
