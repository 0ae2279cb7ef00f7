internal import IcebergBytes
internal import IcebergColumns

/// Keys, each with the delete files that have it.
///
/// An entry is a key of a file. The slots lead to the newest entry of a key, and each entry to the next
/// older one. The null key has its entries beside them.
struct KeyTable: Sendable {
  private var keys = Keys()
  private var slots = KeySlots()
  private var files = Files()
  /// The older entry of the same key, -1 where there is none; no items while all keys have one entry.
  private var older: [Int32] = []
  /// The newest entry of the null key; -1 when there is none.
  private var nullEntry: Int32 = -1

  /// The keys of the entries.
  fileprivate struct Keys: Sendable {
    /// Numbers, or where in `data` the keys begin.
    private(set) var values: [Int64] = []
    private(set) var data: [UInt8] = []
    /// The hashes of keys that are bytes; those of numbers are made again when they are needed.
    private(set) var hashes: [UInt64] = []
    private(set) var holdsBytes = false

    var count: Int { values.count }
  }

  /// The files of the entries.
  private struct Files: Sendable {
    /// The file of all entries, unless each has its own.
    private var common: Int32 = 0
    private var each: [Int32] = []

    @inline(__always)
    subscript(_ entry: Int32) -> Int32 { each.isEmpty ? common : each[Int(entry)] }

    /// Adds entries behind the first `count`, which have been added.
    mutating func append(_ file: Int32, _ added: Int, behind count: Int) {
      if count == 0 { common = file }
      if each.isEmpty {
        if file == common { return }
        each = [Int32](repeating: common, count: count)
      }
      each.append(contentsOf: repeatElement(file, count: added))
    }
  }

  /// Calls `body` with the files that have a key, the newest first, until it returns false.
  @inline(__always)
  func forEachFile(from entry: Int32, _ body: (Int32) -> Bool) {
    var entry = entry
    while entry >= 0, body(files[entry]) {
      entry = older.isEmpty ? -1 : older[Int(entry)]
    }
  }
}

// MARK: - Making

extension KeyTable {
  /// Makes room for so many keys more.
  mutating func reserve(_ more: Int) {
    let hasGrown: Bool
    do {
      // Looked at while the slots change, and let go before the keys grow.
      let (known, hash) = (keys, KeyHash.common)
      hasGrown = slots.reserve(more) { known.hash(of: Int($0), hash) }
    }
    if hasGrown { keys.reserve(more) }
  }

  /// Adds the keys of a file, which is no older than those before it.
  ///
  /// Throws `unsupported` for more than 2^31 - 2 entries.
  mutating func insert(_ batch: EqualityKeys, ofFile file: Int32) throws(IcebergError) {
    // One more for the null key.
    guard batch.count < Int(Int32.max) - keys.count else {
      throw IcebergError(
        .unsupported, "more than 2^31 - 2 equality deletes apply to one partition")
    }
    reserve(batch.count)
    if let validity = batch.validity, !validity.allSet { insertNull(ofFile: file) }
    let first = keys.count
    let hashes = batch.hashes
    let rows: [Int32]
    var links: [Link] = []
    switch batch.values {
    case .integers(let numbers):
      rows = insertRows(
        hashes, batch, file, &links,
        hasKey: { known, entry, row in known.values[entry] == numbers[row] },
        areSame: { numbers[$0] == numbers[$1] })
      keys.append(numbers, rows)
    case .bytes(let offsets, let data):
      rows = insertRows(offsets, data, hashes, batch, file, &links)
    case .joined(let joined):
      let (offsets, data) = try joined.bytes()
      rows = insertRows(offsets, data, hashes, batch, file, &links)
    }
    files.append(file, rows.count, behind: first)
    link(links)
  }

  /// Adds the rows of a batch whose keys are byte strings.
  private mutating func insertRows(
    _ offsets: [Int32], _ data: [UInt8], _ hashes: [UInt64], _ batch: EqualityKeys, _ file: Int32,
    _ links: inout [Link]
  ) -> [Int32] {
    let rows = insertRows(
      hashes, batch, file, &links,
      hasKey: { known, entry, row in
        known.hashes[entry] == hashes[row]
          && known.string(entry, from: known.values[entry]) { string in
            data.withUnsafeBytes { string.isEqual(to: $0.string(row, offsets)) }
          }
      },
      areSame: { left, right in
        hashes[left] == hashes[right]
          && data.withUnsafeBytes { data in
            data.string(left, offsets).isEqual(to: data.string(right, offsets))
          }
      })
    keys.append(offsets, data, rows, hashes)
    return rows
  }

  /// Finds places for the rows of a batch. Returns those that become entries, whose keys are still to be
  /// added.
  @inline(__always)
  private mutating func insertRows(
    _ hashes: [UInt64], _ batch: EqualityKeys, _ file: Int32, _ links: inout [Link],
    hasKey: (_ known: Keys, _ entry: Int, _ row: Int) -> Bool,
    areSame: (_ row: Int, _ other: Int) -> Bool
  ) -> [Int32] {
    // Looked at while the slots change, and let go before the keys grow.
    let (known, files) = (keys, files)
    return slots.insert(
      hashes, from: known.count, where: batch.validity,
      hasKey: { entry, row in hasKey(known, entry, row) }, areSame: areSame,
      replaces: { (older: Int32, entry: Int32) in
        if files[older] == file { return false }
        links.append(Link(entry: entry, older: older))
        return true
      })
  }

  private mutating func insertNull(ofFile file: Int32) {
    if nullEntry >= 0, files[nullEntry] == file { return }
    let entry = Int32(truncatingIfNeeded: keys.count)
    files.append(file, 1, behind: keys.count)
    keys.appendNull()
    link(nullEntry < 0 ? [] : [Link(entry: entry, older: nullEntry)])
    nullEntry = entry
  }

  /// An entry, and the next older one of its key.
  private struct Link {
    var entry: Int32
    var older: Int32
  }

  private mutating func link(_ links: [Link]) {
    if links.isEmpty, older.isEmpty { return }
    older.append(contentsOf: repeatElement(-1, count: keys.count - older.count))
    for link in links { older[Int(link.entry)] = link.older }
  }
}

// MARK: - Looking up

extension KeyTable {
  /// Calls `found` with each row of a batch whose key is in the table, and with its newest entry.
  func forEachMatch(_ batch: EqualityKeys, _ found: (_ row: Int, _ entry: Int32) -> Void) {
    if nullEntry >= 0, let validity = batch.validity {
      (~validity).forEachSetBit { found($0, nullEntry) }
    }
    switch batch.values {
    case .integers(let numbers):
      forEachMatch(batch, isSameKey: { key, _, row in key == numbers[row] }, found)
    case .bytes(let offsets, let data):
      data.withUnsafeBytes { data in
        forEachMatch(
          batch,
          isSameKey: { start, entry, row in
            keys.string(entry, from: start) { $0.isEqual(to: data.string(row, offsets)) }
          }, found)
      }
    case .joined(let joined):
      forEachMatch(
        batch,
        isSameKey: { start, entry, row in
          keys.string(entry, from: start) { joined.isEqual(row, to: $0) }
        }, found)
    }
  }

  @inline(__always)
  private func forEachMatch(
    _ batch: EqualityKeys, isSameKey: (_ value: Int64, _ entry: Int, _ row: Int) -> Bool,
    _ found: (_ row: Int, _ entry: Int32) -> Void
  ) {
    keys.values.withUnsafeBufferPointer { values in
      slots.forEachMatch(
        ofRows: batch.count, where: batch.validity, hash: { batch.hash($0, into: $1) },
        valueOf: { values[$0] }, isSameKey: isSameKey, found)
    }
  }
}

// MARK: - Keys

extension KeyTable.Keys {
  mutating func reserve(_ more: Int) {
    values.reserveCapacity(count + more)
    if holdsBytes { hashes.reserveCapacity(count + more) }
  }

  /// Adds the numbers of some rows.
  mutating func append(_ numbers: [Int64], _ rows: [Int32]) {
    for row in rows { values.append(numbers[Int(row)]) }
  }

  /// Adds the byte strings of some rows.
  mutating func append(
    _ offsets: [Int32], _ strings: [UInt8], _ rows: [Int32], _ rowHashes: [UInt64]
  ) {
    if !holdsBytes {
      // All that came before were nulls.
      hashes = [UInt64](repeating: 0, count: count)
      holdsBytes = true
    }
    for row in rows {
      values.append(Int64(data.count))
      hashes.append(rowHashes[Int(row)])
      data += strings[Int(offsets[Int(row)])..<Int(offsets[Int(row) + 1])]
    }
  }

  /// Adds a key that no row has.
  mutating func appendNull() {
    values.append(Int64(data.count))
    if holdsBytes { hashes.append(0) }
  }

  /// The hash of the key of an entry.
  func hash(of entry: Int, _ hash: KeyHash) -> UInt64 {
    holdsBytes ? hashes[entry] : hash(values[entry])
  }

  /// Calls `body` with the bytes of an entry, of which the first is at `start`.
  @inline(__always)
  func string(
    _ entry: Int, from start: Int64, _ body: (UnsafeRawBufferPointer) -> Bool
  ) -> Bool {
    let end = entry + 1 < values.count ? Int(values[entry + 1]) : data.count
    return data.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[Int(start)..<end])) }
  }
}
