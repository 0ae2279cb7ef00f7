/// A set of 32-bit integers that is small for sparse, dense and clustered sets alike.
///
/// Two bitmaps are equal when they hold the same integers, whatever form they are kept in.
public struct RoaringBitmap: Sendable {
  /// The high halves of the integers, ascending.
  var keys: [UInt16]
  /// The low halves for each key, none empty.
  var containers: [RoaringContainer]

  /// The empty set.
  public init() {
    keys = []
    containers = []
  }

  /// The number of integers.
  public var count: Int { containers.reduce(0) { $0 &+ $1.count } }

  /// Whether there are no integers.
  public var isEmpty: Bool { keys.isEmpty }

  /// The smallest integer, or nil.
  public var min: UInt32? {
    guard let key = keys.first, let container = containers.first else { return nil }
    return UInt32(key) &<< 16 | UInt32(container.first)
  }

  /// The largest integer, or nil.
  public var max: UInt32? {
    guard let key = keys.last, let container = containers.last else { return nil }
    return UInt32(key) &<< 16 | UInt32(container.last)
  }

  /// Whether `value` is in the set.
  public func contains(_ value: UInt32) -> Bool {
    let key = UInt16(truncatingIfNeeded: value &>> 16)
    let index = keys.lowerBound(of: key)
    guard index < keys.count, keys[index] == key else { return false }
    return containers[index].contains(UInt16(truncatingIfNeeded: value))
  }

  /// The number of integers in `range`.
  public func count(in range: ClosedRange<UInt32>) -> Int {
    var sum = 0
    forEachContainer(in: range) { container, _, part in sum &+= container.count(in: part) }
    return sum
  }

  /// Whether there may be an integer of the set in `range`: no only when there is none.
  func mayIntersect(_ range: ClosedRange<UInt32>) -> Bool {
    var found = false
    forEachContainer(in: range) { container, _, part in
      found = found || (container.first <= part.upperBound && container.last >= part.lowerBound)
    }
    return found
  }

  /// Calls `body` with each run of consecutive integers, in ascending order.
  ///
  /// A run that crosses a multiple of 65,536 comes in several pieces.
  public func forEachRun<E: Error>(_ body: (ClosedRange<UInt32>) throws(E) -> Void) throws(E) {
    for index in keys.indices {
      let high = UInt32(keys[index]) &<< 16
      try containers[index].forEachRun { run throws(E) in
        try body((high | UInt32(run.first))...(high | UInt32(run.last)))
      }
    }
  }

  /// Sets the bits of the integers in `range` among `words`, of which bit `bitIndex` stands for the
  /// lower bound of the range.
  func setBits(of range: ClosedRange<UInt32>, in words: inout [UInt64], at bitIndex: Int) {
    forEachContainer(in: range) { container, high, part in
      let first = Int(high | UInt32(part.lowerBound)) &- Int(range.lowerBound)
      container.setBits(of: part, in: &words, at: first &+ bitIndex)
    }
  }

  /// Calls `body` with the containers that may hold integers of `range`, the high half of their
  /// integers in place, and which part of the container lies in the range.
  private func forEachContainer(
    in range: ClosedRange<UInt32>,
    _ body: (RoaringContainer, UInt32, ClosedRange<UInt16>) -> Void
  ) {
    let firstKey = UInt16(truncatingIfNeeded: range.lowerBound &>> 16)
    let lastKey = UInt16(truncatingIfNeeded: range.upperBound &>> 16)
    var index = keys.lowerBound(of: firstKey)
    while index < keys.count, keys[index] <= lastKey {
      let key = keys[index]
      let first = key == firstKey ? UInt16(truncatingIfNeeded: range.lowerBound) : 0
      let last = key == lastKey ? UInt16(truncatingIfNeeded: range.upperBound) : .max
      body(containers[index], UInt32(key) &<< 16, first...last)
      index &+= 1
    }
  }
}

// MARK: - Adding

extension RoaringBitmap {
  /// Adds an integer; returns whether it was not there.
  @discardableResult
  public mutating func insert(_ value: UInt32) -> Bool {
    let index = place(of: UInt16(truncatingIfNeeded: value &>> 16))
    return containers[index].insert(UInt16(truncatingIfNeeded: value))
  }

  /// Adds all integers of a range.
  public mutating func insert(contentsOf range: ClosedRange<UInt32>) {
    var start = range.lowerBound
    while true {
      let end = Swift.min(range.upperBound, start | 0xffff)
      let index = place(of: UInt16(truncatingIfNeeded: start &>> 16))
      let run = RoaringRun(
        first: UInt16(truncatingIfNeeded: start), last: UInt16(truncatingIfNeeded: end))
      containers[index].formUnion(.runs([run]))
      if end == range.upperBound { return }
      start = end &+ 1
    }
  }

  /// Adds the integers of another set.
  public mutating func formUnion(_ other: RoaringBitmap) {
    if isEmpty {
      self = other
      return
    }
    for (key, container) in zip(other.keys, other.containers) {
      containers[place(of: key)].formUnion(container)
    }
  }

  /// Adds `values`, which all have the high half `key`.
  mutating func insert(lows values: ArraySlice<Int64>, key: UInt16) {
    let index = place(of: key)
    var container = RoaringContainer.empty
    swap(&container, &containers[index])
    container.insert(lows: values)
    containers[index] = container
  }

  /// The index of the container of `key`, which is made, empty, when there is none.
  private mutating func place(of key: UInt16) -> Int {
    if let last = keys.last, last == key { return keys.count &- 1 }
    let index = keys.lowerBound(of: key)
    if index == keys.count || keys[index] != key {
      keys.insert(key, at: index)
      containers.insert(.empty, at: index)
    }
    return index
  }
}

// MARK: - Comparing

extension RoaringBitmap: Hashable {
  public static func == (left: RoaringBitmap, right: RoaringBitmap) -> Bool {
    left.keys == right.keys
      && zip(left.containers, right.containers).allSatisfy { left, right in
        switch (left, right) {
        case (.array(let left), .array(let right)): left == right
        case (.runs(let left), .runs(let right)): left == right
        default: left.count == right.count && left.words == right.words
        }
      }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(keys)
    for container in containers { hasher.combine(container.count) }
  }
}
