/// The table properties that this library knows, by the names that all implementations share.
///
/// ```swift
/// let attempts = try metadata.property(TableProperties.commitRetries) + 1
/// ```
public enum TableProperties {
  /// Properties that tell facts about a table instead of setting something. They are not kept when a
  /// table is made.
  public static let reserved: Set<String> = [
    "format-version", "uuid", "snapshot-count", "current-snapshot-id", "current-snapshot-summary",
    "current-snapshot-timestamp-ms", "current-schema", "default-partition-spec",
    "default-sort-order",
  ]

  /// The format version of a new table.
  public static let formatVersion = TableProperty<Int>(
    "format-version", default: 2, in: 1...TableMetadata.newestFormatVersion)
  /// What the table is about.
  public static let comment = TableProperty<String?>("comment")
  /// The name mapping, as JSON, for data files without column ids.
  public static let nameMapping = TableProperty<String?>("schema.name-mapping.default")
}

// Committing.
extension TableProperties {
  /// How often a commit that lost a race is tried again.
  public static let commitRetries = TableProperty<Int>("commit.retry.num-retries", default: 4)
  /// The least time to wait between two attempts.
  public static let commitRetryMinWait = TableProperty<Duration>(
    milliseconds: "commit.retry.min-wait-ms", default: .milliseconds(100))
  /// The longest time to wait between two attempts.
  public static let commitRetryMaxWait = TableProperty<Duration>(
    milliseconds: "commit.retry.max-wait-ms", default: .seconds(60))
  /// The time after which no new attempt is made.
  public static let commitRetryTimeout = TableProperty<Duration>(
    milliseconds: "commit.retry.total-timeout-ms", default: .seconds(30 * 60))
  /// How often it is checked whether a commit of unknown outcome took place.
  public static let commitStatusChecks = TableProperty<Int>(
    "commit.status-check.num-retries", default: 3)
  /// The least time to wait between two checks.
  public static let commitStatusCheckMinWait = TableProperty<Duration>(
    milliseconds: "commit.status-check.min-wait-ms", default: .seconds(1))
  /// The longest time to wait between two checks.
  public static let commitStatusCheckMaxWait = TableProperty<Duration>(
    milliseconds: "commit.status-check.max-wait-ms", default: .seconds(60))
  /// The time after which no new check is made.
  public static let commitStatusCheckTimeout = TableProperty<Duration>(
    milliseconds: "commit.status-check.total-timeout-ms", default: .seconds(30 * 60))
  /// The size of merged manifests, in bytes.
  public static let manifestTargetSizeInBytes = TableProperty<Int64>(
    "commit.manifest.target-size-bytes", default: 8 << 20)
  /// The number of manifests from which on they are merged.
  public static let manifestMinCountToMerge = TableProperty<Int>(
    "commit.manifest.min-count-to-merge", default: 100)
  /// Whether small manifests are merged on write.
  public static let manifestMergeEnabled = TableProperty<Bool>(
    "commit.manifest-merge.enabled", default: true)
  /// Whether writers may stage snapshots for a check before they become current: it is up to them to ask
  /// for this, as Spark does and `iceberg append --wap-id`.
  public static let writeAuditPublishEnabled = TableProperty<Bool>(
    "write.wap.enabled", default: false)
  /// The number of changed partitions up to which a snapshot summary tells about each of them.
  public static let partitionSummaryLimit = TableProperty<Int>(
    "write.summary.partition-limit", default: 0)
}

// History and metadata files.
extension TableProperties {
  /// The age of snapshots that expire, in milliseconds.
  public static let maxSnapshotAgeMillis = TableProperty<Int64>(
    "history.expire.max-snapshot-age-ms", default: 5 * 24 * 60 * 60 * 1000)
  /// The least number of snapshots to keep in every branch.
  public static let minSnapshotsToKeep = TableProperty<Int>(
    "history.expire.min-snapshots-to-keep", default: 1, in: 1...Int(Int32.max))
  /// The age of references that expire, in milliseconds. The main branch never does.
  public static let maxReferenceAgeMillis = TableProperty<Int64>(
    "history.expire.max-ref-age-ms", default: .max)
  /// Whether files may be deleted: not when several tables share them.
  public static let garbageCollectionEnabled = TableProperty<Bool>("gc.enabled", default: true)
  /// How metadata files are compressed.
  public static let metadataCompression = TableProperty<MetadataCompression>(
    "write.metadata.compression-codec", default: .none)
  /// The number of earlier metadata files that the metadata log keeps: at least one.
  public static let metadataPreviousVersionsMax = TableProperty<Int>(
    "write.metadata.previous-versions-max", default: 100)
  /// Whether the oldest metadata file is deleted when it falls out of the log.
  public static let metadataDeleteAfterCommitEnabled = TableProperty<Bool>(
    "write.metadata.delete-after-commit.enabled", default: false)
  /// Where metadata files are written; nil is `metadata` below the table's location.
  public static let metadataPath = TableProperty<String?>("write.metadata.path")

  /// How a metadata file is compressed.
  public enum MetadataCompression: String, Hashable, Sendable, CaseIterable {
    case none, gzip
  }
}

// Writing files.
extension TableProperties {
  /// Where data files are written; nil is `data` below the table's location.
  public static let dataPath = TableProperty<String?>("write.data.path")
  /// Where data files are written, in the words of older versions, where ``dataPath`` is not set.
  public static let folderStoragePath = TableProperty<String?>("write.folder-storage.path")
  /// Where data files are written that are spread over many prefixes, in the words of older versions,
  /// where ``dataPath`` is not set.
  public static let objectStoragePath = TableProperty<String?>("write.object-storage.path")
  /// Whether data files are spread over many prefixes, for object stores.
  public static let objectStorageEnabled = TableProperty<Bool>(
    "write.object-storage.enabled", default: false)
  /// Whether such a prefix is followed by the partition.
  public static let objectStoragePartitionedPaths = TableProperty<Bool>(
    "write.object-storage.partitioned-paths", default: true)
  /// The format of data files.
  public static let dataFormat = TableProperty<FileFormat>(
    "write.format.default", default: .parquet)
  /// The format of delete files; nil is that of data files.
  public static let deleteFormat = TableProperty<String?>("write.delete.format.default")
  /// The size of data files to aim for, in bytes.
  public static let targetFileSizeInBytes = TableProperty<Int64>(
    "write.target-file-size-bytes", default: 512 << 20, in: 1...Int64.max)
  /// The size of delete files to aim for, in bytes.
  public static let deleteTargetFileSizeInBytes = TableProperty<Int64>(
    "write.delete.target-file-size-bytes", default: 64 << 20, in: 1...Int64.max)
  /// How manifests and manifest lists are compressed: an Avro codec.
  public static let manifestCompression = TableProperty<String>(
    "write.manifest.compression-codec", default: "gzip")
  /// The level at which manifests are compressed; nil is the codec's own.
  public static let manifestCompressionLevel = TableProperty<Int?>(
    "write.manifest.compression-level")
  /// How Avro data files are compressed.
  public static let avroCompression = TableProperty<String>(
    "write.avro.compression-codec", default: "gzip")
  /// The level at which Avro data files are compressed; nil is the codec's own.
  public static let avroCompressionLevel = TableProperty<Int?>("write.avro.compression-level")
}

// Writing Parquet.
extension TableProperties {
  /// How Parquet pages are compressed, where the table does not say. New tables say `zstd`.
  public static let parquetCompression = TableProperty<String>(
    "write.parquet.compression-codec", default: "gzip")
  /// What a new table sets ``parquetCompression`` to.
  public static let parquetCompressionOfNewTables = "zstd"
  /// The level at which Parquet pages are compressed; nil is the codec's own.
  public static let parquetCompressionLevel = TableProperty<Int?>("write.parquet.compression-level")
  /// The size of Parquet row groups, in bytes.
  public static let parquetRowGroupSizeInBytes = TableProperty<Int64>(
    "write.parquet.row-group-size-bytes", default: 128 << 20, in: 1...Int64.max)
  /// The size of Parquet pages, in bytes.
  public static let parquetPageSizeInBytes = TableProperty<Int>(
    "write.parquet.page-size-bytes", default: 1 << 20, in: 1...Int(Int32.max))
  /// The number of rows of Parquet pages at most.
  public static let parquetPageRowLimit = TableProperty<Int>(
    "write.parquet.page-row-limit", default: 20_000, in: 1...Int(Int32.max))
  /// The size of Parquet dictionaries at most, in bytes.
  public static let parquetDictionarySizeInBytes = TableProperty<Int>(
    "write.parquet.dict-size-bytes", default: 2 << 20)
  /// The kind of Parquet data pages.
  public static let parquetPageVersion = TableProperty<ParquetPageVersion>(
    "write.parquet.page-version", default: .v1)
  /// Whether variants are shredded. For other engines: this library writes them whole.
  public static let parquetShredVariants = TableProperty<Bool>(
    "write.parquet.shred-variants", default: false)
  /// The size of Parquet bloom filters at most, in bytes. For other engines: this library writes none.
  public static let parquetBloomFilterMaxSizeInBytes = TableProperty<Int>(
    "write.parquet.bloom-filter-max-bytes", default: 1 << 20)
  /// Precedes the name of a column: whether it has a bloom filter. For other engines: this library writes
  /// none.
  public static let parquetBloomFilterEnabledPrefix = "write.parquet.bloom-filter-enabled.column."
  /// Precedes the name of a column: the probability of a false positive of its bloom filter. For other
  /// engines: this library writes none.
  public static let parquetBloomFilterProbabilityPrefix = "write.parquet.bloom-filter-fpp.column."
  /// Precedes the name of a column: the number of distinct values its bloom filter is made for. For
  /// other engines: this library writes none.
  public static let parquetBloomFilterDistinctCountPrefix = "write.parquet.bloom-filter-ndv.column."
  /// Precedes the name of a column: whether Parquet statistics are written. For other engines: this
  /// library always writes them.
  public static let parquetStatisticsEnabledPrefix = "write.parquet.stats-enabled.column."
  /// Precedes the name of a column: whether Parquet may use a dictionary. For other engines: this library
  /// goes by ``parquetDictionarySizeInBytes`` for all columns.
  public static let parquetDictionaryEnabledPrefix = "write.parquet.dict-encoding-enabled.column."

  /// The kind of a Parquet data page.
  public enum ParquetPageVersion: String, Hashable, Sendable, CaseIterable {
    case v1, v2
  }
}

// Metrics of columns; see ``MetricsConfig``.
extension TableProperties {
  /// The metrics mode of columns that have none of their own.
  public static let metricsDefault = "write.metadata.metrics.default"
  /// Precedes the name of a column: its metrics mode.
  public static let metricsColumnPrefix = "write.metadata.metrics.column."
  /// The number of columns for which metrics are kept, where no mode is set.
  public static let metricsMaxInferredColumns = TableProperty<Int>(
    "write.metadata.metrics.max-inferred-column-defaults", default: 100,
    in: Int(Int32.min)...Int(Int32.max))
}

// Row-level changes.
extension TableProperties {
  /// How rows are deleted.
  public static let deleteMode = TableProperty<RowLevelMode>(
    "write.delete.mode", default: .copyOnWrite)
  /// How rows are updated.
  public static let updateMode = TableProperty<RowLevelMode>(
    "write.update.mode", default: .copyOnWrite)
  /// How rows are merged.
  public static let mergeMode = TableProperty<RowLevelMode>(
    "write.merge.mode", default: .copyOnWrite)
  /// What a delete tolerates of concurrent commits.
  public static let deleteIsolation = TableProperty<IsolationLevel>(
    "write.delete.isolation-level", default: .serializable)
  /// What an update tolerates of concurrent commits.
  public static let updateIsolation = TableProperty<IsolationLevel>(
    "write.update.isolation-level", default: .serializable)
  /// What a merge tolerates of concurrent commits.
  public static let mergeIsolation = TableProperty<IsolationLevel>(
    "write.merge.isolation-level", default: .serializable)
  /// Whether a position delete file covers a partition or one data file.
  public static let deleteGranularity = TableProperty<DeleteGranularity>(
    "write.delete.granularity", default: .partition)

  /// How rows are changed.
  public enum RowLevelMode: String, Hashable, Sendable, CaseIterable {
    /// Data files that hold the rows are written again.
    case copyOnWrite = "copy-on-write"
    /// Delete files mark the rows.
    case mergeOnRead = "merge-on-read"
  }

  /// What a change tolerates of commits since it was prepared.
  public enum IsolationLevel: String, Hashable, Sendable, CaseIterable {
    case serializable, snapshot
  }

  /// What a position delete file covers.
  public enum DeleteGranularity: String, Hashable, Sendable, CaseIterable {
    case partition, file
  }
}

// Reading.
extension TableProperties {
  /// The size of scan tasks to aim for, in bytes.
  public static let splitTargetSizeInBytes = TableProperty<Int64>(
    "read.split.target-size", default: 128 << 20, in: 1...Int64.max)
  /// The size of scan tasks over metadata tables to aim for, in bytes, for engines that divide such scans.
  /// This library does not: it reads a metadata table as one stream of batches.
  public static let splitMetadataTargetSizeInBytes = TableProperty<Int64>(
    "read.split.metadata-target-size", default: 32 << 20, in: 1...Int64.max)
  /// The number of open tasks among which a place for a file is looked for.
  public static let splitPlanningLookback = TableProperty<Int>(
    "read.split.planning-lookback", default: 10, in: 1...Int(Int32.max))
  /// What opening a file costs, in bytes read.
  public static let splitOpenFileCostInBytes = TableProperty<Int64>(
    "read.split.open-file-cost", default: 4 << 20)
}
