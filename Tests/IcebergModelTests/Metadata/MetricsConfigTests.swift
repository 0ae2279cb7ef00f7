import IcebergModel
import Testing

@Suite struct MetricsConfigTests {
  static let modes: [(text: String, mode: MetricsMode?)] = [
    ("none", MetricsMode.none), ("Counts", .counts), ("FULL", .full),
    ("truNcAte(10)", .truncate(length: 10)), ("truncate(0)", nil), ("truncate()", nil),
    ("truncate(+5)", nil), ("truncate(3000000000)", nil), ("truncate(16", nil), ("", nil),
  ]

  @Test("modes are read in any case", arguments: modes)
  func mode(text: String, mode: MetricsMode?) {
    #expect(MetricsMode(parsing: text) == mode)
    if let mode { #expect(MetricsMode(parsing: mode.description) == mode) }
  }

  static let schema = Schema([
    .required("a", .long, id: 1),
    .optional("s", .struct([.optional("x", .int, id: 4), .optional("y", .string, id: 5)]), id: 2),
    .optional("l", .list(element: .optional("element", .string, id: 6)), id: 3),
    .optional("z", .string, id: 7),
  ])

  @Test("without properties, all columns of a narrow table have truncate(16)")
  func narrow() {
    let config = MetricsConfig(properties: [:], schema: Self.schema)
    #expect([1, 4, 5, 6, 7].allSatisfy { config.mode(of: $0) == .truncate(length: 16) })
  }

  @Test("of a wide table, the columns of a struct come before those inside of them")
  func wide() {
    let config = MetricsConfig(
      properties: ["write.metadata.metrics.max-inferred-column-defaults": "3"],
      schema: Self.schema)
    #expect([1, 7, 4].allSatisfy { config.mode(of: $0) == .standard })
    #expect([5, 6].allSatisfy { config.mode(of: $0) == .none })
  }

  @Test("a mode of the table holds for all, one of a column for that")
  func explicit() {
    let config = MetricsConfig(
      properties: [
        "write.metadata.metrics.default": "counts", "write.metadata.metrics.column.s.y": "full",
        "write.metadata.metrics.column.z": "nonsense", "write.metadata.metrics.column.none": "full",
      ], schema: Self.schema)
    #expect(config.mode(of: 1) == .counts)
    #expect(config.mode(of: 5) == .full)
    #expect(config.mode(of: 7) == .counts)
  }

  @Test("columns that the table is sorted by have bounds, unless they are told not to")
  func sorted() {
    func key(_ id: Int, _ transform: Transform) -> SortField {
      SortField(
        sourceIDs: [id], transform: transform, direction: .ascending, nullOrder: .nullsFirst)
    }
    let order = TableSortOrder(
      id: 1, fields: [key(1, .identity), key(5, .bucket(count: 4)), key(7, .truncate(width: 3))])
    let config = MetricsConfig(
      properties: [
        "write.metadata.metrics.default": "none", "write.metadata.metrics.column.z": "counts",
      ], schema: Self.schema, sortOrder: order)
    #expect(config.mode(of: 1) == .standard)
    #expect(config.mode(of: 5) == .none, "a bucket keeps no order")
    #expect(config.mode(of: 7) == .counts)
  }
}
