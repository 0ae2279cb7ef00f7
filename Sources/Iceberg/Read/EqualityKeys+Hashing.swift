extension EqualityKeys {
  /// What makes hashes differ from one process to the next, so that nobody can write a file whose
  /// keys all fall into one place.
  private static let seed = UInt64.random(in: .min ... .max) | 1

  /// A hash of each key; those of nulls are without meaning.
  var hashes: [UInt64] {
    let seed = Self.seed
    switch values {
    case .integers(let numbers): return numbers.map { Self.mix($0, seed) }
    case .bytes(let offsets, let data):
      var hashes = [UInt64](repeating: 0, count: count)
      data.withUnsafeBytes { bytes in
        for row in 0..<count {
          let (start, end) = (Int(offsets[row]), Int(offsets[row + 1]))
          hashes[row] = Self.hash(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), seed)
        }
      }
      return hashes
    }
  }

  /// The hash of a key that is a number.
  static func hash(_ number: UInt64) -> UInt64 { mix(number, seed) }

  /// The hash of a key of bytes.
  static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 { hash(bytes, seed) }

  /// The product of two numbers folded to half its width, which spreads every bit of them.
  @inline(__always)
  private static func mix(_ left: UInt64, _ seed: UInt64) -> UInt64 {
    let product = (left ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: seed)
    return product.high ^ product.low
  }

  /// A hash of some bytes, eight at a time; the last eight may have some of those before them.
  @inline(__always)
  private static func hash(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
    let count = bytes.count
    var hash = mix(UInt64(count), seed)
    if count >= 8 {
      var offset = 0
      while count &- offset > 8 {
        hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), seed)
        offset &+= 8
      }
      return mix(hash ^ bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self), seed)
    }
    var rest: UInt64 = 0
    for byte in bytes { rest = rest &<< 8 | UInt64(byte) }
    return mix(hash ^ rest, seed)
  }
}

/// Keys with their hashes, by the shards of a table that they belong to.
struct ShardedKeys: Sendable {
  /// The keys.
  let keys: EqualityKeys
  /// The hash of each.
  let hashes: [UInt64]
  /// The rows whose keys are not null: those of shard `i` are `order[starts[i]..<starts[i + 1]]`.
  private(set) var order: [Int32]
  let starts: [Int]

  init(_ keys: EqualityKeys) {
    self.keys = keys
    hashes = keys.hashes
    let isKey: (Int) -> Bool = { row in keys.validity?[row] ?? true }
    var counts = [Int](repeating: 0, count: KeyTable.shardCount + 1)
    for (row, hash) in hashes.enumerated() where isKey(row) {
      counts[KeyTable.shard(of: hash) + 1] += 1
    }
    for shard in 0..<KeyTable.shardCount { counts[shard + 1] += counts[shard] }
    starts = counts
    order = [Int32](repeating: 0, count: counts[KeyTable.shardCount])
    for (row, hash) in hashes.enumerated() where isKey(row) {
      let shard = KeyTable.shard(of: hash)
      order[counts[shard]] = Int32(truncatingIfNeeded: row)
      counts[shard] += 1
    }
  }

  /// Whether some key is null.
  var hasNulls: Bool { order.count < keys.count }
}
