public import FoundationEssentials
public import IcebergBytes

/// A value that filters can compare columns with.
///
/// The type need not be that of the column: a number is compared with numbers of every type and, as
/// their count of days or microseconds, with dates and timestamps; a text with dates, timestamps,
/// decimals, UUIDs and, as hexadecimal digits, with bytes.
public protocol LiteralConvertible {
  /// The value.
  var literal: Literal { get }
}

extension Literal: LiteralConvertible {
  public var literal: Literal { self }
}

extension Bool: LiteralConvertible {
  public var literal: Literal { .boolean(self) }
}

extension Int: LiteralConvertible {
  public var literal: Literal { .long(Int64(self)) }
}

extension Int32: LiteralConvertible {
  public var literal: Literal { .int(self) }
}

extension Int64: LiteralConvertible {
  public var literal: Literal { .long(self) }
}

extension Float: LiteralConvertible {
  public var literal: Literal { .float(self) }
}

extension Double: LiteralConvertible {
  public var literal: Literal { .double(self) }
}

extension String: LiteralConvertible {
  public var literal: Literal { .string(self) }
}

extension Substring: LiteralConvertible {
  public var literal: Literal { .string(String(self)) }
}

extension Bytes: LiteralConvertible {
  public var literal: Literal { .binary(self) }
}

extension UUID: LiteralConvertible {
  public var literal: Literal {
    .uuid(withUnsafeBytes(of: uuid) { Bytes(copying: $0) })
  }
}
