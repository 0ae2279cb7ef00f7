internal import IcebergColumns

/// A set of keys, each with a number: where the list of those who gave it begins.
///
/// A table of one byte for each place, made from the hash, tells nearly all keys that are not in the
/// set: it stays in the cache when the keys no longer do.
struct KeyTable: Sendable {
  /// The list of the null key; -1 when there is none.
  private var nullHead: Int32 = -1
  /// For each place, 0 when it is free, else seven bits of the hash of its key and the highest bit.
  private var tags: [UInt8] = []
  /// For each place that is not free, the index of its key.
  private var places: [Int32] = []
  /// The keys: a number, or where the bytes of the key begin, and where its list begins.
  private var keys: [(number: UInt64, head: Int32)] = []
  private var hashes: [UInt64] = []
  private var data: [UInt8] = []

  /// Makes room for so many keys more.
  mutating func reserve(_ count: Int) {
    let wanted = keys.count + count
    guard wanted * 3 > tags.count * 2 else { return }
    var size = 1024
    while size * 2 < wanted * 3 { size *= 2 }
    tags = [UInt8](repeating: 0, count: size)
    places = [Int32](repeating: 0, count: size)
    keys.reserveCapacity(wanted)
    hashes.reserveCapacity(wanted)
    for (index, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash) & (size - 1)
      while tags[place] != 0 { place = (place + 1) & (size - 1) }
      tags[place] = Self.tag(hash)
      places[place] = Int32(truncatingIfNeeded: index)
    }
  }

  /// Calls `update` with the list of each key of a batch, -1 where the key is new, and keeps what it
  /// returns.
  mutating func update(_ batch: EqualityKeys, _ update: (Int32) -> Int32) {
    reserve(batch.count)
    if let validity = batch.validity {
      for _ in 0..<batch.count - validity.setCount { nullHead = update(nullHead) }
    }
    switch batch.values {
    case .integers(let numbers):
      for (row, hash) in batch.hashes.enumerated() where batch.validity?[row] ?? true {
        let (place, key) = find(numbers[row], hash: hash)
        if key < 0 {
          insert((numbers[row], update(-1)), hash, at: place)
        } else {
          keys[Int(key)].head = update(keys[Int(key)].head)
        }
      }
    case .bytes(let offsets, let bytes):
      for (row, hash) in batch.hashes.enumerated() where batch.validity?[row] ?? true {
        let range = Int(offsets[row])..<Int(offsets[row + 1])
        let (place, key) = find(bytes, range, hash: hash)
        if key < 0 {
          insert((UInt64(data.count), update(-1)), hash, at: place)
          data.append(contentsOf: bytes[range])
        } else {
          keys[Int(key)].head = update(keys[Int(key)].head)
        }
      }
    }
  }

  private mutating func insert(
    _ key: (number: UInt64, head: Int32), _ hash: UInt64, at place: Int
  ) {
    tags[place] = Self.tag(hash)
    places[place] = Int32(truncatingIfNeeded: keys.count)
    hashes.append(hash)
    keys.append(key)
  }

  /// Calls `found` with each row of a batch whose key is in the set, and with its list.
  func forEachMatch(_ batch: EqualityKeys, _ found: (_ row: Int, _ head: Int32) -> Void) {
    if nullHead >= 0, let validity = batch.validity {
      (~validity).forEachSetBit { found($0, nullHead) }
    }
    if keys.isEmpty { return }
    let mask = tags.count &- 1
    switch batch.values {
    case .integers(let numbers):
      for (row, hash) in batch.hashes.enumerated() {
        // Most rows end here: nothing else is looked at for them.
        if tags[Int(truncatingIfNeeded: hash) & mask] == 0 { continue }
        let key = find(numbers[row], hash: hash).key
        if key >= 0, batch.validity?[row] ?? true { found(row, keys[Int(key)].head) }
      }
    case .bytes(let offsets, let bytes):
      for (row, hash) in batch.hashes.enumerated() {
        if tags[Int(truncatingIfNeeded: hash) & mask] == 0 { continue }
        let key = find(bytes, Int(offsets[row])..<Int(offsets[row + 1]), hash: hash).key
        if key >= 0, batch.validity?[row] ?? true { found(row, keys[Int(key)].head) }
      }
    }
  }

  @inline(__always)
  private static func tag(_ hash: UInt64) -> UInt8 {
    UInt8(truncatingIfNeeded: hash &>> 57) | 0x80
  }

  /// The index of a key that is a number, or -1 and the free place where it belongs.
  @inline(__always)
  private func find(_ number: UInt64, hash: UInt64) -> (place: Int, key: Int32) {
    let (mask, tag) = (tags.count &- 1, Self.tag(hash))
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      if tags[place] == 0 { return (place, -1) }
      if tags[place] == tag {
        let key = places[place]
        if keys[Int(key)].number == number { return (place, key) }
      }
      place = (place &+ 1) & mask
    }
  }

  /// The index of a key of bytes, or -1 and the free place where it belongs.
  @inline(__always)
  private func find(
    _ bytes: [UInt8], _ range: Range<Int>, hash: UInt64
  ) -> (place: Int, key: Int32) {
    let (mask, tag) = (tags.count &- 1, Self.tag(hash))
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      if tags[place] == 0 { return (place, -1) }
      if tags[place] == tag {
        let key = places[place]
        if hashes[Int(key)] == hash, isEqual(Int(key), bytes, range) { return (place, key) }
      }
      place = (place &+ 1) & mask
    }
  }

  private func isEqual(_ key: Int, _ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    let start = Int(truncatingIfNeeded: keys[key].number)
    let end = key + 1 < keys.count ? Int(truncatingIfNeeded: keys[key + 1].number) : data.count
    return end - start == range.count && data[start..<end].elementsEqual(bytes[range])
  }
}
