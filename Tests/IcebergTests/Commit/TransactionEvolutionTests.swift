import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransactionEvolutionTests {
  static func make(version: Int = 2) async throws -> Table {
    try await MemoryCatalog().createTable(
      "db.t", SampleTable.creation(properties: ["format-version": "\(version)"]))
  }

  @Test("columns, partitions, order and version change in one commit, each seeing the one before")
  func together() async throws {
    let table = try await Self.make().commit { tx in
      tx.schema.addColumn("country", .string, doc: "ISO 3166 code")
      tx.schema.rename("city", to: "town")
      tx.partitioning.add("country")
      tx.schema.move("country", .after("id"))
      tx.sortOrder.replace(with: .ascending("town"))
      tx.upgradeFormat(to: 3)
      tx.schema.addRequiredColumn("weight", .double, default: 1)
    }
    let metadata = table.metadata
    #expect(
      metadata.currentSchema.fields.map(\.name) == ["id", "country", "town", "amount", "weight"])
    #expect(metadata.currentSchema.fields.map(\.id) == [1, 4, 2, 3, 5])
    #expect(metadata.currentSchema.field(named: "weight")?.initialDefault == .double(1))
    #expect(metadata.lastColumnID == 5)
    #expect(metadata.defaultPartitionSpec.fields.map(\.sourceIDs) == [[4]])
    #expect(metadata.defaultSortOrder.fields.map(\.sourceIDs) == [[2]])
    #expect(metadata.formatVersion == 3)
    #expect(metadata.nextRowID == 0)
    #expect(metadata.metadataLog.count == 1)
  }

  @Test(
    "steps that follow each other name columns as they were before the first of them, else as they are by then"
  )
  func names() async throws {
    let table = try await Self.make()
    let after = try await table.commit { tx in
      tx.schema.rename("city", to: "town")
      tx.schema.setDoc("city", "where")
      tx.setProperty("owner", "ops")
      tx.schema.setDoc("town", "where it was")
    }
    #expect(after.metadata.currentSchema.field(id: 2)?.doc == "where it was")
    let swapped = try await after.commit { tx in
      tx.schema.rename("town", to: "id")
      tx.schema.rename("id", to: "key")
      // The one that was called so before.
      tx.schema.setDoc("id", "the key")
      tx.schema.setDoc("key", "still the key")
    }
    #expect(swapped.metadata.currentSchema.fields.map(\.name) == ["key", "id", "amount"])
    #expect(swapped.metadata.currentSchema.field(id: 1)?.doc == "still the key")
  }

  @Test("a change is made again on the version of another writer, with ids that are free there")
  func replayed() async throws {
    let table = try await Self.make()
    let other = try await table.commit { tx in
      tx.schema.addColumn("a", .int)
      tx.schema.rename("city", to: "town")
    }
    #expect(other.metadata.currentSchema.field(named: "a")?.id == 4)
    // `table` is behind by one version.
    let after = try await table.commit { tx in
      tx.schema.addColumn("b", .long)
      tx.partitioning.add(.bucket(4, "id"))
    }
    #expect(after.metadata.currentSchema.fields.map(\.id) == [1, 2, 3, 4, 5])
    #expect(after.metadata.currentSchema.fields.map(\.name) == ["id", "town", "amount", "a", "b"])
    await expectError(.invalidArgument) {
      try await table.commit { $0.schema.addColumn("a", .string) }
    }
    await expectError(.invalidArgument) { try await table.commit { $0.schema.delete("city") } }
    #expect(try await table.refreshed().metadata == after.metadata)
  }

  @Test("ids of deleted columns are not given out again")
  func neverReused() async throws {
    var table = try await Self.make()
    for round in 0..<3 {
      table = try await table.commit { $0.schema.addColumn("x", .int) }
      #expect(table.metadata.currentSchema.field(named: "x")?.id == 4 + round)
      table = try await table.commit { $0.schema.delete("x") }
    }
    #expect(table.metadata.lastColumnID == 6)
  }

  @Test("a version goes up only, and stays where it is")
  func upgrades() async throws {
    var table = try await Self.make(version: 1)
    for version in [2, 2, 3] {
      table = try await table.commit { $0.upgradeFormat(to: version) }
      #expect(table.metadata.formatVersion == version)
    }
    #expect(table.metadata.metadataLog.count == 2)
    await expectError(.invalidArgument) { try await table.commit { $0.upgradeFormat(to: 2) } }
    await expectError(.unsupported) { try await table.commit { $0.upgradeFormat(to: 9) } }
  }

  @Test("what changes would do is told without doing them")
  func preflight() async throws {
    let table = try await Self.make()
    let report = try await table.preflight { tx in
      tx.schema.rename("city", to: "town")
      tx.partitioning.add("town")
      tx.setProperty("owner", "ops")
    }
    #expect(report.metadata.currentSchema.field(id: 2)?.name == "town")
    #expect(report.metadata.properties["owner"] == "ops")
    #expect(report.findings.map(\.severity).prefix(2) == [.breaking, .note])
    #expect(try await table.refreshed().metadata == table.metadata)
    await expectError(.invalidArgument) {
      _ = try await table.preflight { $0.schema.delete("moon") }
    }
    let none = try await table.preflight { $0.removeProperties(["moon"]) }
    #expect(none.isEmpty && none.findings.isEmpty)
  }

  @Test("manifests of a void field are read when its column is of another type since")
  func widenedVoid() async throws {
    let field = PartitionField(sourceIDs: [2], fieldID: 1000, name: "day_null", transform: .void)
    var table = try await MemoryCatalog().createTable(
      "db.t",
      TableCreation(
        schema: Schema([.required("id", .long, id: 1), .optional("day", .date, id: 2)]),
        partitionSpec: PartitionSpec(fields: [field]), properties: ["format-version": "3"]))
    let rows = try RecordBatch(
      rows: [[.long(1), .date(3)], [.long(2), nil]], schema: table.metadata.currentSchema)
    table = try await table.append(rows)
    table = try await table.commit { $0.schema.widen("day", to: .timestamp) }
    table = try await table.append(
      try RecordBatch(rows: [[.long(3), .timestamp(5)]], schema: table.metadata.currentSchema))
    #expect(try await table.scan().count() == 3)
    #expect(try await table.scan().filter(!col("day").isNull).count() == 2)
    #expect(try await table.rewriteManifests().rewrittenManifestsCount == 2)
  }
}
