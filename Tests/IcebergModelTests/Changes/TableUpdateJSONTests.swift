import IcebergBytes
import IcebergModel
import Testing

@Suite struct TableUpdateJSONTests {
  static let statistics = StatisticsFile(
    snapshotID: 5, location: "s", fileSizeInBytes: 10, fileFooterSizeInBytes: 4,
    blobs: [
      StatisticsFile.Blob(
        type: "theta", snapshotID: 5, sequenceNumber: 1, fieldIDs: [1], properties: ["ndv": "3"])
    ])

  static let updates: [(update: TableUpdate, action: String)] = [
    (.assignUUID(SampleMetadata.uuid), "assign-uuid"),
    (.upgradeFormatVersion(3), "upgrade-format-version"),
    (.addSchema(Schema([.required("a", .long, id: 1)], id: 2)), "add-schema"),
    (.setCurrentSchema(id: -1), "set-current-schema"),
    (.addPartitionSpec(TableMetadataApplyingTests.day), "add-spec"),
    (.setDefaultPartitionSpec(id: -1), "set-default-spec"),
    (.addSortOrder(.unsorted), "add-sort-order"),
    (.setDefaultSortOrder(id: 1), "set-default-sort-order"),
    (.addSnapshot(SampleMetadata.snapshot(3, parent: 2, firstRowID: 5)), "add-snapshot"),
    (
      .setSnapshotReference(
        name: "b",
        SnapshotReference(
          snapshotID: 3, kind: .branch, minSnapshotsToKeep: 2, maxSnapshotAgeMillis: 7,
          maxReferenceAgeMillis: 9)), "set-snapshot-ref"
    ),
    (.removeSnapshots(ids: [1, 1 << 60]), "remove-snapshots"),
    (.removeSnapshotReference(name: "b"), "remove-snapshot-ref"),
    (.setLocation("s3://b/t"), "set-location"),
    (.setProperties(["b": "2", "a": "1"]), "set-properties"),
    (.removeProperties(["a", "b"]), "remove-properties"),
    (.setStatistics(statistics), "set-statistics"),
    (.removeStatistics(snapshotID: 5), "remove-statistics"),
    (
      .setPartitionStatistics(
        PartitionStatisticsFile(snapshotID: 5, location: "p", fileSizeInBytes: 9)),
      "set-partition-statistics"
    ),
    (.removePartitionStatistics(snapshotID: 5), "remove-partition-statistics"),
    (.removePartitionSpecs(ids: [1, 2]), "remove-partition-specs"),
    (.removeSchemas(ids: [3]), "remove-schemas"),
    (
      .addEncryptionKey(
        EncryptedKey(
          keyID: "k", encryptedKeyMetadata: "AA==", encryptedByID: "m", properties: ["x": "y"])),
      "add-encryption-key"
    ),
    (.removeEncryptionKey(keyID: "k"), "remove-encryption-key"),
  ]

  @Test("every update is written and read under the name of the REST API", arguments: updates)
  func roundTrip(update: TableUpdate, action: String) throws {
    let json = try update.json()
    guard case .object(let object) = json else {
      Issue.record("no object")
      return
    }
    #expect(object["action"] == .string(action))
    #expect(try TableUpdate(json: json) == update)
  }

  @Test("the names that the first clients used are read")
  func oldNames() throws {
    #expect(
      try TableUpdate(json: ["action": "set-properties", "updated": ["a": "b"]])
        == .setProperties(["a": "b"]))
    #expect(
      try TableUpdate(json: ["action": "remove-properties", "removed": ["a"]])
        == .removeProperties(["a"]))
  }

  @Test("a spec or order to add needs no id")
  func unbound() throws {
    let spec: JSONValue = [
      "action": "add-spec",
      "spec": ["fields": [["name": "at_day", "transform": "day", "source-id": 2]]],
    ]
    #expect(try TableUpdate(json: spec) == .addPartitionSpec(TableMetadataApplyingTests.day))
    let order: JSONValue = ["action": "add-sort-order", "sort-order": ["fields": []]]
    #expect(try TableUpdate(json: order) == .addSortOrder(.unsorted))
  }

  @Test("an action that is not known is refused by name")
  func unknown() {
    let error = thrown { _ = try TableUpdate(json: ["action": "explode"]) }
    #expect(error?.code == .unsupported && error?.message.contains("explode") == true)
  }
}
