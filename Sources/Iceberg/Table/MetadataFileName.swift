/// The name of a metadata file, as writers give them: `v3.metadata.json` where the version is the
/// name, `00003-….metadata.json` where a catalog keeps the name, either with `gzip`.
package struct MetadataFileName: Hashable, Sendable {
  /// Who gives names of this kind.
  package enum Kind: Hashable, Sendable {
    /// The version is the name: a commit takes the next one.
    case version
    /// The version and something random: a catalog says which file counts.
    case random
  }

  /// How the file is compressed, and where its name says so.
  package enum Compression: Int, Hashable, Sendable, CaseIterable {
    case none
    /// `.gz.metadata.json`
    case gzip
    /// `.metadata.json.gz`, which older writers used.
    case oldGzip

    var suffix: String {
      switch self {
      case .none: ".metadata.json"
      case .gzip: ".gz.metadata.json"
      case .oldGzip: ".metadata.json.gz"
      }
    }
  }

  /// The text of the name.
  package let text: String
  /// Who gives names of this kind.
  package let kind: Kind
  /// The number of the version.
  package let version: Int64
  /// How the file is compressed.
  package let compression: Compression

  /// The name of a version.
  package init(version: Int64, compression: Compression = .none) {
    text = "v\(version)\(compression.suffix)"
    kind = .version
    self.version = version
    self.compression = compression
  }

  /// The name of a version that a catalog keeps.
  package init(version: Int64, uuid: String, compression: Compression = .none) {
    let digits = String(version)
    let padding = String(repeating: "0", count: max(0, 5 - digits.count))
    text = "\(padding)\(digits)-\(uuid)\(compression.suffix)"
    kind = .random
    self.version = version
    self.compression = compression
  }

  /// The parts of a name; nil when it is not that of a metadata file.
  package init?(_ text: String) {
    var stem = text[...]
    // The name that ends like another one is tried first.
    let found = [Compression.gzip, .oldGzip, .none].first { text.hasSuffix($0.suffix) }
    guard let found else { return nil }
    stem = stem.dropLast(found.suffix.count)
    let digits: Substring
    if stem.hasPrefix("v") {
      kind = .version
      digits = stem.dropFirst()
      // `v01` is a name that nobody who counts would look for.
      guard digits == "0" || !digits.hasPrefix("0") else { return nil }
    } else {
      kind = .random
      guard let dash = stem.firstIndex(of: "-"), stem.index(after: dash) < stem.endIndex else {
        return nil
      }
      digits = stem[..<dash]
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let version = Int64(digits)
    else { return nil }
    self.text = text
    self.version = version
    compression = found
  }

  /// The names that a version may have, in the order in which they are looked for.
  package static func names(ofVersion version: Int64) -> [MetadataFileName] {
    Compression.allCases.map { MetadataFileName(version: version, compression: $0) }
  }
}
