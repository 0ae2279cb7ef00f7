internal import IcebergBytes
internal import IcebergModel

/// Files in the order of their keys, each key once, one after the other.
package struct SortedFiles: Sendable {
  /// Sources and their next files; the file that comes first of all is in the last one.
  private var heads: [(source: any SortedSource, next: SortedFile)] = []
  private var unread: [any SortedSource]
  private var last: Bytes?

  init(_ sources: [any SortedSource]) { unread = sources }

  /// The next file; nil after the last one.
  package mutating func next() async throws -> SortedFile? {
    while let source = unread.popLast() { try await put(source) }
    while let (source, file) = heads.popLast() {
      try await put(source)
      if file.key == last { continue }
      last = file.key
      return file
    }
    return nil
  }

  /// Reads the next file of a source and puts the source in its place.
  private mutating func put(_ source: any SortedSource) async throws {
    var source = source
    guard let file = try await source.next() else { return }
    var (low, high) = (0, heads.count)
    while low < high {
      let middle = (low + high) / 2
      if file.comesBefore(heads[middle].next) { low = middle + 1 } else { high = middle }
    }
    heads.insert((source, file), at: low)
  }
}

/// Sorted files that are asked for in the order of their keys.
package struct SortedMembers: Sendable {
  private var files: SortedFiles
  private var next: SortedFile?
  private var isAtEnd = false

  /// The files to ask for.
  package init(_ files: SortedFiles) { self.files = files }

  /// Whether a file of this key is among them. Keys have to ascend from call to call.
  package mutating func contains(_ key: Bytes) async throws -> Bool {
    while !isAtEnd {
      guard let found = next else {
        next = try await files.next()
        isAtEnd = next == nil
        continue
      }
      let order = found.key.order(to: key)
      if order >= 0 { return order == 0 }
      next = nil
    }
    return false
  }
}

/// Files that are among some and not among others.
package struct RemainingFiles: Sendable {
  private var files: SortedFiles
  private var others: SortedMembers

  /// The files of `files` whose keys `others` does not have, in their order.
  package init(_ files: SortedFiles, without others: SortedFiles) {
    self.files = files
    self.others = SortedMembers(others)
  }

  /// The next file; nil after the last one.
  package mutating func next() async throws -> SortedFile? {
    while let file = try await files.next() {
      if try await !others.contains(file.key) { return file }
    }
    return nil
  }
}

extension SortedFile {
  fileprivate func comesBefore(_ other: SortedFile) -> Bool {
    let order = key.order(to: other.key)
    return order == 0 ? file.number > other.file.number : order < 0
  }
}

/// Where sorted files come from.
protocol SortedSource: Sendable {
  /// The next file; nil after the last one.
  mutating func next() async throws -> SortedFile?
}

/// Sorted files in memory.
struct MemorySource: SortedSource {
  let files: PackedFiles
  private var index = 0

  init(files: PackedFiles) { self.files = files }

  mutating func next() async throws -> SortedFile? {
    guard index < files.starts.count else { return nil }
    defer { index += 1 }
    let bytes = Bytes(files.bytes.bytes)[files.range(at: index)]
    var reader = ByteReader(bytes.span)
    return try SortedFile(parsing: &reader)
  }
}

/// Sorted files that were written to a scratch folder.
struct RunSource: SortedSource {
  let location: String
  let size: Int64
  let fileIO: any FileIO
  private let blockLength: Int64
  /// What was read and not parsed yet, and where in the file it ends.
  private var block = Bytes()
  private var end: Int64 = 0

  /// - Parameter blockLength: how many bytes are read at a time.
  init(location: String, size: Int64, fileIO: any FileIO, blockLength: Int64) {
    self.location = location
    self.size = size
    self.fileIO = fileIO
    self.blockLength = max(1, blockLength)
  }

  mutating func next() async throws -> SortedFile? {
    while true {
      do throws(FormatError) {
        var reader = ByteReader(block.span)
        if !reader.isAtEnd {
          let file = try SortedFile(parsing: &reader)
          block = block[reader.offset..<block.count]
          return file
        }
      } catch {
        // Cut by the end of the block: the rest is in the next one.
        guard error.code == .truncated, end < size else {
          throw IcebergError(
            .storage, "a scratch file was changed by others", context: .init(location: location),
            cause: error)
        }
      }
      if end >= size { return nil }
      let next = min(size, end + blockLength)
      let more = try await fileIO.read(location, range: end..<next)
      block = block.isEmpty ? more : Bytes(block.array + more.array)
      end = next
    }
  }
}
