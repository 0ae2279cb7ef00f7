/// A part of all rows, by a hash of them.
struct ChangelogPartition: Hashable, Sendable {
  private var bits: UInt = 0
  /// How many such parts there are: a power of two.
  private var count: UInt = 1

  /// All rows.
  static let all = ChangelogPartition()

  /// How often rows may be divided: so many times a file is read at most.
  private static let mostParts: UInt = 1 << 12

  /// Two parts that have the rows of this one; nil when there are enough parts.
  var halves: [ChangelogPartition]? {
    guard count < Self.mostParts else { return nil }
    var (low, high) = (self, self)
    low.count = count << 1
    high.count = count << 1
    high.bits = bits | count
    return [low, high]
  }

  /// Whether the row is one of the part.
  func contains(_ digest: RowDigest) -> Bool { digest.spread & (count - 1) == bits }
}
