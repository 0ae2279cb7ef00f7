internal import IcebergBytes
internal import Synchronization

/// Puts any number of files into the order of their keys, in memory of a limited size: what is more goes
/// to a scratch folder.
///
/// May be added to by several tasks at a time.
package final class FileSorter: Sendable {
  private struct State {
    var files = PackedFiles()
    var runs: [String] = []
    var count = 0
  }

  private let scratch: ScratchFolder
  private let memoryLimit: Int
  private let key: @Sendable (String) -> String
  private let state = Mutex(State())

  /// A sorter without files.
  ///
  /// - Parameters:
  ///   - memoryLimit: the bytes that are held in memory at most, but for those that are being written.
  ///   - scratch: where the rest goes.
  ///   - key: what a location is ordered by. Files with the same key are one file.
  package init(
    memoryLimit: Int, scratch: ScratchFolder,
    key: @escaping @Sendable (String) -> String = { $0 }
  ) {
    self.memoryLimit = max(1, memoryLimit / 2)
    self.scratch = scratch
    self.key = key
  }

  /// The number of files that were added, those with the same key counted each time.
  package var count: Int { state.withLock { $0.count } }

  /// Adds files.
  package func add(_ files: some Sequence<FoundFile>) async throws {
    let full = state.withLock { state -> PackedFiles? in
      for file in files {
        state.files.append(file, key: key(file.location))
        state.count += 1
      }
      if state.files.byteCount < memoryLimit { return nil }
      defer { state.files = PackedFiles() }
      return state.files
    }
    if let full { try await spill(full) }
  }

  /// Adds sorted files.
  package func add(_ files: SortedFiles) async throws {
    var files = files
    var some: [FoundFile] = []
    while let file = try await files.next()?.file {
      some.append(file)
      if some.count >= 1000 {
        try await add(some)
        some = []
      }
    }
    try await add(some)
  }

  /// The files that were added so far, each key once: of several files with the same key the one with
  /// the largest number. May be asked for, and gone through, any number of times.
  package func sorted() async throws -> SortedFiles {
    let (files, runs) = state.withLock { state in
      state.files.sort()
      return (state.files, state.runs)
    }
    var sources: [any SortedSource] = [MemorySource(files: files)]
    // However many runs there are, their blocks take no more memory than the files of one.
    let blockLength = Int64(min(1 << 18, max(1 << 12, memoryLimit / max(1, runs.count))))
    for run in runs {
      let size = try await scratch.fileIO.status(of: run).sizeInBytes
      sources.append(
        RunSource(location: run, size: size, fileIO: scratch.fileIO, blockLength: blockLength))
    }
    return SortedFiles(sources)
  }

  private func spill(_ files: PackedFiles) async throws {
    var files = files
    files.sort()
    let location = try await scratch.newFile()
    let output = try await scratch.fileIO.create(location)
    do {
      var piece = ByteWriter(capacity: Self.pieceLength)
      for index in files.starts.indices {
        piece.write(files.bytes.bytes[files.range(at: index)])
        if piece.count >= Self.pieceLength {
          try await output.write(Bytes(piece.bytes))
          piece = ByteWriter(capacity: Self.pieceLength)
        }
      }
      try await output.write(Bytes(piece.bytes))
      try await output.finish()
    } catch {
      await output.abort()
      throw error
    }
    state.withLock { $0.runs.append(location) }
  }

  private static let pieceLength = 1 << 20
}
