public import FoundationEssentials
public import IcebergModel

extension Date: LiteralConvertible {
  /// The point in time with zone, in microseconds rounded down; the first or the last there is, when
  /// it is beyond their range.
  public var literal: Literal {
    let micros = (timeIntervalSince1970 * 1_000_000).rounded(.down)
    return .timestamptz(Int64(exactly: micros) ?? (micros < 0 ? .min : .max))
  }
}
