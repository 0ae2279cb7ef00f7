import IcebergModel

/// Where the metadata files, manifest lists and manifests of a table are written.
package struct TableLocations: Hashable, Sendable {
  /// The folder of all of them.
  package let metadataFolder: String

  /// The folder that a table's location and properties say.
  package init(_ metadata: TableMetadata) throws(IcebergError) {
    let base = FileLocation.withoutTrailingSlash(metadata.location)
    metadataFolder =
      try metadata.property(TableProperties.metadataPath).map(FileLocation.withoutTrailingSlash)
      ?? FileLocation.child("metadata", of: base)
  }

  /// The location of the file of the given name.
  package func metadataFile(named name: String) -> String {
    FileLocation.child(name, of: metadataFolder)
  }
}
