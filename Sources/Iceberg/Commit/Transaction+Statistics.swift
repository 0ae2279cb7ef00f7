public import IcebergModel

// Statistics.
extension Transaction {
  /// Names the file with statistics of a snapshot, in place of the one that it has.
  ///
  /// The file is there already. The commit throws `notFound` when the snapshot is not kept.
  ///
  /// Spec: Table Statistics.
  public mutating func setStatistics(_ file: StatisticsFile) {
    add { base in
      _ = try base.keptSnapshot(id: file.snapshotID)
      return base.statistics.contains(file) ? [] : [.setStatistics(file)]
    }
  }

  /// Forgets the statistics of a snapshot; the file stays. A snapshot without statistics is passed
  /// over.
  public mutating func removeStatistics(of snapshotID: Int64) {
    add { base in
      base.statistics.contains { $0.snapshotID == snapshotID }
        ? [.removeStatistics(snapshotID: snapshotID)] : []
    }
  }

  /// Names the file with statistics of the partitions of a snapshot, in place of the one that it has.
  ///
  /// The file is there already. The commit throws `notFound` when the snapshot is not kept.
  ///
  /// Spec: Partition Statistics.
  public mutating func setPartitionStatistics(_ file: PartitionStatisticsFile) {
    add { base in
      _ = try base.keptSnapshot(id: file.snapshotID)
      return base.partitionStatistics.contains(file) ? [] : [.setPartitionStatistics(file)]
    }
  }

  /// Forgets the partition statistics of a snapshot; the file stays. A snapshot without them is passed
  /// over.
  public mutating func removePartitionStatistics(of snapshotID: Int64) {
    add { base in
      base.partitionStatistics.contains { $0.snapshotID == snapshotID }
        ? [.removePartitionStatistics(snapshotID: snapshotID)] : []
    }
  }
}
