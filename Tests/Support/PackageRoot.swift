import Foundation

/// Where this package lies on disk, told by the place of this file.
package enum PackageRoot {
  /// The folder that holds `Package.swift`, without a slash at the end.
  package static let path: String = {
    var parts = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    parts.removeLast(3)  // Tests/Support/PackageRoot.swift
    return parts.joined(separator: "/")
  }()

  /// The path of something in the package, such as `Sources/Iceberg`.
  package static func path(_ relative: String) -> String { path + "/" + relative }
}
