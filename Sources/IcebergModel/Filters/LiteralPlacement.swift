/// Where the constant of a filter stands among the values of a column's type, which need not have
/// that very value.
///
/// It is exact, but for floating-point columns: there the nearest value counts, so that a `float`
/// column that was given 0.1 is found by 0.1.
package enum LiteralPlacement: Equatable, Sendable {
  /// The type has the value.
  case at(Literal)
  /// Above this value and below the next.
  case between(Literal)
  /// Less than every value of the type.
  case belowAll
  /// Greater than every value of the type.
  case aboveAll

  /// The constant among the values of `type`; nil when the two cannot be compared. NaN can be
  /// compared with nothing.
  package init?(_ constant: Literal, among type: FieldType) {
    switch (constant, type) {
    case (.float(let value), _) where value.isNaN: return nil
    case (.double(let value), _) where value.isNaN: return nil
    case (.boolean, .boolean), (.string, .string), (.uuid, .uuid), (.time, .time),
      (.float, .float), (.double, .double), (.binary, .binary):
      self = .at(constant)
    case (.float(let value), .double):
      self = .at(.double(Double(value)))
    case (.double(let value), .float):
      self = Self.place(value, isInfinite: value.isInfinite)
    case (.fixed(let bytes), .binary):
      self = .at(.binary(bytes))
    case (.fixed(let bytes), .fixed(let length)), (.binary(let bytes), .fixed(let length)):
      guard bytes.count == length else { return nil }
      self = .at(.fixed(bytes))
    default:
      if case .string(let text) = constant {
        guard let placement = Self.parse(text, type) else { return nil }
        self = placement
      } else if let number = ExactNumber(constant) {
        guard let placement = Self.place(number, type) else { return nil }
        self = placement
      } else if let nanos = constant.nanosSinceEpoch {
        guard let placement = Self.place(nanos: nanos, type) else { return nil }
        self = placement
      } else {
        return nil
      }
    }
  }

  // Rounding must not make an infinity out of a number: the two differ to a filter.
  private static func place(_ value: Double, isInfinite: Bool) -> LiteralPlacement {
    let float = Float(value)
    guard float.isInfinite, !isInfinite else { return .at(.float(float)) }
    return .between(.float(value < 0 ? -.infinity : .greatestFiniteMagnitude))
  }

  private static func place(_ number: ExactNumber, _ type: FieldType) -> LiteralPlacement? {
    switch type {
    case .int: place(number) { Int32(exactly: $0).map(Literal.int) }
    case .long: place(number) { Int64(exactly: $0).map(Literal.long) }
    case .date: place(number) { Int32(exactly: $0).map(Literal.date) }
    case .time: place(number) { Int64(exactly: $0).map(Literal.time) }
    case .timestamp: place(number) { Int64(exactly: $0).map(Literal.timestamp) }
    case .timestamptz: place(number) { Int64(exactly: $0).map(Literal.timestamptz) }
    // Microseconds in every column: the unit must not change with the precision of the column.
    case .timestampNanos:
      place(number) { Self.nanos(ofMicros: $0).map(Literal.timestampNanos) }
    case .timestamptzNanos:
      place(number) { Self.nanos(ofMicros: $0).map(Literal.timestamptzNanos) }
    case .decimal(let precision, let scale):
      place(number, scale: scale) {
        DecimalText.fits($0, precision: precision) ? .decimal(unscaled: $0, scale: scale) : nil
      }
    case .float: Double(number.text).map { place($0, isInfinite: number.isInfinite) }
    case .double: Double(number.text).map { .at(.double($0)) }
    default: nil
    }
  }

  private static func nanos(ofMicros micros: Int128) -> Int64? {
    let (nanos, overflow) = micros.multipliedReportingOverflow(by: 1_000)
    return overflow ? nil : Int64(exactly: nanos)
  }

  private static func place(
    _ number: ExactNumber, scale: Int = 0, _ make: (Int128) -> Literal?
  ) -> LiteralPlacement {
    guard let (floor, isExact) = number.floor(scale: scale), let value = make(floor) else {
      return number.isNegative ? .belowAll : .aboveAll
    }
    return isExact ? .at(value) : .between(value)
  }

  private static func place(nanos: Int128, _ type: FieldType) -> LiteralPlacement? {
    switch type {
    case .date: place(nanos, per: 86_400_000_000_000) { Int32(exactly: $0).map(Literal.date) }
    case .timestamp: place(nanos, per: 1_000) { Int64(exactly: $0).map(Literal.timestamp) }
    case .timestamptz: place(nanos, per: 1_000) { Int64(exactly: $0).map(Literal.timestamptz) }
    case .timestampNanos: place(nanos, per: 1) { Int64(exactly: $0).map(Literal.timestampNanos) }
    case .timestamptzNanos:
      place(nanos, per: 1) { Int64(exactly: $0).map(Literal.timestamptzNanos) }
    default: nil
    }
  }

  private static func place(
    _ nanos: Int128, per unit: Int128, _ make: (Int128) -> Literal?
  ) -> LiteralPlacement {
    let floor = CivilDate.floorDivide(nanos, unit)
    guard let value = make(floor) else { return nanos < 0 ? .belowAll : .aboveAll }
    return floor * unit == nanos ? .at(value) : .between(value)
  }

  private static func parse(_ text: String, _ type: FieldType) -> LiteralPlacement? {
    switch type {
    case .date, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos:
      // As finely as it is written, whatever the column holds.
      for written: FieldType in [.date, .timestamptz, .timestamptzNanos] {
        if let value = try? Literal(parsing: text, type: written) {
          return LiteralPlacement(value, among: type)
        }
      }
      return nil
    case .decimal:
      return DecimalText.parse(text).flatMap {
        place(ExactNumber(unscaled: $0.unscaled, scale: $0.scale), type)
      }
    case .time, .uuid, .fixed, .binary:
      return (try? Literal(parsing: text, type: type)).map { .at($0) }
    case .float, .double:
      // What JSON has no numbers for.
      guard text == "Infinity" || text == "-Infinity" else { return nil }
      return (try? Literal(parsing: text, type: type)).map { .at($0) }
    default:
      return nil
    }
  }
}

extension Literal {
  /// The point in time of a date, then its midnight, or of a timestamp; nil for other values.
  fileprivate var nanosSinceEpoch: Int128? {
    switch self {
    case .date(let days): Int128(days) * 86_400_000_000_000
    case .timestamp(let micros), .timestamptz(let micros): Int128(micros) * 1_000
    case .timestampNanos(let nanos), .timestamptzNanos(let nanos): Int128(nanos)
    default: nil
    }
  }
}

/// A number of any type as `unscaled / 10^scale`, or an infinity.
private struct ExactNumber {
  var unscaled: Int128
  var scale: Int
  var isInfinite = false

  init(unscaled: Int128, scale: Int) {
    self.unscaled = unscaled
    self.scale = scale
  }

  /// Nil for what is no number. A floating-point number is the one that its shortest text says: 1.1
  /// is to equal the decimal 1.1.
  init?(_ literal: Literal) {
    switch literal {
    case .int(let value): self.init(unscaled: Int128(value), scale: 0)
    case .long(let value): self.init(unscaled: Int128(value), scale: 0)
    case .decimal(let unscaled, let scale): self.init(unscaled: unscaled, scale: scale)
    case .float(let value): self.init(value, isNegative: value < 0)
    case .double(let value): self.init(value, isNegative: value < 0)
    default: return nil
    }
  }

  private init?(_ value: some BinaryFloatingPoint & CustomStringConvertible, isNegative: Bool) {
    if value.isInfinite {
      self.init(unscaled: isNegative ? -1 : 1, scale: 0)
      isInfinite = true
    } else if let number = DecimalText.parse(value.description) {
      self.init(unscaled: number.unscaled, scale: number.scale)
    } else {
      return nil
    }
  }

  var isNegative: Bool { unscaled < 0 }

  var text: String {
    if isInfinite { return isNegative ? "-inf" : "inf" }
    return "\(unscaled)e\(-scale)"
  }

  /// The greatest number of `wanted` digits after the point that is not greater, without its point;
  /// nil beyond 128 bits.
  func floor(scale wanted: Int) -> (floor: Int128, isExact: Bool)? {
    if isInfinite { return nil }
    if unscaled == 0 { return (0, true) }
    let digits = wanted - scale
    if digits >= 0 {
      guard digits <= 38 else { return nil }
      let (product, overflow) = unscaled.multipliedReportingOverflow(
        by: DecimalText.powerOfTen(digits))
      return overflow ? nil : (product, true)
    }
    guard digits >= -38 else { return (isNegative ? -1 : 0, false) }
    let factor = DecimalText.powerOfTen(-digits)
    let floor = CivilDate.floorDivide(unscaled, factor)
    return (floor, unscaled % factor == 0)
  }
}
