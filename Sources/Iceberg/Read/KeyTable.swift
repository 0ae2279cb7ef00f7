internal import IcebergColumns
internal import IcebergModel
internal import Synchronization

/// A set of keys, each with the delete files that have it.
///
/// It lies in shards by the hashes of the keys, which are filled at the same time. Their tags, put
/// together, tell nearly all keys that are not in the set: they stay in the cache when the keys no
/// longer do.
struct KeyTable: Sendable {
  static let shardCount = 16
  @inline(__always)
  static func shard(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> 60) }

  private let shards: [KeyShard]
  /// The groups of tags of all shards, one shard after the other.
  private let groups: [UInt64]
  /// Where the groups of each shard begin, and behind them all.
  private let starts: [Int]
  /// The files that have the null key, ascending.
  private let nullFiles: [Int32]

  /// What is filled by one task at a time.
  private final class Filling: Sendable {
    let shard = Mutex(KeyShard())
  }

  /// Reads files one after the other, so many at once as `width` says, which is also how many tasks
  /// fill the table. They are numbered by their order.
  init(
    fileCount: Int, width: Int,
    reading read: @escaping @Sendable (Int) async throws -> [EqualityKeys]
  ) async throws {
    let shards = (0..<Self.shardCount).map { _ in Filling() }
    var nullFiles: [Int32] = []
    guard let fileCount = Int32(exactly: fileCount) else {
      throw IcebergError(.unsupported, "more than 2^31 - 1 equality delete files at once")
    }
    var start: Int32 = 0
    while start < fileCount {
      // The keys of so many files are held beside the table.
      let part = Array(start..<min(start + Int32(clamping: width), fileCount))
      let keys = try await part.concurrentMap(limit: width) { file in
        try await read(Int(file)).map { ShardedKeys($0) }
      }
      for (file, batches) in zip(part, keys) where batches.contains(where: \.hasNulls) {
        nullFiles.append(file)
      }
      _ = try await Array(shards.indices).concurrentMap(limit: width) { index in
        try shards[index].shard.withLock { shard throws(IcebergError) in
          let sizes = keys.joined().map { $0.starts[index + 1] - $0.starts[index] }
          shard.reserve(sizes.reduce(0, +))
          for (file, batches) in zip(part, keys) {
            for batch in batches { try shard.insert(batch, shard: index, file: file) }
          }
        }
      }
      start += Int32(part.count)
    }
    self.nullFiles = nullFiles
    self.shards = shards.map { $0.shard.withLock { $0 } }
    groups = Array(self.shards.map(\.groups).joined())
    starts = self.shards.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.groups.count) }
  }
}

extension KeyTable {
  /// The rows whose keys are in a file of the choice; nil when there are none.
  func matches(_ keys: EqualityKeys, in choice: EqualityDeletes.Choice) -> Bitmap? {
    var matches: Bitmap?
    func mark(_ row: Int) {
      if matches == nil { matches = Bitmap(repeating: false, count: keys.count) }
      matches?[row] = true
    }
    if let validity = keys.validity, nullFiles.contains(where: choice.contains) {
      (~validity).forEachSetBit { mark($0) }
    }
    switch keys.values {
    case .integers(let numbers):
      forEachCandidate(among: keys.count, hash: { EqualityKeys.hash(numbers[$0]) }) { row, hash in
        guard keys.validity?[row] ?? true else { return }
        if shards[Self.shard(of: hash)].contains(numbers[row], hash: hash, in: choice) { mark(row) }
      }
    case .bytes(let offsets, let data):
      let hashes = keys.hashes
      data.withUnsafeBytes { data in
        forEachCandidate(among: keys.count, hash: { hashes[$0] }) { row, hash in
          guard keys.validity?[row] ?? true else { return }
          let range = Int(offsets[row])..<Int(offsets[row + 1])
          let bytes = UnsafeRawBufferPointer(rebasing: data[range])
          if shards[Self.shard(of: hash)].contains(bytes, hash: hash, in: choice) { mark(row) }
        }
      }
    }
    return matches
  }

  /// Calls `body` with the rows whose keys may be in the set.
  ///
  /// All rows are told apart before any key is compared, without a branch that could be foreseen
  /// wrongly, so that the memory is asked for many tags at a time.
  @inline(__always)
  private func forEachCandidate(
    among count: Int, hash: (Int) -> UInt64, _ body: (_ row: Int, _ hash: UInt64) -> Void
  ) {
    if groups.isEmpty { return }
    withUnsafeTemporaryAllocation(of: (row: Int32, hash: UInt64).self, capacity: count + 1) {
      found in
      var number = 0
      groups.withUnsafeBufferPointer { groups in
        for row in 0..<count {
          let hash = hash(row)
          let shard = Self.shard(of: hash)
          let (start, end) = (starts[shard], starts[shard + 1])
          found[number] = (Int32(truncatingIfNeeded: row), hash)
          if start == end { continue }
          let group = groups[start &+ KeyShard.group(of: hash, among: end &- start)]
          let isEqual = KeyShard.zeroBytes(group ^ KeyShard.tags(of: hash)) != 0
          let isFull = KeyShard.freePlaces(group) == 0
          number &+= isEqual || isFull ? 1 : 0
        }
      }
      for index in 0..<number { body(Int(found[index].row), found[index].hash) }
    }
  }
}
