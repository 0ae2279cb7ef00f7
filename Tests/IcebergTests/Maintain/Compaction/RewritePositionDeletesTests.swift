import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RewritePositionDeletesTests {
  /// A table whose rows with ids below `count` were deleted one after the other, each in a commit.
  private static func table(
    version: Int = 2, count: Int64 = 6, granularity: String = "partition"
  ) async throws -> Table {
    var table = try await RewriteDataFilesTests.table(
      version: 2, properties: ["write.delete.granularity": granularity])
    for id in 0..<count {
      table = try await table.delete(
        where: col("id") == id || col("id") == id + 60,
        options: RowChangeOptions(mode: .mergeOnRead)
      ).table
    }
    if version == 3 { table = try await table.commit { $0.upgradeFormat(to: 3) } }
    return table
  }

  private static func ids(_ table: Table) async throws -> [Int64] {
    try await RewriteDataFilesTests.rows(table).map { $0[0] }
  }

  private static func deletes(_ table: Table) async throws -> Set<DataFile> {
    Set(try await table.scan().tasks().flatMap(\.deletes).map(\.file))
  }

  @Test("the delete files of a partition become one, with the same deletes")
  func joined() async throws {
    let table = try await Self.table()
    let expected = try await Self.ids(table)
    let plan = try await table.rewritePositionDeleteFiles(dryRun: true)
    #expect(plan.rewrittenDeleteFilesCount == 12 && plan.addedDeleteFilesCount == 2)
    let report = try await table.rewritePositionDeleteFiles()
    #expect(report.rewrittenDeleteFilesCount == 12)
    #expect(report.addedDeleteFilesCount == 2)
    #expect(report.rewrittenBytesCount == plan.rewrittenBytesCount)
    let added = report.groups.flatMap(\.addedFiles)
    #expect(report.addedBytesCount == added.reduce(0) { $0 + $1.fileSizeInBytes })
    #expect(added.map(\.recordCount) == [6, 6])
    #expect(try await Self.deletes(report.table).count == 2)
    #expect(try await Self.ids(report.table) == expected)
    #expect(report.table.metadata.currentSnapshot?.summary?.operation == .replace)
    #expect(try await report.table.rewritePositionDeleteFiles().groups.isEmpty)
  }

  @Test("more delete files than a plan may hold are refused")
  func memory() async throws {
    let table = try await Self.table()
    var options = RewritePositionDeletesOptions()
    options.planningMemoryLimit = 2000
    await #expect {
      _ = try await table.rewritePositionDeleteFiles(options)
    } throws: {
      ($0 as? IcebergError)?.code == .invalidArgument
    }
    options.planningMemoryLimit = 100_000
    #expect(try await table.rewritePositionDeleteFiles(options).rewrittenDeleteFilesCount == 12)
  }

  @Test("a table that wants delete files of one data file each gets such")
  func granularity() async throws {
    let table = try await Self.table(granularity: "file")
    let expected = try await Self.ids(table)
    let report = try await table.rewritePositionDeleteFiles()
    #expect(report.addedDeleteFilesCount == 12)
    #expect(report.groups.flatMap(\.addedFiles).allSatisfy { $0.referencedDataFile != nil })
    #expect(try await Self.ids(report.table) == expected)
  }

  @Test("deletes of data files that are gone are left out")
  func gone() async throws {
    var table = try await Self.table()
    let expected = try await Self.ids(table)
    // The data files are replaced by newer ones: the old deletes are about nothing.
    table = try await table.rewriteDataFiles(.init(where: col("level") == "a")).table
    let report = try await table.rewritePositionDeleteFiles()
    #expect(report.addedDeleteFilesCount == 1)
    #expect(report.groups.flatMap(\.addedFiles).map(\.recordCount) == [6])
    #expect(try await Self.ids(report.table) == expected)
  }

  @Test("in version 3 delete files become vectors, with all deletes of their data files")
  func vectors() async throws {
    var table = try await Self.table(version: 3)
    // One data file has a vector, which took the place of its delete file.
    table = try await table.delete(
      where: col("id") == 12, options: RowChangeOptions(mode: .mergeOnRead)
    ).table
    let expected = try await Self.ids(table)
    let report = try await table.rewritePositionDeleteFiles()
    #expect(report.rewrittenDeleteFilesCount == 11)
    let added = report.groups.flatMap(\.addedFiles)
    #expect(added.allSatisfy { $0.format == .puffin })
    #expect(added.count == 11)
    #expect(try await Self.ids(report.table) == expected)
    let deletes = try await Self.deletes(report.table)
    #expect(deletes.count == 12 && deletes.allSatisfy { $0.format == .puffin })
    #expect(try await report.table.rewritePositionDeleteFiles().groups.isEmpty)
  }

  @Test("a vector takes in the deletes of files that are not rewritten, too")
  func partOfTheDeletes() async throws {
    let table = try await Self.table(version: 3)
    let expected = try await Self.ids(table)
    let groups = FileGroupOptions(minInputFiles: 1, rewritesAll: true, maxGroupFiles: 1)
    let report = try await table.rewritePositionDeleteFiles(
      .init(where: col("level") == "a", groups: groups))
    #expect(report.rewrittenDeleteFilesCount == 6)
    #expect(try await Self.ids(report.table) == expected)
  }

  @Test("deletes that others commit meanwhile stay", arguments: [2, 3])
  func concurrentDeletes(version: Int) async throws {
    let table = try await Self.table(version: version)
    let theirs = try await table.delete(
      where: col("id") == 6, options: RowChangeOptions(mode: .mergeOnRead)
    ).table
    let expected = try await Self.ids(theirs)
    do {
      let report = try await table.rewritePositionDeleteFiles()
      #expect(version == 2)
      #expect(try await Self.ids(report.table) == expected)
    } catch let error as IcebergError {
      // The data file would have two vectors.
      #expect(version == 3 && error.code == .validationFailed)
    }
    #expect(try await Self.ids(table.refreshed()) == expected)
  }

  @Test("a branch that is taken back meanwhile keeps its deletes")
  func rollback() async throws {
    let table = try await Self.table()
    let earlier = try #require(table.metadata.snapshots.dropLast().last)
    let back = try await table.commit { $0.rollback(to: earlier.id) }
    let expected = try await Self.ids(back)
    await #expect(throws: IcebergError.self) { try await table.rewritePositionDeleteFiles() }
    #expect(try await Self.ids(table.refreshed()) == expected)
  }
}
