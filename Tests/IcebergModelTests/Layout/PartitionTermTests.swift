import IcebergModel
import Testing

@Suite struct PartitionTermTests {
  static let schema = Schema([
    .required("id", .long, id: 1), .required("event_time", .timestamptz, id: 2),
    .optional("place", .struct([.optional("city", .string, id: 4)]), id: 3),
    .optional("tags", .list(element: .required("element", .string, id: 6)), id: 5),
  ])

  @Test("terms become fields with ids from 1000 and names from columns")
  func spec() throws {
    let spec = try PartitionSpec(
      [
        .day("event_time"), .bucket(16, "id"), .truncate(4, "place.city"), "id",
        .hour("event_time").named("h"),
      ].dropLast(), schema: Self.schema)
    #expect(
      spec.fields.map(\.name) == ["event_time_day", "id_bucket", "place.city_trunc", "id"])
    #expect(spec.fields.map(\.fieldID) == [1_000, 1_001, 1_002, 1_003])
    #expect(spec.fields.map(\.sourceIDs) == [[2], [1], [4], [1]])
    #expect(spec.partitionFields(in: Self.schema).map(\.type) == [.date, .int, .string, .long])
    #expect(spec.isPartitioned)
    #expect(try !PartitionSpec([], schema: Self.schema).isPartitioned)
  }

  @Test(
    "terms that cannot be are refused",
    arguments: [
      [.day("nope")], [.day("id")], [.bucket(4, "place")], ["tags.element"],
      [.day("event_time"), .hour("event_time").named("h")], ["id", .identity("id").named("other")],
      [.bucket(4, "id"), .bucket(4, "id")], [.bucket(4, "id").named("event_time")],
      [.bucket(4, "id").named("")], [.identity("id").named("event_time")],
    ] as [[PartitionTerm]])
  func refused(terms: [PartitionTerm]) {
    let error = #expect(throws: IcebergError.self) {
      try PartitionSpec(terms, schema: Self.schema)
    }
    #expect(error?.code == .invalidArgument)
  }
}
