/// A set of 64-bit integers: a ``RoaringBitmap`` of low halves for every high half.
///
/// Two sets are equal when they hold the same integers, whatever form they are kept in.
public struct RoaringBitmap64: Hashable, Sendable {
  /// The high halves of the integers, ascending.
  var keys: [UInt32]
  /// The low halves for each key, none empty.
  var bitmaps: [RoaringBitmap]

  /// The empty set.
  public init() {
    keys = []
    bitmaps = []
  }

  /// The number of integers.
  public var count: Int { bitmaps.reduce(0) { $0 &+ $1.count } }

  /// Whether there are no integers.
  public var isEmpty: Bool { keys.isEmpty }

  /// The smallest integer, or nil.
  public var min: UInt64? {
    guard let key = keys.first, let low = bitmaps.first?.min else { return nil }
    return UInt64(key) &<< 32 | UInt64(low)
  }

  /// The largest integer, or nil.
  public var max: UInt64? {
    guard let key = keys.last, let low = bitmaps.last?.max else { return nil }
    return UInt64(key) &<< 32 | UInt64(low)
  }

  /// Whether `value` is in the set.
  public func contains(_ value: UInt64) -> Bool {
    let key = UInt32(truncatingIfNeeded: value &>> 32)
    let index = index(of: key)
    guard index < keys.count, keys[index] == key else { return false }
    return bitmaps[index].contains(UInt32(truncatingIfNeeded: value))
  }

  /// Calls `body` with each run of consecutive integers, in ascending order.
  ///
  /// A run that crosses a multiple of 65,536 comes in several pieces.
  public func forEachRun<E: Error>(_ body: (ClosedRange<UInt64>) throws(E) -> Void) throws(E) {
    for index in keys.indices {
      let high = UInt64(keys[index]) &<< 32
      try bitmaps[index].forEachRun { run throws(E) in
        try body((high | UInt64(run.lowerBound))...(high | UInt64(run.upperBound)))
      }
    }
  }

  /// All integers in ascending order.
  public var values: [UInt64] {
    var result: [UInt64] = []
    result.reserveCapacity(count)
    forEachRun { run in
      var value = run.lowerBound
      while true {
        result.append(value)
        if value == run.upperBound { break }
        value &+= 1
      }
    }
    return result
  }

  /// The index of the first key that is not below `key`.
  private func index(of key: UInt32) -> Int {
    // Nearly always there is one key, zero.
    if let last = keys.last, last == key { return keys.count &- 1 }
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low &+ high) &>> 1
      if keys[middle] < key { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}

// MARK: - Ranges

extension RoaringBitmap64 {
  /// The number of integers in `range`.
  public func count(in range: Range<UInt64>) -> Int {
    var sum = 0
    forEachBitmap(in: range) { bitmap, _, part in sum &+= bitmap.count(in: part) }
    return sum
  }

  /// Membership of the integers in `range`: 64 to a word, the lower bound in the lowest bit of the
  /// first; bits beyond the range are zero.
  public func words(in range: Range<UInt64>) -> [UInt64] {
    let bitCount = range.upperBound &- range.lowerBound
    precondition(bitCount < 1 << 56, "more words than memory")
    var words = [UInt64](repeating: 0, count: Int(bitCount &+ 63) &>> 6)
    forEachBitmap(in: range) { bitmap, high, part in
      let first = (high | UInt64(part.lowerBound)) &- range.lowerBound
      bitmap.setBits(of: part, in: &words, at: Int(first))
    }
    return words
  }

  /// Clears the bits of the integers of the set in `words`, whose lowest bit stands for `start`.
  ///
  /// Returns whether there was an integer of the set among those that the words stand for.
  @discardableResult
  public func subtract(from words: inout [UInt64], startingAt start: UInt64) -> Bool {
    let end = start.addingReportingOverflow(UInt64(words.count) &<< 6)
    let range = start..<(end.overflow ? .max : end.partialValue)
    guard intersects(range) else { return false }
    let own = self.words(in: range)
    for index in own.indices { words[index] &= ~own[index] }
    return true
  }

  /// Whether an integer of the set may lie in `range`: no only when there is none.
  private func intersects(_ range: Range<UInt64>) -> Bool {
    var found = false
    forEachBitmap(in: range) { bitmap, _, part in
      found = found || bitmap.mayIntersect(part)
    }
    return found
  }

  /// Calls `body` with the bitmaps that may hold integers of `range`, the high half of their
  /// integers in place, and which part of the bitmap lies in the range.
  private func forEachBitmap(
    in range: Range<UInt64>, _ body: (RoaringBitmap, UInt64, ClosedRange<UInt32>) -> Void
  ) {
    guard !range.isEmpty else { return }
    let last = range.upperBound &- 1
    let firstKey = UInt32(truncatingIfNeeded: range.lowerBound &>> 32)
    let lastKey = UInt32(truncatingIfNeeded: last &>> 32)
    var index = index(of: firstKey)
    while index < keys.count, keys[index] <= lastKey {
      let key = keys[index]
      let low = key == firstKey ? UInt32(truncatingIfNeeded: range.lowerBound) : 0
      let high = key == lastKey ? UInt32(truncatingIfNeeded: last) : .max
      body(bitmaps[index], UInt64(key) &<< 32, low...high)
      index &+= 1
    }
  }
}

// MARK: - Adding

extension RoaringBitmap64 {
  /// Adds an integer; returns whether it was not there.
  @discardableResult
  public mutating func insert(_ value: UInt64) -> Bool {
    let index = place(of: UInt32(truncatingIfNeeded: value &>> 32))
    return bitmaps[index].insert(UInt32(truncatingIfNeeded: value))
  }

  /// Adds integers in any order, given as their bit patterns; fastest when they ascend.
  public mutating func insert(bitPatterns values: ArraySlice<Int64>) {
    var start = values.startIndex
    while start < values.endIndex {
      // As many as share a container are added at once.
      let high = values[start] &>> 16
      var end = start &+ 1
      while end < values.endIndex, values[end] &>> 16 == high { end &+= 1 }
      let index = place(of: UInt32(truncatingIfNeeded: high &>> 16))
      bitmaps[index].insert(lows: values[start..<end], key: UInt16(truncatingIfNeeded: high))
      start = end
    }
  }

  /// Adds all integers of a range.
  public mutating func insert(contentsOf range: Range<UInt64>) {
    guard !range.isEmpty else { return }
    let last = range.upperBound &- 1
    var start = range.lowerBound
    while true {
      let end = Swift.min(last, start | 0xffff_ffff)
      bitmaps[place(of: UInt32(truncatingIfNeeded: start &>> 32))].insert(
        contentsOf: UInt32(truncatingIfNeeded: start)...UInt32(truncatingIfNeeded: end))
      if end == last { return }
      start = end &+ 1
    }
  }

  /// Adds the integers of another set.
  public mutating func formUnion(_ other: RoaringBitmap64) {
    for (key, bitmap) in zip(other.keys, other.bitmaps) {
      bitmaps[place(of: key)].formUnion(bitmap)
    }
  }

  /// The index of the bitmap of `key`, which is made, empty, when there is none.
  private mutating func place(of key: UInt32) -> Int {
    let index = index(of: key)
    if index == keys.count || keys[index] != key {
      keys.insert(key, at: index)
      bitmaps.insert(RoaringBitmap(), at: index)
    }
    return index
  }
}

// MARK: - Bytes

extension RoaringBitmap64 {
  /// Reads the portable format: how many bitmaps there are, then the high half and the bitmap of
  /// low halves for each, ascending. Bitmaps without integers are passed over.
  ///
  /// Spec: Roaring Format, "Extension for 64-bit implementations".
  /// - Throws: `badMagic`, `badValue` for anything that the format does not allow, `truncated`.
  public init(parsing reader: inout ByteReader) throws(FormatError) {
    let start = reader.offset
    let count = try reader.readLittleEndian(UInt64.self)
    guard count <= UInt64(reader.remaining / (4 &+ RoaringBitmap.minimumSize)) else {
      throw FormatError(.truncated, at: start, "more bitmaps than bytes")
    }
    self.init()
    var previous: UInt32?
    for _ in 0..<count {
      let offset = reader.offset
      let key = try reader.readLittleEndian(UInt32.self)
      if let previous, previous >= key {
        throw FormatError(.badValue, at: offset, "keys of a 64-bit bitmap do not ascend")
      }
      previous = key
      let bitmap = try RoaringBitmap(parsing: &reader)
      if bitmap.isEmpty { continue }
      keys.append(key)
      bitmaps.append(bitmap)
    }
  }

  /// Appends the set in the portable format, every part in the form that takes fewest bytes.
  public func write(to writer: inout ByteWriter) {
    writer.writeLittleEndian(UInt64(keys.count))
    for (key, bitmap) in zip(keys, bitmaps) {
      writer.writeLittleEndian(key)
      bitmap.write(to: &writer)
    }
  }
}
