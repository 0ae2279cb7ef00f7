/// How a partition or sort value is made from a column.
///
/// Spec: Partition Transforms.
public enum Transform: Hashable, Sendable {
  case identity
  /// A hash of the value modulo `count`.
  case bucket(count: Int)
  /// The value truncated to `width`.
  case truncate(width: Int)
  /// Years since 1970.
  case year
  /// Months since 1970-01.
  case month
  /// Days since 1970-01-01.
  case day
  /// Hours since 1970-01-01 00.
  case hour
  /// Always null.
  case void
  /// A transform that this library does not know, as it was written: kept, and never used to prune.
  case unknown(String)
}
