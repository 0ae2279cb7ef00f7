import IcebergModel
import Testing

@Suite struct PartitionTypeTests {
  static let schema = Schema([
    .required("id", .long, id: 1), .optional("ts", .timestamptz, id: 2),
    .optional("name", .string, id: 3),
  ])

  static func spec(
    _ id: Int, _ fields: (name: String, transform: Transform, source: [Int], id: Int)...
  ) -> PartitionSpec {
    PartitionSpec(
      id: id,
      fields: fields.map {
        PartitionField(
          sourceIDs: $0.source, fieldID: $0.id, name: $0.name, transform: $0.transform)
      })
  }

  @Test("the shape has the fields of every spec, by id, with the types of their results")
  func union() throws {
    let type = try PartitionType(
      of: [
        Self.spec(2, ("id_bucket", .bucket(count: 8), [1], 1002), ("ts_day", .day, [2], 1000)),
        Self.spec(1, ("name", .identity, [3], 1001)), Self.spec(0),
      ], in: Self.schema)
    #expect(
      type.fields == [
        .optional("ts_day", .date, id: 1000), .optional("name", .string, id: 1001),
        .optional("id_bucket", .int, id: 1002),
      ])
  }

  @Test("a field has its name of the newest spec")
  func names() throws {
    let type = try PartitionType(
      of: [Self.spec(0, ("old", .day, [2], 1000)), Self.spec(1, ("new", .day, [2], 1000))],
      in: Self.schema)
    #expect(type.fields == [.optional("new", .date, id: 1000)])
  }

  @Test("a field that became void keeps the type of its values")
  func void() throws {
    let specs = [Self.spec(0, ("d", .day, [2], 1000)), Self.spec(1, ("d_old", .void, [2], 1000))]
    let type = try PartitionType(of: specs, in: Self.schema)
    #expect(type.fields == [.optional("d_old", .date, id: 1000)])
  }

  @Test("a field of which the column was dropped is left out")
  func dropped() throws {
    let type = try PartitionType(
      of: [Self.spec(0, ("gone", .identity, [9], 1000), ("name", .identity, [3], 1001))],
      in: Self.schema)
    #expect(type.fields.map(\.name) == ["name"])
  }

  @Test("tuples are brought into the shape; what a spec lacks is null")
  func tuples() throws {
    let specs = [
      Self.spec(0, ("name", .identity, [3], 1001)),
      Self.spec(1, ("id_bucket", .bucket(count: 8), [1], 1002), ("ts_day", .day, [2], 1000)),
    ]
    let type = try PartitionType(of: specs, in: Self.schema)
    #expect(type.positions(in: specs[0]) == [nil, 0, nil])
    #expect(type.positions(in: specs[1]) == [1, nil, 0])
    #expect(
      type.tuple(StructValue([.int(3), .date(19_000)]), of: specs[1])
        == StructValue([.date(19_000), nil, .int(3)]))
    #expect(type.tuple(StructValue([]), of: specs[0]) == StructValue([nil, nil, nil]))
  }

  @Test("fields of one id that are made in different ways are refused")
  func conflicts() {
    let specs = [Self.spec(0, ("a", .day, [2], 1000)), Self.spec(1, ("b", .hour, [2], 1000))]
    #expect {
      try PartitionType(of: specs, in: Self.schema)
    } throws: { error in
      (error as? IcebergError)?.code == .invalidMetadata
    }
  }

  @Test("transforms that are not known are refused, by name")
  func unknown() {
    #expect {
      try PartitionType(of: [Self.spec(0, ("a", .unknown("zorder"), [1], 1000))], in: Self.schema)
    } throws: { error in
      guard let error = error as? IcebergError else { return false }
      return error.code == .unsupported && error.message.contains("zorder")
    }
  }
}
