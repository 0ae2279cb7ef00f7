public import IcebergBytes

/// One value of a type: a partition value, a bound, a default, the constant of a filter.
///
/// Null is the absence of a literal. Two literals are equal when they have the same type and value;
/// NaN equals NaN, and -0.0 differs from 0.0.
///
/// Spec: Appendix D (binary and JSON single-value serialization).
public indirect enum Literal: Sendable {
  case boolean(Bool)
  case int(Int32)
  case long(Int64)
  case float(Float)
  case double(Double)
  /// The unscaled value; the number is `unscaled / 10^scale`.
  case decimal(unscaled: Int128, scale: Int)
  /// Days since 1970-01-01.
  case date(Int32)
  /// Microseconds since midnight.
  case time(Int64)
  /// Microseconds since 1970-01-01, without zone.
  case timestamp(Int64)
  /// Microseconds since 1970-01-01 UTC.
  case timestamptz(Int64)
  /// Nanoseconds since 1970-01-01, without zone.
  case timestampNanos(Int64)
  /// Nanoseconds since 1970-01-01 UTC.
  case timestamptzNanos(Int64)
  case string(String)
  /// Sixteen bytes, most significant first.
  case uuid(Bytes)
  case fixed(Bytes)
  case binary(Bytes)
  /// Well-known binary of a shape; as a bound, the point form of Appendix D.
  case geometry(Bytes)
  case geography(Bytes)
  /// Metadata and value of a variant, one after the other.
  case variant(metadata: Bytes, value: Bytes)
  /// One value per field; nil is null.
  case `struct`(StructValue)
  case list([Literal?])
  case map([MapEntry])

  /// A key and its value in a map literal.
  public struct MapEntry: Hashable, Sendable {
    /// The key.
    public var key: Literal
    /// The value; nil is null.
    public var value: Literal?

    /// An entry of a map literal.
    public init(key: Literal, value: Literal?) {
      self.key = key
      self.value = value
    }
  }
}

/// The values of a struct in field order: a partition tuple, a struct default. Nil is null.
public struct StructValue: Hashable, Sendable {
  /// One value per field.
  public var values: [Literal?]

  /// A struct of the given values.
  public init(_ values: [Literal?] = []) { self.values = values }
}
