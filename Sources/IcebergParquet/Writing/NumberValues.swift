internal import IcebergBytes
internal import IcebergColumns

/// A number with an order: signed integers by value; floating-point numbers by value too, with NaN
/// outside of the order and negative zero below zero.
protocol OrderedNumber: FixedWidthBits {
  /// A signed integer in the same order.
  associatedtype Key: FixedWidthInteger & SignedInteger & FixedWidthBits
  /// The key of the number. That of NaN is of no use.
  var key: Key { get }
  /// The number with the given key.
  init(key: Key)
  /// Whether the number is outside of the order.
  var isUnordered: Bool { get }
  /// Whether any number can be outside of the order.
  static var hasUnordered: Bool { get }
  /// The array in which a column holds such numbers; nil when it holds others.
  static func array(of values: Column.Values) -> [Self]?
  /// The integer; nil when this is another kind of number, or it does not fit.
  init?(unscaled: Int128)
  /// The number as a value of a column.
  func columnValue(isDecimal: Bool) -> Column.Value
}

extension Int32: OrderedNumber {
  var key: Int32 { self }
  init(key: Int32) { self = key }
  var isUnordered: Bool { false }
  static var hasUnordered: Bool { false }
  static func array(of values: Column.Values) -> [Int32]? {
    if case .int(let array) = values { array } else { nil }
  }
  init?(unscaled: Int128) { self.init(exactly: unscaled) }
  func columnValue(isDecimal: Bool) -> Column.Value {
    isDecimal ? .decimal(Int128(self)) : .int(self)
  }
}

extension Int64: OrderedNumber {
  var key: Int64 { self }
  init(key: Int64) { self = key }
  var isUnordered: Bool { false }
  static var hasUnordered: Bool { false }
  static func array(of values: Column.Values) -> [Int64]? {
    if case .long(let array) = values { array } else { nil }
  }
  init?(unscaled: Int128) { self.init(exactly: unscaled) }
  func columnValue(isDecimal: Bool) -> Column.Value {
    isDecimal ? .decimal(Int128(self)) : .long(self)
  }
}

extension Float: OrderedNumber {
  // Negative numbers have their order turned round by their sign bit.
  var key: Int32 {
    let bits = Int32(bitPattern: bitPattern)
    return bits ^ ((bits &>> 31) & .max)
  }
  init(key: Int32) {
    self.init(bitPattern: UInt32(bitPattern: key ^ ((key &>> 31) & .max)))
  }
  var isUnordered: Bool { isNaN }
  static var hasUnordered: Bool { true }
  static func array(of values: Column.Values) -> [Float]? {
    if case .float(let array) = values { array } else { nil }
  }
  init?(unscaled: Int128) { nil }
  func columnValue(isDecimal: Bool) -> Column.Value { .float(self) }
}

extension Double: OrderedNumber {
  var key: Int64 {
    let bits = Int64(bitPattern: bitPattern)
    return bits ^ ((bits &>> 63) & .max)
  }
  init(key: Int64) {
    self.init(bitPattern: UInt64(bitPattern: key ^ ((key &>> 63) & .max)))
  }
  var isUnordered: Bool { isNaN }
  static var hasUnordered: Bool { true }
  static func array(of values: Column.Values) -> [Double]? {
    if case .double(let array) = values { array } else { nil }
  }
  init?(unscaled: Int128) { nil }
  func columnValue(isDecimal: Bool) -> Column.Value { .double(self) }
}

/// Numbers of 32 and 64 bits, among them decimals of few digits.
struct NumberValues<Number: OrderedNumber>: LeafValues {
  /// The smallest and largest number by their keys.
  struct Bounds: LeafBounds {
    var range: ClosedRange<Number.Key>?

    mutating func formUnion(_ other: Bounds) {
      guard let other = other.range else { return }
      let known = range ?? other
      range =
        min(known.lowerBound, other.lowerBound)...max(known.upperBound, other.upperBound)
    }

    func summary(isDecimal: Bool) -> ColumnBounds? {
      range.map {
        ColumnBounds(
          minimum: Number(key: $0.lowerBound).columnValue(isDecimal: isDecimal),
          maximum: Number(key: $0.upperBound).columnValue(isDecimal: isDecimal))
      }
    }
  }

  var numbers: [Number] = []

  var count: Int { numbers.count }

  mutating func append(_ column: Column, at rows: [Range<Int>]) throws(FormatError) {
    if let array = Number.array(of: column.values) {
      return appendRuns(of: array, at: rows, to: &numbers)
    }
    switch column.values {
    case .decimal(let array):
      for range in rows {
        for row in range {
          guard let number = Number(unscaled: array[row]) else {
            throw FormatError(.badValue, "decimal of more digits than its column has")
          }
          numbers.append(number)
        }
      }
    case .null where rows.isEmpty: break
    default: throw Self.mismatch
    }
  }

  mutating func removeFirst(_ number: Int) { numbers.removeFirst(number) }

  func plainSize(of range: Range<Int>) -> Int { range.count &* MemoryLayout<Number>.size }

  func encode(
    _ range: Range<Int>, as encoding: ParquetWriteOptions.ValueEncoding,
    into writer: inout ByteWriter
  ) {
    numbers.withUnsafeBufferPointer { all in
      let part = UnsafeBufferPointer(rebasing: all[range])
      switch encoding {
      case .byteStreamSplit:
        ByteStreamSplit.encode(
          UnsafeRawBufferPointer(part), width: MemoryLayout<Number>.size, into: &writer)
      case .deltaBinaryPacked:
        // Only integers are encoded so, and integers are their own keys.
        part.withMemoryRebound(to: Number.Key.self) {
          DeltaBinaryPacked.encode($0, into: &writer)
        }
      case .plain, .dictionary, .deltaLengthByteArray, .deltaByteArray, .runLength:
        PlainEncoding.encode(part, into: &writer)
      }
    }
  }

  func widen(_ bounds: inout Bounds, by range: Range<Int>) {
    if range.isEmpty { return }
    var low = Number.Key.max
    var high = Number.Key.min
    var ordered = !Number.hasUnordered
    numbers.withUnsafeBufferPointer { numbers in
      for index in range {
        let number = numbers[index]
        if Number.hasUnordered {
          if number.isUnordered { continue }
          ordered = true
        }
        low = min(low, number.key)
        high = max(high, number.key)
      }
    }
    if ordered { bounds.formUnion(Bounds(range: low...high)) }
  }

  func nanCount(in range: Range<Int>) -> Int {
    if !Number.hasUnordered { return 0 }
    return numbers.withUnsafeBufferPointer { numbers in
      var sum = 0
      for index in range where numbers[index].isUnordered { sum &+= 1 }
      return sum
    }
  }
}

/// Appends the elements of `array` at `ranges`, which lie in it, to `target`.
func appendRuns<Element: BitwiseCopyable>(
  of array: [Element], at ranges: [Range<Int>], to target: inout [Element]
) {
  if ranges.count == 1, let range = ranges.first {
    target.append(contentsOf: array[range])
    return
  }
  var total = 0
  for range in ranges { total &+= range.count }
  target.append(addingCapacity: total) { room in
    room.withUnsafeMutableBufferPointer { buffer, filled in
      array.withUnsafeBufferPointer { source in
        guard let base = buffer.baseAddress else { return }
        var next = base + filled
        for range in ranges {
          precondition(range.lowerBound >= 0 && range.upperBound <= source.count)
          for index in range {
            next.initialize(to: source[index])
            next += 1
          }
        }
      }
      filled &+= total
    }
  }
}

/// The different numbers of a column chunk, in a table of open addressing.
struct NumberDictionary<Number: OrderedNumber>: LeafDictionary {
  private var numbers: [Number] = []
  /// One more than an index into `numbers`, or zero.
  private var slots: [UInt32] = [UInt32](repeating: 0, count: 1 << 10)

  init(for values: NumberValues<Number>) {}

  var count: Int { numbers.count }
  var byteCount: Int { numbers.count &* MemoryLayout<Number>.size }
  var values: NumberValues<Number> { NumberValues(numbers: numbers) }

  mutating func indices(
    of values: NumberValues<Number>, at range: Range<Int>, limit: Int
  ) -> [UInt32]? {
    let known = numbers.count
    let most = limit / MemoryLayout<Number>.size
    var indices: [UInt32] = []
    indices.reserveCapacity(range.count)
    values.numbers.withUnsafeBufferPointer { source in
      var next = range.lowerBound
      while next < range.upperBound, numbers.count <= most {
        if numbers.count &* 2 >= slots.count { grow() }
        // So many can come without growing.
        let end = min(range.upperBound, next &+ slots.count / 2 &- numbers.count)
        look(up: UnsafeBufferPointer(rebasing: source[next..<end]), into: &indices)
        next = end
      }
    }
    if numbers.count <= most { return indices }
    remove(from: known)
    return nil
  }

  private mutating func look(
    up source: UnsafeBufferPointer<Number>, into indices: inout [UInt32]
  ) {
    let mask = slots.count &- 1
    let shift = Self.shift(for: slots.count)
    slots.withUnsafeMutableBufferPointer { slots in
      indices.append(addingCapacity: source.count) { room in
        room.withUnsafeMutableBufferPointer { buffer, filled in
          guard let base = buffer.baseAddress else { return }
          let target = base + filled
          for position in source.indices {
            let number = source[position]
            var slot = Self.slot(of: number, shift: shift)
            while true {
              let entry = slots[slot]
              if entry == 0 {
                numbers.append(number)
                slots[slot] = UInt32(truncatingIfNeeded: numbers.count)
                target[position] = UInt32(truncatingIfNeeded: numbers.count &- 1)
                break
              }
              if numbers[Int(entry &- 1)].bits == number.bits {
                target[position] = entry &- 1
                break
              }
              slot = (slot &+ 1) & mask
            }
          }
          filled &+= source.count
        }
      }
    }
  }

  private static func shift(for slots: Int) -> UInt64 {
    UInt64(64 &- slots.trailingZeroBitCount)
  }

  @inline(__always)
  private static func slot(of number: Number, shift: UInt64) -> Int {
    // The high bits of the product depend on all bits of the number.
    let bits = UInt64(truncatingIfNeeded: number.bits)
    return Int(
      truncatingIfNeeded: ((bits ^ bits &>> 32) &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  private mutating func grow() { rebuild(slots.count &* 2) }

  private mutating func remove(from index: Int) {
    numbers.removeSubrange(index...)
    rebuild(slots.count)
  }

  private mutating func rebuild(_ size: Int) {
    slots = [UInt32](repeating: 0, count: size)
    let shift = Self.shift(for: size)
    for index in numbers.indices {
      var slot = Self.slot(of: numbers[index], shift: shift)
      while slots[slot] != 0 { slot = (slot &+ 1) & (size &- 1) }
      slots[slot] = UInt32(truncatingIfNeeded: index &+ 1)
    }
  }
}

extension NumberValues {
  typealias Dictionary = NumberDictionary<Number>
}
