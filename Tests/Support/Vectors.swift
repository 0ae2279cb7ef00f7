package import IcebergBytes

/// The test vectors of the package, `Spec/Vectors`. Each folder there says in its `SOURCE.md` who
/// wrote the files and how to make them again.
package enum Vectors {
  /// The folder of vectors.
  package static let listing = FileListing(root: PackageRoot.path("Spec/Vectors"))

  /// The absolute path of `relative`, such as `avro/codecs.avro`.
  package static func path(_ relative: String) -> String { listing.path(relative) }

  /// Whether there is a file or folder at `relative`.
  package static func has(_ relative: String) -> Bool { listing.has(relative) }

  /// All of a vector.
  package static func bytes(_ relative: String) throws -> Bytes { try listing.bytes(relative) }

  /// All of a vector as text; an error when it is not UTF-8.
  package static func text(_ relative: String) throws -> String { try listing.text(relative) }

  /// The relative paths of all files at any depth under `folder` whose names end with `suffix`,
  /// sorted.
  package static func files(under folder: String, suffix: String = "") -> [String] {
    listing.files(under: folder, suffix: suffix)
  }
}
