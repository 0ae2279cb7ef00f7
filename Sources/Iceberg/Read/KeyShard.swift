internal import IcebergModel

/// The keys of a set whose hashes begin alike, each with the delete files that have it.
///
/// Places come in groups of eight. The tags of a group are one number, so that one comparison tells
/// whether a key may be among eight.
struct KeyShard: Sendable {
  /// What lies at a place.
  private struct Slot {
    /// The key, or where its bytes begin.
    var number: UInt64
    /// The number of its bytes; -1 for numbers.
    var length: Int32
    /// Its files.
    var files: FileChain
  }

  /// The files of a key, which are numbered: the file when there is one, else the complement of the
  /// index of the link with the highest.
  typealias FileChain = Int32

  /// For each group the tags of its places, the first in the lowest byte; 0 where a place is free.
  private(set) var groups: [UInt64] = []
  private var slots: [Slot] = []
  private var count = 0
  private var data: [UInt8] = []
  private var links: [(file: Int32, next: FileChain)] = []

  /// Makes room for so many keys more.
  mutating func reserve(_ more: Int) {
    let wanted = count + more
    guard wanted * 4 > slots.count * 3 else { return }
    let old = (groups: groups, slots: slots)
    // Room for a fifth more than is asked for, and at least twice what there was.
    let size = max(wanted / 5 + 1, groups.count * 2)
    groups = [UInt64](repeating: 0, count: size)
    slots = [Slot](repeating: Slot(number: 0, length: -1, files: 0), count: size * 8)
    for (place, slot) in old.slots.enumerated()
    where old.groups[place / 8] &>> UInt64(place % 8 * 8) & 0xff != 0 {
      let hash = self.hash(slot)
      put(slot, hash, at: freePlace(hash))
    }
  }

  /// Adds some keys of a file, which has no lower number than those before it.
  ///
  /// Throws `unsupported` when there are too many.
  mutating func insert(_ batch: ShardedKeys, shard: Int, file: Int32) throws(IcebergError) {
    let rows = batch.starts[shard]..<batch.starts[shard + 1]
    reserve(rows.count)
    for index in rows {
      let row = Int(batch.order[index])
      let hash = batch.hashes[row]
      let key: Slot
      let place: (index: Int, isFree: Bool)
      switch batch.keys.values {
      case .integers(let numbers):
        key = Slot(number: numbers[row], length: -1, files: file)
        place = find(numbers[row], hash)
      case .bytes(let offsets, let bytes):
        let range = Int(offsets[row])..<Int(offsets[row + 1])
        key = Slot(
          number: UInt64(data.count), length: Int32(truncatingIfNeeded: range.count), files: file)
        place = bytes.withUnsafeBytes { find(UnsafeRawBufferPointer(rebasing: $0[range]), hash) }
        if place.isFree { data.append(contentsOf: bytes[range]) }
      }
      if place.isFree {
        put(key, hash, at: place.index)
        count += 1
      } else {
        slots[place.index].files = try chain(of: file, before: slots[place.index].files)
      }
    }
  }

  /// The files of a key that a file has as well.
  private mutating func chain(
    of file: Int32, before chain: FileChain
  ) throws(IcebergError) -> FileChain {
    let newest = chain >= 0 ? chain : links[Int(~chain)].file
    if newest == file { return chain }
    guard let index = Int32(exactly: links.count) else {
      throw IcebergError(
        .unsupported, "more than 2^31 equality deletes of the same keys apply to one partition")
    }
    links.append((file, chain))
    return ~index
  }

  /// Whether the set has a number, in a file of the choice.
  @inline(__always)
  func contains(_ number: UInt64, hash: UInt64, in choice: EqualityDeletes.Choice) -> Bool {
    let place = find(number, hash)
    return !place.isFree && has(slots[place.index].files, in: choice)
  }

  /// Whether the set has some bytes, in a file of the choice.
  @inline(__always)
  func contains(
    _ bytes: UnsafeRawBufferPointer, hash: UInt64, in choice: EqualityDeletes.Choice
  ) -> Bool {
    let place = find(bytes, hash)
    return !place.isFree && has(slots[place.index].files, in: choice)
  }

  private func has(_ chain: FileChain, in choice: EqualityDeletes.Choice) -> Bool {
    var rest = chain
    while rest < 0 {
      let link = links[Int(~rest)]
      // Older files only from here on.
      if link.file < choice.first { return false }
      if choice.contains(link.file) { return true }
      rest = link.next
    }
    return choice.contains(rest)
  }
}

// MARK: - Places

extension KeyShard {
  /// The group where a key with a hash is looked for first.
  @inline(__always)
  static func group(of hash: UInt64, among count: Int) -> Int {
    Int(truncatingIfNeeded: (hash &>> 28 & 0xffff_ffff) &* UInt64(count) &>> 32)
  }

  /// The tags of eight places that all hold keys with a hash like this one.
  @inline(__always)
  static func tags(of hash: UInt64) -> UInt64 { (hash & 0x7f | 0x80) &* 0x0101_0101_0101_0101 }

  /// The highest bits of the bytes of a group that are 0, and now and then of one above such a byte.
  @inline(__always)
  static func zeroBytes(_ group: UInt64) -> UInt64 {
    (group &- 0x0101_0101_0101_0101) & ~group & 0x8080_8080_8080_8080
  }

  /// The highest bits of the bytes of a group whose places are free.
  @inline(__always)
  static func freePlaces(_ group: UInt64) -> UInt64 { ~group & 0x8080_8080_8080_8080 }

  /// Calls `isKey` with the places that may have a key; ends where it says so, or at a free place,
  /// where the key belongs.
  @inline(__always)
  private func find(
    _ hash: UInt64, _ isKey: (_ place: Int) -> Bool
  ) -> (index: Int, isFree: Bool) {
    let tags = Self.tags(of: hash)
    var group = Self.group(of: hash, among: groups.count)
    while true {
      var equal = Self.zeroBytes(groups[group] ^ tags)
      while equal != 0 {
        let place = group &* 8 &+ equal.trailingZeroBitCount &>> 3
        if isKey(place) { return (place, false) }
        equal &= equal &- 1
      }
      let free = Self.freePlaces(groups[group])
      if free != 0 { return (group &* 8 &+ free.trailingZeroBitCount &>> 3, true) }
      group = group &+ 1 == groups.count ? 0 : group &+ 1
    }
  }

  private func find(_ number: UInt64, _ hash: UInt64) -> (index: Int, isFree: Bool) {
    find(hash) { slots[$0].number == number }
  }

  private func find(
    _ bytes: UnsafeRawBufferPointer, _ hash: UInt64
  ) -> (index: Int, isFree: Bool) {
    data.withUnsafeBytes { data in
      find(hash) { place in
        let slot = slots[place]
        let start = Int(truncatingIfNeeded: slot.number)
        guard Int(slot.length) == bytes.count else { return false }
        return data[start..<start + bytes.count].elementsEqual(bytes)
      }
    }
  }

  private func freePlace(_ hash: UInt64) -> Int { find(hash) { _ in false }.index }

  private mutating func put(_ slot: Slot, _ hash: UInt64, at place: Int) {
    groups[place / 8] |= (Self.tags(of: hash) & 0xff) &<< UInt64(place % 8 * 8)
    slots[place] = slot
  }

  private func hash(_ slot: Slot) -> UInt64 {
    guard slot.length >= 0 else { return EqualityKeys.hash(slot.number) }
    let start = Int(truncatingIfNeeded: slot.number)
    return data.withUnsafeBytes { data in
      EqualityKeys.hash(UnsafeRawBufferPointer(rebasing: data[start..<start + Int(slot.length)]))
    }
  }
}
