internal import IcebergModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// How it is told whether two locations are one file, however they are written.
///
/// The path decides; scheme and authority are looked at where paths are equal. In a path, slashes that
/// follow one another are one, `.` and `..` are resolved, and so are links in the folders of the local
/// disk: each makes more locations equal, so that fewer files look as if nothing named them. Nothing is
/// percent-decoded, as nowhere else.
package struct LocationComparison: Sendable {
  private let schemes: [String: String]
  private let authorities: [String: String]

  /// A comparison in which the given schemes and authorities are equal to those they stand beside; keys
  /// may hold several with commas between them.
  package init(equalSchemes: [String: String] = [:], equalAuthorities: [String: String] = [:]) {
    schemes = Self.flattened(["s3a,s3n": "s3"].merging(equalSchemes) { $1 })
    authorities = Self.flattened(equalAuthorities)
  }

  private static func flattened(_ map: [String: String]) -> [String: String] {
    var flat: [String: String] = [:]
    // In a fixed order, so that what stands twice means the same on every run.
    for (keys, value) in map.sorted(by: { $0.key < $1.key }) {
      for key in keys.split(separator: ",") {
        flat[trimmed(key).lowercased()] = trimmed(value[...]).lowercased()
      }
    }
    return flat
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0.isWhitespace }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// The parts of a location that are compared.
  package struct Parts: Hashable, Sendable {
    /// Scheme and authority in one text, lower case, with those that are equal replaced; empty for a
    /// path.
    package var root: String
    /// The path, in one form.
    package var path: String
  }

  /// The parts of a location.
  package func parts(of location: String) -> Parts {
    let place = LocationPath(FileLocation.canonical(location))
    return Parts(root: root(of: place), path: Self.normalized(String(Substring(place.path))))
  }

  /// The parts of a folder, behind links where it is on the local disk.
  package func parts(ofFolder folder: String) -> Parts {
    var parts = parts(of: folder)
    if let real = RealFolders.realPath(parts.path) { parts.path = real }
    return parts
  }

  /// Scheme and authority as `scheme://authority`; empty for a path.
  private func root(of place: LocationPath) -> String {
    guard place.hasScheme else { return "" }
    var rest = Substring(place.root)
    let scheme = rest.prefix { $0 != ":" }.lowercased()
    rest = rest.dropFirst(scheme.count + 1)
    if rest.hasPrefix("//") { rest = rest.dropFirst(2) }
    let authority = rest.lowercased()
    return (schemes[scheme] ?? scheme) + "://" + (authorities[authority] ?? authority)
  }

  /// Whether two scheme-and-authority parts of one path mean the same file. A path alone is of whatever
  /// storage the other one names.
  package static func isSame(needed: String, listed: String) -> Bool {
    needed.isEmpty || needed == listed
  }

  /// Whether two scheme-and-authority parts may mean the same storage: unless the authorities differ.
  package static func mayBeSame(_ one: String, _ other: String) -> Bool {
    if one.isEmpty || other.isEmpty { return true }
    func authority(_ root: String) -> Substring { root.drop { $0 != "/" }.dropFirst(2) }
    return authority(one) == authority(other)
  }

  /// Whether two folders are one, or one of them lies in the other.
  package func overlap(_ one: Parts, _ other: Parts) -> Bool {
    Self.mayBeSame(one.root, other.root)
      && (Self.contains(one.path, other.path) || Self.contains(other.path, one.path))
  }

  /// Whether a path is that of a folder or of something in it.
  package static func contains(_ folder: String, _ path: String) -> Bool {
    if folder == "/" || folder.isEmpty { return true }
    return FileLocation.path(of: path, in: folder) != nil
  }

  /// The path in one form: without double slashes, `.`, `..` and slashes at the end.
  package static func normalized(_ path: String) -> String {
    let bytes = path.utf8
    let slash = UInt8(ascii: "/")
    if !needsWork(bytes) { return path }
    let isAbsolute = bytes.first == slash
    var parts: [Substring.UTF8View] = []
    for part in bytes.split(separator: slash) {
      if part.elementsEqual(".".utf8) { continue }
      if part.elementsEqual("..".utf8) {
        if let last = parts.last, !last.elementsEqual("..".utf8) {
          parts.removeLast()
        } else if !isAbsolute {
          parts.append(part)
        }
        continue
      }
      parts.append(part)
    }
    return (isAbsolute ? "/" : "") + parts.map { String(Substring($0)) }.joined(separator: "/")
  }

  private static func needsWork(_ bytes: String.UTF8View) -> Bool {
    var last: UInt8 = 0
    var needs = false
    for byte in bytes {
      // A dot after a slash may begin `.` or `..`.
      if last == 0x2F, byte == 0x2F || byte == 0x2E { needs = true }
      last = byte
    }
    return needs || (last == 0x2F && bytes.count > 1) || bytes.first == 0x2E
  }
}

/// Where the folders of the local disk really are, behind links. Remembers what it was asked for.
package struct RealFolders {
  private var known: [ExactText: String] = [:]
  private static let limit = 10_000

  /// Nothing is remembered yet.
  package init() {}

  /// The path with links in its folders resolved; the same where there is no such folder on the local
  /// disk.
  package mutating func resolved(_ path: String) -> String {
    guard let folder = FileLocation.parent(of: path), !folder.isEmpty else { return path }
    let real: String
    if let found = known[ExactText(folder)] {
      real = found
    } else {
      real = Self.realPath(folder) ?? folder
      if known.count >= Self.limit { known = [:] }
      known[ExactText(folder)] = real
    }
    return FileLocation.child(FileLocation.name(of: path), of: real)
  }

  /// The path of a folder with links resolved; nil where there is none.
  package static func realPath(_ path: String) -> String? {
    guard let real = realpath(path, nil) else { return nil }
    defer { free(real) }
    return String(validatingCString: real)
  }
}
