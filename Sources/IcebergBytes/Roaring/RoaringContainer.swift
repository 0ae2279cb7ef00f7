/// Up to 65,536 values of 16 bits: what a roaring bitmap keeps for one key.
///
/// Empty only while it is being filled.
enum RoaringContainer: Sendable {
  /// Ascending values, at most ``arrayLimit`` of them.
  case array([UInt16])
  /// 1,024 words, lowest bit first, and how many bits are set.
  case bitset([UInt64], count: Int)
  /// Ascending runs that neither overlap nor touch, at most ``runLimit`` of them.
  case runs([RoaringRun])

  /// The most values that an array holds: one more, and a bitset is no larger.
  static let arrayLimit = 4096
  /// The most runs that are kept: more, and a bitset is smaller.
  static let runLimit = 2047
  /// The number of words of a bitset.
  static let wordCount = 1024
  /// No values.
  static let empty = RoaringContainer.array([])

  /// The number of values.
  var count: Int {
    switch self {
    case .array(let values): values.count
    case .bitset(_, let count): count
    case .runs(let runs): runs.reduce(0) { $0 &+ $1.count }
    }
  }

  /// Whether `value` is among the values.
  func contains(_ value: UInt16) -> Bool {
    switch self {
    case .array(let values):
      let index = values.lowerBound(of: value)
      return index < values.count && values[index] == value
    case .bitset(let words, _):
      return words[Int(value) &>> 6] &>> UInt64(value & 63) & 1 != 0
    case .runs(let runs):
      let index = runs.firstIndex(endingAtOrAfter: value)
      return index < runs.count && runs[index].first <= value
    }
  }

  /// The smallest value; the container is not empty.
  var first: UInt16 {
    switch self {
    case .array(let values): return values[0]
    case .bitset(let words, _):
      let index = words.firstIndex { $0 != 0 } ?? 0
      return UInt16(truncatingIfNeeded: index &<< 6 &+ words[index].trailingZeroBitCount)
    case .runs(let runs): return runs[0].first
    }
  }

  /// The largest value; the container is not empty.
  var last: UInt16 {
    switch self {
    case .array(let values): return values[values.count &- 1]
    case .bitset(let words, _):
      let index = words.lastIndex { $0 != 0 } ?? 0
      return UInt16(truncatingIfNeeded: index &<< 6 &+ 63 &- words[index].leadingZeroBitCount)
    case .runs(let runs): return runs[runs.count &- 1].last
    }
  }
}

/// The values from `first` through `last`.
struct RoaringRun: Hashable, Sendable {
  var first: UInt16
  var last: UInt16

  var count: Int { Int(last) &- Int(first) &+ 1 }
}

extension [UInt16] {
  /// The index of the first of these ascending values that is not below `value`.
  func lowerBound(of value: UInt16) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) &>> 1
      if self[middle] < value { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}

extension [RoaringRun] {
  /// The index of the first of these ascending runs that does not end before `value`.
  func firstIndex(endingAtOrAfter value: UInt16) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low &+ high) &>> 1
      if self[middle].last < value { low = middle &+ 1 } else { high = middle }
    }
    return low
  }
}

// MARK: - Walking over values

extension RoaringContainer {
  /// Calls `body` with each run of values in ascending order; runs that touch are one.
  func forEachRun<E: Error>(_ body: (RoaringRun) throws(E) -> Void) throws(E) {
    switch self {
    case .runs(let runs):
      for run in runs { try body(run) }
    case .array(let values):
      guard var run = values.first.map({ RoaringRun(first: $0, last: $0) }) else { return }
      for value in values.dropFirst() {
        if value == run.last &+ 1 {
          run.last = value
        } else {
          try body(run)
          run = RoaringRun(first: value, last: value)
        }
      }
      try body(run)
    case .bitset(let words, _):
      var start = words.nextBit(from: 0, isSet: true)
      while start <= UInt16.max {
        let end = words.nextBit(from: start, isSet: false)
        try body(
          RoaringRun(
            first: UInt16(truncatingIfNeeded: start), last: UInt16(truncatingIfNeeded: end &- 1)))
        start = words.nextBit(from: end, isSet: true)
      }
    }
  }

  /// The number of runs of values.
  var runCount: Int {
    switch self {
    case .runs(let runs): return runs.count
    case .array(let values):
      if values.isEmpty { return 0 }
      var runs = 1
      for index in 1..<values.count where values[index] != values[index &- 1] &+ 1 { runs &+= 1 }
      return runs
    case .bitset(let words, _):
      // A run begins at every set bit whose lower neighbour is not set.
      var runs = 0
      var carry: UInt64 = 0
      for word in words {
        runs &+= (word & ~(word &<< 1 | carry)).nonzeroBitCount
        carry = word &>> 63
      }
      return runs
    }
  }

  /// All values in ascending order.
  var values: [UInt16] {
    if case .array(let values) = self { return values }
    var result: [UInt16] = []
    result.reserveCapacity(count)
    forEachRun { run in result.append(contentsOf: run.first...run.last) }
    return result
  }

  /// The bits of a bitset of these values.
  var words: [UInt64] {
    if case .bitset(let words, _) = self { return words }
    var words = [UInt64](repeating: 0, count: Self.wordCount)
    setBits(of: 0...UInt16.max, in: &words, at: 0)
    return words
  }

  /// Sets the bits of the values in `range` among `words`, of which bit `bitIndex` stands for the
  /// lower bound of the range.
  func setBits(of range: ClosedRange<UInt16>, in words: inout [UInt64], at bitIndex: Int) {
    let lower = Int(range.lowerBound)
    switch self {
    case .array(let values):
      var index = values.lowerBound(of: range.lowerBound)
      while index < values.count, values[index] <= range.upperBound {
        let bit = Int(values[index]) &- lower &+ bitIndex
        words[bit &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: bit & 63)
        index &+= 1
      }
    case .bitset(let own, _):
      var position = lower
      let end = Int(range.upperBound) &+ 1
      while position < end {
        let bits = Swift.min(64, end &- position)
        words.orBits(own.bits(at: position, count: bits), at: position &- lower &+ bitIndex)
        position &+= bits
      }
    case .runs(let runs):
      var index = runs.firstIndex(endingAtOrAfter: range.lowerBound)
      while index < runs.count, runs[index].first <= range.upperBound {
        let first = Int(max(runs[index].first, range.lowerBound)) &- lower &+ bitIndex
        let last = Int(min(runs[index].last, range.upperBound)) &- lower &+ bitIndex
        words.fillBits(first, last)
        index &+= 1
      }
    }
  }

  /// The number of values in `range`.
  func count(in range: ClosedRange<UInt16>) -> Int {
    switch self {
    case .array(let values):
      let end =
        range.upperBound == .max ? values.count : values.lowerBound(of: range.upperBound &+ 1)
      return end &- values.lowerBound(of: range.lowerBound)
    case .bitset(let words, let count):
      if range == 0...UInt16.max { return count }
      var sum = 0
      var position = Int(range.lowerBound)
      let end = Int(range.upperBound) &+ 1
      while position < end {
        let bits = Swift.min(64, end &- position)
        sum &+= words.bits(at: position, count: bits).nonzeroBitCount
        position &+= bits
      }
      return sum
    case .runs(let runs):
      var sum = 0
      var index = runs.firstIndex(endingAtOrAfter: range.lowerBound)
      while index < runs.count, runs[index].first <= range.upperBound {
        sum &+= Int(min(runs[index].last, range.upperBound))
        sum &-= Int(max(runs[index].first, range.lowerBound)) &- 1
        index &+= 1
      }
      return sum
    }
  }
}

// MARK: - Words of bits, lowest first

extension [UInt64] {
  /// The index of the first bit from `index` on that is set, or clear; the number of bits when
  /// there is none.
  func nextBit(from index: Int, isSet: Bool) -> Int {
    var position = index &>> 6
    if position >= count { return count &<< 6 }
    let turned: UInt64 = isSet ? 0 : .max
    var word = (self[position] ^ turned) & (.max &<< UInt64(truncatingIfNeeded: index & 63))
    while word == 0 {
      position &+= 1
      if position == count { return count &<< 6 }
      word = self[position] ^ turned
    }
    return position &<< 6 &+ word.trailingZeroBitCount
  }

  /// The 1 to 64 bits that begin at `index`, in the low bits of the result.
  func bits(at index: Int, count: Int) -> UInt64 {
    let first = index &>> 6
    let shift = index & 63
    var word = self[first] &>> UInt64(truncatingIfNeeded: shift)
    if shift &+ count > 64 { word |= self[first &+ 1] &<< UInt64(truncatingIfNeeded: 64 &- shift) }
    return word & (.max &>> UInt64(truncatingIfNeeded: 64 &- count))
  }

  /// Sets the bits of `word` from bit `index` on.
  mutating func orBits(_ word: UInt64, at index: Int) {
    if word == 0 { return }
    let first = index &>> 6
    let shift = UInt64(truncatingIfNeeded: index & 63)
    self[first] |= word &<< shift
    if shift != 0 {
      let rest = word &>> (64 &- shift)
      if rest != 0 { self[first &+ 1] |= rest }
    }
  }

  /// Sets the bits from `first` through `last`.
  mutating func fillBits(_ first: Int, _ last: Int) {
    let low: UInt64 = .max &<< UInt64(truncatingIfNeeded: first & 63)
    let high: UInt64 = .max &>> UInt64(truncatingIfNeeded: 63 &- last & 63)
    let start = first &>> 6
    let end = last &>> 6
    if start == end {
      self[start] |= low & high
      return
    }
    self[start] |= low
    var index = start &+ 1
    while index < end {
      self[index] = .max
      index &+= 1
    }
    self[end] |= high
  }
}
