/// A run of bits.
public struct Bitmap: Hashable, Sendable {
  @usableFromInline var storage: [UInt64]
  @usableFromInline var length: Int

  /// No bits.
  @inlinable
  public init() {
    storage = []
    length = 0
  }

  /// `count` bits, all of them `value`.
  @inlinable
  public init(repeating value: Bool, count: Int) {
    precondition(count >= 0)
    length = count
    storage = [UInt64](repeating: value ? .max : 0, count: (count &+ 63) &>> 6)
    clearTail()
  }

  /// The given bits, in order.
  @inlinable
  public init(_ bits: some Sequence<Bool>) {
    self.init()
    for bit in bits { append(bit) }
  }

  /// The bits of `words`, lowest first; bits beyond `count` are cleared.
  @inlinable
  public init(words: [UInt64], count: Int) {
    precondition(count >= 0 && words.count == (count &+ 63) &>> 6)
    storage = words
    length = count
    clearTail()
  }

  /// The bits, 64 to a word, lowest bit first. Bits beyond ``count`` are zero.
  @inlinable public var words: [UInt64] { storage }
  /// The number of bits.
  @inlinable public var count: Int { length }
  /// Whether there are no bits.
  @inlinable public var isEmpty: Bool { length == 0 }

  /// The bit at `index`.
  @inlinable
  public subscript(index: Int) -> Bool {
    get {
      precondition(index >= 0 && index < length, "index out of range")
      return storage[index &>> 6] &>> UInt64(truncatingIfNeeded: index & 63) & 1 != 0
    }
    set {
      precondition(index >= 0 && index < length, "index out of range")
      let bit = 1 as UInt64 &<< UInt64(truncatingIfNeeded: index & 63)
      if newValue {
        storage[index &>> 6] |= bit
      } else {
        storage[index &>> 6] &= ~bit
      }
    }
  }

  /// The number of bits that are set.
  @inlinable
  public var setCount: Int {
    var sum = 0
    for word in storage { sum &+= word.nonzeroBitCount }
    return sum
  }

  /// Whether every bit is set.
  @inlinable public var allSet: Bool { setCount == length }
  /// Whether no bit is set.
  @inlinable public var noneSet: Bool { storage.allSatisfy { $0 == 0 } }

  /// The number of set bits at `range`.
  @inlinable
  public func setCount(in range: Range<Int>) -> Int {
    precondition(range.lowerBound >= 0 && range.upperBound <= length, "range out of bounds")
    var sum = 0
    var index = range.lowerBound
    while index < range.upperBound {
      let bits = Swift.min(64, range.upperBound &- index)
      sum &+= word(at: index, bits: bits).nonzeroBitCount
      index &+= bits
    }
    return sum
  }

  /// Calls `body` with the index of each set bit, in ascending order.
  @inlinable
  public func forEachSetBit<E: Error>(_ body: (Int) throws(E) -> Void) throws(E) {
    for position in storage.indices {
      var rest = storage[position]
      while rest != 0 {
        try body(position &<< 6 &+ rest.trailingZeroBitCount)
        rest &= rest &- 1
      }
    }
  }

  /// The up to 64 bits that begin at `index`, in the low bits of the result.
  @inlinable
  public func word(at index: Int, bits: Int) -> UInt64 {
    precondition(
      index >= 0 && bits >= 0 && bits <= 64 && bits <= length &- index, "range out of bounds")
    if bits == 0 { return 0 }
    let first = index &>> 6
    let shift = UInt64(truncatingIfNeeded: index & 63)
    var word = storage[first] &>> shift
    if shift != 0, bits > 64 &- Int(shift) { word |= storage[first &+ 1] &<< (64 &- shift) }
    return bits == 64 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: bits)) &- 1)
  }
}

// MARK: - Growing

extension Bitmap {
  /// Makes room for `count` bits altogether.
  @inlinable
  public mutating func reserveCapacity(_ count: Int) {
    storage.reserveCapacity((count &+ 63) &>> 6)
  }

  /// Appends one bit.
  @inlinable
  public mutating func append(_ value: Bool) {
    if length & 63 == 0 {
      storage.append(value ? 1 : 0)
    } else if value {
      storage[length &>> 6] |= 1 &<< UInt64(truncatingIfNeeded: length & 63)
    }
    length &+= 1
  }

  /// Appends the low `bits` bits of `word`, of which there are 0 to 64.
  @inlinable
  public mutating func append(word: UInt64, bits: Int) {
    precondition(bits >= 0 && bits <= 64)
    if bits == 0 { return }
    let value = bits == 64 ? word : word & ((1 &<< UInt64(truncatingIfNeeded: bits)) &- 1)
    let shift = length & 63
    if shift == 0 {
      storage.append(value)
    } else {
      storage[length &>> 6] |= value &<< UInt64(truncatingIfNeeded: shift)
      if bits > 64 &- shift {
        storage.append(value &>> UInt64(truncatingIfNeeded: 64 &- shift))
      }
    }
    length &+= bits
  }

  /// Appends `number` bits of the same value.
  @inlinable
  public mutating func append(repeating value: Bool, count number: Int) {
    precondition(number >= 0)
    let fill: UInt64 = value ? .max : 0
    let head = Swift.min(number, (64 &- length & 63) & 63)
    append(word: fill, bits: head)
    let rest = number &- head
    storage.append(contentsOf: repeatElement(fill, count: rest &>> 6))
    length &+= rest & ~63
    append(word: fill, bits: rest & 63)
  }

  /// Appends the given bits, in order.
  @inlinable
  public mutating func append(contentsOf bits: some Sequence<Bool>) {
    for bit in bits { append(bit) }
  }

  /// Appends the bits of another bitmap.
  @inlinable
  public mutating func append(_ other: Bitmap) { append(other, at: 0..<other.length) }

  /// Appends the bits of another bitmap at `range`.
  @inlinable
  public mutating func append(_ other: Bitmap, at range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= other.length, "range out of bounds")
    var index = range.lowerBound
    while index < range.upperBound {
      let bits = Swift.min(64, range.upperBound &- index)
      append(word: other.word(at: index, bits: bits), bits: bits)
      index &+= bits
    }
  }

  /// Appends the first `number` bits of `bytes`, the lowest bit of each byte first.
  @inlinable
  public mutating func append(packed bytes: UnsafeRawBufferPointer, count number: Int) {
    precondition(number >= 0 && number <= bytes.count &* 8, "not that many bits")
    reserveCapacity(Swift.max(length &+ number, storage.count &<< 7))
    var done = 0
    while number &- done >= 64 {
      let word = bytes.loadUnaligned(fromByteOffset: done &>> 3, as: UInt64.self)
      append(word: UInt64(littleEndian: word), bits: 64)
      done &+= 64
    }
    var tail: UInt64 = 0
    var index = done
    while index < number {
      tail |= UInt64(bytes[index &>> 3]) &<< UInt64(truncatingIfNeeded: index &- done)
      index &+= 8
    }
    append(word: tail, bits: number &- done)
  }

  /// Forgets all bits from `count` on.
  @inlinable
  public mutating func truncate(to count: Int) {
    precondition(count >= 0 && count <= length)
    length = count
    storage.removeLast(storage.count &- (count &+ 63) &>> 6)
    clearTail()
  }

  /// Clears the bits of the last word that lie beyond the count.
  @inlinable
  mutating func clearTail() {
    if length & 63 != 0 {
      storage[storage.count &- 1] &= (1 &<< UInt64(truncatingIfNeeded: length & 63)) &- 1
    }
  }
}

// MARK: - Deriving

extension Bitmap {
  /// The bits at `range`.
  @inlinable
  public func slice(_ range: Range<Int>) -> Bitmap {
    if range == 0..<length { return self }
    var result = Bitmap()
    result.reserveCapacity(range.count)
    result.append(self, at: range)
    return result
  }

  /// The bits at `indices`, in that order.
  @inlinable
  public func take(_ indices: [Int]) -> Bitmap {
    var result = Bitmap(repeating: false, count: indices.count)
    for (position, index) in indices.enumerated() where self[index] { result[position] = true }
    return result
  }

  /// The bits that are set in both; the two are equally long.
  @inlinable
  public static func & (left: Bitmap, right: Bitmap) -> Bitmap {
    left.combined(with: right) { $0 & $1 }
  }

  /// The bits that are set in either; the two are equally long.
  @inlinable
  public static func | (left: Bitmap, right: Bitmap) -> Bitmap {
    left.combined(with: right) { $0 | $1 }
  }

  /// Every bit turned over.
  @inlinable
  public static prefix func ~ (bits: Bitmap) -> Bitmap {
    Bitmap(words: bits.storage.map { ~$0 }, count: bits.length)
  }

  @inlinable
  func combined(with other: Bitmap, _ join: (UInt64, UInt64) -> UInt64) -> Bitmap {
    precondition(length == other.length, "bitmaps of equal length")
    var result = self
    for index in storage.indices {
      result.storage[index] = join(storage[index], other.storage[index])
    }
    return result
  }
}
