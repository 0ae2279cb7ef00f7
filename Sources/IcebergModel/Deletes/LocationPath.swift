/// The location of a file, equal to another when they differ in scheme and authority at the most.
///
/// Two locations name the same file when they are the same text. One without a scheme is taken to be
/// of whatever file system the other one names: `/warehouse/a` is `hdfs://host:8020/warehouse/a`,
/// since tables that lie in the default file system are written both ways.
package struct LocationPath: Hashable, Sendable {
  /// The whole location.
  package let location: String
  /// Where the path begins in the UTF-8 form of the location: 0 when there is no scheme.
  private let start: Int

  /// The given location.
  package init(_ location: String) {
    self.location = location
    start = Self.pathStart(location)
  }

  /// Whether both name the same file.
  package func isSameFile(as other: LocationPath) -> Bool {
    self == other && (start == 0 || other.start == 0 || root.elementsEqual(other.root))
  }

  /// Whether the location has a scheme.
  package var hasScheme: Bool { start > 0 }

  /// Scheme and authority; `file:` and `file://` are the same.
  package var root: Substring.UTF8View {
    let root = location.utf8.prefix(start)
    return root.suffix(3).elementsEqual("://".utf8) ? root.dropLast(2) : root
  }

  /// The location without scheme and authority.
  package var path: Substring.UTF8View { location.utf8.dropFirst(start) }

  /// The offset of what follows scheme and authority.
  ///
  /// RFC 3986, section 3.
  private static func pathStart(_ location: String) -> Int {
    let text = location.utf8
    guard let colon = text.firstIndex(where: { !isOfScheme($0) }), text[colon] == UInt8(ascii: ":"),
      colon > text.startIndex
    else { return 0 }
    var rest = text[text.index(after: colon)...]
    if rest.starts(with: "//".utf8) {
      rest = rest.dropFirst(2).drop { $0 != UInt8(ascii: "/") }
    }
    return text.distance(from: text.startIndex, to: rest.startIndex)
  }

  private static func isOfScheme(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"),
      UInt8(ascii: "."):
      true
    default: false
    }
  }

  package static func == (left: LocationPath, right: LocationPath) -> Bool {
    left.path.elementsEqual(right.path)
  }

  package func hash(into hasher: inout Hasher) {
    var copy = location
    let start = start
    copy.withUTF8 { text in
      hasher.combine(bytes: UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: text[start...])))
    }
  }
}
