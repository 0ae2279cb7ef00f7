import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct BinPackerTests {
  @Test(
    "packs the items of the expected values as Iceberg Java does",
    .enabled(if: SharedFiles.isAvailable))
  func expectedValues() throws {
    try ExpectedValues("bin-packing").run("cases") { item in
      let items = try Self.integers(item["items"])
      let count = try? Self.integer(item["max_items_per_bin"])
      let packing = BinPacking(
        targetWeight: try Self.integer(item["target_weight"]),
        lookback: Int(try Self.integer(item["lookback"])),
        closing: item["largest_bin_first"] == .bool(true) ? .heaviest : .oldest,
        maximumCount: count.map { Int($0) } ?? .max)
      guard case .array(let bins)? = item["expected"] else { throw Malformed() }
      let expected = try bins.map { try Self.integers($0) }
      let found =
        item["mode"] == "packEnd"
        ? packing.packFromEnd(items) { $0 } : packing.pack(items) { $0 }
      #expect(found == expected)
    }
  }

  @Test("every item is in one bin, and no bin of several weighs too much")
  func completeness() {
    var random = SeededRandom()
    for _ in 0..<500 {
      let items = (0..<Int.random(in: 0...40, using: &random)).map { number in
        (number: number, weight: Int64.random(in: 0...60, using: &random))
      }
      let packing = BinPacking(
        targetWeight: Int64.random(in: 1...100, using: &random),
        lookback: Int.random(in: 1...5, using: &random),
        closing: Bool.random(using: &random) ? .oldest : .heaviest,
        maximumCount: Int.random(in: 1...8, using: &random))
      let bins = packing.pack(items) { $0.weight }
      #expect(bins.joined().map(\.number).sorted() == items.map(\.number))
      for bin in bins {
        #expect(bin.map(\.number) == bin.map(\.number).sorted())
        #expect(bin.count <= packing.maximumCount)
        #expect(
          bin.count == 1 || bin.reduce(0) { $0 + $1.weight } <= packing.targetWeight)
      }
    }
  }

  @Test("weights whose sum is beyond 64 bits do not share a bin")
  func overflow() {
    let packing = BinPacking(targetWeight: .max, lookback: 2)
    #expect(packing.pack([Int64.max, .max, 0]) { $0 } == [[.max, 0], [.max]])
  }

  private struct Malformed: Error {}

  private static func integer(_ value: JSONValue?) throws -> Int64 {
    guard case .integer(let number)? = value else { throw Malformed() }
    return number
  }

  private static func integers(_ value: JSONValue?) throws -> [Int64] {
    guard case .array(let values)? = value else { throw Malformed() }
    return try values.map { try integer($0) }
  }
}
