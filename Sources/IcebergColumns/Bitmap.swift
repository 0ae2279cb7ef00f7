/// A fixed number of bits.
public struct Bitmap: Hashable, Sendable {
  /// The bits, 64 to a word, lowest bit first. Bits beyond ``count`` are zero.
  public private(set) var words: [UInt64]
  /// The number of bits.
  public private(set) var count: Int

  /// `count` bits, all of them `value`.
  public init(repeating value: Bool, count: Int) {
    precondition(count >= 0)
    self.count = count
    words = [UInt64](repeating: value ? .max : 0, count: (count + 63) / 64)
    if value, count % 64 != 0 { words[words.count - 1] = (1 &<< UInt64(count % 64)) &- 1 }
  }

  /// The given bits, in order.
  public init(_ bits: some Sequence<Bool>) {
    self.init(repeating: false, count: 0)
    for bit in bits { append(bit) }
  }

  /// The bits of `words`, lowest first; bits beyond `count` are cleared.
  public init(words: [UInt64], count: Int) {
    precondition(count >= 0 && words.count == (count + 63) / 64)
    self.words = words
    self.count = count
    if count % 64 != 0 { self.words[words.count - 1] &= (1 &<< UInt64(count % 64)) &- 1 }
  }

  /// The bit at `index`.
  @inlinable
  public subscript(index: Int) -> Bool {
    get { words[index &>> 6] & (1 &<< UInt64(truncatingIfNeeded: index & 63)) != 0 }
    set { set(index, newValue) }
  }

  @usableFromInline
  mutating func set(_ index: Int, _ value: Bool) {
    precondition(index >= 0 && index < count, "index out of range")
    if value {
      words[index &>> 6] |= 1 &<< UInt64(index & 63)
    } else {
      words[index &>> 6] &= ~(1 &<< UInt64(index & 63))
    }
  }

  /// Appends one bit.
  public mutating func append(_ value: Bool) {
    if count & 63 == 0 { words.append(0) }
    if value { words[count &>> 6] |= 1 &<< UInt64(count & 63) }
    count += 1
  }

  /// Appends `number` bits of the same value.
  public mutating func append(repeating value: Bool, count number: Int) {
    for _ in 0..<number { append(value) }
  }

  /// The number of bits that are set.
  public var setCount: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }
  /// Whether every bit is set.
  public var allSet: Bool { setCount == count }
}
