internal import IcebergColumns

/// A set of keys, each with a number: where the list of those who gave it begins.
struct KeyTable: Sendable {
  /// The list of the null key; -1 when there is none.
  private(set) var nullHead: Int32 = -1
  /// The keys that are numbers, and their lists; a place without a list is free.
  private var numbers: [(key: UInt64, head: Int32)] = []
  private var numberCount = 0
  /// For keys of bytes, the index of the key at each place; -1 in free ones.
  private var places: [Int32] = []
  private var keys: [(hash: UInt64, start: Int, head: Int32)] = []
  private var data: [UInt8] = []

  /// Calls `update` with the list of each key of a batch, -1 where the key is new, and keeps what it
  /// returns.
  mutating func update(_ batch: EqualityKeys, _ update: (Int32) -> Int32) {
    let hashes = batch.hashes
    switch batch.values {
    case .integers(let values):
      reserve(numbers: batch.count)
      for row in 0..<batch.count {
        if let validity = batch.validity, !validity[row] {
          nullHead = update(nullHead)
          continue
        }
        let place = place(of: values[row], hash: hashes[row])
        if numbers[place].head < 0 {
          numberCount += 1
          numbers[place].key = values[row]
        }
        numbers[place].head = update(numbers[place].head)
      }
    case .bytes(let offsets, let bytes):
      reserve(keys: batch.count)
      for row in 0..<batch.count {
        if let validity = batch.validity, !validity[row] {
          nullHead = update(nullHead)
          continue
        }
        let range = Int(offsets[row])..<Int(offsets[row + 1])
        let place = place(of: bytes, range, hash: hashes[row])
        if places[place] < 0 {
          places[place] = Int32(truncatingIfNeeded: keys.count)
          keys.append((hashes[row], data.count, -1))
          data.append(contentsOf: bytes[range])
        }
        let key = Int(places[place])
        keys[key].head = update(keys[key].head)
      }
    }
  }

  /// Calls `found` with each row of a batch whose key is in the set, and with its list.
  func forEachMatch(_ batch: EqualityKeys, _ found: (_ row: Int, _ head: Int32) -> Void) {
    if nullHead >= 0, let validity = batch.validity {
      (~validity).forEachSetBit { found($0, nullHead) }
    }
    switch batch.values {
    case .integers(let values):
      if numbers.isEmpty { return }
      let hashes = batch.hashes
      for row in 0..<batch.count {
        let head = numbers[place(of: values[row], hash: hashes[row])].head
        if head >= 0, batch.validity?[row] ?? true { found(row, head) }
      }
    case .bytes(let offsets, let bytes):
      if keys.isEmpty { return }
      let hashes = batch.hashes
      for row in 0..<batch.count {
        let range = Int(offsets[row])..<Int(offsets[row + 1])
        let key = places[place(of: bytes, range, hash: hashes[row])]
        if key >= 0, batch.validity?[row] ?? true { found(row, keys[Int(key)].head) }
      }
    }
  }

  /// The place of a number, or the free one where it belongs.
  @inline(__always)
  private func place(of value: UInt64, hash: UInt64) -> Int {
    let mask = numbers.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while numbers[place].head >= 0, numbers[place].key != value { place = (place &+ 1) & mask }
    return place
  }

  /// The place of a key of bytes, or the free one where it belongs.
  @inline(__always)
  private func place(of bytes: [UInt8], _ range: Range<Int>, hash: UInt64) -> Int {
    let mask = places.count &- 1
    var place = Int(truncatingIfNeeded: hash) & mask
    while true {
      let key = Int(places[place])
      if key < 0 { return place }
      if keys[key].hash == hash {
        let end = key + 1 < keys.count ? keys[key + 1].start : data.count
        if data[keys[key].start..<end].elementsEqual(bytes[range]) { return place }
      }
      place = (place &+ 1) & mask
    }
  }

  /// Makes room so that half of the places stay free.
  private mutating func reserve(numbers more: Int) {
    guard (numberCount + more) * 2 > numbers.count else { return }
    let old = numbers
    numbers = Array(repeating: (0, -1), count: Self.size(for: numberCount + more))
    let taken = old.filter { $0.head >= 0 }
    let hashes = EqualityKeys(numbers: taken.map(\.key)).hashes
    for (entry, hash) in zip(taken, hashes) {
      numbers[place(of: entry.key, hash: hash)] = entry
    }
  }

  private mutating func reserve(keys more: Int) {
    guard (keys.count + more) * 2 > places.count else { return }
    places = Array(repeating: -1, count: Self.size(for: keys.count + more))
    let mask = places.count - 1
    for (index, key) in keys.enumerated() {
      var place = Int(truncatingIfNeeded: key.hash) & mask
      while places[place] >= 0 { place = (place + 1) & mask }
      places[place] = Int32(truncatingIfNeeded: index)
    }
  }

  private static func size(for count: Int) -> Int {
    var size = 1024
    while size < count * 3 { size *= 2 }
    return size
  }
}
