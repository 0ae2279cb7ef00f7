#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A path from the root, for a path that may be relative to the working directory. `.` and `..` are
/// resolved by their names, not by what links lead to.
package func absolutePath(_ path: String) -> String {
  var whole = path
  if path.utf8.first != UInt8(ascii: "/"), let folder = getcwd(nil, 0) {
    whole = String(cString: folder) + "/" + path
    free(folder)
  }
  guard whole.utf8.first == UInt8(ascii: "/") else { return path }
  var parts: [Substring] = []
  for part in whole.utf8.split(separator: UInt8(ascii: "/")).map(Substring.init) where part != "." {
    if part == ".." { _ = parts.popLast() } else { parts.append(part) }
  }
  return "/" + parts.joined(separator: "/")
}

/// Whether two locations are one place: the same text but for what does not matter, or the same folder
/// on the local disk, whatever links lead there.
package func isSamePlace(_ one: String, _ other: String) -> Bool {
  let places = [one, other].map {
    FileLocation.withoutTrailingSlash(FileLocation.canonical($0))
  }
  if places[0] == places[1] { return true }
  let paths = places.map { place -> String? in
    guard let path = try? FileLocation.localPath(of: place), let real = realpath(path, nil) else {
      return nil
    }
    defer { free(real) }
    return String(cString: real)
  }
  return paths[0] != nil && paths[0] == paths[1]
}
