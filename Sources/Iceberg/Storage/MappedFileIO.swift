public import IcebergBytes

/// Says that files which metadata places below one folder lie below another.
public struct LocationMapping: Hashable, Sendable {
  /// The folder that metadata names: a path, a URI, or a bucket.
  public var old: String
  /// The folder where the files are.
  public var new: String

  /// A mapping of `old` to `new`. Slashes at the end mean nothing.
  public init(from old: String, to new: String) {
    self.old = old
    self.new = new
  }
}

/// Storage in which folders have moved: locations of metadata are looked up where the files are now.
///
/// The mapping with the longest folder that a location lies in counts; a folder ends at a slash, so
/// `/a/b` does not map `/a/bc`. `file:/a`, `file:///a` and `/a` are one folder. A location that no
/// folder holds stays as it is. Answers and metadata keep the locations that were asked for.
public struct MappedFileIO: FileIO {
  /// The storage that is asked for the mapped locations.
  public let base: any FileIO
  private let prefixes: [(old: String, new: String)]

  /// Storage in which folders have moved.
  public init(_ base: any FileIO, mappings: [LocationMapping]) {
    self.base = base
    prefixes =
      mappings
      .map { mapping in
        let old = FileLocation.canonical(mapping.old)
        return (FileLocation.withoutTrailingSlash(old), mapping.new)
      }
      .sorted { $0.0.utf8.count > $1.0.utf8.count }
  }

  /// Where the file is that metadata places at `location`.
  public func mapped(_ location: String) -> String {
    let place = FileLocation.canonical(location)
    for (old, new) in prefixes {
      guard let path = FileLocation.path(of: place, in: old) else { continue }
      let isFolder = !path.isEmpty || place.utf8.count > old.utf8.count
      return isFolder ? FileLocation.child(String(path), of: new) : new
    }
    return location
  }

  public func status(of location: String) async throws -> FileStatus {
    var status = try await base.status(of: mapped(location))
    status.location = location
    return status
  }

  public func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    try await base.read(mapped(location), range: range)
  }

  public func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    try await base.write(bytes, to: mapped(location), mode: mode)
  }

  public func create(_ location: String) async throws -> any OutputFile {
    try await base.create(mapped(location))
  }

  public func list(under folder: String) async throws -> [FileStatus] {
    let place = mapped(folder)
    return try await base.list(under: place).map { Self.moved($0, from: place, to: folder) }
  }

  public func list(
    under folder: String, inPages body: (_ files: [FileStatus]) async throws -> Void
  ) async throws {
    let place = mapped(folder)
    try await base.list(under: place) { files in
      try await body(files.map { Self.moved($0, from: place, to: folder) })
    }
  }

  private static func moved(
    _ status: FileStatus, from place: String, to folder: String
  ) -> FileStatus {
    guard place != folder, let path = FileLocation.path(of: status.location, in: place) else {
      return status
    }
    var status = status
    status.location = FileLocation.child(String(path), of: folder)
    return status
  }

  public func remove(_ locations: [String]) async throws {
    try await base.remove(locations.map(mapped))
  }

  public func children(of folder: String) async throws -> [FolderEntry] {
    try await base.children(of: mapped(folder))
  }

  public func createFolder(_ location: String) async throws {
    try await base.createFolder(mapped(location))
  }

  public func removeEmptyFolder(_ location: String) async throws {
    try await base.removeEmptyFolder(mapped(location))
  }
}
