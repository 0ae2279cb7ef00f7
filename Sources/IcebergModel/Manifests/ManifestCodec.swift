import IcebergAvro
public import IcebergBytes

/// Reads manifests of all writers. ``ManifestWriter`` writes them.
///
/// Spec: Manifests; Sequence Number Inheritance; First Row ID Inheritance.
public enum ManifestCodec {
  /// The entries of the manifest in `bytes`.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - manifest: the manifest as the manifest list describes it: entries inherit from it what they
  ///     leave out. Nil reads entries as they are written; snapshot ids and sequence numbers may be
  ///     nil then.
  ///   - partitionFields: the fields of the partition tuples, from the table's spec; nil takes them
  ///     from the manifest itself. Tuples are in this order; values of narrower types are widened.
  ///   - metrics: which column metrics to read.
  ///   - isIncluded: which entries to return. Entries have inherited what they leave out.
  /// - Throws: `invalidFile` when the bytes are no manifest or break a rule of the format,
  ///   `unsupported` for an encrypted one or a codec that is not built in.
  public static func read(
    _ bytes: Bytes, as manifest: ManifestFile? = nil, partitionFields: [Field]? = nil,
    metrics: MetricsSelection = .all, where isIncluded: (ManifestEntry) -> Bool = { _ in true }
  ) throws(IcebergError) -> [ManifestEntry] {
    var reader = try ManifestEntryReader(
      bytes, as: manifest, partitionFields: partitionFields, metrics: metrics)
    return try reader.next(lookingAt: .max, where: isIncluded) ?? []
  }

  /// Describes a manifest that no manifest list describes: one that a version 1 snapshot names
  /// itself.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - location: where it was read from.
  ///   - snapshotID: the snapshot that names it.
  /// - Throws: as ``read(_:as:partitionFields:metrics:where:)``.
  public static func describe(
    _ bytes: Bytes, location: String, snapshotID: Int64
  ) throws(IcebergError) -> ManifestFile {
    let header = try ManifestHeader(parsing: bytes)
    var manifest = ManifestFile(
      location: location, length: Int64(bytes.count),
      partitionSpecID: header.partitionSpecID ?? 0, content: header.content,
      addedSnapshotID: snapshotID)
    let fields = try header.partitionFields() ?? []
    var summary = ManifestSummary(of: fields)
    for entry in try read(bytes, as: manifest, metrics: .none) { try summary.add(entry) }
    summary.write(to: &manifest)
    return manifest
  }
}
