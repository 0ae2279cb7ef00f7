internal import IcebergColumns

/// Where the entries of a ``KeyTable`` are by the hashes of their keys: a key has one entry here, the newest.
///
/// Places lie in groups of eight, each with a byte of its key's hash, the tag: most keys that are not there
/// are told by one look at the eight tags of a group, which stay in the cache when the keys no longer do.
struct KeySlots: Sendable {
  /// The tags of eight places each, lowest byte first, filled from the first place on: 0 where a place is
  /// free.
  private var groups: [UInt64] = []
  /// The entry at each place.
  private var places: [Int32] = []
  /// How many places are taken.
  private(set) var count = 0

  /// Makes room for so many keys more, half of the places staying free. `hashOf` gives the hash of an entry.
  /// Tells whether there was not enough.
  mutating func reserve(_ more: Int, hashOf: (Int32) -> UInt64) -> Bool {
    let wanted = count + more
    guard wanted > groups.count * 4 else { return false }
    var size = 64
    while size * 4 < wanted { size *= 2 }
    let (oldGroups, oldPlaces) = (groups, places)
    groups = [UInt64](repeating: 0, count: size)
    places = [Int32](repeating: 0, count: size * 8)
    withPlaces { slots in
      for (index, group) in oldGroups.enumerated() {
        for place in index * 8..<index * 8 + Tags.takenCount(group) {
          let hash = hashOf(oldPlaces[place])
          slots.take(slots.find(hash) { _ in false }.place, hash, oldPlaces[place])
        }
      }
    }
    return true
  }

  /// Adds entries for rows, of which there must be room for all: the first is that of number `first`.
  ///
  /// Returns the rows that have become entries, in their order.
  ///
  /// - Parameters:
  ///   - isChosen: whether a row may become an entry; nil when any may.
  ///   - hasKey: whether an entry from before has the key of a row.
  ///   - areSame: whether two rows have the same key.
  ///   - replaces: whether the new entry of a key takes the place of the one from before.
  @inline(__always)
  mutating func insert(
    _ hashes: [UInt64], from first: Int, where isChosen: Bitmap?,
    hasKey: (_ entry: Int, _ row: Int) -> Bool, areSame: (_ row: Int, _ other: Int) -> Bool,
    replaces: (_ older: Int32, _ entry: Int32) -> Bool
  ) -> [Int32] {
    var rows: [Int32] = []
    rows.reserveCapacity(hashes.count)
    let newKeys = withPlaces { slots in
      var newKeys = 0
      for row in 0..<hashes.count where isChosen?[row] ?? true {
        let found = slots.find(hashes[row]) { entry in
          entry < first ? hasKey(entry, row) : areSame(Int(rows[entry &- first]), row)
        }
        let entry = Int32(truncatingIfNeeded: first &+ rows.count)
        if let older = found.entry {
          // Rows of one batch are of one file.
          if older >= first || !replaces(Int32(truncatingIfNeeded: older), entry) { continue }
          slots.places[found.place] = entry
        } else {
          slots.take(found.place, hashes[row], entry)
          newKeys &+= 1
        }
        rows.append(Int32(truncatingIfNeeded: row))
      }
      return newKeys
    }
    count += newKeys
    return rows
  }

  /// Calls `found` with each row whose key has an entry.
  ///
  /// Many rows take each step together. Nothing in a step depends on what the rows before came to: what the
  /// rows need is on its way from memory at the same time.
  ///
  /// - Parameters:
  ///   - isChosen: whether a row may be found; nil when any may.
  ///   - hash: puts the hashes of some rows into a buffer.
  ///   - valueOf: what is known of the key of an entry.
  ///   - isSameKey: whether an entry, of which `value` is known, has the key of a row.
  @inline(__always)
  func forEachMatch(
    ofRows rowCount: Int, where isChosen: Bitmap?,
    hash: (_ rows: Range<Int>, UnsafeMutableBufferPointer<UInt64>) -> Void,
    valueOf: (_ entry: Int) -> Int64,
    isSameKey: (_ value: Int64, _ entry: Int, _ row: Int) -> Bool,
    _ found: (_ row: Int, _ entry: Int32) -> Void
  ) {
    if count == 0 { return }
    let step = 512
    groups.withUnsafeBufferPointer { groups in
      places.withUnsafeBufferPointer { places in
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: step) { hashes in
          withUnsafeTemporaryAllocation(of: Candidate.self, capacity: step) { candidates in
            for start in stride(from: 0, to: rowCount, by: step) {
              let rows = start..<min(start &+ step, rowCount)
              hash(rows, hashes)
              let count = Self.choose(rows.count, hashes, groups, candidates)
              for index in 0..<count { candidates[index].lookAtPlace(groups, places) }
              for index in 0..<count {
                candidates[index].value = valueOf(Int(truncatingIfNeeded: candidates[index].entry))
              }
              for candidate in candidates[..<count] {
                let row = start &+ Int(truncatingIfNeeded: candidate.row)
                guard isChosen?[row] ?? true else { continue }
                if isSameKey(candidate.value, Int(truncatingIfNeeded: candidate.entry), row) {
                  found(row, candidate.entry)
                  continue
                }
                let other = Tags.find(candidate.hash, groups, places) { entry in
                  isSameKey(valueOf(entry), entry, row)
                }
                if let entry = other.entry { found(row, Int32(truncatingIfNeeded: entry)) }
              }
            }
          }
        }
      }
    }
  }

  /// A row whose key may have an entry.
  private struct Candidate {
    var hash: UInt64
    /// Which of the rows that take each step together it is.
    var row: Int32
    /// The entry that it most likely is, and what is known of that.
    var entry: Int32 = 0
    var value: Int64 = 0

    @inline(__always)
    mutating func lookAtPlace(
      _ groups: UnsafeBufferPointer<UInt64>, _ places: UnsafeBufferPointer<Int32>
    ) {
      let index = Int(truncatingIfNeeded: hash) & (groups.count &- 1)
      // None may be: the group is full then, and there is an entry at each of its places.
      let place = (Tags.places(of: hash, in: groups[index]) | 1 &<< 63).trailingZeroBitCount &>> 3
      entry = places[index &<< 3 &+ place]
    }
  }

  /// Puts those of `count` rows whose keys may have an entry, by the tags of the group where they would be
  /// first, into `candidates`, which has room for all. Returns how many they are.
  @inline(__always)
  private static func choose(
    _ count: Int, _ hashes: UnsafeMutableBufferPointer<UInt64>,
    _ groups: UnsafeBufferPointer<UInt64>, _ candidates: UnsafeMutableBufferPointer<Candidate>
  ) -> Int {
    let mask = groups.count &- 1
    var chosen = 0
    for row in 0..<count {
      let hash = hashes[row]
      let group = groups[Int(truncatingIfNeeded: hash) & mask]
      candidates.initializeElement(
        at: chosen, to: Candidate(hash: hash, row: Int32(truncatingIfNeeded: row)))
      let isFull = ~group & Tags.highBits == 0
      chosen &+= (Tags.places(of: hash, in: group) != 0 ? 1 : 0) | (isFull ? 1 : 0)
    }
    return chosen
  }

  /// Lets `body` change the groups and places where they are.
  private mutating func withPlaces<Result>(_ body: (inout OpenSlots) -> Result) -> Result {
    groups.withUnsafeMutableBufferPointer { groups in
      places.withUnsafeMutableBufferPointer { places in
        var slots = OpenSlots(groups: groups, places: places)
        return body(&slots)
      }
    }
  }
}

/// The groups and places of a table that is being filled.
private struct OpenSlots {
  let groups: UnsafeMutableBufferPointer<UInt64>
  let places: UnsafeMutableBufferPointer<Int32>

  @inline(__always)
  func find(_ hash: UInt64, _ isOfKey: (Int) -> Bool) -> Tags.Found {
    Tags.find(hash, UnsafeBufferPointer(groups), UnsafeBufferPointer(places), isOfKey)
  }

  /// Puts an entry at the first free place of a group.
  @inline(__always)
  func take(_ place: Int, _ hash: UInt64, _ entry: Int32) {
    groups[place &>> 3] |= Tags.tag(hash) &<< UInt64(truncatingIfNeeded: (place & 7) &<< 3)
    places[place] = entry
  }
}

/// The bytes of a group, one for each of its places.
private enum Tags {
  static let lowBits: UInt64 = 0x0101_0101_0101_0101
  static let highBits: UInt64 = 0x8080_8080_8080_8080

  @inline(__always)
  static func tag(_ hash: UInt64) -> UInt64 { hash &>> 57 | 0x80 }

  /// The highest bit of each place of a group whose tag is that of a hash; a place above such a one may be
  /// taken for one as well.
  @inline(__always)
  static func places(of hash: UInt64, in group: UInt64) -> UInt64 {
    let difference = group ^ (tag(hash) &* lowBits)
    return (difference &- lowBits) & ~difference & highBits
  }

  /// How many places of a group are taken: the highest bit of each tag is set.
  @inline(__always)
  static func takenCount(_ group: UInt64) -> Int { (group & highBits).nonzeroBitCount }

  /// Where a key is, with its entry, or the free place where it belongs.
  struct Found {
    var place: Int
    var entry: Int?
  }

  /// Looks for the entry that is of a key, among those that may be by their tags.
  @inline(__always)
  static func find(
    _ hash: UInt64, _ groups: UnsafeBufferPointer<UInt64>, _ places: UnsafeBufferPointer<Int32>,
    _ isOfKey: (Int) -> Bool
  ) -> Found {
    let mask = groups.count &- 1
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let group = groups[index]
      var candidates = Tags.places(of: hash, in: group)
      while candidates != 0 {
        let place = index &<< 3 &+ candidates.trailingZeroBitCount &>> 3
        let entry = Int(places[place])
        if isOfKey(entry) { return Found(place: place, entry: entry) }
        candidates &= candidates &- 1
      }
      if group & highBits != highBits {
        return Found(place: index &<< 3 &+ takenCount(group), entry: nil)
      }
      index = (index &+ 1) & mask
    }
  }
}
