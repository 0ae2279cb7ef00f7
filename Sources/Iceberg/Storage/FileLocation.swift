import IcebergModel

/// The parts of a location: how schemes, local paths and folders are told from its text.
package enum FileLocation {
  /// The scheme of a URI in lower case; nil for a path.
  package static func scheme(of location: String) -> String? {
    guard let colon = location.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let name = location.utf8[..<colon]
    guard let first = name.first, isLetter(first) else { return nil }
    let isScheme = name.allSatisfy {
      isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2B || $0 == 0x2D || $0 == 0x2E
    }
    return isScheme ? String(location[..<colon]).lowercased() : nil
  }

  /// The path on the local disk: `/a`, `a/b`, and `/a` of `file:/a`, `file:///a` and
  /// `file://localhost/a`.
  ///
  /// Nothing is percent-decoded: writers put paths into metadata as they are, and partition folders
  /// have names such as `city=a%2Fb`. Throws `unsupported` for another scheme or host, and
  /// `invalidArgument` for what cannot be a path.
  package static func localPath(of location: String) throws(IcebergError) -> String {
    guard let scheme = scheme(of: location) else { return try checked(location, location) }
    guard scheme == "file" else {
      throw IcebergError(
        .unsupported, "locations of scheme '\(scheme)' are not on the local disk",
        context: .init(location: location))
    }
    var path = location[...].dropFirst("file:".count)
    if path.hasPrefix("//") {
      path = path.dropFirst(2)
      let host = path.prefix { $0 != "/" }
      guard host.isEmpty || host.lowercased() == "localhost" else {
        throw IcebergError(
          .unsupported, "'\(host)' is no local host: a local file is 'file:///path' or '/path'",
          context: .init(location: location))
      }
      path = path.dropFirst(host.count)
    }
    guard path.hasPrefix("/") else {
      throw IcebergError(
        .invalidArgument, "a file URI needs an absolute path, such as 'file:///path'",
        context: .init(location: location))
    }
    return try checked(String(path), location)
  }

  /// One form for locations that mean the same local path: `/a` for `file:/a` and `file:///a`.
  /// Other locations stay as they are.
  package static func canonical(_ location: String) -> String {
    guard scheme(of: location) == "file" else { return location }
    guard let path = try? localPath(of: location) else { return location }
    return path
  }

  /// `name` in `folder`, with one slash between them.
  package static func child(_ name: String, of folder: String) -> String {
    folder.utf8.last == slash ? folder + name : folder + "/" + name
  }

  /// What follows `folder` and the slashes after it in the location of something in it; empty for the
  /// folder itself, nil for what is not in it. Compared byte by byte: names that look the same may be
  /// two files.
  package static func path(of location: String, in folder: String) -> Substring? {
    let bytes = location.utf8
    guard bytes.starts(with: folder.utf8) else { return nil }
    let rest = bytes.dropFirst(folder.utf8.count)
    guard rest.isEmpty || rest.first == slash || folder.utf8.last == slash else { return nil }
    return Substring(rest.drop { $0 == slash })
  }

  /// The text after the last slash; empty for a folder with a slash at its end.
  package static func name(of location: String) -> String {
    guard let index = location.utf8.lastIndex(of: slash) else { return location }
    return String(Substring(location.utf8[index...].dropFirst()))
  }

  /// The text before the last slash; nil when there is none.
  package static func parent(of location: String) -> String? {
    location.utf8.lastIndex(of: slash).map { String(location[..<$0]) }
  }

  /// The location without slashes at its end, but for that of the root.
  package static func withoutTrailingSlash(_ location: String) -> String {
    var text = location[...]
    while text.utf8.count > 1, text.utf8.last == slash {
      if [":/", "://", ":///"].contains(where: text.hasSuffix) { break }
      text = Substring(text.utf8.dropLast())
    }
    return String(text)
  }

  private static let slash = UInt8(ascii: "/")

  private static func checked(_ path: String, _ location: String) throws(IcebergError) -> String {
    guard !path.isEmpty, !path.utf8.contains(0) else {
      throw IcebergError(
        .invalidArgument, path.isEmpty ? "the location is empty" : "the location contains a NUL",
        context: .init(location: location))
    }
    return path
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
