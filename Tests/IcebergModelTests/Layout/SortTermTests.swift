import IcebergModel
import Testing

@Suite struct SortTermTests {
  let schema = PartitionTermTests.schema

  @Test("terms become an order; without terms it is unsorted")
  func order() throws {
    let order = try TableSortOrder(
      [.ascending("id"), .descending("event_time", by: .day, nulls: .nullsFirst)], schema: schema)
    #expect(order.id == 1)
    #expect(order.fields.map(\.sourceIDs) == [[1], [2]])
    #expect(order.fields.map(\.nullOrder) == [.nullsFirst, .nullsFirst])
    #expect(try TableSortOrder([], schema: schema) == .unsorted)
    #expect(
      try TableSortOrder([.descending("id")], schema: schema).fields[0].nullOrder == .nullsLast)
  }

  @Test("a key that cannot be is refused")
  func refused() {
    #expect(throws: IcebergError.self) { try TableSortOrder([.ascending("nope")], schema: schema) }
    #expect(throws: IcebergError.self) { try TableSortOrder([.ascending("place")], schema: schema) }
    #expect(throws: IcebergError.self) {
      try TableSortOrder([.ascending("id", by: .day)], schema: schema)
    }
  }

  @Test("order 0 is the one without keys")
  func zero() {
    let key = SortField(
      sourceIDs: [1], transform: .identity, direction: .ascending, nullOrder: .nullsFirst)
    #expect(throws: IcebergError.self) {
      try TableSortOrder(id: 0, fields: [key]).validate(against: schema)
    }
    #expect(throws: IcebergError.self) {
      try TableSortOrder(id: 1, fields: []).validate(against: schema)
    }
    #expect(throws: Never.self) { try TableSortOrder.unsorted.validate(against: schema) }
  }

  @Test("an order satisfies what its keys begin with, and a coarser last key")
  func satisfies() throws {
    let fine = try TableSortOrder([.ascending("id"), .ascending("event_time")], schema: schema)
    let coarse = try TableSortOrder(
      [.ascending("id"), .ascending("event_time", by: .day)], schema: schema)
    let first = try TableSortOrder([.ascending("id")], schema: schema)
    #expect(fine.satisfies(first, in: schema))
    #expect(fine.satisfies(coarse, in: schema))
    #expect(!coarse.satisfies(fine, in: schema))
    #expect(!first.satisfies(fine, in: schema))
    #expect(first.satisfies(.unsorted, in: schema))
    let days = try TableSortOrder(
      [.ascending("event_time", by: .day), .ascending("id")], schema: schema)
    let times = try TableSortOrder([.ascending("event_time"), .ascending("id")], schema: schema)
    #expect(!times.satisfies(days, in: schema))
  }
}
