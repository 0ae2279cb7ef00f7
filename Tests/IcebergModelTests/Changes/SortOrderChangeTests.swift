import IcebergModel
import Testing

@Suite struct SortOrderChangeTests {
  @Test("an order is replaced, found again, and removed")
  func replace() throws {
    var metadata = try SampleMetadata.table()
    func apply(_ body: (inout SortOrderChange) -> Void) throws {
      var change = SortOrderChange()
      body(&change)
      metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 5_000_000)
    }
    try apply { $0.replace(with: .descending("at"), .ascending("id", by: .bucket(count: 4))) }
    #expect(metadata.defaultSortOrder.fields.map(\.sourceIDs) == [[2], [1]])
    #expect(metadata.defaultSortOrderID == 1)
    try apply { $0.replace(with: [.ascending("level", nulls: .nullsLast)]) }
    #expect(metadata.defaultSortOrderID == 2)
    try apply { $0.replace(with: .descending("at"), .ascending("id", by: .bucket(count: 4))) }
    #expect(metadata.defaultSortOrderID == 1)
    try apply { $0.remove() }
    #expect(metadata.defaultSortOrder == .unsorted)
    var change = SortOrderChange()
    #expect(try change.updates(on: metadata) == [])
    change.replace(with: .ascending("moon"))
    #expect(thrown { _ = try change.updates(on: metadata) }?.code == .invalidArgument)
  }
}
