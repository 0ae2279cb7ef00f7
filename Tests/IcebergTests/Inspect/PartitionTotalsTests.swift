import Iceberg
import IcebergModel
import Testing

@Suite struct PartitionTotalsTests {
  static let specs = [
    PartitionSpec(
      id: 0,
      fields: [PartitionField(sourceIDs: [2], fieldID: 1000, name: "city", transform: .identity)]),
    PartitionSpec(
      id: 1,
      fields: [
        PartitionField(sourceIDs: [2], fieldID: 1000, name: "city", transform: .identity),
        PartitionField(
          sourceIDs: [1], fieldID: 1001, name: "id_bucket", transform: .bucket(count: 4)),
      ]),
  ]

  static func metadata() -> TableMetadata {
    let schema = Schema([.required("id", .long, id: 1), .optional("city", .string, id: 2)])
    var metadata = TableMetadata(
      formatVersion: 2, tableUUID: nil, location: "memory/t", lastUpdatedMillis: 900,
      lastColumnID: 2, schemas: [schema], currentSchemaID: 0, partitionSpecs: specs,
      defaultSpecID: 1, lastPartitionID: 1001, sortOrders: [.unsorted], defaultSortOrderID: 0)
    metadata.snapshots = [(1, 100), (2, 300), (3, 200)].map { id, time in
      Snapshot(id: id, timestampMillis: time, manifests: .list("list-\(id)"))
    }
    return metadata
  }

  static func entry(
    _ spec: Int, _ partition: [Literal?], snapshot: Int64, content: DataFile.Content = .data
  ) -> ManifestEntry {
    ManifestEntry(
      status: .existing, snapshotID: snapshot, sequenceNumber: 1, fileSequenceNumber: 1,
      dataFile: DataFile(
        content: content, location: "f", format: .parquet, specID: spec,
        partition: StructValue(partition), recordCount: 10, fileSizeInBytes: 7))
  }

  @Test("files of each content are counted for themselves, bytes of data files only")
  func contents() throws {
    var totals = try PartitionTotals(Self.metadata())
    for content in DataFile.Content.allCases {
      try totals.count(Self.entry(0, [.string("a")], snapshot: 1, content: content))
    }
    let partition = try #require(totals.partitions.first)
    #expect(totals.partitions.count == 1)
    #expect(
      [partition.recordCount, partition.fileCount, partition.dataFileSizeInBytes] == [10, 1, 7])
    #expect([partition.positionDeleteRecordCount, partition.positionDeleteFileCount] == [10, 1])
    #expect([partition.equalityDeleteRecordCount, partition.equalityDeleteFileCount] == [10, 1])
  }

  @Test("the last commit is the latest by time of those that are kept, and the spec is of its file")
  func lastUpdate() throws {
    var totals = try PartitionTotals(Self.metadata())
    for id: Int64 in [1, 2, 3, 99] {
      try totals.count(Self.entry(0, [.string("a")], snapshot: id))
    }
    #expect(totals.partitions[0].lastUpdate?.snapshotID == 2)
    var expired = try PartitionTotals(Self.metadata())
    try expired.count(Self.entry(1, [.string("a"), .int(1)], snapshot: 99))
    #expect(expired.partitions[0].lastUpdate == nil)
    #expect(expired.partitions[0].specID == 1)
  }

  @Test("null and a field that the spec does not have are different partitions")
  func specs() throws {
    var totals = try PartitionTotals(Self.metadata())
    try totals.count(Self.entry(0, [.string("a")], snapshot: 1))
    try totals.count(Self.entry(1, [.string("a"), nil], snapshot: 2))
    try totals.count(Self.entry(1, [.string("a"), .int(2)], snapshot: 3))
    #expect(totals.partitions.map(\.specID) == [0, 1, 1])
    #expect(totals.partitions.map(\.tuple.values.count) == [2, 2, 2])
  }

  @Test("what was counted manifest by manifest is what was counted at once")
  func merging() throws {
    let entries = (0..<40).map { index in
      Self.entry(1, [.string("\(index % 3)"), .int(Int32(index % 4))], snapshot: Int64(index % 4))
    }
    var whole = try PartitionTotals(Self.metadata())
    for entry in entries { try whole.count(entry) }
    var merged = try PartitionTotals(Self.metadata())
    for start in stride(from: 0, to: 40, by: 7) {
      var part = try PartitionTotals(Self.metadata())
      for entry in entries[start..<min(40, start + 7)] { try part.count(entry) }
      try merged.add(part)
    }
    #expect(merged.partitions.map(\.tuple) == whole.partitions.map(\.tuple))
    #expect(merged.partitions.map(\.recordCount) == whole.partitions.map(\.recordCount))
    #expect(
      merged.partitions.map { $0.lastUpdate?.snapshotID }
        == whole.partitions.map { $0.lastUpdate?.snapshotID })
  }

  @Test("sums of more than 64 bits and specs that do not exist are refused")
  func errors() throws {
    var totals = try PartitionTotals(Self.metadata())
    var large = Self.entry(0, [.string("a")], snapshot: 1)
    large.dataFile.recordCount = .max
    try totals.count(large)
    #expect(throws: IcebergError.self) { try totals.count(large) }
    #expect(throws: IcebergError.self) { try totals.count(Self.entry(7, [], snapshot: 1)) }
  }
}
