internal import IcebergModel

/// The folders that a table writes to, as its metadata says.
struct TablePlaces: Hashable, Sendable {
  /// Each folder, and what names it.
  let folders: [Folder]

  /// A folder of a table.
  struct Folder: Hashable, Sendable {
    /// Where it is.
    var location: String
    /// What says so: `location`, a property, or the place of the metadata.
    var source: String
  }

  /// The folders of a version of a table.
  init(_ metadata: TableMetadata, metadataLocation: String?) {
    let base = FileLocation.withoutTrailingSlash(metadata.location)
    var folders = [Folder(location: base, source: "location")]
    for key in Self.keys {
      guard let path = metadata.properties[key], !path.isEmpty else { continue }
      let isAbsolute = path.hasPrefix("/") || path.contains(":/")
      folders.append(
        Folder(location: isAbsolute ? path : FileLocation.child(path, of: base), source: key))
    }
    if let folder = metadataLocation.flatMap({ FileLocation.parent(of: $0) }) {
      folders.append(Folder(location: folder, source: "its metadata file"))
    }
    self.folders = folders
  }

  private static let keys = [
    TableProperties.dataPath.key, TableProperties.metadataPath.key,
    TableProperties.folderStoragePath.key, TableProperties.objectStoragePath.key,
  ]
}
