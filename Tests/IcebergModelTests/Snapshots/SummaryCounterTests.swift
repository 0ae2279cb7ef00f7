import IcebergBytes
import IcebergModel
import Testing

@Suite struct SummaryCounterTests {
  typealias Key = SnapshotSummary.Key

  static let spec = PartitionSpec(
    fields: [PartitionField(sourceIDs: [1], fieldID: 1000, name: "p", transform: .identity)])

  static func file(
    _ partition: String, _ content: DataFile.Content = .data, format: FileFormat = .parquet,
    rows: Int64 = 1, size: Int64 = 10
  ) -> DataFile {
    DataFile(
      content: content, location: "f", format: format,
      partition: StructValue([.string(partition)]), recordCount: rows, fileSizeInBytes: size)
  }

  static func snapshot(_ summary: SnapshotSummary?) -> Snapshot {
    Snapshot(id: 1, timestampMillis: 0, manifests: .list("m"), summary: summary)
  }

  @Test("added files are counted, and totals begin at zero")
  func append() {
    var counter = SummaryCounter()
    counter.add(Self.file("a", rows: 5), spec: Self.spec)
    counter.add(Self.file("b"), spec: Self.spec)
    let summary = counter.summary(
      operation: .append, parent: nil, properties: [("engine", "x")])
    #expect(summary.operation == .append)
    let expected = [
      "engine": "x", Key.addedDataFiles: "2", Key.addedRecords: "6", Key.addedFilesSize: "20",
      Key.changedPartitionCount: "2", Key.totalRecords: "6", Key.totalFilesSize: "20",
      Key.totalDataFiles: "2", Key.totalDeleteFiles: "0", Key.totalPositionDeletes: "0",
      Key.totalEqualityDeletes: "0",
    ]
    let found = Dictionary(
      uniqueKeysWithValues: summary.properties.map { ($0.key, $0.value) })
    #expect(found == expected)
  }

  @Test("totals go on from the parent, and are not told where the parent does not know them")
  func totals() {
    var counter = SummaryCounter()
    counter.remove(Self.file("a", rows: 5, size: 30), spec: Self.spec)
    let known = Self.snapshot(
      SnapshotSummary(
        operation: .append,
        properties: [
          (Key.totalRecords, "9"), (Key.totalFilesSize, "20"), (Key.totalDataFiles, "what"),
        ]))
    let summary = counter.summary(operation: .delete, parent: known)
    #expect(summary[Key.totalRecords] == "4")
    #expect(summary[Key.totalFilesSize] == nil, "it would be negative")
    #expect(summary[Key.totalDataFiles] == nil)
    #expect(summary[Key.deletedRecords] == "5")
    #expect(summary[Key.removedFilesSize] == "30")
    let unknown = counter.summary(operation: .delete, parent: Self.snapshot(nil))
    #expect(unknown[Key.totalRecords] == nil)
  }

  @Test("delete files are counted by kind; a deletion vector by the size of its blob")
  func deletes() {
    var counter = SummaryCounter()
    var vector = Self.file("a", .positionDeletes, format: .puffin, rows: 4, size: 1_000)
    vector.contentSizeInBytes = 42
    counter.add(vector, spec: Self.spec)
    counter.add(Self.file("a", .positionDeletes, rows: 2), spec: Self.spec)
    counter.add(Self.file("a", .equalityDeletes, rows: 3), spec: Self.spec)
    counter.remove(vector, spec: Self.spec)
    counter.duplicateDeletes = 1
    let summary = counter.summary(operation: .overwrite, parent: nil)
    #expect(summary[Key.addedDeleteFiles] == "3")
    #expect(summary[Key.addedDeletionVectors] == "1")
    #expect(summary[Key.removedDeletionVectors] == "1")
    #expect(summary[Key.addedPositionDeleteFiles] == "1")
    #expect(summary[Key.addedEqualityDeleteFiles] == "1")
    #expect(summary[Key.addedPositionDeletes] == "6")
    #expect(summary[Key.addedEqualityDeletes] == "3")
    #expect(summary[Key.addedFilesSize] == "62")
    #expect(summary[Key.removedFilesSize] == "42")
    #expect(summary[Key.totalDeleteFiles] == "2")
    #expect(summary[Key.totalPositionDeletes] == "2")
    #expect(summary[Key.deletedDuplicateFiles] == "1")
  }

  @Test("partitions are told about up to the limit")
  func partitions() {
    var counter = SummaryCounter(partitionLimit: 2)
    counter.add(Self.file("a b"), spec: Self.spec)
    counter.remove(Self.file("c", rows: 3), spec: Self.spec)
    let summary = counter.summary(operation: .overwrite, parent: nil)
    #expect(summary[Key.partitionSummariesIncluded] == "true")
    #expect(
      summary[Key.partitionPrefix + "p=a+b"]
        == "added-data-files=1,added-records=1,added-files-size=10")
    #expect(
      summary[Key.partitionPrefix + "p=c"]
        == "deleted-data-files=1,deleted-records=3,removed-files-size=10")
    counter.add(Self.file("d"), spec: Self.spec)
    let over = counter.summary(operation: .overwrite, parent: nil)
    #expect(over[Key.partitionSummariesIncluded] == nil)
    #expect(over[Key.changedPartitionCount] == "3")
  }

  @Test("whole manifests hide what happens to partitions, delete manifests sizes too")
  func manifests() {
    var manifest = ManifestFile(location: "m", length: 1, partitionSpecID: 0, addedSnapshotID: 1)
    manifest.addedFilesCount = 3
    manifest.addedRowsCount = 30
    var counter = SummaryCounter(partitionLimit: 9)
    counter.add(Self.file("a"), spec: Self.spec)
    counter.add(manifest)
    let summary = counter.summary(operation: .append, parent: nil)
    #expect(summary[Key.addedDataFiles] == "4" && summary[Key.addedRecords] == "31")
    #expect(summary[Key.changedPartitionCount] == nil)
    #expect(summary[Key.addedFilesSize] == "10")
    manifest.content = .deletes
    counter.add(manifest)
    let deletes = counter.summary(operation: .overwrite, parent: nil)
    #expect(deletes[Key.addedDeleteFiles] == "3")
    #expect(deletes[Key.addedFilesSize] == nil)
    #expect(deletes[Key.totalFilesSize] == "0")
  }

  @Test("counts beyond 64 bits stop there")
  func overflow() {
    var counter = SummaryCounter()
    for _ in 0..<2 { counter.add(Self.file("a", rows: .max, size: .max), spec: Self.spec) }
    let summary = counter.summary(operation: .append, parent: nil)
    #expect(summary[Key.addedRecords] == "9223372036854775807")
  }
}
