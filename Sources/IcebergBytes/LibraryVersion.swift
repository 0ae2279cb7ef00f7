/// The version of this library, which files that it writes name as their writer.
public enum LibraryVersion {
  /// The version, as of semantic versioning: `0.1.0`.
  public static let current = "0.1.0"
}
