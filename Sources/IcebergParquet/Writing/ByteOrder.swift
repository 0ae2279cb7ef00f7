internal import IcebergColumns

/// Comparing runs of bytes, eight at a time.
enum ByteOrder {
  /// Whether both runs are the same.
  @inline(__always)
  static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    guard left.count == right.count else { return false }
    guard let a = left.baseAddress, let b = right.baseAddress else { return true }
    let count = left.count
    if count < 8 {
      for index in 0..<count where left[index] != right[index] { return false }
      return true
    }
    var index = 0
    while index &+ 8 <= count {
      if (a + index).loadUnaligned(as: UInt64.self) != (b + index).loadUnaligned(as: UInt64.self) {
        return false
      }
      index &+= 8
    }
    // The last eight bytes once more, in part.
    let last = count &- 8
    return (a + last).loadUnaligned(as: UInt64.self) == (b + last).loadUnaligned(as: UInt64.self)
  }

  /// Whether `left` comes before `right`: by unsigned bytes, a prefix before what it begins.
  static func isLess(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    let shared = min(left.count, right.count)
    var index = 0
    while index &+ 8 <= shared {
      let a = left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let b = right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      if a != b { return UInt64(bigEndian: a) < UInt64(bigEndian: b) }
      index &+= 8
    }
    while index < shared {
      if left[index] != right[index] { return left[index] < right[index] }
      index &+= 1
    }
    return left.count < right.count
  }

  /// The first eight bytes as an integer in the same order, zeros in place of missing ones.
  @inline(__always)
  static func prefix(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    if bytes.count >= 8 { return UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)) }
    var key: UInt64 = 0
    for index in 0..<bytes.count {
      key |= UInt64(bytes[index]) &<< UInt64(56 &- index &<< 3)
    }
    return key
  }
}

/// The smallest and largest of some byte strings.
struct ByteBounds: LeafBounds {
  /// The smallest, or nil when there are none.
  private(set) var minimum: [UInt8]?
  /// The largest, or nil when there are none.
  private(set) var maximum: [UInt8]?
  /// Whether the strings are big-endian integers of one width, so that the first bit is a sign.
  var isSigned = false

  init() {}

  mutating func formUnion(_ other: ByteBounds) {
    isSigned = isSigned || other.isSigned
    guard let low = other.minimum, let high = other.maximum else { return }
    low.withUnsafeBytes { raise(to: $0) }
    high.withUnsafeBytes { raise(to: $0) }
  }

  func summary(isDecimal: Bool) -> ColumnBounds? {
    guard let minimum, let maximum else { return nil }
    guard isDecimal else {
      return ColumnBounds(minimum: .bytes(minimum), maximum: .bytes(maximum))
    }
    func integer(_ bytes: [UInt8]) -> Int128 {
      var value: Int128 = (bytes.first ?? 0) & 0x80 == 0 ? 0 : -1
      for byte in bytes { value = value &<< 8 | Int128(byte) }
      return value
    }
    return ColumnBounds(
      minimum: .decimal(integer(minimum)), maximum: .decimal(integer(maximum)))
  }

  /// Widens the bounds by `count` strings, which lie in `data` at the given places.
  @inline(__always)
  mutating func widen(
    _ data: UnsafeRawBufferPointer, count: Int, at place: (Int) -> Range<Int>
  ) {
    if count == 0 { return }
    let flip: UInt64 = isSigned ? 1 &<< 63 : 0
    var low = UnsafeRawBufferPointer(rebasing: data[place(0)])
    var high = low
    var lowKey = ByteOrder.prefix(low) ^ flip
    var highKey = lowKey
    for index in 1..<max(1, count) {
      let value = UnsafeRawBufferPointer(rebasing: data[place(index)])
      let key = ByteOrder.prefix(value) ^ flip
      if key < lowKey || (key == lowKey && ByteOrder.isLess(value, low)) {
        low = value
        lowKey = key
      }
      if key > highKey || (key == highKey && ByteOrder.isLess(high, value)) {
        high = value
        highKey = key
      }
    }
    raise(to: low)
    raise(to: high)
  }

  private mutating func raise(to value: UnsafeRawBufferPointer) {
    if minimum.map({ $0.withUnsafeBytes { isLess(value, $0) } }) ?? true {
      minimum = Array(value)
    }
    if maximum.map({ $0.withUnsafeBytes { isLess($0, value) } }) ?? true {
      maximum = Array(value)
    }
  }

  private func isLess(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
    if isSigned, let a = left.first, let b = right.first, (a ^ b) & 0x80 != 0 {
      return a & 0x80 != 0
    }
    return ByteOrder.isLess(left, right)
  }
}
