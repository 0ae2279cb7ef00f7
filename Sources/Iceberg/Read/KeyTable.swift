internal import IcebergBytes
internal import IcebergColumns

/// Keys, each with the delete files that have it, looked up by their hashes.
///
/// An entry is a key of a file. The table leads to the newest entry of a key, and each entry to the next
/// older one. Its places lie in groups of eight, each with a byte of its key's hash, the tag: most keys
/// that are not there are told by one look at the eight tags of a group, which stay in the cache when the
/// keys no longer do.
struct KeyTable: Sendable {
  /// The tags of eight places each, lowest byte first, filled from the first place on: 0 where a place is
  /// free.
  private var groups: [UInt64] = []
  /// The newest entry of the key at each place.
  private var places: [Int32] = []
  /// How many places are taken.
  private var keyCount = 0

  /// The keys of the entries: numbers, or where in `data` they begin.
  private var keys: [UInt64] = []
  private var data: [UInt8] = []
  /// The hashes of keys that are bytes; those of numbers are made again when they are needed.
  private var hashes: [UInt64] = []
  private var holdsBytes = false
  /// The file of each entry; no items while all are of one file.
  private var files: [Int32] = []
  /// The file of the first entry.
  private var firstFile: Int32 = 0
  /// The older entry of the same key, -1 where there is none; no items while all keys have one entry.
  private var older: [Int32] = []
  /// The newest entry of the null key; -1 when there is none.
  private var nullEntry: Int32 = -1

  /// The number of entries.
  var count: Int { keys.count }

  @inline(__always)
  private func file(of entry: Int) -> Int32 { files.isEmpty ? firstFile : files[entry] }

  /// Calls `body` with the files that have a key, the newest first, until it returns false.
  @inline(__always)
  func forEachFile(from entry: Int32, _ body: (Int32) -> Bool) {
    var entry = entry
    while entry >= 0, body(file(of: Int(entry))) {
      entry = older.isEmpty ? -1 : older[Int(entry)]
    }
  }
}

// MARK: - Making

extension KeyTable {
  /// Adds the keys of a file, which is no older than those before it.
  ///
  /// Throws `unsupported` for more than 2^31 - 1 entries.
  mutating func insert(_ batch: EqualityKeys, ofFile file: Int32) throws(IcebergError) {
    guard count + batch.count <= Int(Int32.max) else {
      throw IcebergError(
        .unsupported, "more than 2^31 - 1 equality deletes apply to one partition")
    }
    reserve(batch.count)
    if count == 0 {
      firstFile = file
    } else if files.isEmpty, file != firstFile {
      files = [Int32](repeating: firstFile, count: count)
    }
    let validity = batch.validity
    if let validity, !validity.allSet {
      if nullEntry < 0 || self.file(of: Int(nullEntry)) != file {
        nullEntry = append(UInt64(data.count), 0, ofFile: file, before: nullEntry)
      }
    }
    switch batch.values {
    case .integers(let numbers):
      for (row, hash) in batch.hashes.enumerated() where validity?[row] ?? true {
        let number = numbers[row]
        let found = find(hash) { keys[$0] == number }
        insert(number, hash, ofFile: file, at: found)
      }
    case .bytes(let offsets, let bytes):
      if !holdsBytes {
        holdsBytes = true
        hashes = [UInt64](repeating: 0, count: count)
      }
      for (row, hash) in batch.hashes.enumerated() where validity?[row] ?? true {
        let key = bytes[Int(offsets[row])..<Int(offsets[row + 1])]
        let found = find(hash) { hashes[$0] == hash && isEqual($0, key) }
        if insert(UInt64(data.count), hash, ofFile: file, at: found) { data += key }
      }
    }
  }

  /// Adds an entry unless the key has one of the same file already; tells whether it did.
  @discardableResult @inline(__always)
  private mutating func insert(
    _ key: UInt64, _ hash: UInt64, ofFile file: Int32, at found: Found
  ) -> Bool {
    if let entry = found.entry {
      if self.file(of: entry) == file { return false }
      let older = Int32(truncatingIfNeeded: entry)
      places[found.place] = append(key, hash, ofFile: file, before: older)
    } else {
      take(found.place, hash, append(key, hash, ofFile: file, before: -1))
    }
    return true
  }

  /// Puts an entry at the first free place of a group.
  @inline(__always)
  private mutating func take(_ place: Int, _ hash: UInt64, _ entry: Int32) {
    groups[place &>> 3] |= Self.tag(hash) &<< UInt64(truncatingIfNeeded: (place & 7) &<< 3)
    places[place] = entry
    keyCount &+= 1
  }

  @inline(__always)
  private mutating func append(
    _ key: UInt64, _ hash: UInt64, ofFile file: Int32, before entry: Int32
  ) -> Int32 {
    if entry >= 0, older.isEmpty { older = [Int32](repeating: -1, count: count) }
    if !older.isEmpty { older.append(entry) }
    keys.append(key)
    if holdsBytes { hashes.append(hash) }
    if !files.isEmpty { files.append(file) }
    return Int32(truncatingIfNeeded: count &- 1)
  }

  /// Makes room for so many keys more, half of the places staying free.
  mutating func reserve(_ more: Int) {
    let wanted = keyCount + more
    guard wanted > groups.count * 4 else { return }
    var size = 64
    while size * 4 < wanted { size *= 2 }
    let (oldGroups, oldPlaces) = (groups, places)
    groups = [UInt64](repeating: 0, count: size)
    places = [Int32](repeating: 0, count: size * 8)
    keyCount = 0
    keys.reserveCapacity(count + more)
    if !files.isEmpty { files.reserveCapacity(count + more) }
    if holdsBytes { hashes.reserveCapacity(count + more) }
    for (index, group) in oldGroups.enumerated() {
      for place in index * 8..<index * 8 + Self.takenCount(group) {
        let entry = oldPlaces[place]
        let hash =
          holdsBytes ? hashes[Int(entry)] : EqualityKeys.hash(of: keys[Int(entry)])
        take(find(hash) { _ in false }.place, hash, entry)
      }
    }
  }
}

// MARK: - Looking up

extension KeyTable {
  /// Calls `found` with each row of a batch whose key is in the table, and with its newest entry.
  func forEachMatch(_ batch: EqualityKeys, _ found: (_ row: Int, _ entry: Int32) -> Void) {
    let validity = batch.validity
    if nullEntry >= 0, let validity { (~validity).forEachSetBit { found($0, nullEntry) } }
    if keyCount == 0 { return }
    let hashes = batch.hashes
    for row in candidates(of: hashes) {
      let row = Int(truncatingIfNeeded: row)
      guard validity?[row] ?? true else { continue }
      let place =
        switch batch.values {
        case .integers(let numbers): find(hashes[row]) { keys[$0] == numbers[row] }
        case .bytes(let offsets, let bytes):
          find(hashes[row]) {
            self.hashes[$0] == hashes[row]
              && isEqual($0, bytes[Int(offsets[row])..<Int(offsets[row + 1])])
          }
        }
      if place.entry != nil { found(row, places[place.place]) }
    }
  }

  /// The rows whose keys may be in the table, by the tags of the group where they would be first.
  ///
  /// Nothing here depends on what the rows before came to: the groups of many rows are on their way from
  /// memory at the same time.
  private func candidates(of hashes: [UInt64]) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: hashes.count) { rows, count in
      groups.withUnsafeBufferPointer { groups in
        let mask = groups.count &- 1
        for (row, hash) in hashes.enumerated() {
          let group = groups[Int(truncatingIfNeeded: hash) & mask]
          rows[count] = Int32(truncatingIfNeeded: row)
          let isFull = ~group & Self.highBits == 0
          count &+= (Self.places(of: hash, in: group) != 0 ? 1 : 0) | (isFull ? 1 : 0)
        }
      }
    }
  }

  /// Where a key is, with its newest entry, or the free place where it belongs.
  private struct Found {
    var place: Int
    var entry: Int?
  }

  /// Looks for the entry that is of a key, among those that may be by their tags.
  @inline(__always)
  private func find(_ hash: UInt64, _ isOfKey: (Int) -> Bool) -> Found {
    let mask = groups.count &- 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let group = groups[index]
      var candidates = Self.places(of: hash, in: group)
      while candidates != 0 {
        let place = index &<< 3 &+ candidates.trailingZeroBitCount &>> 3
        let entry = Int(places[place])
        if isOfKey(entry) { return Found(place: place, entry: entry) }
        candidates &= candidates &- 1
      }
      if group & Self.highBits != Self.highBits {
        return Found(place: index &<< 3 &+ Self.takenCount(group), entry: nil)
      }
      index = (index &+ 1) & mask
    }
  }

  private static let lowBits: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  /// The highest bit of each place of a group whose tag is that of a hash; a place above such a one may be
  /// taken for one as well.
  @inline(__always)
  private static func places(of hash: UInt64, in group: UInt64) -> UInt64 {
    let difference = group ^ (tag(hash) &* lowBits)
    return (difference &- lowBits) & ~difference & highBits
  }

  /// How many places of a group are taken: the highest bit of each tag is set.
  @inline(__always)
  private static func takenCount(_ group: UInt64) -> Int { (group & highBits).nonzeroBitCount }

  @inline(__always)
  private static func tag(_ hash: UInt64) -> UInt64 { hash &>> 57 | 0x80 }

  private func isEqual(_ entry: Int, _ key: ArraySlice<UInt8>) -> Bool {
    let start = Int(truncatingIfNeeded: keys[entry])
    let end = entry + 1 < keys.count ? Int(truncatingIfNeeded: keys[entry + 1]) : data.count
    return data.withUnsafeBytes { data in
      key.withUnsafeBytes { UnsafeRawBufferPointer(rebasing: data[start..<end]).isEqual(to: $0) }
    }
  }
}
