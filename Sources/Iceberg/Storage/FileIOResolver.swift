public import IcebergBytes
import IcebergModel

/// Storage that sends each location to the storage of its scheme: `s3` here, `file` and paths there.
public struct FileIOResolver: FileIO {
  /// The storage of locations by scheme, in lower case.
  public var schemes: [String: any FileIO]
  /// The storage of local paths and `file` URIs; nil refuses them.
  public var local: (any FileIO)?

  /// Storage by scheme. Local files are served too, unless `local` is nil.
  public init(schemes: [String: any FileIO] = [:], local: (any FileIO)? = LocalFileIO()) {
    self.schemes = schemes
    self.local = local
  }

  /// The storage that a location belongs to. Throws `unsupported` where there is none.
  public func fileIO(for location: String) throws -> any FileIO {
    let scheme = FileLocation.scheme(of: location)
    if let fileIO = scheme.flatMap({ schemes[$0] }) { return fileIO }
    if let local, scheme == nil || scheme == "file" { return local }
    throw IcebergError(
      .unsupported, "no storage is known for \(scheme.map { "scheme '\($0)'" } ?? "local paths")",
      context: .init(location: location))
  }

  public func status(of location: String) async throws -> FileStatus {
    try await fileIO(for: location).status(of: location)
  }

  public func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    try await fileIO(for: location).read(location, range: range)
  }

  public func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    try await fileIO(for: location).write(bytes, to: location, mode: mode)
  }

  public func create(_ location: String) async throws -> any OutputFile {
    try await fileIO(for: location).create(location)
  }

  public func list(under folder: String) async throws -> [FileStatus] {
    try await fileIO(for: folder).list(under: folder)
  }

  public func list(
    under folder: String, inPages body: (_ files: [FileStatus]) async throws -> Void
  ) async throws {
    try await fileIO(for: folder).list(under: folder, inPages: body)
  }

  public func remove(_ locations: [String]) async throws {
    // Scheme by scheme, so that each storage sees what it can remove together.
    var groups: [(scheme: String?, locations: [String])] = []
    for location in locations {
      let scheme = FileLocation.scheme(of: location)
      if let index = groups.firstIndex(where: { $0.scheme == scheme }) {
        groups[index].locations.append(location)
      } else {
        groups.append((scheme, [location]))
      }
    }
    var failure: (any Error)?
    for group in groups {
      do { try await fileIO(for: group.locations[0]).remove(group.locations) } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }

  public func children(of folder: String) async throws -> [FolderEntry] {
    try await fileIO(for: folder).children(of: folder)
  }

  public func createFolder(_ location: String) async throws {
    try await fileIO(for: location).createFolder(location)
  }

  public func removeEmptyFolder(_ location: String) async throws {
    try await fileIO(for: location).removeEmptyFolder(location)
  }
}
