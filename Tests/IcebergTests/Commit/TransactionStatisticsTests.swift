import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransactionStatisticsTests {
  @Test("a snapshot has one statistics file and one of its partitions; both can be forgotten")
  func setAndRemove() async throws {
    let (made, ids) = try await TransactionReferencesTests.make()
    var table = made
    let id = ids[1]
    let old = StatisticsFile(
      snapshotID: id, location: "memory:/old.puffin", fileSizeInBytes: 10,
      fileFooterSizeInBytes: 4, blobs: [])
    var new = old
    new.location = "memory:/new.puffin"
    let partitions = PartitionStatisticsFile(
      snapshotID: id, location: "memory:/partitions.parquet", fileSizeInBytes: 20)
    table = try await table.commit { $0.setStatistics(old) }
    table = try await table.commit { [new] transaction in
      transaction.setStatistics(new)
      transaction.setPartitionStatistics(partitions)
    }
    #expect(table.metadata.statistics == [new])
    #expect(table.metadata.partitionStatistics == [partitions])
    let same = try await table.commit { [new] in $0.setStatistics(new) }
    #expect(same.metadataLocation == table.metadataLocation)

    table = try await table.commit { transaction in
      transaction.removeStatistics(of: id)
      transaction.removePartitionStatistics(of: id)
      transaction.removeStatistics(of: 5)
      transaction.removePartitionStatistics(of: 5)
    }
    #expect(table.metadata.statistics.isEmpty && table.metadata.partitionStatistics.isEmpty)
  }

  @Test("statistics of a snapshot that is not there are refused")
  func unknown() async throws {
    let (table, _) = try await TransactionReferencesTests.make()
    await expectError(.notFound) {
      try await table.commit {
        $0.setStatistics(
          StatisticsFile(
            snapshotID: 5, location: "memory:/x", fileSizeInBytes: 1, fileFooterSizeInBytes: 1,
            blobs: []))
      }
    }
    await expectError(.notFound) {
      try await table.commit {
        $0.setPartitionStatistics(
          PartitionStatisticsFile(snapshotID: 5, location: "memory:/x", fileSizeInBytes: 1))
      }
    }
  }
}
