internal import IcebergBytes
package import IcebergModel

/// Where new data files of a table go, and what they are called.
///
/// Spec: Appendix F, "Path Construction".
package struct DataLocations: Hashable, Sendable {
  private let base: String
  private let spreadsFiles: Bool
  private let partitionedPaths: Bool
  /// What tells tables apart that share a folder outside of their own; nil within the table.
  private let context: String?

  /// The locations that the properties of a table ask for.
  package init(_ metadata: TableMetadata) throws(IcebergError) {
    let location = Self.withoutSlash(metadata.location)
    spreadsFiles = try metadata.property(TableProperties.objectStorageEnabled)
    var path = try metadata.property(TableProperties.dataPath)
    // Older writers had other names for it.
    if spreadsFiles, path == nil { path = try metadata.property(TableProperties.objectStoragePath) }
    if path == nil { path = try metadata.property(TableProperties.folderStoragePath) }
    let isAbsolute = path.map { $0.hasPrefix("/") || $0.contains(":/") } ?? false
    base = Self.withoutSlash(isAbsolute ? path ?? location : location + "/" + (path ?? "data"))
    partitionedPaths = try metadata.property(TableProperties.objectStoragePartitionedPaths)
    context =
      base.hasPrefix(location)
      ? nil : location.split(separator: "/").suffix(2).joined(separator: "/")
  }

  /// The location of the file called `name` with rows of one partition.
  package func location(of name: String, partition: StructValue, spec: PartitionSpec) -> String {
    let isInFolder = !spec.fields.isEmpty && (!spreadsFiles || partitionedPaths)
    return location(of: isInFolder ? spec.path(of: partition) + "/" + name : name)
  }

  /// The location of a file by its path below the folder of the data.
  package func location(of path: String) -> String {
    guard spreadsFiles else { return base + "/" + path }
    let parts = Self.entropy(of: path)
    if let context { return "\(base)/\(parts)/\(context)/\(path)" }
    return partitionedPaths ? "\(base)/\(parts)/\(path)" : "\(base)/\(parts)-\(path)"
  }

  /// Twenty bits of a hash as folders: object stores spread load by the beginnings of names.
  private static func entropy(of path: String) -> String {
    let bits = String(UInt32(bitPattern: Murmur3.hash32(Bytes(utf8: path))) | 1 << 31, radix: 2)
    let digits = Array(bits.utf8.suffix(20))
    let parts = [digits[0..<4], digits[4..<8], digits[8..<12], digits[12..<20]]
    return parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
  }

  private static func withoutSlash(_ location: String) -> String {
    var location = location
    while location.hasSuffix("/"), !location.hasSuffix("//") { location.removeLast() }
    return location
  }
}
