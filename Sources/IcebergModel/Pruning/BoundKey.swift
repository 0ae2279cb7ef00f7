import IcebergBytes

/// A value in a form that is cheap to make from the bytes of a bound, and to compare.
enum BoundKey: Hashable, Sendable {
  /// Truth values, integers, dates and times as they are; floating-point numbers by their rank.
  case number(Int64)
  /// The unscaled value of a decimal.
  case wide(Int128)
  /// Text, UUIDs and bytes, compared as unsigned bytes.
  case bytes(Bytes)

  /// The key of a constant; nil for NaN and for values without order.
  init?(_ value: Literal) {
    switch value {
    case .boolean(let value): self = .number(value ? 1 : 0)
    case .int(let value), .date(let value): self = .number(Int64(value))
    case .long(let value), .time(let value), .timestamp(let value), .timestamptz(let value),
      .timestampNanos(let value), .timestamptzNanos(let value):
      self = .number(value)
    case .float(let value):
      guard let rank = Self.rank(Double(value)) else { return nil }
      self = .number(rank)
    case .double(let value):
      guard let rank = Self.rank(value) else { return nil }
      self = .number(rank)
    case .decimal(let unscaled, _): self = .wide(unscaled)
    case .string(let text): self = .bytes(Bytes(utf8: text))
    case .uuid(let bytes), .fixed(let bytes), .binary(let bytes): self = .bytes(bytes)
    case .geometry, .geography, .variant, .struct, .list, .map: return nil
    }
  }

  /// A number that stands to others as the floating-point number does: -0.0 is less than 0.0. Nil for
  /// NaN.
  static func rank(_ value: Double) -> Int64? {
    if value.isNaN { return nil }
    let bits = Int64(bitPattern: value.bitPattern)
    return bits >= 0 ? bits : bits ^ .max
  }

  /// Whether the key stands before another of the same type.
  static func < (left: BoundKey, right: BoundKey) -> Bool {
    switch (left, right) {
    case (.number(let a), .number(let b)): a < b
    case (.wide(let a), .wide(let b)): a < b
    case (.bytes(let a), .bytes(let b)): a.order(to: b) < 0
    default: false
    }
  }
}

/// How the bounds of a column are read: by the type of the column and, where that was promoted, the
/// length of the bound.
///
/// A bound that cannot be a value of the type gives no key: it is as if it had not been recorded.
enum BoundForm: Sendable {
  case boolean, int, long, float, double, decimal, bytes
  /// A time stamp whose bounds may be days.
  case timestamp(unitsPerDay: Int64)
  /// A type whose bounds say nothing about single values, or that has none.
  case none

  init(_ type: FieldType) {
    self =
      switch type {
      case .boolean: .boolean
      case .int, .date: .int
      case .long, .time, .timestamptz, .timestamptzNanos: .long
      case .timestamp: .timestamp(unitsPerDay: 86_400_000_000)
      case .timestampNanos: .timestamp(unitsPerDay: 86_400_000_000_000)
      case .float: .float
      case .double: .double
      case .decimal: .decimal
      case .string, .uuid, .fixed, .binary: .bytes
      case .unknown, .variant, .geometry, .geography, .struct, .list, .map: .none
      }
  }

  /// The key of a bound; nil when it is NaN or not of the form.
  func key(_ bound: Bytes) -> BoundKey? {
    switch self {
    case .boolean: bound.count == 1 ? .number(bound[0] == 0 ? 0 : 1) : nil
    case .int: Self.int32(bound).map { .number(Int64($0)) }
    case .long: (Self.int64(bound) ?? Self.int32(bound).map(Int64.init)).map { .number($0) }
    case .timestamp(let unitsPerDay): Self.timestamp(bound, unitsPerDay).map { .number($0) }
    case .float: Self.float(bound).flatMap(BoundKey.rank).map { .number($0) }
    case .double: Self.double(bound).flatMap(BoundKey.rank).map { .number($0) }
    case .decimal: Self.decimal(bound).map { .wide($0) }
    case .bytes: .bytes(bound)
    case .none: nil
    }
  }

  private static func int32(_ bound: Bytes) -> Int32? {
    guard bound.count == 4 else { return nil }
    return Int32(littleEndian: bound.withUnsafeBytes { $0.loadUnaligned(as: Int32.self) })
  }

  private static func int64(_ bound: Bytes) -> Int64? {
    guard bound.count == 8 else { return nil }
    return Int64(littleEndian: bound.withUnsafeBytes { $0.loadUnaligned(as: Int64.self) })
  }

  private static func timestamp(_ bound: Bytes, _ unitsPerDay: Int64) -> Int64? {
    guard let days = int32(bound) else { return int64(bound) }
    let (value, overflow) = Int64(days).multipliedReportingOverflow(by: unitsPerDay)
    return overflow ? nil : value
  }

  private static func float(_ bound: Bytes) -> Double? {
    int32(bound).map { Double(Float(bitPattern: UInt32(bitPattern: $0))) }
  }

  private static func double(_ bound: Bytes) -> Double? {
    int64(bound).map { Double(bitPattern: UInt64(bitPattern: $0)) } ?? float(bound)
  }

  private static func decimal(_ bound: Bytes) -> Int128? {
    guard (1...16).contains(bound.count) else { return nil }
    return bound.withUnsafeBytes { bytes in
      var value: Int128 = bytes[0] & 0x80 == 0 ? 0 : -1
      for byte in bytes { value = value << 8 | Int128(byte) }
      return value
    }
  }
}

extension Bytes {
  /// Whether the bytes begin with others.
  func starts(with prefix: Bytes) -> Bool {
    count >= prefix.count && self[0..<prefix.count] == prefix
  }
}
