import IcebergBytes

extension Literal {
  /// How one value stands to another of the same type.
  public enum Ordering: Int, Hashable, Sendable {
    case less = -1
    case equal = 0
    case greater = 1

    init<T: Comparable>(_ left: T, _ right: T) {
      self = left < right ? .less : left == right ? .equal : .greater
    }
  }

  /// How the value stands to `other`; nil when the two are of different types, or of a type that has
  /// no order: variants, shapes and nested values.
  ///
  /// Text compares by the bytes of its UTF-8 form, bytes and UUIDs as unsigned numbers. NaN is equal
  /// to itself and greater than any other number, and -0.0 is less than 0.0.
  ///
  /// Spec: Manifests, notes on lower and upper bounds.
  public func ordering(to other: Literal) -> Ordering? {
    switch (self, other) {
    case (.boolean(let a), .boolean(let b)): Ordering(a ? 1 : 0, b ? 1 : 0)
    case (.int(let a), .int(let b)), (.date(let a), .date(let b)): Ordering(a, b)
    case (.long(let a), .long(let b)), (.time(let a), .time(let b)),
      (.timestamp(let a), .timestamp(let b)), (.timestamptz(let a), .timestamptz(let b)),
      (.timestampNanos(let a), .timestampNanos(let b)),
      (.timestamptzNanos(let a), .timestamptzNanos(let b)):
      Ordering(a, b)
    case (.float(let a), .float(let b)): Ordering(Self.rank(Double(a)), Self.rank(Double(b)))
    case (.double(let a), .double(let b)): Ordering(Self.rank(a), Self.rank(b))
    case (.decimal(let a, let i), .decimal(let b, let j)): Self.ordering(a, scale: i, b, scale: j)
    case (.string(let a), .string(let b)): Self.ordering(a.utf8, b.utf8)
    case (.uuid(let a), .uuid(let b)), (.fixed(let a), .fixed(let b)),
      (.binary(let a), .binary(let b)):
      Self.ordering(a, b)
    default: nil
    }
  }

  /// A number that stands to others as the floating-point number does in the format's order.
  private static func rank(_ value: Double) -> Int64 {
    if value.isNaN { return .max }
    let bits = Int64(bitPattern: value.bitPattern)
    // Of negative numbers, the one with the greater magnitude is the lesser.
    return bits >= 0 ? bits : bits ^ .max
  }

  private static func ordering(
    _ left: some Sequence<UInt8>, _ right: some Sequence<UInt8>
  ) -> Ordering {
    if left.lexicographicallyPrecedes(right) { return .less }
    return right.lexicographicallyPrecedes(left) ? .greater : .equal
  }

  private static func ordering(
    _ left: Int128, scale leftScale: Int, _ right: Int128, scale rightScale: Int
  ) -> Ordering {
    if leftScale == rightScale { return Ordering(left, right) }
    if leftScale > rightScale {
      let reversed = ordering(right, scale: rightScale, left, scale: leftScale)
      return reversed == .equal ? .equal : reversed == .less ? .greater : .less
    }
    let difference = rightScale &- leftScale
    let (product, overflow) = left.multipliedReportingOverflow(
      by: DecimalText.powerOfTen(min(difference, 38)))
    // What is beyond 128 bits is beyond every decimal.
    if left != 0, overflow || difference > 38 { return left < 0 ? .less : .greater }
    return Ordering(product, right)
  }
}
