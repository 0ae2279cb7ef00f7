import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct LiteralJSONTests {
  @Test("every value of every type comes back from its JSON text")
  func roundTrip() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 2_000, long: 100_000) {
      var nextID = 1
      let type = random.type(depth: 3, nextID: &nextID)
      let value = random.literal(of: type)
      let json = try value.json(as: type)
      let again = try JSONValue(parsing: json.serialized())
      try #require(try Literal(json: JSONNode(again), type: type) == value, "\(type) \(value)")
    }
  }

  @Test("numbers may be written as whole ones; what is not finite is a text")
  func floating() throws {
    #expect(try Literal(json: JSONNode(3), type: .double) == .double(3))
    #expect(try Literal(json: JSONNode(.number("1e10")), type: .float) == .float(1e10))
    #expect(try Literal(json: JSONNode("NaN"), type: .float) == .float(.nan))
    #expect(throws: IcebergError.self) {
      try Literal(json: JSONNode(.number("1e999")), type: .double)
    }
  }

  @Test("a value of another type has no JSON as this one")
  func mismatch() {
    #expect(throws: IcebergError.self) { try Literal.int(1).json(as: .long) }
    #expect(throws: IcebergError.self) { try Literal.fixed([1]).json(as: .fixed(length: 2)) }
    #expect(throws: IcebergError.self) {
      try Literal.decimal(unscaled: 1_000, scale: 2).json(as: .decimal(precision: 3, scale: 2))
    }
  }

  @Test("a required part that is null is refused")
  func required() {
    let type = FieldType.list(element: .required("element", .int, id: 1))
    #expect(throws: IcebergError.self) { try Literal(json: JSONNode([1, nil]), type: type) }
  }
}
