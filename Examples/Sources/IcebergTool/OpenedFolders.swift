import Iceberg
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The tables that were opened by path: what to do when their files are not where they should be.
final class OpenedFolders: Sendable {
  private let tables = Mutex<[(folder: String, location: String)]>([])

  /// Notes that the table at `path`, its folder or a metadata file of it, is at `location` by its own
  /// account.
  func add(_ path: String, location: String) {
    var folder = Self.trimmed(path)
    if folder.hasSuffix(".metadata.json") || folder.hasSuffix(".metadata.json.gz") {
      folder = Self.parent(of: folder)
      if folder.hasSuffix("/metadata") { folder = Self.parent(of: folder) }
    }
    tables.withLock { $0.append((folder, Self.trimmed(location))) }
  }

  /// What to do about a file that is not found; nil where these tables are at the place that they name.
  func advice(for error: IcebergError) -> String? {
    guard error.code == .notFound, let file = error.context.location else { return nil }
    for (folder, location) in tables.withLock({ $0 })
    where !location.isEmpty && Self.path(file).hasPrefix(Self.path(location) + "/") {
      guard let place = Self.realPath(folder), place != Self.realPath(Self.path(location)) else {
        continue
      }
      return """
        the table in \(folder) says that it is in \(location): if its files were moved or copied, add
          --map-location \(location)=\(place)
        """
    }
    return nil
  }

  private static func trimmed(_ path: String) -> String {
    var path = path[...]
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    return String(path)
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }

  /// A location without the scheme of local files.
  private static func path(_ location: String) -> String {
    for scheme in ["file://", "file:"] where location.hasPrefix(scheme) {
      return String(location.dropFirst(scheme.count))
    }
    return location
  }

  /// The path without links and dots; nil where nothing is there.
  private static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
