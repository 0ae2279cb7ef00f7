import IcebergModel
import Testing

@Suite struct TableMetadataReplacementTests {
  static func table(version: Int, _ terms: [PartitionTerm] = []) throws -> TableMetadata {
    let schema = Schema([
      .required("id", .long, id: 1), .optional("day", .date, id: 2),
      .optional("place", .struct([.optional("x", .double, id: 4)]), id: 3),
    ])
    return try TableMetadata.new(
      schema: schema, partitionSpec: PartitionSpec(terms, schema: schema), location: "memory:/t",
      properties: ["format-version": "\(version)", "kept": "1", "changed": "1"],
      tableUUID: "9c12d441-03fe-4693-9a96-a0705ddf69c1", timestampMillis: 1000)
  }

  static func replaced(
    _ table: TableMetadata, _ schema: Schema, _ terms: [PartitionTerm] = [],
    sortedBy: [SortTerm] = [], location: String? = nil, properties: [String: String] = [:]
  ) throws -> TableMetadata {
    let schema = schema.assigningFreshIDs()
    let updates = try table.replacement(
      schema: schema, partitionSpec: PartitionSpec(terms, schema: schema),
      sortOrder: TableSortOrder(sortedBy, schema: schema), location: location,
      properties: properties)
    return try table.applying(updates, timestampMillis: 2000)
  }

  static let schema = Schema([
    .optional("note", .string), .required("id", .long),
    .optional("place", .struct([.optional("y", .double), .optional("x", .double)])),
  ])

  @Test("columns keep their ids by their full names, others get ids that were never used")
  func columnIDs() throws {
    let after = try Self.replaced(try Self.table(version: 2), Self.schema)
    let index = after.currentSchema.index
    #expect(index.id(named: "id") == 1 && index.id(named: "place") == 3)
    #expect(index.id(named: "place.x") == 4)
    #expect(index.id(named: "note") == 5 && index.id(named: "place.y") == 6)
    #expect(after.lastColumnID == 6)
    #expect(after.currentSchemaID == 1 && after.schemas.count == 2)
    #expect(after.tableUUID == "9c12d441-03fe-4693-9a96-a0705ddf69c1")
  }

  @Test("partition fields keep the ids that any spec of the table gives them")
  func partitionIDs() throws {
    let base = try Self.table(version: 2, [.day("day"), .bucket(4, "id")])
    let after = try Self.replaced(
      base, Self.schema, [.init(.bucket(count: 8), "id", name: "id_8"), .bucket(4, "id")])
    #expect(after.defaultPartitionSpec.fields.map(\.fieldID) == [1002, 1001])
    #expect(after.defaultSpecID == 1 && after.lastPartitionID == 1002)
    let back = try Self.replaced(
      after, Schema([.required("id", .long), .optional("day", .date)]), [.bucket(4, "id")])
    #expect(back.defaultPartitionSpec.fields.map(\.fieldID) == [1001])
    // The column is another one of the same name, and so is the field.
    let again = try Self.replaced(
      back, Schema([.required("id", .long), .optional("day", .date)]), [.day("day")])
    #expect(again.defaultPartitionSpec.fields.map(\.fieldID) == [1003])
  }

  @Test("version 1 keeps its partition fields in front, void where they are gone")
  func versionOne() throws {
    let base = try Self.table(version: 1, [.day("day"), .bucket(4, "id")])
    let after = try Self.replaced(
      base, Self.schema, [.bucket(4, "id"), .init(.bucket(count: 2), "note", name: "day_day")])
    let fields = after.defaultPartitionSpec.fields
    #expect(fields.map(\.fieldID) == [1000, 1001, 1002])
    #expect(fields.map(\.transform) == [.void, .bucket(count: 4), .bucket(count: 2)])
    #expect(fields.map(\.name) == ["day_day_1000", "id_bucket", "day_day"])
    #expect(after.formatVersion == 1)
  }

  @Test("no snapshot is current; snapshots, their log and other references stay")
  func history() throws {
    let snapshot = Snapshot(
      id: 7, sequenceNumber: 1, timestampMillis: 1500, manifests: .list("memory:/list"),
      summary: SnapshotSummary(operation: .append), schemaID: 0)
    let reference = SnapshotReference(snapshotID: 7, kind: .branch)
    let base = try Self.table(version: 2).applying(
      [
        .addSnapshot(snapshot), .setSnapshotReference(name: "main", reference),
        .setSnapshotReference(name: "audit", reference),
      ], timestampMillis: 1500)
    let after = try Self.replaced(base, Self.schema)
    #expect(after.currentSnapshotID == nil)
    #expect(after.references == ["audit": reference])
    #expect(after.snapshots == base.snapshots && after.snapshotLog == base.snapshotLog)
    #expect(after.lastSequenceNumber == 1)
  }

  @Test("properties are set beside the others, the version can be raised, the location changed")
  func settings() throws {
    let after = try Self.replaced(
      try Self.table(version: 2), Self.schema, sortedBy: [.descending("id")],
      location: "memory:/new/", properties: ["format-version": "3", "changed": "2"])
    #expect(after.formatVersion == 3 && after.nextRowID == 0)
    #expect(after.location == "memory:/new")
    #expect(after.properties["kept"] == "1" && after.properties["changed"] == "2")
    #expect(after.properties["format-version"] == nil)
    #expect(after.defaultSortOrder.fields.map(\.sourceIDs) == [[1]])
    let base = try Self.table(version: 2)
    #expect(throws: IcebergError.self) {
      try Self.replaced(base, Self.schema, properties: ["format-version": "1"])
    }
  }

  @Test("the same columns and layout leave schema, spec and order as they are")
  func same() throws {
    let base = try Self.table(version: 2, [.day("day")])
    let after = try Self.replaced(base, base.currentSchema, [.day("day")])
    #expect(after.schemas == base.schemas && after.partitionSpecs == base.partitionSpecs)
    #expect(after.currentSchemaID == 0 && after.defaultSpecID == 0)
  }
}
