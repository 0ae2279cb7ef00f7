package import Iceberg
package import IcebergBytes
import Synchronization

/// Storage that counts reads and removals, and how many there are at the same time; it can be slow.
package final class CountingFileIO: FileIO {
  private struct Counts {
    var running = 0
    var most = 0
    var reads = 0
    var bytes = 0
    var byLocation: [String: Int] = [:]
    var runningRemovals = 0
    var mostRemovals = 0
    var removals = 0
  }

  private let base: any FileIO
  private let delay: Duration
  private let counts = Mutex(Counts())

  /// Storage in which every read and every removal takes the given time.
  package init(base: any FileIO = MemoryFileIO(), delay: Duration = .microseconds(200)) {
    self.base = base
    self.delay = delay
  }

  /// The most reads at a time.
  package var most: Int { counts.withLock { $0.most } }
  /// The number of reads.
  package var reads: Int { counts.withLock { $0.reads } }
  /// The number of bytes read.
  package var bytes: Int { counts.withLock { $0.bytes } }
  /// The number of reads of one file.
  package func readCount(of location: String) -> Int {
    counts.withLock { $0.byLocation[location] ?? 0 }
  }
  /// The most requests to remove files at a time.
  package var mostRemovals: Int { counts.withLock { $0.mostRemovals } }
  /// The number of requests to remove files.
  package var removals: Int { counts.withLock { $0.removals } }

  /// Begins to count anew.
  package func reset() { counts.withLock { $0 = Counts() } }

  package func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    counts.withLock {
      $0.running += 1
      $0.reads += 1
      $0.byLocation[location, default: 0] += 1
      $0.most = max($0.most, $0.running)
    }
    defer { counts.withLock { $0.running -= 1 } }
    try await Task.sleep(for: delay)
    let bytes = try await base.read(location, range: range)
    counts.withLock { $0.bytes += bytes.count }
    return bytes
  }

  package func remove(_ locations: [String]) async throws {
    counts.withLock {
      $0.runningRemovals += 1
      $0.removals += 1
      $0.mostRemovals = max($0.mostRemovals, $0.runningRemovals)
    }
    defer { counts.withLock { $0.runningRemovals -= 1 } }
    try await Task.sleep(for: delay)
    try await base.remove(locations)
  }

  package func status(of location: String) async throws -> FileStatus {
    try await base.status(of: location)
  }

  package func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    try await base.write(bytes, to: location, mode: mode)
  }

  package func create(_ location: String) async throws -> any OutputFile {
    try await base.create(location)
  }

  package func list(under folder: String) async throws -> [FileStatus] {
    try await base.list(under: folder)
  }
}
