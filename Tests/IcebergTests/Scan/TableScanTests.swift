import Foundation
import Iceberg
import IcebergTestSupport
import Testing

@Suite struct TableScanTests {
  static let first = Schema([
    .required("id", .long, id: 1),
    .optional(
      "point", .struct([.optional("x", .double, id: 3), .optional("y", .double, id: 4)]), id: 2),
    .optional("tags", .list(element: .optional("element", .string, id: 6)), id: 5),
    .optional(
      "m",
      .map(
        key: .required("key", .string, id: 8),
        value: .optional("value", .struct([.optional("a", .int, id: 10)]), id: 9)), id: 7),
    .optional("a.b", .int, id: 11),
  ])

  /// A table with three snapshots that was rolled back to the first and went on from there; the
  /// newest schema has another column.
  static func table() throws -> Table {
    let second = Schema(first.fields + [.optional("note", .string, id: 12)], id: 1)
    var metadata = TableMetadata(
      formatVersion: 2, tableUUID: "5f8b14d8-0a14-4e6a-8b04-7b08a1d1f6c1", location: "memory/t",
      lastUpdatedMillis: 400, lastColumnID: 12, schemas: [first, second], currentSchemaID: 1,
      partitionSpecs: [.unpartitioned], defaultSpecID: 0, lastPartitionID: 999,
      sortOrders: [.unsorted], defaultSortOrderID: 0)
    func snapshot(_ id: Int64, _ parent: Int64?, at time: Int64, schema: Int?) -> Snapshot {
      Snapshot(
        id: id, parentID: parent, sequenceNumber: id, timestampMillis: time,
        manifests: .list("list-\(id)"), schemaID: schema)
    }
    metadata.snapshots = [
      snapshot(1, nil, at: 100, schema: 0), snapshot(2, 1, at: 200, schema: 0),
      snapshot(3, 1, at: 400, schema: 1), snapshot(4, 1, at: 150, schema: nil),
    ]
    metadata.currentSnapshotID = 3
    metadata.snapshotLog = [(100, 1), (200, 2), (300, 1), (400, 3)].map {
      .init(timestampMillis: $0.0, snapshotID: $0.1)
    }
    metadata.references = [
      "main": SnapshotReference(snapshotID: 3, kind: .branch),
      "audit": SnapshotReference(snapshotID: 2, kind: .branch),
      "v1": SnapshotReference(snapshotID: 2, kind: .tag),
    ]
    return Table(
      identifier: "memory.t", metadata: metadata, metadataLocation: nil, fileIO: MemoryFileIO(),
      catalog: nil)
  }

  @Test(
    "a branch has the table's schema; a tag, a snapshot and a time have the snapshot's own",
    arguments: [
      (nil, 3, 1), (.ref("main"), 3, 1), (.ref("audit"), 2, 1), (.ref("v1"), 2, 0),
      (.snapshot(1), 1, 0), (.snapshot(3), 3, 1), (.snapshot(4), 4, 1),
      (.timestamp(millis: 250), 2, 0), (.timestamp(millis: 350), 1, 0),
    ] as [(TimeTravel?, Int64, Int)])
  func schema(point: TimeTravel?, snapshot: Int64, schema: Int) throws {
    let scan = try Self.table().scan()
    let moved = point.map { scan.at($0) } ?? scan
    #expect(try moved.snapshot?.id == snapshot)
    #expect(try moved.schema.id == schema)
  }

  @Test(
    "a time is looked up in the snapshot log, so that a rollback counts from when it was made",
    arguments: [(100, 1), (199, 1), (200, 2), (299, 2), (300, 1), (399, 1), (400, 3), (9_999, 3)]
      as [(Int64, Int64)])
  func timestamps(millis: Int64, snapshot: Int64) throws {
    let scan = try Self.table().scan()
    #expect(try scan.at(.timestamp(millis: millis)).snapshot?.id == snapshot)
    let date = Date(timeIntervalSince1970: Double(millis) / 1000)
    #expect(try scan.at(.timestamp(date)).snapshot?.id == snapshot)
  }

  @Test("a time before the log is an error that names the oldest time there is")
  func tooEarly() throws {
    let scan = try Self.table().scan().at(.timestamp(millis: 99))
    #expect {
      _ = try scan.snapshot
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == .notFound && error?.message.contains("1970-01-01T00:00:00.1") == true
    }
  }

  @Test(
    "a snapshot or reference that is not there is an error",
    arguments: [TimeTravel.snapshot(99), .ref("nope")])
  func missing(point: TimeTravel) async throws {
    let scan = try Self.table().scan().at(point)
    #expect(throws: IcebergError.self) { _ = try scan.schema }
    await #expect { _ = try await scan.tasks() } throws: { error in
      (error as? IcebergError)?.code == .notFound
    }
  }

  @Test(
    "columns are selected by name, with dots into nested ones, in the order asked for",
    arguments: [
      (["point", "id"], ["point<x,y>", "id"]), (["point.y"], ["point<y>"]),
      (["point.y", "id", "point.x"], ["point<x,y>", "id"]), (["tags.element"], ["tags<element>"]),
      (["m.value.a"], ["m<key,value<a>>"]), (["a.b"], ["a.b"]),
      (["id", "id", "note"], ["id", "note"]), ([], []),
    ] as [([String], [String])])
  func selection(names: [String], expected: [String]) throws {
    func text(_ field: Field) -> String {
      let inner = field.type.children.map { text($0) }.joined(separator: ",")
      return inner.isEmpty ? field.name : "\(field.name)<\(inner)>"
    }
    #expect(try Self.table().scan().select(names).schema.fields.map { text($0) } == expected)
  }

  @Test(
    "a column that is not there is not found, one of changelogs is not supported",
    arguments: [
      ("nope", IcebergError.Code.notFound), ("point.z", .notFound),
      ("_change_type", .unsupported),
    ])
  func unknownColumns(name: String, code: IcebergError.Code) throws {
    let scan = try Self.table().scan().select("id", name)
    #expect {
      _ = try scan.schema
    } throws: { error in
      let error = error as? IcebergError
      return error?.code == code && error?.message.contains(name) == true
    }
  }

  @Test("an empty table has no tasks and no rows, at main too")
  func empty() async throws {
    let table = try MemoryTable.make([.required("id", .long, id: 1)])
    for scan in [table.scan(), table.scan().at(.ref("main"))] {
      #expect(try await scan.tasks().isEmpty)
      for try await _ in scan.batches() { Issue.record("a batch of an empty table") }
    }
  }

  @Test("a column of a geospatial type is refused before anything is read")
  func geometry() async throws {
    var metadata = try Self.table().metadata
    metadata.schemas[1].fields.append(.optional("g", .geometry(crs: nil), id: 20))
    let table = Table(
      identifier: "memory.t", metadata: metadata, metadataLocation: nil, fileIO: MemoryFileIO(),
      catalog: nil)
    await #expect { _ = try await table.scan().tasks() } throws: { error in
      let error = error as? IcebergError
      return error?.code == .unsupported && error?.context.fieldID == 20
    }
  }
}
