import IcebergBytes

extension Transform {
  /// The result for one value; nil for null, and always of a void transform.
  ///
  /// Throws when the transform cannot be applied to values of this type, or is not known.
  ///
  /// Spec: Partitioning, "Partition Transforms".
  public func apply(to value: Literal?) throws(IcebergError) -> Literal? {
    guard let value else { return nil }
    switch self {
    case .identity:
      return value
    case .void:
      return nil
    case .bucket(let count):
      guard let hash = Self.bucketHash(of: value), let count = Int32(exactly: count), count > 0
      else { break }
      return .int((hash & .max) % count)
    case .truncate(let width):
      guard let result = value.truncated(to: width) else { break }
      return result
    case .year, .month, .day, .hour:
      guard let part = calendarPart, let units = Self.count(part, of: value) else { break }
      // Hours beyond the year 246953 do not fit and wrap around, as in the reference implementation.
      let result = Int32(truncatingIfNeeded: units)
      return self == .day ? .date(result) : .int(result)
    case .unknown(let name):
      throw IcebergError(.unsupported, "the transform '\(name)' is not known: it cannot be applied")
    }
    throw IcebergError(.invalidArgument, "\(self) cannot be applied to \(value.text)")
  }

  /// The hash of a value that can be put into buckets: floating-point numbers and truth values have
  /// a hash, but no buckets.
  private static func bucketHash(of value: Literal) -> Int32? {
    switch value {
    case .boolean, .float, .double: nil
    default: value.bucketHash
    }
  }

  private static func count(_ part: CalendarPart, of value: Literal) -> Int? {
    switch value {
    case .date(let days):
      part == .hour ? nil : part.count(days: Int(days))
    case .timestamp(let micros), .timestamptz(let micros):
      part.count(timestamp: micros, unitsPerSecond: 1_000_000)
    case .timestampNanos(let nanos), .timestamptzNanos(let nanos):
      part.count(timestamp: nanos, unitsPerSecond: 1_000_000_000)
    default: nil
    }
  }
}

extension Literal {
  /// The value truncated to a width: a number to a multiple of it, rounded down, text to as many
  /// code points, bytes to as many bytes. Nil for other types.
  ///
  /// Spec: Partitioning, "Truncate Transform Details".
  package func truncated(to width: Int) -> Literal? {
    guard width > 0 else { return nil }
    switch self {
    case .int(let value):
      return Int32(exactly: width).map { .int(Self.floor(value, toMultipleOf: $0)) }
    case .long(let value):
      return .long(Self.floor(value, toMultipleOf: Int64(width)))
    case .decimal(let unscaled, let scale):
      return .decimal(unscaled: Self.floor(unscaled, toMultipleOf: Int128(width)), scale: scale)
    case .string(let text):
      return .string(Self.prefix(of: text, codePoints: width))
    case .binary(let bytes):
      return .binary(bytes[0..<min(width, bytes.count)])
    default:
      return nil
    }
  }

  /// The greatest multiple of `width` that is not greater than `value`.
  ///
  /// Where that is below the least value of the type, the result wraps around, as it does in the
  /// reference implementation: partition values of different writers must agree. Whoever prunes by
  /// truncated values has to expect the wrapped ones, which are above `max - width`.
  package static func floor<T: FixedWidthInteger & SignedInteger>(
    _ value: T, toMultipleOf width: T
  ) -> T {
    let remainder = value % width
    return value &- (remainder < 0 ? remainder &+ width : remainder)
  }

  private static func prefix(of text: String, codePoints: Int) -> String {
    // A text has no more code points than bytes.
    guard text.utf8.count > codePoints else { return text }
    return String(text.unicodeScalars.prefix(codePoints))
  }
}
