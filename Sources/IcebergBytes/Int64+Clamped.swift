extension Int64 {
  /// The sum, or the number nearest to it that fits: sizes and counts in files may be nonsense.
  @inlinable
  package func addingClamped(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? (other < 0 ? .min : .max) : sum
  }
}
