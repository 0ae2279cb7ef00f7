public import IcebergBytes

/// Reads the entries of a manifest a few at a time.
///
/// ```swift
/// var reader = try ManifestEntryReader(bytes, as: manifest, metrics: .columns([3]))
/// while let entries = try reader.next(lookingAt: 4096) { ... }
/// ```
///
/// Spec: Manifests; Sequence Number Inheritance; First Row ID Inheritance.
public struct ManifestEntryReader: Sendable {
  private var reader: ManifestReader
  private let location: String?

  /// The most plain bytes of one block, where nobody says how many.
  public static let defaultBlockLimit = 1 << 30

  /// A reader in front of the first entry.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - manifest: the manifest as the manifest list describes it: entries inherit from it what they
  ///     leave out. Nil reads entries as they are written; snapshot ids and sequence numbers may be
  ///     nil then.
  ///   - partitionFields: the fields of the partition tuples, from the table's spec; nil takes them
  ///     from the manifest itself. Tuples are in this order; values of narrower types are widened.
  ///   - metrics: which column metrics to read.
  ///   - blockLimit: the most plain bytes of one block of entries: a block is held in memory as a whole.
  ///     Reading throws `invalidFile` at a larger one.
  /// - Throws: `invalidFile` when the bytes are no manifest, `unsupported` for an encrypted one or a
  ///   codec that is not built in.
  public init(
    _ bytes: Bytes, as manifest: ManifestFile? = nil, partitionFields: [Field]? = nil,
    metrics: MetricsSelection = .all, blockLimit: Int = defaultBlockLimit
  ) throws(IcebergError) {
    location = manifest?.location
    guard manifest?.keyMetadata == nil else {
      throw IcebergError(
        .unsupported, "the manifest is encrypted", context: .init(location: location))
    }
    do {
      reader = try ManifestReader(
        bytes, manifest: manifest, partitionFields: partitionFields, metrics: metrics,
        blockLimit: blockLimit)
    } catch {
      throw Self.failure(error, at: location)
    }
  }

  /// The next entries for which `isIncluded` is true; nil after the last one.
  ///
  /// - Parameters:
  ///   - limit: the number of entries that are looked at, those that are not included too. The
  ///     result is empty when none of them is.
  ///   - isPartitionIncluded: asked with the partition tuple before the metrics of a file are read;
  ///     when it is false, they are skipped and the entry is left out.
  ///   - isIncluded: which entries to return. Entries have inherited what they leave out.
  /// - Throws: `invalidFile` when the manifest breaks a rule of the format, or what the closures
  ///   throw.
  public mutating func next(
    lookingAt limit: Int,
    isPartitionIncluded: (StructValue) throws(IcebergError) -> Bool = { _ in true },
    where isIncluded: (ManifestEntry) throws(IcebergError) -> Bool = { _ in true }
  ) throws(IcebergError) -> [ManifestEntry]? {
    try next(
      lookingAt: limit, isPartitionIncluded: isPartitionIncluded, areMetricsIncluded: { _ in true },
      where: isIncluded)
  }

  /// As the other method of the name; files whose metrics are not included are left out before anything
  /// else of them is made.
  package mutating func next(
    lookingAt limit: Int, isPartitionIncluded: (StructValue) throws(IcebergError) -> Bool,
    areMetricsIncluded: (EntryMetrics) -> Bool,
    where isIncluded: (ManifestEntry) throws(IcebergError) -> Bool
  ) throws(IcebergError) -> [ManifestEntry]? {
    do {
      return try reader.next(
        lookingAt: max(1, limit),
        isPartitionIncluded: isPartitionIncluded, areMetricsIncluded: areMetricsIncluded,
        where: isIncluded)
    } catch {
      throw Self.failure(error, at: location)
    }
  }

  /// Readers of parts of the manifest that may be read at the same time: at most `count`, in the order
  /// of the entries. There is one only where entries take something from those before them.
  ///
  /// Throws `invalidFile` when the manifest is damaged.
  package func split(into count: Int) throws(IcebergError) -> [ManifestEntryReader] {
    do throws(FormatError) {
      return try reader.split(into: count).map { reader in
        var part = self
        part.reader = reader
        return part
      }
    } catch {
      throw Self.failure(error, at: location)
    }
  }

  private static func failure(_ error: any Error, at location: String?) -> IcebergError {
    if var error = error as? IcebergError {
      error.context.location = error.context.location ?? location
      return error
    }
    let isUnsupported = (error as? FormatError)?.code == .unsupported
    return IcebergError(
      isUnsupported ? .unsupported : .invalidFile, "the manifest cannot be read",
      context: .init(location: location), cause: error)
  }
}
