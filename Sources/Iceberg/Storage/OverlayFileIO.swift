package import IcebergBytes
internal import IcebergModel

/// Storage in front of another one that is only read: what is written stays in memory, and nothing is
/// removed.
package struct OverlayFileIO: FileIO {
  private let base: any FileIO
  private let written = MemoryFileIO()

  /// Storage in front of `base`.
  package init(_ base: any FileIO) { self.base = base }

  package func status(of location: String) async throws -> FileStatus {
    if try await written.exists(location) { return try await written.status(of: location) }
    return try await base.status(of: location)
  }

  package func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    if try await written.exists(location) {
      return try await written.read(location, range: range)
    }
    return try await base.read(location, range: range)
  }

  package func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    if mode == .createNew { try await checkIsFree(location) }
    try await written.write(bytes, to: location, mode: mode)
  }

  package func create(_ location: String) async throws -> any OutputFile {
    try await checkIsFree(location)
    return try await written.create(location)
  }

  package func list(under folder: String) async throws -> [FileStatus] {
    let new = try await written.list(under: folder)
    let names = Set(new.map(\.location))
    return try await base.list(under: folder).filter { !names.contains($0.location) } + new
  }

  package func remove(_ locations: [String]) async throws { try await written.remove(locations) }

  package func children(of folder: String) async throws -> [FolderEntry] {
    let entries = try await base.children(of: folder)
    return Array(Set(entries).union(try await written.children(of: folder)))
  }

  private func checkIsFree(_ location: String) async throws {
    guard try await !base.exists(location) else {
      throw IcebergError(
        .alreadyExists, "the file exists already", context: .init(location: location))
    }
  }
}
