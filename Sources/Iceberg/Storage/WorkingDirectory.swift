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
