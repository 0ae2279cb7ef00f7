internal import IcebergBytes
internal import IcebergModel

/// A file of known length, read in few and not too small requests.
struct RemoteFile: Sendable {
  let location: String
  /// The length in bytes.
  let size: Int64
  let fileIO: any FileIO
  /// The end of the file, as far as it has been read.
  private var tail = Bytes()

  /// So much is read of the end at once: the footer, and small files whole.
  private static let tailLength: Int64 = 64 << 10
  /// Ranges that are no farther apart are read in one request.
  private static let gapLimit: Int64 = 64 << 10
  /// Requests are not made longer than this by joining ranges.
  private static let requestLimit: Int64 = 16 << 20
  /// The number of requests at the same time.
  private static let concurrency = 4

  init(location: String, size: Int64, fileIO: any FileIO) {
    self.location = location
    self.size = size
    self.fileIO = fileIO
  }

  /// The end of the file, `length` bytes or more.
  mutating func readTail(atLeast length: Int64) async throws -> Bytes {
    if Int64(tail.count) >= length { return tail }
    guard length <= size else {
      throw IcebergError(
        .invalidFile, "the file ends before what it must hold",
        context: IcebergError.Context(location: location))
    }
    let start = max(0, size - max(length, Self.tailLength))
    let bytes = try await fileIO.read(location, range: start..<size)
    guard Int64(bytes.count) == size - start else { throw otherLength }
    tail = bytes
    return tail
  }

  /// The bytes at `ranges`, which may overlap and lie in any order.
  func read(_ ranges: [Range<Int64>]) async throws -> [Bytes] {
    for range in ranges where range.lowerBound < 0 || range.upperBound > size {
      throw IcebergError(
        .invalidFile, "bytes \(range) are needed, but the file has \(size)",
        context: IcebergError.Context(location: location))
    }
    let tailStart = size - Int64(tail.count)
    let missing = ranges.filter { $0.lowerBound < tailStart && !$0.isEmpty }
    let requests = Self.join(missing)
    let parts = try await fetch(requests)
    return try ranges.map { range in
      if range.isEmpty { return Bytes() }
      if range.lowerBound >= tailStart {
        return tail[Int(range.lowerBound - tailStart)..<Int(range.upperBound - tailStart)]
      }
      guard let index = requests.firstIndex(where: { $0.contains(range) }),
        let slice = parts[index].slice(
          Int(
            range.lowerBound - requests[index].lowerBound)..<Int(
              range.upperBound - requests[index].lowerBound))
      else {
        throw otherLength
      }
      return slice
    }
  }

  private var otherLength: IcebergError {
    IcebergError(
      .storage, "other bytes were read than those asked for",
      context: IcebergError.Context(location: location))
  }

  /// The requests that cover `ranges`, ascending.
  private static func join(_ ranges: [Range<Int64>]) -> [Range<Int64>] {
    var requests: [Range<Int64>] = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = requests.last, range.lowerBound - last.upperBound <= gapLimit,
        range.upperBound <= last.upperBound || range.upperBound - last.lowerBound <= requestLimit
          || range.lowerBound < last.upperBound
      {
        requests[requests.count - 1] =
          last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        requests.append(range)
      }
    }
    return requests
  }

  private func fetch(_ requests: [Range<Int64>]) async throws -> [Bytes] {
    if requests.count == 1 { return [try await fileIO.read(location, range: requests[0])] }
    let (fileIO, location) = (fileIO, location)
    return try await requests.concurrentMap(limit: Self.concurrency) { request in
      try await fileIO.read(location, range: request)
    }
  }
}
