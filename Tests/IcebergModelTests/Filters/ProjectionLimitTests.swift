import IcebergModel
import Testing

/// Every comparison of values next to the limits of their type, where results of transforms wrap around.
@Suite struct ProjectionLimitTests {
  /// Values around the limits and zero, and around what `step` times is there.
  private static func edges<T: FixedWidthInteger & SignedInteger>(step: T) -> [T] {
    let near: [T] = [0, 1, 2, 3, 7, 8, 9, 10, 11]
    var edges: Set<T> = []
    for distance in near + near.map({ $0 &* step }) {
      edges.formUnion([.min &+ distance, .max &- distance, distance, 0 &- distance])
    }
    return edges.sorted()
  }

  private static func check(
    _ type: FieldType, _ transform: Transform, _ values: [Literal]
  ) throws {
    let schema = Schema([.optional("c", type, id: 1)])
    let spec = PartitionProjectionTests.spec((1, transform))
    let projection = PartitionProjection(spec, schema: schema)
    let rows = try (values + [nil]).map { (value: Literal?) in
      (row: StructValue([value]), tuple: StructValue([try transform.apply(to: value)]))
    }
    for constant in values {
      for comparison in Filter.Comparison.allCases {
        let filter = try Filter.test(col("c"), .comparison(comparison, constant))
          .bound(to: schema)
        let evaluator = RowEvaluator(filter)
        let inclusive = PartitionFilter(projection.inclusive(filter))
        let strict = PartitionFilter(projection.strict(filter))
        for (row, tuple) in rows {
          let isMatch = try evaluator.matches(row)
          let mayMatch = inclusive.matches(tuple) ?? true
          let mustMatch = strict.matches(tuple) ?? false
          if isMatch ? !mayMatch : mustMatch {
            Issue.record("\(transform) of \(row.values): \(filter) is \(isMatch)")
          }
        }
      }
    }
  }

  @Test(
    "truncated ints", arguments: [1, 2, 3, 7, 10, 16, 1 << 20, 1_000_000_007, Int(Int32.max)])
  func ints(width: Int) throws {
    let values = Self.edges(step: Int32(width)).map(Literal.int)
    try Self.check(.int, .truncate(width: width), values)
  }

  @Test("truncated longs", arguments: [1, 3, 10, 16, 1_000_000_007, Int(Int32.max)])
  func longs(width: Int) throws {
    let values = Self.edges(step: Int64(width)).map(Literal.long)
    try Self.check(.long, .truncate(width: width), values)
  }

  @Test("times, by every unit", arguments: [Transform.year, .month, .day, .hour])
  func times(transform: Transform) throws {
    let micros = Self.edges(step: Int64(3_600_000_000))
    // Where hours begin to wrap around.
    var wrapping: [Int64] = []
    for hour in [Int64(Int32.min), Int64(Int32.max)] {
      for step in Int64(-2)...2 {
        let start = (hour + step) * 3_600_000_000
        wrapping += [start - 1, start]
      }
    }
    try Self.check(.timestamp, transform, (micros + wrapping).map(Literal.timestamp))
    let nanos = Self.edges(step: Int64(86_400_000_000_000)).map(Literal.timestamptzNanos)
    try Self.check(.timestamptzNanos, transform, nanos)
    guard transform != .hour else { return }
    try Self.check(.date, transform, Self.edges(step: Int32(30)).map(Literal.date))
  }
}
