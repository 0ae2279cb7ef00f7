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

extension Table {
  /// The folder in which the metadata file should be by what it says itself, where it is in another one:
  /// then the table is a copy, and the files that it names may be the original's. Nil where it is there.
  package func otherMetadataFolder() throws -> String? {
    guard let file = metadataLocation else { return nil }
    let mapping = fileIO as? MappedFileIO
    let stated = try TableLocations(metadata).metadataFolder
    let paths = [FileLocation.parent(of: file) ?? "", stated].map {
      LocationComparison().parts(ofFolder: mapping?.mapped($0) ?? $0).path
    }
    return paths[0] == paths[1] ? nil : stated
  }
}
