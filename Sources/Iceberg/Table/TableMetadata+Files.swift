package import IcebergBytes
package import IcebergModel

extension TableMetadata {
  /// The content of a metadata file, plain or compressed with gzip.
  package func serialized(compressed: Bool) throws(IcebergError) -> Bytes {
    let bytes = try serialized()
    if !compressed { return bytes }
    do {
      return try CompressionCodec.gzip.compress(bytes)
    } catch {
      throw IcebergError(.storage, "the metadata cannot be compressed", cause: error)
    }
  }

  /// The metadata files that are to be deleted now that this version follows `earlier`: those that
  /// have fallen out of the log, the oldest first, if the table asks for it.
  package func metadataFilesToDelete(after earlier: TableMetadata) -> [String] {
    guard (try? property(TableProperties.metadataDeleteAfterCommitEnabled)) == true else {
      return []
    }
    let kept = Set(metadataLog.map(\.location))
    return earlier.metadataLog.map(\.location).filter { !kept.contains($0) }
  }
}

extension TableCreation {
  /// The first version of the table.
  package func metadata(
    uuid: String, location: String, nowMillis: Int64
  ) throws(IcebergError) -> TableMetadata {
    try TableMetadata.new(
      schema: schema, partitionSpec: partitionSpec, sortOrder: sortOrder, location: location,
      properties: properties, tableUUID: uuid, timestampMillis: nowMillis)
  }
}
