import Foundation
package import IcebergBytes
package import Testing

/// The tables and files of other implementations that are kept beside the package, not in it.
///
/// They lie in the folder that `ICEBERG_SHARED` names, by default `../shared` from the package.
/// Most machines do not have them: a test that needs them carries the trait ``needsSharedFiles``,
/// and is reported as skipped without them.
package enum SharedFiles {
  /// The folder, whether it exists or not.
  package static let listing: FileListing = {
    let named = ProcessInfo.processInfo.environment["ICEBERG_SHARED"] ?? ""
    let place = named.isEmpty ? PackageRoot.path("../shared") : named
    return FileListing(root: URL(fileURLWithPath: place).standardizedFileURL.path)
  }()

  /// Whether the golden tables are there, and with them everything else.
  package static let isAvailable: Bool = listing.has("golden/README.md")

  /// What a skipped test says.
  package static let missing: Comment =
    "needs the shared tables: set ICEBERG_SHARED, or put them at ../shared"

  /// The absolute path of the folder.
  package static var root: String { listing.root }

  /// The absolute path of `relative`, such as `golden/java_v2_nested`.
  package static func path(_ relative: String) -> String { listing.path(relative) }

  /// Whether there is a file or folder at `relative`.
  package static func has(_ relative: String) -> Bool { listing.has(relative) }

  /// All of a file.
  package static func bytes(_ relative: String) throws -> Bytes { try listing.bytes(relative) }

  /// All of a file as text; an error when it is not UTF-8.
  package static func text(_ relative: String) throws -> String { try listing.text(relative) }

  /// The relative paths of all files at any depth under `folder` whose names end with `suffix`,
  /// sorted; empty when the folder is not there, so that it can be the `arguments:` of a test.
  package static func files(under folder: String, suffix: String = "") -> [String] {
    listing.files(under: folder, suffix: suffix)
  }

  /// The relative paths of the folders directly in `folder`, sorted; empty when it is not there.
  package static func folders(in folder: String) -> [String] { listing.folders(in: folder) }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test or suite only where the shared tables are.
  package static var needsSharedFiles: Self {
    .enabled(if: SharedFiles.isAvailable, SharedFiles.missing)
  }
}
