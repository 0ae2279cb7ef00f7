import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct RowDeletesTests {
  static let fields: [Field] = [.required("id", .long, id: 1), .optional("level", .string, id: 2)]

  static func batch(_ ids: Range<Int64>, level: String = "a") throws -> RecordBatch {
    try RecordBatch(rows: ids.map { [.long($0), .string(level)] }, schema: Schema(fields))
  }

  /// A table with two partitions, of which the first has two files of ten rows each.
  struct Sample {
    let table: Table
    let files: [DataFile]

    init(formatVersion: Int, _ properties: [String: String] = [:]) async throws {
      table = try MemoryTable.make(
        fields, partitionedBy: [.identity("level")], properties: properties,
        formatVersion: formatVersion)
      files =
        try await table.write(batch(0..<10)) + table.write(batch(10..<20))
        + table.write(batch(20..<30, level: "b"))
    }

    func task(_ index: Int, deletes: [DataFile] = []) -> FileScanTask {
      var task = FileScanTask(
        file: files[index], partitionSpec: table.metadata.defaultPartitionSpec, sequenceNumber: 1,
        schema: table.metadata.currentSchema)
      task.deletes = deletes.filter { delete in
        delete.partition == files[index].partition
          && (delete.referencedDataFile ?? files[index].location) == files[index].location
      }.map {
        DeleteFile(
          file: $0, sequenceNumber: 2, partitionSpec: table.metadata.defaultPartitionSpec)
      }
      return task
    }

    func rows(_ deletes: [(file: Int, positions: [Int64])], before: [DataFile] = []) throws
      -> [RowDeletes]
    {
      try deletes.map {
        RowDeletes(of: task($0.file, deletes: before), at: try DeletionVector($0.positions))
      }
    }

    /// The ids of the rows that are left.
    func ids(with deletes: [DataFile]) async throws -> [Int64] {
      let tasks = files.indices.map { task($0, deletes: deletes) }
      var ids: [Int64] = []
      for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
        if case .long(let values)? = batch.column("id")?.values { ids += values }
      }
      return ids.sorted()
    }
  }

  @Test(
    "version 2: one file of position deletes for each partition, sorted by file and position",
    arguments: ["parquet", "avro"])
  func partitionGranularity(format: String) async throws {
    let sample = try await Sample(formatVersion: 2, ["write.delete.format.default": format])
    let written = try await sample.table.writeDeletes(
      of: sample.rows([(1, [9, 0]), (0, [3]), (2, [5, 4]), (1, [0, 1])]))
    #expect(written.rowCount == 6)
    #expect(written.removed.isEmpty)
    #expect(written.added.map(\.content) == [.positionDeletes, .positionDeletes])
    #expect(written.added.map(\.recordCount) == [4, 2])
    #expect(written.added.map(\.format.rawValue) == [format, format])
    #expect(
      written.added.map(\.partition) == [sample.files[0].partition, sample.files[2].partition])
    // Deletes of several data files have no bounds of their locations; those of one name it.
    #expect(written.added[0].referencedDataFile == nil)
    #expect(written.added[0].lowerBounds == nil)
    #expect(written.added[1].referencedDataFile == sample.files[2].location)
    let id = ReservedFields.deleteFilePath.id
    #expect(written.added[1].lowerBounds?[id] == Bytes(utf8: sample.files[2].location))
    #expect(written.added[1].upperBounds?[id] == Bytes(utf8: sample.files[2].location))
    #expect(written.added.allSatisfy { $0.sortOrderID == nil })
    let left = Set<Int64>(0..<30).subtracting([3, 10, 11, 19, 24, 25]).sorted()
    #expect(try await sample.ids(with: written.added) == left)

    let task = FileScanTask(
      file: written.added[0], partitionSpec: sample.table.metadata.defaultPartitionSpec,
      sequenceNumber: 1,
      schema: Schema([ReservedFields.deleteFilePath, ReservedFields.deletePosition]))
    var rows: [String] = []
    let encoder = RowJSONEncoder(schema: task.schema)
    for try await batch in BatchSequence(of: [task], fileIO: sample.table.fileIO) {
      for row in 0..<batch.rowCount {
        rows.append(String(decoding: try encoder.encode(row, of: batch), as: UTF8.self))
      }
    }
    let (first, second) = (sample.files[0].location, sample.files[1].location)
    let expected =
      first.utf8.lexicographicallyPrecedes(second.utf8)
      ? [(first, 3), (second, 0), (second, 1), (second, 9)]
      : [(second, 0), (second, 1), (second, 9), (first, 3)]
    #expect(rows == expected.map { #"{"file_path":"\#($0.0)","pos":\#($0.1)}"# })
  }

  @Test("version 2, by file: deletes of one data file take in those it had, which are removed")
  func fileGranularity() async throws {
    let sample = try await Sample(formatVersion: 2, ["write.delete.granularity": "file"])
    let first = try await sample.table.writeDeletes(of: sample.rows([(0, [3, 4]), (1, [7])]))
    #expect(first.added.map(\.recordCount).sorted() == [1, 2])
    #expect(Set(first.added.map(\.referencedDataFile)) == Set(sample.files[0...1].map(\.location)))
    let second = try await sample.table.writeDeletes(
      of: sample.rows([(0, [4, 5])], before: first.added))
    #expect(second.added.map(\.recordCount) == [3])
    #expect(second.rowCount == 1)
    #expect(second.removed.map(\.referencedDataFile) == [sample.files[0].location])
    let live = first.added.filter { !second.removed.map(\.location).contains($0.location) }
    let left = Set<Int64>(0..<30).subtracting([3, 4, 5, 17]).sorted()
    #expect(try await sample.ids(with: live + second.added) == left)
  }

  @Test("version 3: one Puffin file has the vectors of all data files")
  func vectors() async throws {
    let sample = try await Sample(formatVersion: 3)
    let written = try await sample.table.writeDeletes(
      of: sample.rows([(0, [0]), (1, [1, 2]), (2, [9])]))
    #expect(written.added.count == 3)
    #expect(Set(written.added.map(\.location)).count == 1)
    #expect(
      written.added.allSatisfy { $0.format == .puffin && $0.location.hasSuffix("-deletes.puffin") })
    #expect(written.rowCount == 4)
    let left = Set<Int64>(0..<30).subtracting([0, 11, 12, 29]).sorted()
    #expect(try await sample.ids(with: written.added) == left)
  }

  @Test("version 3: a vector takes in the old one and the position deletes of before the upgrade")
  func mergedVectors() async throws {
    let old = try await Sample(formatVersion: 2, ["write.delete.granularity": "file"])
    let ofFile = try await old.table.writeDeletes(of: old.rows([(0, [1])])).added
    var metadata = old.table.metadata
    metadata.properties = [:]
    let partitioned = try await Table(
      identifier: old.table.identifier, metadata: metadata, metadataLocation: nil,
      fileIO: old.table.fileIO, catalog: nil
    ).writeDeletes(of: old.rows([(0, [2]), (1, [2])])).added
    metadata.formatVersion = 3
    let table = Table(
      identifier: old.table.identifier, metadata: metadata, metadataLocation: nil,
      fileIO: old.table.fileIO, catalog: nil)

    let first = try await table.writeDeletes(
      of: old.rows([(0, [3])], before: ofFile + partitioned))
    #expect(first.added.map(\.recordCount) == [3])
    #expect(first.rowCount == 1)
    // The one with deletes of another file, too, has to stay.
    #expect(first.removed.map(\.location) == ofFile.map(\.location))

    let second = try await table.writeDeletes(
      of: old.rows([(0, [3, 4, 1])], before: first.added + partitioned))
    #expect(second.added.map(\.recordCount) == [4])
    #expect(second.rowCount == 1)
    #expect(second.removed == first.added)
    let left = Set<Int64>(0..<30).subtracting([1, 2, 3, 4, 12]).sorted()
    #expect(try await old.ids(with: second.added + partitioned) == left)

    let nothing = try await table.writeDeletes(of: old.rows([(0, [1])], before: second.added))
    #expect(nothing == WrittenDeletes())
  }

  @Test("delete files are closed at their target size, and large ones stay in order")
  func rolling() async throws {
    let table = try MemoryTable.make(
      [.required("id", .long, id: 1)],
      properties: [
        "write.delete.target-file-size-bytes": "1000",
        "write.delete.parquet.compression-codec": "uncompressed",
      ], formatVersion: 2)
    let ids = Column(.long(Array(0..<100_000)), count: 100_000)
    let files = try await table.write(RecordBatch(names: ["id"], columns: [ids], rowCount: 100_000))
    let task = FileScanTask(
      file: files[0], partitionSpec: table.metadata.defaultPartitionSpec, sequenceNumber: 1,
      schema: table.metadata.currentSchema)
    let odd = try DeletionVector((0..<50_000).map { $0 * 2 + 1 })
    let written = try await table.writeDeletes(of: [RowDeletes(of: task, at: odd)])
    #expect(written.added.count == 4)
    #expect(written.added.reduce(0) { $0 + $1.recordCount } == 50_000)
    let bound = ReservedFields.deletePosition.id
    let lower = written.added.compactMap { $0.lowerBounds?[bound] }
    #expect(lower.count == 4)
    #expect(written.added.allSatisfy { $0.referencedDataFile == files[0].location })
  }

  @Test("version 1 has no delete files, and no row is deleted that a file does not have")
  func refusals() async throws {
    let old = try await Sample(formatVersion: 1)
    await #expect { try await old.table.writeDeletes(of: old.rows([(0, [1])])) } throws: {
      ($0 as? IcebergError)?.code == .unsupported
    }
    let sample = try await Sample(formatVersion: 3)
    await #expect { try await sample.table.writeDeletes(of: sample.rows([(0, [10])])) } throws: {
      ($0 as? IcebergError)?.code == .invalidArgument
    }
    #expect(try await sample.table.writeDeletes(of: []) == WrittenDeletes())
  }
}
