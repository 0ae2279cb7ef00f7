import IcebergBytes
import IcebergModel

/// A folder of metadata files, and how the file that counts is found in it.
package struct MetadataFolder: Sendable {
  /// The location of the folder.
  package let location: String
  /// The storage of the folder.
  package let fileIO: any FileIO

  /// The folder at `location`.
  package init(location: String, fileIO: any FileIO) {
    self.location = FileLocation.withoutTrailingSlash(location)
    self.fileIO = fileIO
  }

  /// A note of the current version, which may be late or wrong.
  package struct Hint: Hashable, Sendable {
    /// The location of the file.
    package let location: String
    /// What it says, without white space around it.
    package let text: String
    /// The version that it says; nil when it says something else.
    package var version: Int64? { Int64(text).flatMap { $0 >= 0 ? $0 : nil } }
  }

  /// The name of the file that notes the current version.
  package static let hintName = "version-hint.text"
  private static let hintNames = [hintName, "version-hint.txt"]

  /// Whether a file notes the current version, by its name.
  package static func isHintName(_ name: String) -> Bool { hintNames.contains(name) }

  private static let longestHint: Int64 = 1024

  /// The location of a file in the folder.
  package func location(of name: MetadataFileName) -> String {
    FileLocation.child(name.text, of: location)
  }

  /// The names of all metadata files in the folder, the newest version first.
  package func names() async throws -> [MetadataFileName] {
    try await fileIO.children(of: location)
      .compactMap { $0.kind == .file ? MetadataFileName($0.name) : nil }
      .sorted {
        if $0.version != $1.version { return $0.version > $1.version }
        if $0.compression != $1.compression {
          return $0.compression.rawValue < $1.compression.rawValue
        }
        return $0.text < $1.text
      }
  }

  /// The file of a version whose name is the version; nil when there is none.
  package func file(ofVersion version: Int64) async throws -> MetadataFileName? {
    for name in MetadataFileName.names(ofVersion: version)
    where try await fileIO.exists(location(of: name)) {
      return name
    }
    return nil
  }

  /// What the folder's hint says; nil when there is none. One that cannot be read says nothing.
  package func hint() async throws -> Hint? {
    for name in Self.hintNames {
      let place = FileLocation.child(name, of: location)
      do {
        let size = try await fileIO.status(of: place).sizeInBytes
        guard size <= Self.longestHint else { return Hint(location: place, text: "") }
        let text = try await fileIO.read(place, range: nil).utf8String ?? ""
        let line = text.drop { $0.isWhitespace }.prefix { !$0.isNewline }
        var end = line[...]
        while end.last?.isWhitespace == true { end.removeLast() }
        return Hint(location: place, text: String(end))
      } catch let error as IcebergError where error.code == .notFound {
        continue
      } catch let error as IcebergError where error.code != .unavailable {
        return Hint(location: place, text: "")
      }
    }
    return nil
  }

  /// The newest of the versions that follow one another without a gap from `first` on.
  package func newest(from first: MetadataFileName) async throws -> MetadataFileName {
    var newest = first
    while true {
      let (next, overflow) = newest.version.addingReportingOverflow(1)
      guard !overflow, let file = try await file(ofVersion: next) else { return newest }
      newest = file
    }
  }

  /// The metadata in a file of the folder.
  package func metadata(in name: MetadataFileName) async throws -> TableMetadata {
    try await TableMetadata(at: location(of: name), fileIO: fileIO)
  }
}

extension TableMetadata {
  /// Reads a metadata file.
  ///
  /// Throws what storage throws, and `invalidMetadata` or `unsupported`, naming the file.
  package init(at location: String, fileIO: any FileIO) async throws {
    let bytes = try await fileIO.read(location, range: nil)
    do {
      try self.init(parsing: bytes)
    } catch {
      var error = error
      error.context.location = location
      throw error
    }
  }

  /// Whether files of earlier versions are deleted, so that a missing one says nothing. A value that
  /// cannot be read counts as yes, the careful answer.
  package var deletesEarlierVersions: Bool {
    do {
      return try property(TableProperties.metadataDeleteAfterCommitEnabled)
    } catch {
      return true
    }
  }
}
