import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct PartitionRoutingTests {
  static let terms: [(PartitionTerm, FieldType)] = [
    ("x", .boolean), ("x", .int), ("x", .long), ("x", .float), ("x", .double),
    ("x", .decimal(precision: 20, scale: 2)), ("x", .date), ("x", .time), ("x", .timestamp),
    ("x", .timestamptzNanos), ("x", .string), ("x", .uuid), ("x", .fixed(length: 3)),
    ("x", .binary), (.bucket(5, "x"), .int), (.bucket(5, "x"), .long), (.bucket(5, "x"), .time),
    (.bucket(5, "x"), .decimal(precision: 9, scale: 2)), (.bucket(5, "x"), .timestampNanos),
    (.bucket(5, "x"), .string), (.bucket(5, "x"), .uuid), (.bucket(5, "x"), .binary),
    (.truncate(10, "x"), .int), (.truncate(1000, "x"), .long),
    (.truncate(50, "x"), .decimal(precision: 9, scale: 2)), (.truncate(1, "x"), .string),
    (.truncate(1, "x"), .binary), (.year("x"), .date), (.month("x"), .date), (.day("x"), .date),
    (.year("x"), .timestamp), (.month("x"), .timestamptz), (.day("x"), .timestampNanos),
    (.hour("x"), .timestamp), (.hour("x"), .timestamptzNanos),
  ]

  @Test("every row is in the file of its partition, for every transform and type", arguments: terms)
  func routing(term: PartitionTerm, type: FieldType) async throws {
    let fields: [Field] = [.required("id", .long, id: 1), .optional("x", type, id: 2)]
    let table = try MemoryTable.make(fields, partitionedBy: [term])
    var random = SeededRandom(seed: 42)
    // Few different values, so that partitions have several rows.
    let pool = [nil] + (0..<7).map { _ in random.literal(type) }
    let values = (0..<60).map { _ in pool[Int.random(in: 0..<pool.count, using: &random)] }
    let batch = RecordBatch(
      names: ["id", "x"],
      columns: [
        Column((0..<60).map { Literal.long($0) }, as: .long), Column(values, as: type),
      ], rowCount: 60)
    let files = try await table.write(batch)
    var seen: [Int64] = []
    for file in files {
      let rows = try await table.read([file])
      guard case .long(let ids) = rows.columns[0].values else {
        Issue.record("a column of another kind")
        return
      }
      seen += ids
      for id in ids {
        let expected = try values[Int(id)].flatMap { try term.transform.apply(to: $0) }
        #expect(file.partition == StructValue([expected]))
      }
    }
    #expect(seen.sorted() == Array(0..<60))
    #expect(Set(files.map(\.partition)).count == files.count)
  }

  @Test("several fields divide together, and a void one does not")
  func combined() async throws {
    let table = try MemoryTable.make(
      [
        .required("a", .int, id: 1),
        .optional("s", .struct([.optional("b", .string, id: 3)]), id: 2),
      ], partitionedBy: ["a", .init(.void, "a", name: "gone"), .truncate(1, "s.b")])
    let a = Column((0..<12).map { Literal.int(Int32($0 % 2)) }, as: .int)
    let s = Column(
      (0..<12).map { row in
        row % 3 == 0 ? nil : .struct(StructValue([row % 3 == 1 ? nil : .string("b\(row)")]))
      }, as: table.metadata.currentSchema.fields[1].type)
    let files = try await table.write(
      RecordBatch(names: ["a", "s"], columns: [a, s], rowCount: 12))
    let expected = [Int32(0), 1].flatMap { a in
      [nil, Literal.string("b")].map { StructValue([.int(a), nil, $0]) }
    }
    #expect(Set(files.map(\.partition)) == Set(expected))
    #expect(files.reduce(0) { $0 + $1.recordCount } == 12)
  }

  @Test("NaN is one partition, and zeros of different sign are two")
  func floats() async throws {
    let table = try MemoryTable.make([.required("x", .double, id: 1)], partitionedBy: ["x"])
    let column = Column(.double([.nan, 0.0, -0.0, -.nan, 0.0]), count: 5)
    let files = try await table.write(
      RecordBatch(names: ["x"], columns: [column], rowCount: 5))
    #expect(files.map(\.recordCount).sorted() == [1, 2, 2])
  }

  @Test("a table that is partitioned by an unknown transform is not written")
  func unknownTransform() async throws {
    var table = try MemoryTable.make([.required("x", .int, id: 1)], partitionedBy: ["x"])
    var metadata = table.metadata
    metadata.partitionSpecs[0].fields[0].transform = .unknown("zorder")
    table = Table(
      identifier: table.identifier, metadata: metadata, metadataLocation: nil,
      fileIO: table.fileIO, catalog: nil)
    await #expect {
      _ = try await table.withWriter { _ in }
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .unsupported && error?.message.contains("zorder") == true
    }
  }
}
