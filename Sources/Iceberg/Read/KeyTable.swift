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
    private(set) var values: [UInt64] = []
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
      let known = keys
      hasGrown = slots.reserve(more) { known.hash(of: Int($0)) }
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
    let hashes = batch.hashes
    let first = keys.count
    let rows: [Int32]
    var links: [Link] = []
    do {
      // Looked at while the slots change, and let go before the keys grow.
      let (known, files) = (keys, files)
      let replaces = { (older: Int32, entry: Int32) in
        if files[older] == file { return false }
        links.append(Link(entry: entry, older: older))
        return true
      }
      switch batch.values {
      case .integers(let numbers):
        rows = slots.insert(
          hashes, from: first, where: batch.validity,
          hasKey: { known.values[$0] == numbers[$1] }, areSame: { numbers[$0] == numbers[$1] },
          replaces: replaces)
      case .bytes(let offsets, let data):
        rows = slots.insert(
          hashes, from: first, where: batch.validity,
          hasKey: { entry, row in
            known.hashes[entry] == hashes[row] && known.hasBytes(entry, data, at: row, offsets)
          },
          areSame: { left, right in
            hashes[left] == hashes[right] && data.hasSameBytes(left, right, offsets)
          }, replaces: replaces)
      }
    }
    keys.append(batch, rows, hashes)
    files.append(file, rows.count, behind: first)
    link(links)
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
    if slots.count == 0 { return }
    let hashes = batch.hashes
    switch batch.values {
    case .integers(let numbers):
      let known = keys.values
      slots.forEachMatch(
        hashes, where: batch.validity, isSameKey: { known[$0] == numbers[$1] }, found)
    case .bytes(let offsets, let data):
      slots.forEachMatch(
        hashes, where: batch.validity,
        isSameKey: { entry, row in
          keys.hashes[entry] == hashes[row] && keys.hasBytes(entry, data, at: row, offsets)
        }, found)
    }
  }
}

// MARK: - Keys

extension KeyTable.Keys {
  mutating func reserve(_ more: Int) {
    values.reserveCapacity(count + more)
    if holdsBytes { hashes.reserveCapacity(count + more) }
  }

  /// Adds the keys of rows of a batch.
  mutating func append(_ batch: EqualityKeys, _ rows: [Int32], _ batchHashes: [UInt64]) {
    switch batch.values {
    case .integers(let numbers):
      for row in rows { values.append(numbers[Int(row)]) }
    case .bytes(let offsets, let bytes):
      if !holdsBytes {
        // All that came before were nulls.
        hashes = [UInt64](repeating: 0, count: count)
        holdsBytes = true
      }
      for row in rows {
        values.append(UInt64(data.count))
        hashes.append(batchHashes[Int(row)])
        data += bytes[Int(offsets[Int(row)])..<Int(offsets[Int(row) + 1])]
      }
    }
  }

  /// Adds a key that no row has.
  mutating func appendNull() {
    values.append(UInt64(data.count))
    if holdsBytes { hashes.append(0) }
  }

  /// The hash of the key of an entry.
  func hash(of entry: Int) -> UInt64 {
    holdsBytes ? hashes[entry] : EqualityKeys.hash(of: values[entry])
  }

  /// Whether the key of an entry is the bytes of a row.
  func hasBytes(_ entry: Int, _ other: [UInt8], at row: Int, _ offsets: [Int32]) -> Bool {
    let end = entry + 1 < values.count ? values[entry + 1] : UInt64(data.count)
    let range = Int(truncatingIfNeeded: values[entry])..<Int(truncatingIfNeeded: end)
    return data.withUnsafeBytes { data in
      other.withUnsafeBytes { other in
        UnsafeRawBufferPointer(rebasing: data[range]).isEqual(to: other.string(row, offsets))
      }
    }
  }
}

extension [UInt8] {
  /// Whether two of the strings at some offsets are the same.
  fileprivate func hasSameBytes(_ left: Int, _ right: Int, _ offsets: [Int32]) -> Bool {
    withUnsafeBytes { $0.string(left, offsets).isEqual(to: $0.string(right, offsets)) }
  }
}
