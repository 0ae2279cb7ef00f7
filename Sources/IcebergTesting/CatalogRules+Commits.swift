import Iceberg
import Testing

private typealias Sample = ConformanceSample

extension CatalogRules {
  private static let name: TableIdentifier = "db.events"

  /// Commits, one after the other.
  static let commits: [Rule] = [
    Rule("a commit makes the next version, which notes the one before") { subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      let uuid = try #require(first.metadata.tableUUID)
      let second = try await subject.catalog.commit(
        Sample.set("a", "b", requiring: .assertTableUUID(uuid)), to: name)
      #expect(second.identifier == name)
      #expect(second.metadata.properties["a"] == "b")
      #expect(second.metadataLocation != first.metadataLocation)
      #expect(second.metadata.metadataLog.map(\.location) == [first.metadataLocation])
      #expect(second.metadata.lastUpdatedMillis >= first.metadata.lastUpdatedMillis)
      let loaded = try await subject.catalog.loadTable(name)
      #expect(loaded.metadata == second.metadata)
      #expect(loaded.metadataLocation == second.metadataLocation)
      // The version before is still there for whoever holds it.
      let old = try #require(first.metadataLocation)
      #expect(try await Table.open(at: old, fileIO: first.fileIO).metadata == first.metadata)
    },
    Rule("every version is noted in the log, in order") { subject async throws in
      var locations = [try await subject.catalog.createTable(name, Sample.creation())]
        .map(\.metadataLocation)
      var table: Table?
      for round in 0..<5 {
        let next = try await subject.catalog.commit(Sample.set("r\(round)"), to: name)
        #expect(next.metadata.metadataLog.map(\.location) == locations.compactMap(\.self))
        locations.append(next.metadataLocation)
        table = next
      }
      #expect(Set(locations).count == 6)
      #expect(table?.metadata.properties.keys.filter { $0.hasPrefix("r") }.count == 5)
    },
    Rule("a requirement that does not hold is a conflict and changes nothing") {
      subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      let requirements: [TableRequirement] = [
        .assertCreate, .assertTableUUID("99999999-9999-4999-8999-999999999999"),
        .assertReferenceSnapshotID(reference: "main", snapshotID: 1), .assertCurrentSchemaID(5),
        .assertLastAssignedFieldID(99), .assertLastAssignedPartitionID(5000),
        .assertDefaultSpecID(7), .assertDefaultSortOrderID(7),
      ]
      for requirement in requirements {
        await expectError(.commitConflict, "\(requirement)") {
          _ = try await subject.catalog.commit(Sample.set("a", requiring: requirement), to: name)
        }
      }
      let loaded = try await subject.catalog.loadTable(name)
      #expect(loaded.metadata == first.metadata)
      #expect(loaded.metadataLocation == first.metadataLocation)
    },
    Rule("requirements that hold are no hindrance") { subject async throws in
      let metadata = try await subject.catalog.createTable(name, Sample.creation()).metadata
      let commit = TableCommit(
        requirements: [
          .assertTableUUID(try #require(metadata.tableUUID)),
          .assertReferenceSnapshotID(reference: "main", snapshotID: nil),
          .assertCurrentSchemaID(metadata.currentSchemaID),
          .assertLastAssignedFieldID(metadata.lastColumnID),
          .assertLastAssignedPartitionID(metadata.lastPartitionID),
          .assertDefaultSpecID(metadata.defaultSpecID),
          .assertDefaultSortOrderID(metadata.defaultSortOrderID),
        ], updates: [.setProperties(["a": "b"])])
      let table = try await subject.catalog.commit(commit, to: name)
      #expect(table.metadata.properties["a"] == "b")
    },
    Rule("an update that makes no sense is refused and changes nothing") { subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      let updates: [TableUpdate] = [
        .setCurrentSchema(id: 9), .upgradeFormatVersion(99), .setDefaultPartitionSpec(id: 9),
        .setDefaultSortOrder(id: 9),
        .setSnapshotReference(name: "b", SnapshotReference(snapshotID: 4, kind: .branch)),
      ]
      for update in updates {
        await expectRefusal("\(update)") {
          _ = try await subject.catalog.commit(
            TableCommit(requirements: [], updates: [.setProperties(["a": "b"]), update]),
            to: name)
        }
      }
      #expect(try await subject.catalog.loadTable(name).metadata == first.metadata)
    },
    Rule("a failed commit leaves no file behind") { subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      let before = try await first.fileIO.list(under: first.metadata.location).map(\.location)
      await expectError(.commitConflict) {
        _ = try await subject.catalog.commit(
          Sample.set("a", requiring: .assertCurrentSchemaID(5)), to: name)
      }
      await expectRefusal {
        _ = try await subject.catalog.commit(
          TableCommit(requirements: [], updates: [.setCurrentSchema(id: 9)]), to: name)
      }
      let after = try await first.fileIO.list(under: first.metadata.location).map(\.location)
      #expect(Set(after) == Set(before))
    },
    Rule("a commit that changes nothing makes no version") { subject async throws in
      let first = try await subject.catalog.createTable(name, Sample.creation())
      let same = try await subject.catalog.commit(
        TableCommit(requirements: [], updates: [.upgradeFormatVersion(2)]), to: name)
      #expect(same.metadataLocation == first.metadataLocation)
      #expect(same.metadata == first.metadata)
    },
    Rule("two snapshots of one sequence number are a conflict") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await subject.catalog.commit(Sample.add(1, of: table.metadata), to: name)
      await expectError(.commitConflict) {
        _ = try await subject.catalog.commit(
          Sample.add(2, to: "other", of: table.metadata), to: name)
      }
      #expect(try await subject.catalog.loadTable(name).metadata.snapshots.map(\.id) == [1])
    },
    Rule("who writes on an old version is refused, and writes on the new one") {
      subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await subject.catalog.commit(Sample.add(1, of: table.metadata), to: name)
      await expectError(.commitConflict) {
        _ = try await subject.catalog.commit(Sample.add(2, of: table.metadata), to: name)
      }
      let newer = try await subject.catalog.loadTable(name)
      let next = try await subject.catalog.commit(
        Sample.add(2, sequenceNumber: 2, expecting: 1, of: newer.metadata), to: name)
      #expect(next.metadata.currentSnapshotID == 2)
      #expect(next.metadata.snapshots.map(\.id) == [1, 2])
    },
    Rule("several updates take place together") { subject async throws in
      let metadata = try await subject.catalog.createTable(name, Sample.creation()).metadata
      var schema = metadata.currentSchema
      schema.fields.append(Field(id: 4, name: "note", type: .string, isRequired: false))
      let spec = PartitionSpec(fields: [
        PartitionField(sourceIDs: [4], fieldID: 1000, name: "note", transform: .identity)
      ])
      let table = try await subject.catalog.commit(
        TableCommit(
          requirements: [.assertCurrentSchemaID(metadata.currentSchemaID)],
          updates: [
            .addSchema(schema), .setCurrentSchema(id: -1), .addPartitionSpec(spec),
            .setDefaultPartitionSpec(id: -1), .setProperties(["k": "v"]),
          ]), to: name)
      #expect(table.metadata.currentSchema.fields.last?.name == "note")
      #expect(table.metadata.schemas.count == 2)
      #expect(table.metadata.defaultPartitionSpec.fields.map(\.name) == ["note"])
      #expect(table.metadata.properties["k"] == "v")
      #expect(try await subject.catalog.loadTable(name).metadata == table.metadata)
    },
    Rule("properties are set and removed") { subject async throws in
      _ = try await subject.catalog.createTable(name, Sample.creation(properties: ["a": "1"]))
      let table = try await subject.catalog.commit(
        TableCommit(
          requirements: [],
          updates: [.setProperties(["a": "2", "b": "1"]), .removeProperties(["b", "none"])]),
        to: name)
      #expect(table.metadata.properties["a"] == "2" && table.metadata.properties["b"] == nil)
    },
    Rule("a table is upgraded to a newer format version, and not back") { subject async throws in
      _ = try await subject.catalog.createTable(
        name, Sample.creation(properties: ["format-version": "1"]))
      for version in [2, 3] {
        let table = try await subject.catalog.commit(
          TableCommit(requirements: [], updates: [.upgradeFormatVersion(version)]), to: name)
        #expect(table.metadata.formatVersion == version)
      }
      await expectRefusal {
        _ = try await subject.catalog.commit(
          TableCommit(requirements: [], updates: [.upgradeFormatVersion(2)]), to: name)
      }
    },
    Rule("a table keeps its UUID, and another is refused") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      await expectRefusal {
        _ = try await subject.catalog.commit(
          TableCommit(
            requirements: [],
            updates: [.assignUUID("99999999-9999-4999-8999-999999999999")]), to: name)
      }
      let next = try await subject.catalog.commit(Sample.set("a"), to: name)
      #expect(next.metadata.tableUUID == table.metadata.tableUUID)
    },
    Rule("time never runs backwards from version to version") { subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      for round in 0..<3 {
        let next = try await subject.catalog.commit(Sample.set("r", "\(round)"), to: name)
        #expect(next.metadata.lastUpdatedMillis >= table.metadata.lastUpdatedMillis)
        #expect(
          next.metadata.metadataLog.last?.timestampMillis == table.metadata.lastUpdatedMillis)
        table = next
      }
    },
    Rule("a cancelled commit takes place or does not, and says nothing wrong") {
      subject async throws in
      _ = try await subject.catalog.createTable(name, Sample.creation())
      for round in 0..<10 {
        let key = "c\(round)"
        let task = Task { try await subject.catalog.commit(Sample.set(key), to: name) }
        if round > 0 { try await Task.sleep(for: .microseconds(100 * round)) }
        task.cancel()
        let isCommitted: Bool?
        do {
          _ = try await task.value
          isCommitted = true
        } catch let error as IcebergError where error.code != .commitStateUnknown {
          isCommitted = false
        } catch {
          isCommitted = nil
        }
        let isThere = try await subject.catalog.loadTable(name).metadata.properties[key] != nil
        if let isCommitted { #expect(isThere == isCommitted) }
      }
      let table = try await subject.catalog.commit(Sample.set("after"), to: name)
      #expect(table.metadata.properties["after"] == "x")
    },
    Rule("a commit that requires that there is no table makes it") { subject async throws in
      let near = try await subject.catalog.createTable(name, Sample.creation())
      let place = near.metadata.location.dropLast("events".count) + "made"
      let metadata = try TableMetadata.new(
        schema: Sample.schema, location: String(place), properties: ["a": "b"],
        tableUUID: "00000000-0000-4000-8000-000000000001", timestampMillis: 5)
      let snapshot = Snapshot(
        id: 9, sequenceNumber: 1, timestampMillis: 6, manifests: .list("/no-such-list"),
        summary: SnapshotSummary(operation: .append), schemaID: 0)
      let commit = TableCommit(
        creating: metadata,
        adding: [
          .addSnapshot(snapshot),
          .setSnapshotReference(name: "main", SnapshotReference(snapshotID: 9, kind: .branch)),
        ])
      let table = try await subject.catalog.commit(commit, to: "db.made")
      #expect(table.metadata.currentSnapshotID == 9)
      #expect(table.metadata.tableUUID == metadata.tableUUID)
      #expect(table.metadata.location == metadata.location)
      #expect(table.metadata.properties["a"] == "b")
      #expect(try await subject.catalog.loadTable("db.made").metadata == table.metadata)
      #expect(try await subject.catalog.listTables(in: ["db"]) == [name, "db.made"])
      await expectError(.commitConflict) {
        _ = try await subject.catalog.commit(commit, to: "db.made")
      }
    },
    Rule("of a list of one commit, that one takes place; of none, none") { subject async throws in
      _ = try await subject.catalog.createTable(name, Sample.creation())
      let tables = try await subject.catalog.commit([(name, Sample.set("k"))])
      #expect(tables.map(\.metadata.properties["k"]) == ["x"])
      #expect(try await subject.catalog.commit([]).isEmpty)
    },
  ]

  /// Rows that go in and come out again.
  static let contents: [Rule] = [
    Rule("rows that were appended are read, of every version") { subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1, city: "Oslo", amount: 2.5)])
      let first = try #require(table.metadata.currentSnapshotID)
      table = try await table.append(rows: [Sample.Row(id: 2), Sample.Row(id: 3)])
      #expect(try await subject.catalog.loadTable(name).scan().count() == 3)
      #expect(try await table.scan().at(.snapshot(first)).count() == 1)
    },
    Rule("rows are divided as the table says") { subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation(partitioned: true))
      table = try await table.append(
        rows: ["Oslo", "Rome", "Oslo", nil].enumerated().map {
          Sample.Row(id: Int64($0), city: $1)
        })
      #expect(try await table.scan().tasks().count == 3)
      #expect(try await table.scan().filter(col("city") == "Oslo").count() == 2)
    },
    Rule("two writers append to one table, each from an old version") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await table.append(rows: [Sample.Row(id: 1)])
      _ = try await table.append(rows: [Sample.Row(id: 2)])
      let now = try await subject.catalog.loadTable(name)
      #expect(now.metadata.snapshots.count == 2)
      #expect(try await now.scan().count() == 2)
    },
    Rule("a transaction keeps what another writer changed meanwhile") { subject async throws in
      let table = try await subject.catalog.createTable(name, Sample.creation())
      _ = try await subject.catalog.commit(Sample.set("other"), to: name)
      let mine = try await table.commit { $0.setProperty("mine", "y") }
      #expect(mine.metadata.properties["other"] == "x")
      #expect(mine.metadata.properties["mine"] == "y")
    },
    Rule("branches and tags are kept") { subject async throws in
      var table = try await subject.catalog.createTable(name, Sample.creation())
      table = try await table.append(rows: [Sample.Row(id: 1)])
      table = try await table.commit {
        $0.createBranch("audit")
        $0.createTag("v1")
      }
      let files = try await table.withWriter { writer in
        let rows: [[Literal?]] = [[.long(7), nil, nil]]
        try await writer.write(
          RecordBatch(rows: rows, schema: table.metadata.currentSchema))
      }
      table = try await table.append(files, toBranch: "audit")
      let loaded = try await subject.catalog.loadTable(name)
      #expect(loaded.metadata.references.keys.sorted() == ["audit", "main", "v1"])
      #expect(try await loaded.scan().count() == 1)
      #expect(try await loaded.scan().at(.ref("audit")).count() == 2)
    },
    Rule("an append to a table that was made anew under its name is refused") {
      subject async throws in
      let old = try await subject.catalog.createTable(name, Sample.creation())
      try await subject.catalog.dropTable(name, purge: true)
      let new = try await subject.catalog.createTable(name, Sample.creation())
      await expectRefusal { _ = try await old.append(rows: [Sample.Row(id: 1)]) }
      #expect(try await subject.catalog.loadTable(name).metadata == new.metadata)
    },
  ]
}
