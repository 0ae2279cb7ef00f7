import IcebergBytes

extension Literal {
  /// The value of `type` that a person, a CSV file or a filter wrote as `text`; throws
  /// `invalidArgument` when it is none.
  ///
  /// Everything that ``text`` gives is understood, and more: a number may leave out digits of its
  /// scale, a timestamp its time of day (then it is midnight) and its zone (then it is UTC), and a
  /// zone may be any. Bytes are hexadecimal digits, with or without `0x` before them.
  public init(parsing text: String, type: FieldType) throws(IcebergError) {
    guard let value = Self.parse(text, type) else {
      throw IcebergError(.invalidArgument, "'\(text)' is not a value of type \(type)")
    }
    self = value
  }

  private static func parse(_ text: String, _ type: FieldType) -> Literal? {
    switch type {
    case .boolean:
      switch text.lowercased() {
      case "true": return .boolean(true)
      case "false": return .boolean(false)
      default: return nil
      }
    case .int: return Int32(text).map(Literal.int)
    case .long: return Int64(text).map(Literal.long)
    case .float: return floating(text).map(Literal.float)
    case .double: return floating(text).map(Literal.double)
    case .decimal(let precision, let scale):
      guard let number = DecimalText.parse(text),
        let unscaled = DecimalText.rescale(number.unscaled, from: number.scale, to: scale),
        DecimalText.fits(unscaled, precision: precision)
      else { return nil }
      return .decimal(unscaled: unscaled, scale: scale)
    case .date: return ISOText.days(ofDate: text).flatMap { Int32(exactly: $0) }.map(Literal.date)
    case .time: return ISOText.value(ofTime: text, .micros).map(Literal.time)
    case .timestamp: return timestamp(text, .micros).map(Literal.timestamp)
    case .timestampNanos: return timestamp(text, .nanos).map(Literal.timestampNanos)
    case .timestamptz: return timestamptz(text, .micros).map(Literal.timestamptz)
    case .timestamptzNanos: return timestamptz(text, .nanos).map(Literal.timestamptzNanos)
    case .string: return .string(text)
    case .uuid: return Bytes(uuidText: text).map(Literal.uuid)
    case .fixed(let length):
      return hex(text).flatMap { $0.count == length ? .fixed($0) : nil }
    case .binary: return hex(text).map(Literal.binary)
    case .unknown, .variant, .geometry, .geography, .struct, .list, .map: return nil
    }
  }

  private static func floating<T: BinaryFloatingPoint & LosslessStringConvertible>(
    _ text: String
  ) -> T? {
    switch text.lowercased() {
    case "nan": return .nan
    case "infinity", "+infinity", "inf", "+inf": return .infinity
    case "-infinity", "-inf": return -.infinity
    default:
      // Not `T("nan(0x1)")` and the like: nothing but digits, signs, point and exponent.
      guard text.utf8.allSatisfy({ (48...57).contains($0) || "+-.eE".utf8.contains($0) }) else {
        return nil
      }
      return T(text)
    }
  }

  private static func timestamp(_ text: String, _ precision: ISOText.Precision) -> Int64? {
    ISOText.value(ofTimestamp: text, precision)
      ?? ISOText.value(ofTimestamp: text + "T00:00", precision)
  }

  private static func timestamptz(_ text: String, _ precision: ISOText.Precision) -> Int64? {
    ISOText.value(ofTimestamptz: text, precision)?.value ?? timestamp(text, precision)
  }

  private static func hex(_ text: String) -> Bytes? {
    Bytes(hexText: text.hasPrefix("0x") || text.hasPrefix("0X") ? String(text.dropFirst(2)) : text)
  }
}
