extension FieldType {
  /// Whether a column of this type may be changed to `other` without rewriting its files. A type may
  /// always stay as it is.
  ///
  /// Nested types change by their fields: they are never promoted themselves.
  ///
  /// Spec: Schema Evolution, "Type promotion".
  public func canBePromoted(to other: FieldType, formatVersion: Int) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.int, .long), (.float, .double):
      return true
    case (.decimal(let precision, let scale), .decimal(let wider, let sameScale)):
      return wider >= precision && sameScale == scale
    case (.date, .timestamp), (.date, .timestampNanos), (.unknown, _):
      return formatVersion >= 3
    default:
      return false
    }
  }

  /// The version of the format that brought the type: 3 for the types of v3, else 1. Of a nested type,
  /// its parts are not looked at.
  ///
  /// Spec: Appendix E, "Version 3".
  public var minimumFormatVersion: Int {
    switch self {
    case .timestampNanos, .timestamptzNanos, .unknown, .variant, .geometry, .geography: 3
    case .boolean, .int, .long, .float, .double, .decimal, .date, .time, .timestamp, .timestamptz,
      .string, .uuid, .fixed, .binary, .struct, .list, .map:
      1
    }
  }
}

extension Literal {
  /// The value as one of `type`, to which its own type was promoted: a bound, partition value or
  /// default that was written before. Nil when its type cannot be promoted so, or the value is out
  /// of the range of the new type.
  ///
  /// Spec: Schema Evolution, "Type promotion".
  public func promoted(to type: FieldType) -> Literal? {
    switch (self, type) {
    case (.int(let value), .long): .long(Int64(value))
    case (.float(let value), .double): .double(Double(value))
    case (.date(let days), .timestamp): .timestamp(Int64(days) &* 86_400_000_000)
    case (.date(let days), .timestampNanos): Self.nanos(ofDays: days)
    default: isValue(of: type) ? self : nil
    }
  }

  private static func nanos(ofDays days: Int32) -> Literal? {
    let (value, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000_000)
    return overflow ? nil : .timestampNanos(value)
  }

  /// Whether the value, and everything in it, is of `type`; null is a value of every type that is
  /// not required.
  public func isValue(of type: FieldType) -> Bool {
    switch (self, type) {
    case (.boolean, .boolean), (.int, .int), (.long, .long), (.float, .float), (.double, .double),
      (.date, .date), (.time, .time), (.timestamp, .timestamp), (.timestamptz, .timestamptz),
      (.timestampNanos, .timestampNanos), (.timestamptzNanos, .timestamptzNanos),
      (.string, .string), (.binary, .binary), (.geometry, .geometry), (.geography, .geography),
      (.variant, .variant):
      return true
    case (.decimal(let unscaled, let scale), .decimal(let precision, let wanted)):
      return scale == wanted && DecimalText.fits(unscaled, precision: precision)
    case (.uuid(let bytes), .uuid): return bytes.count == 16
    case (.fixed(let bytes), .fixed(let length)): return bytes.count == length
    case (.struct(let value), .struct(let fields)):
      return value.values.count == fields.count
        && zip(value.values, fields).allSatisfy { Self.isValue($0, of: $1) }
    case (.list(let values), .list(let element)):
      return values.allSatisfy { Self.isValue($0, of: element) }
    case (.map(let entries), .map(let key, let value)):
      return entries.allSatisfy {
        $0.key.isValue(of: key.type) && Self.isValue($0.value, of: value)
      }
    default: return false
    }
  }

  private static func isValue(_ value: Literal?, of field: Field) -> Bool {
    value?.isValue(of: field.type) ?? !field.isRequired
  }
}
