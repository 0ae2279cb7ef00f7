public import IcebergModel

/// What is different between two points in the history of a table.
///
/// Spec: none.
public struct TableDiff: Sendable {
  /// One of the two points.
  public struct Side: Sendable {
    /// The point as it was asked for; nil is the current state.
    public var point: TimeTravel?
    /// The snapshot at that point; nil when the table was empty.
    public var snapshot: Snapshot?
    /// The columns at that point.
    public var schema: Schema
    /// The metadata of the table at that point; nil when that version is no longer kept.
    public var metadata: TableMetadata?
  }

  /// A value at both points. Nil stands for a thing that is not there.
  public struct Change<Value: Hashable & Sendable>: Hashable, Sendable {
    /// The value at the first point.
    public var from: Value?
    /// The value at the second point.
    public var to: Value?
  }

  /// The files of one partition that are at one point and not at the other.
  public struct FileGroup: Hashable, Sendable {
    /// What the files hold.
    public var content: DataFile.Content
    /// The id of the partition spec.
    public var specID: Int
    /// The partition; empty without partition fields.
    public var partition: StructValue
    /// The partition as a path, as `day=2024-01-15`; empty without partition fields.
    public var partitionPath: String
    /// How many files there are.
    public var fileCount: Int
    /// The rows in the files: of delete files, the rows or positions that they delete.
    public var recordCount: Int64
    /// The bytes of the files; of a deletion vector those of the vector.
    public var sizeInBytes: Int64
  }

  /// Where the difference begins.
  public var from: Side
  /// Where it ends.
  public var to: Side
  /// The fields that are new, gone or changed.
  public var schema: [SchemaDifference]
  /// The default partition spec; nil when it is the same, or not known at one of the points.
  public var partitionSpec: Change<PartitionSpec>?
  /// The default sort order; nil when it is the same, or not known at one of the points.
  public var sortOrder: Change<TableSortOrder>?
  /// The properties that differ, by name; nil when those of one point are no longer known.
  public var properties: [String: Change<String>]?
  /// The totals in the summaries of the snapshots that differ, by name.
  public var totals: [String: Change<String>]
  /// The files that are there only at the second point, in the order of its manifests.
  public var addedFiles: [DataFile]
  /// The files that are there only at the first point, in the order of its manifests.
  public var removedFiles: [DataFile]
  /// The table that both points are of.
  public let table: Table

  /// Whether nothing at all is different, rows that only metadata can tell of included.
  public var isEmpty: Bool {
    schema.isEmpty && partitionSpec == nil && sortOrder == nil && (properties ?? [:]).isEmpty
      && totals.isEmpty && addedFiles.isEmpty && removedFiles.isEmpty
  }

  /// The added files by content and partition.
  public var addedGroups: [FileGroup] { groups(of: addedFiles) }
  /// The removed files by content and partition.
  public var removedGroups: [FileGroup] { groups(of: removedFiles) }

  private func groups(of files: [DataFile]) -> [FileGroup] {
    struct Key: Hashable {
      var content: DataFile.Content
      var specID: Int
      var partition: StructValue
    }
    var groups: [FileGroup] = []
    var places: [Key: Int] = [:]
    for file in files {
      let key = Key(content: file.content, specID: file.specID, partition: file.partition)
      let place = places[key] ?? groups.count
      if place == groups.count {
        places[key] = place
        let spec = table.metadata.partitionSpec(id: file.specID)
        groups.append(
          FileGroup(
            content: file.content, specID: file.specID, partition: file.partition,
            partitionPath: spec?.path(of: file.partition) ?? "", fileCount: 0, recordCount: 0,
            sizeInBytes: 0))
      }
      groups[place].fileCount += 1
      groups[place].recordCount &+= file.recordCount
      groups[place].sizeInBytes &+= file.contentLength
    }
    return groups
  }
}
