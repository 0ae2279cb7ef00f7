import IcebergBytes

/// The least and greatest data file location that a position delete file names.
struct PathBounds: Hashable, Sendable {
  private let lower: LocationPath
  private let upper: LocationPath

  /// The bounds of the `file_path` column; nil when one is missing or no text.
  init?(of file: DataFile) {
    let id = ReservedFields.deleteFilePath.id
    guard let lower = file.lowerBounds?[id]?.utf8String,
      let upper = file.upperBounds?[id]?.utf8String
    else { return nil }
    self.lower = LocationPath(lower)
    self.upper = LocationPath(upper)
  }

  /// The location that all deletes are about; nil when there may be several.
  var onlyLocation: String? {
    lower.location.utf8.elementsEqual(upper.location.utf8) ? lower.location : nil
  }

  /// Whether the file at `location` may be among those that are named.
  func mayContain(_ location: LocationPath) -> Bool {
    if lower.hasScheme == location.hasScheme, upper.hasScheme == location.hasScheme {
      return !location.location.utf8.lexicographicallyPrecedes(lower.location.utf8)
        && !upper.location.utf8.lexicographicallyPrecedes(location.location.utf8)
    }
    // The same file may be named with its scheme and without. Paths can be compared in place of
    // locations when all locations between the bounds have the same scheme and authority.
    guard lower.hasScheme == upper.hasScheme, lower.root.elementsEqual(upper.root) else {
      return true
    }
    return !location.path.lexicographicallyPrecedes(lower.path)
      && !upper.path.lexicographicallyPrecedes(location.path)
  }
}
