extension RoaringContainer {
  /// Adds a value; returns whether it was not there.
  mutating func insert(_ value: UInt16) -> Bool {
    switch consume self {
    case .array(var values):
      let index =
        values.last.map { $0 < value } ?? true ? values.count : values.lowerBound(of: value)
      if index < values.count, values[index] == value {
        self = .array(values)
        return false
      }
      if values.count == Self.arrayLimit {
        var words = RoaringContainer.array(values).words
        words[Int(value) &>> 6] |= 1 &<< UInt64(value & 63)
        self = .bitset(words, count: values.count &+ 1)
      } else {
        values.insert(value, at: index)
        self = .array(values)
      }
      return true
    case .bitset(var words, let count):
      let bit = 1 as UInt64 &<< UInt64(value & 63)
      let isNew = words[Int(value) &>> 6] & bit == 0
      words[Int(value) &>> 6] |= bit
      self = .bitset(words, count: isNew ? count &+ 1 : count)
      return isNew
    case .runs(var runs):
      let isNew = runs.insert(value)
      self = .runs(runs)
      limitRuns()
      return isNew
    }
  }

  /// Adds the low halves of `values`, in any order; fastest when they ascend.
  mutating func insert(lows values: ArraySlice<Int64>) {
    var rest = values
    while let first = rest.first {
      switch consume self {
      case .array(var lows):
        // Nearly always values come in their order: as many as have room are appended at once.
        var end = rest.startIndex
        while end < rest.endIndex, lows.count < Self.arrayLimit {
          let value = UInt16(truncatingIfNeeded: rest[end])
          if let last = lows.last, last >= value { break }
          lows.append(value)
          end &+= 1
        }
        self = .array(lows)
        rest = rest[end...]
        if let next = rest.first { _ = insert(UInt16(truncatingIfNeeded: next)) }
        rest = rest.dropFirst()
      case .bitset(var words, var count):
        for value in rest {
          let bit = 1 as UInt64 &<< UInt64(truncatingIfNeeded: value & 63)
          let index = Int(truncatingIfNeeded: value & 0xffff) &>> 6
          if words[index] & bit == 0 { count &+= 1 }
          words[index] |= bit
        }
        self = .bitset(words, count: count)
        return
      case .runs(let runs):
        self = .runs(runs)
        _ = insert(UInt16(truncatingIfNeeded: first))
        rest = rest.dropFirst()
      }
    }
  }

  /// Adds the values of another container.
  mutating func formUnion(_ other: RoaringContainer) {
    switch (consume self, other) {
    case (.array(let left), .array(let right)) where left.count &+ right.count <= Self.arrayLimit:
      self = .array(left.merged(with: right))
    case (.bitset(let words, _), let other), (let other, .bitset(let words, _)):
      self = Self.union(words, other)
    case (.array(let left), .array(let right)):
      self = Self.union(RoaringContainer.array(left).words, .array(right))
      if case .bitset(_, let count) = self, count <= Self.arrayLimit { self = .array(values) }
    case (.runs(let left), let other), (let other, .runs(let left)):
      var right: [RoaringRun] = []
      other.forEachRun { right.append($0) }
      self = .runs(left.merged(with: right))
      limitRuns()
    }
  }

  private static func union(
    _ words: consuming [UInt64], _ other: RoaringContainer
  ) -> RoaringContainer {
    var words = words
    if case .bitset(let others, _) = other {
      for index in words.indices { words[index] |= others[index] }
    } else {
      other.setBits(of: 0...UInt16.max, in: &words, at: 0)
    }
    let count = words.reduce(0) { $0 &+ $1.nonzeroBitCount }
    return .bitset(words, count: count)
  }

  /// Gives up runs when there are so many that another form is smaller.
  private mutating func limitRuns() {
    guard case .runs(let runs) = self, runs.count > Self.runLimit else { return }
    let count = count
    self = count <= Self.arrayLimit ? .array(values) : .bitset(words, count: count)
  }
}

extension [RoaringRun] {
  /// Adds a value to ascending runs; returns whether it was not there.
  fileprivate mutating func insert(_ value: UInt16) -> Bool {
    let index = firstIndex(endingAtOrAfter: value)
    if index < count, self[index].first <= value { return false }
    let touchesBefore = index > 0 && self[index &- 1].last == value &- 1
    let touchesAfter = index < count && self[index].first == value &+ 1
    switch (touchesBefore, touchesAfter) {
    case (true, true):
      self[index &- 1].last = self[index].last
      remove(at: index)
    case (true, false): self[index &- 1].last = value
    case (false, true): self[index].first = value
    case (false, false): insert(RoaringRun(first: value, last: value), at: index)
    }
    return true
  }

  /// The runs of the values of both.
  fileprivate func merged(with other: [RoaringRun]) -> [RoaringRun] {
    var result: [RoaringRun] = []
    result.reserveCapacity(count &+ other.count)
    var left = 0
    var right = 0
    while left < count || right < other.count {
      let next: RoaringRun
      if right == other.count || (left < count && self[left].first <= other[right].first) {
        next = self[left]
        left &+= 1
      } else {
        next = other[right]
        right &+= 1
      }
      result.join(next)
    }
    return result
  }

  /// Appends a run that begins no earlier than the last one, or lengthens that one.
  mutating func join(_ run: RoaringRun) {
    guard let end = last?.last, Int(run.first) <= Int(end) &+ 1 else {
      append(run)
      return
    }
    if run.last > end { self[count &- 1].last = run.last }
  }
}

extension [UInt16] {
  /// The ascending values of both.
  fileprivate func merged(with other: [UInt16]) -> [UInt16] {
    guard let end = last else { return other }
    guard let start = other.first else { return self }
    if end < start { return self + other }
    var result: [UInt16] = []
    result.reserveCapacity(count &+ other.count)
    var left = 0
    var right = 0
    while left < count, right < other.count {
      let (a, b) = (self[left], other[right])
      result.append(Swift.min(a, b))
      if a <= b { left &+= 1 }
      if b <= a { right &+= 1 }
    }
    result.append(contentsOf: self[left...])
    result.append(contentsOf: other[right...])
    return result
  }
}
