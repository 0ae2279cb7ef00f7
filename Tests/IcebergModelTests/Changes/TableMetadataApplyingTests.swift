import IcebergBytes
import IcebergModel
import Testing

@Suite struct TableMetadataApplyingTests {
  let time: Int64 = 2_000_000

  func apply(_ updates: [TableUpdate], to metadata: TableMetadata) throws -> TableMetadata {
    try metadata.applying(updates, timestampMillis: time)
  }

  // MARK: In general

  @Test("updates that change nothing leave the metadata as it is")
  func nothing() throws {
    let table = try SampleMetadata.history(2)
    let updates: [TableUpdate] = [
      .addSchema(table.currentSchema), .setCurrentSchema(id: 0), .setDefaultPartitionSpec(id: 0),
      .setLocation("file:/tables/t/"), .setProperties([:]), .removeSnapshots(ids: [77]),
      .setSnapshotReference(name: "main", SampleMetadata.branch(2)), .upgradeFormatVersion(2),
      .assignUUID(SampleMetadata.uuid.uppercased()), .removeSnapshotReference(name: "nobody"),
      .removeStatistics(snapshotID: 1), .removePartitionStatistics(snapshotID: 1),
      .removeSchemas(ids: []), .removePartitionSpecs(ids: [9]), .removeEncryptionKey(keyID: "x"),
    ]
    #expect(try apply(updates, to: table) == table)
  }

  @Test("a change sets the time and logs the previous file, at most as many as the property says")
  func metadataLog() throws {
    var table = try SampleMetadata.table(
      properties: ["write.metadata.previous-versions-max": "2"])
    for number in 1...4 {
      table = try table.applying(
        [.setProperties(["n": "\(number)"])], timestampMillis: 1_000_000 + Int64(number),
        previousLocation: "v\(number)")
    }
    #expect(table.lastUpdatedMillis == 1_000_004)
    #expect(table.metadataLog.map(\.location) == ["v3", "v4"])
    #expect(table.metadataLog.map(\.timestampMillis) == [1_000_002, 1_000_003])
  }

  @Test("a clock that is behind sets no time back")
  func clocks() throws {
    let table = try SampleMetadata.history(2)
    let changed = try table.applying(
      [
        .addSnapshot(SampleMetadata.snapshot(3, parent: 2, at: 5)),
        .setSnapshotReference(name: "main", SampleMetadata.branch(3)),
      ], timestampMillis: 6, previousLocation: "v2")
    #expect(changed.lastUpdatedMillis == 1_000_002)
    #expect(changed.snapshotLog.map(\.timestampMillis) == [1_000_001, 1_000_002, 1_000_002])
    #expect(changed.snapshot(id: 3)?.timestampMillis == 5)
    #expect(try TableMetadata(json: try changed.json()) == changed)
  }

  @Test("a table keeps its UUID and its format version only grows")
  func identity() throws {
    let table = try SampleMetadata.table()
    let other = "00000000-03fe-4693-9a96-a0705ddf69c1"
    #expect(thrown { _ = try table.applying([.assignUUID(other)], timestampMillis: 0) } != nil)
    #expect(
      thrown { _ = try table.applying([.upgradeFormatVersion(1)], timestampMillis: 0) }?.code
        == .invalidArgument)
    #expect(
      thrown { _ = try table.applying([.upgradeFormatVersion(4)], timestampMillis: 0) }?.code
        == .unsupported)
    let upgraded = try apply([.upgradeFormatVersion(3)], to: table)
    #expect(upgraded.formatVersion == 3)
    #expect(upgraded.nextRowID == 0)
  }

  @Test("a v1 table can go to v3 at once")
  func skipVersion() throws {
    let table = try apply([.upgradeFormatVersion(3)], to: try SampleMetadata.history(2, version: 1))
    #expect(table.formatVersion == 3)
    #expect(table.nextRowID == 0)
    #expect(table.snapshots.allSatisfy { $0.firstRowID == nil })
    #expect(try TableMetadata(json: try table.json()) == table)
  }

  // MARK: Schemas, specs, orders

  @Test("a new schema gets the next id and -1 makes it current")
  func addSchema() throws {
    let table = try SampleMetadata.table()
    var schema = table.currentSchema
    schema.id = 77
    schema.fields.append(.optional("size", .int, id: 4))
    let changed = try apply([.addSchema(schema), .setCurrentSchema(id: -1)], to: table)
    #expect(changed.schemas.map(\.id) == [0, 1])
    #expect(changed.currentSchemaID == 1)
    #expect(changed.lastColumnID == 4)
    let again = try apply(
      [.addSchema(table.currentSchema), .setCurrentSchema(id: -1)], to: changed)
    #expect(again.currentSchemaID == 0)
    #expect(again.schemas.count == 2)
  }

  @Test("-1 without anything added before is refused")
  func lastAdded() throws {
    let table = try SampleMetadata.table()
    let updates: [TableUpdate] = [
      .setCurrentSchema(id: -1), .setDefaultPartitionSpec(id: -1), .setDefaultSortOrder(id: -1),
    ]
    for update in updates {
      #expect(
        thrown { _ = try table.applying([update], timestampMillis: 0) }?.code == .invalidArgument)
    }
  }

  @Test("what is not there cannot be made current, and what is current cannot be removed")
  func missing() throws {
    let table = try SampleMetadata.table()
    let updates: [TableUpdate] = [
      .setCurrentSchema(id: 5), .setDefaultPartitionSpec(id: 5), .setDefaultSortOrder(id: 5),
      .removeSchemas(ids: [0]), .removePartitionSpecs(ids: [0]),
    ]
    for update in updates {
      #expect(
        thrown { _ = try table.applying([update], timestampMillis: 0) }?.code == .validationFailed)
    }
  }

  @Test("a type of version 3 is refused in version 2")
  func futureType() throws {
    let table = try SampleMetadata.table()
    var schema = table.currentSchema
    schema.fields.append(.optional("v", .variant, id: 4))
    #expect(thrown { _ = try table.applying([.addSchema(schema)], timestampMillis: 0) } != nil)
    #expect(
      try apply([.upgradeFormatVersion(3), .addSchema(schema)], to: table).schemas.count == 2)
  }

  static let day = PartitionSpec(
    fields: [PartitionField(sourceIDs: [2], fieldID: 1000, name: "at_day", transform: .day)])

  @Test("a spec gets the next id, moves the last partition id and is found again")
  func addSpec() throws {
    let table = try SampleMetadata.table()
    let changed = try apply(
      [.addPartitionSpec(Self.day), .setDefaultPartitionSpec(id: -1)], to: table)
    #expect(changed.partitionSpecs.map(\.id) == [0, 1])
    #expect(changed.defaultSpecID == 1)
    #expect(changed.lastPartitionID == 1000)
    var same = Self.day
    same.fields[0].fieldID = 1001
    #expect(try apply([.addPartitionSpec(same)], to: changed) == changed)
  }

  @Test("version 1 numbers partition fields from 1000 without gaps")
  func specOfVersion1() throws {
    var spec = Self.day
    spec.fields[0].fieldID = 1001
    let old = try SampleMetadata.table(version: 1)
    #expect(thrown { _ = try old.applying([.addPartitionSpec(spec)], timestampMillis: 0) } != nil)
    #expect(
      try apply([.addPartitionSpec(spec)], to: try SampleMetadata.table()).lastPartitionID == 1001)
  }

  @Test("a column that the default spec needs cannot go")
  func dropPartitionSource() throws {
    let table = try apply(
      [.addPartitionSpec(Self.day), .setDefaultPartitionSpec(id: 1)],
      to: try SampleMetadata.table())
    var schema = table.currentSchema
    schema.fields.remove(at: 1)
    #expect(
      thrown {
        _ = try table.applying([.addSchema(schema), .setCurrentSchema(id: -1)], timestampMillis: 0)
      } != nil)
  }

  @Test("the order without fields is 0, others count from 1 and are found again")
  func addSortOrder() throws {
    let order = TableSortOrder(
      id: 9,
      fields: [
        SortField(
          sourceIDs: [1], transform: .identity, direction: .ascending, nullOrder: .nullsFirst)
      ])
    let table = try SampleMetadata.table()
    let sorted = try apply([.addSortOrder(order), .setDefaultSortOrder(id: -1)], to: table)
    #expect(sorted.sortOrders.map(\.id) == [0, 1])
    #expect(sorted.defaultSortOrderID == 1)
    let unsorted = try apply([.addSortOrder(.unsorted), .setDefaultSortOrder(id: -1)], to: sorted)
    #expect(unsorted.defaultSortOrderID == 0)
    #expect(unsorted.sortOrders.count == 2)
  }

  // MARK: Snapshots

  @Test("a snapshot of an older state is a conflict, one that exists or fits nothing is an error")
  func refuseSnapshot() throws {
    let table = try SampleMetadata.history(3)
    let code = { (snapshot: Snapshot) in
      thrown { _ = try apply([.addSnapshot(snapshot)], to: table) }?.code
    }
    #expect(code(SampleMetadata.snapshot(9, parent: 3, sequence: 3)) == .commitConflict)
    #expect(code(SampleMetadata.snapshot(3, parent: 2, sequence: 9)) == .validationFailed)
    var stranger = SampleMetadata.snapshot(9, parent: 3)
    stranger.schemaID = 5
    #expect(code(stranger) == .validationFailed)
    #expect(code(SampleMetadata.snapshot(9, sequence: 2)) == nil, "without parent")
  }

  @Test("a snapshot without parent does not set the last sequence number back")
  func sequenceNumber() throws {
    let table = try SampleMetadata.history(3)
    let changed = try apply([.addSnapshot(SampleMetadata.snapshot(9, sequence: 1))], to: table)
    #expect(changed.lastSequenceNumber == 3)
    #expect(changed.currentSnapshotID == 3)
  }

  @Test("version 1 has no sequence numbers")
  func sequenceNumberOfVersion1() throws {
    let table = try SampleMetadata.table(version: 1)
    let snapshot = SampleMetadata.snapshot(1, sequence: 1)
    #expect(thrown { _ = try table.applying([.addSnapshot(snapshot)], timestampMillis: 0) } != nil)
  }

  @Test("row ids count on from snapshot to snapshot, on every branch")
  func rowIDs() throws {
    let table = try SampleMetadata.history(2, version: 3)
    #expect(table.nextRowID == 20)
    let branch = try apply(
      [
        .addSnapshot(SampleMetadata.snapshot(3, parent: 2, firstRowID: 20)),
        .setSnapshotReference(name: "b", SampleMetadata.branch(3)),
      ], to: table)
    #expect(branch.nextRowID == 30)
    let code = { (first: Int64?) -> IcebergError.Code? in
      let snapshot = SampleMetadata.snapshot(9, parent: 2, firstRowID: first)
      return thrown { _ = try apply([.addSnapshot(snapshot)], to: table) }?.code
    }
    #expect(code(19) == .commitConflict)
    #expect(code(nil) == .invalidArgument)
    #expect(code(.max - 5) == .invalidArgument)
  }

  @Test("moving main makes a snapshot current and logs it")
  func moveMain() throws {
    let table = try SampleMetadata.history(3)
    #expect(table.currentSnapshotID == 3)
    #expect(table.snapshotLog.map(\.snapshotID) == [1, 2, 3])
    let back = try apply([.setSnapshotReference(name: "main", SampleMetadata.branch(1))], to: table)
    #expect(back.currentSnapshotID == 1)
    #expect(back.snapshotLog.map(\.snapshotID) == [1, 2, 3, 1])
    #expect(back.snapshotLog.last?.timestampMillis == time)
    #expect(try back.snapshotID(asOf: time - 1) == 3)
    #expect(try back.snapshotID(asOf: time) == 1)
  }

  @Test("what main stood for between two updates is not logged")
  func intermediate() throws {
    let table = try SampleMetadata.history(1)
    let changed = try apply(
      [
        .addSnapshot(SampleMetadata.snapshot(2, parent: 1)),
        .setSnapshotReference(name: "main", SampleMetadata.branch(2)),
        .addSnapshot(SampleMetadata.snapshot(3, parent: 2)),
        .setSnapshotReference(name: "main", SampleMetadata.branch(3)),
      ], to: table)
    #expect(changed.snapshots.map(\.id) == [1, 2, 3])
    #expect(changed.snapshotLog.map(\.snapshotID) == [1, 3])
    #expect(changed.snapshotLog.last?.timestampMillis == 1_000_003)
  }

  @Test("another branch or a tag moves nothing else")
  func branchAndTag() throws {
    let table = try SampleMetadata.history(2)
    let changed = try apply(
      [
        .setSnapshotReference(name: "audit", SampleMetadata.branch(1)),
        .setSnapshotReference(name: "eom", SnapshotReference(snapshotID: 2, kind: .tag)),
      ], to: table)
    #expect(changed.currentSnapshotID == 2)
    #expect(changed.snapshotLog == table.snapshotLog)
    #expect(changed.references.count == 3)
    let code = { (name: String, reference: SnapshotReference) in
      thrown {
        _ = try table.applying(
          [.setSnapshotReference(name: name, reference)], timestampMillis: 0)
      }?.code
    }
    #expect(code("main", SnapshotReference(snapshotID: 2, kind: .tag)) == .invalidArgument)
    #expect(code("x", SampleMetadata.branch(9)) == .validationFailed)
    #expect(
      code("x", SnapshotReference(snapshotID: 1, kind: .tag, minSnapshotsToKeep: 2))
        == .invalidArgument)
  }

  @Test("a removed snapshot takes its references and statistics with it, and the log before it")
  func removeSnapshots() throws {
    let blobs: [StatisticsFile.Blob] = []
    let table = try apply(
      [
        .setSnapshotReference(name: "old", SampleMetadata.branch(2)),
        .setStatistics(
          StatisticsFile(
            snapshotID: 2, location: "s", fileSizeInBytes: 1, fileFooterSizeInBytes: 1,
            blobs: blobs)),
        .setPartitionStatistics(
          PartitionStatisticsFile(snapshotID: 2, location: "p", fileSizeInBytes: 1)),
      ], to: try SampleMetadata.history(4))
    let changed = try apply([.removeSnapshots(ids: [2])], to: table)
    #expect(changed.snapshots.map(\.id) == [1, 3, 4])
    #expect(changed.references.keys.sorted() == ["main"])
    #expect(changed.statistics.isEmpty && changed.partitionStatistics.isEmpty)
    #expect(changed.snapshotLog.map(\.snapshotID) == [3, 4])
    let empty = try apply([.removeSnapshots(ids: [1, 2, 3, 4])], to: table)
    #expect(empty.currentSnapshotID == nil)
    #expect(empty.references.isEmpty && empty.snapshotLog.isEmpty)
  }

  @Test("a removed snapshot can be added again in the same commit")
  func addRemoved() throws {
    let table = try SampleMetadata.history(2)
    let changed = try apply(
      [
        .removeSnapshots(ids: [2]),
        .addSnapshot(SampleMetadata.snapshot(2, parent: 1, sequence: 3)),
        .setSnapshotReference(name: "main", SampleMetadata.branch(2)),
      ], to: table)
    #expect(changed.snapshots.map(\.sequenceNumber) == [1, 3])
    #expect(changed.currentSnapshotID == 2)
  }

  @Test("without its main branch a table is empty")
  func removeMain() throws {
    let table = try apply(
      [.removeSnapshotReference(name: "main")], to: try SampleMetadata.history(2))
    #expect(table.currentSnapshotID == nil)
    #expect(table.snapshots.count == 2)
  }

  @Test("ten thousand snapshots are removed one by one in no time")
  func manySnapshots() throws {
    var table = try SampleMetadata.table()
    table.snapshots = (1...10_000).map { SampleMetadata.snapshot($0) }
    table.lastSequenceNumber = 10_000
    let updates = (1...9_999).map { TableUpdate.removeSnapshots(ids: [$0]) }
    let start = ContinuousClock.now
    let changed = try apply(updates, to: table)
    #expect(changed.snapshots.count == 1)
    #expect(ContinuousClock.now - start < .seconds(5))
  }

  // MARK: The rest

  @Test("properties, keys and statistics are set, replaced and removed")
  func rest() throws {
    let key = EncryptedKey(keyID: "k", encryptedKeyMetadata: "AA==")
    let statistics = StatisticsFile(
      snapshotID: 1, location: "a", fileSizeInBytes: 1, fileFooterSizeInBytes: 1, blobs: [])
    var other = statistics
    other.location = "b"
    let table = try apply(
      [
        .setProperties(["a": "1", "b": "2"]), .removeProperties(["b", "c"]),
        .setProperties(["a": "3"]), .addEncryptionKey(key), .addEncryptionKey(key),
        .setStatistics(statistics), .setStatistics(other), .setLocation("file:/elsewhere/"),
      ], to: try SampleMetadata.history(1, version: 3))
    #expect(table.properties["a"] == "3" && table.properties["b"] == nil)
    #expect(table.encryptionKeys == [key])
    #expect(table.statistics == [other])
    #expect(table.location == "file:/elsewhere")
    let cleared = try apply(
      [.removeEncryptionKey(keyID: "k"), .removeStatistics(snapshotID: 1)], to: table)
    #expect(cleared.encryptionKeys.isEmpty && cleared.statistics.isEmpty)
  }
}
