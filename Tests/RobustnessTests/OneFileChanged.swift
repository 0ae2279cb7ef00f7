import Iceberg

/// Storage in which one file has other bytes than it was written with.
struct OneFileChanged: FileIO {
  let base: MemoryFileIO
  let location: String
  let bytes: Bytes

  func status(of location: String) async throws -> FileStatus {
    var status = try await base.status(of: location)
    if location == self.location { status.sizeInBytes = Int64(bytes.count) }
    return status
  }

  func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    guard location == self.location else { return try await base.read(location, range: range) }
    guard let range else { return bytes }
    guard let lower = Int(exactly: range.lowerBound), let upper = Int(exactly: range.upperBound),
      let slice = bytes.slice(lower..<upper)
    else { throw IcebergError(.storage, "beyond the end of the file") }
    return slice
  }

  func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    throw IcebergError(.unsupported, "read-only")
  }

  func create(_ location: String) async throws -> any OutputFile {
    throw IcebergError(.unsupported, "read-only")
  }

  func list(under folder: String) async throws -> [FileStatus] {
    try await base.list(under: folder)
  }

  func remove(_ locations: [String]) async throws {}
}
