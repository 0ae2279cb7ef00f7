import Iceberg
import IcebergTestSupport
import Testing

@Suite struct NumberSetTests {
  @Test("a set of numbers through a filter is what a Set is")
  func membership() throws {
    var random = SeededRandom()
    let schema = Schema([.optional("x", .long, id: 1), .optional("d", .double, id: 2)])
    for _ in 0..<LongTests.rounds(quick: 20, long: 2_000) {
      let bits = Int.random(in: 1...63, using: &random)
      let numbers = (0..<400).map { _ in
        Int64.random(in: .min ... .max, using: &random) >> Int64(bits)
      }
      let wanted = Set(numbers.prefix(Int.random(in: 0...200, using: &random)))
      let batch = try RecordBatch(
        rows: numbers.map { [.long($0), .double(Double($0))] }, schema: schema)
      let longs = try ColumnEvaluator(col("x").isIn(wanted).bound(to: schema)).matches(in: batch)
      #expect(longs == Bitmap(numbers.map(wanted.contains)))
      let doubles = Set(wanted.map { Double($0) })
      let found = try ColumnEvaluator((!col("d").isIn(doubles)).bound(to: schema))
        .matches(in: batch)
      #expect(found == Bitmap(numbers.map { !doubles.contains(Double($0)) }))
    }
  }

  @Test("both zeros are found, NaN never")
  func zeros() throws {
    let schema = Schema([.optional("d", .double, id: 1)])
    let batch = try RecordBatch(
      rows: [[.double(0)], [.double(-0.0)], [.double(.nan)], [.double(5)], [nil]], schema: schema)
    let filter = try col("d").isIn([0.0] + (6...20).map { Double($0) }).bound(to: schema)
    #expect(
      try ColumnEvaluator(filter).matches(in: batch)
        == Bitmap([true, true, false, false, false]))
  }
}
