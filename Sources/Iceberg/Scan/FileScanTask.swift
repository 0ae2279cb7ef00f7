public import IcebergModel

/// One data file to read, with all that is needed to do so.
///
/// A task is a value of its own: it may be handed to another thread or process, and read there with
/// a ``FileIO`` that reaches the file.
public struct FileScanTask: Hashable, Sendable {
  /// The file.
  public var file: DataFile
  /// The partition spec of the file's partition tuple.
  public var partitionSpec: PartitionSpec
  /// The data sequence number of the file; nil where it is not known.
  public var sequenceNumber: Int64?
  /// The columns to read, in the order of the batches.
  public var schema: Schema
  /// The schemas of the table: first the whole one that is read, then the others, newest first.
  ///
  /// What deletes and filters name beside the columns to read is looked up here by its id.
  public var tableSchemas: [Schema]
  /// Ids for columns of files that have none; nil when the table has no such mapping.
  public var nameMapping: NameMapping?
  /// The deletes that apply to the file, all of them and no others.
  ///
  /// Spec: Scan Planning, "Delete File Application".
  public var deletes: [DeleteFile] = []
  /// The part of the file to read; nil is all of it.
  ///
  /// Of a part come the row groups, or Avro blocks, whose first byte lies in it, so that parts which
  /// cover a file have each of its rows once.
  public var byteRange: Range<Int64>?
  /// What the rows of the file have still to satisfy; bound to the first of ``tableSchemas``.
  package var residual: BoundFilter = .all
  /// Whether ids in the file are those of another table, so that only names count.
  var ignoresFieldIDs = false
  /// Whether columns that the file does not have take their defaults; else that is an error.
  var mayLackColumns = true

  /// A task to read a whole file that has no deletes.
  ///
  /// Without `tableSchemas` the table has no other columns than those to read.
  public init(
    file: DataFile, partitionSpec: PartitionSpec, sequenceNumber: Int64?, schema: Schema,
    tableSchemas: [Schema]? = nil, nameMapping: NameMapping? = nil
  ) {
    self.file = file
    self.partitionSpec = partitionSpec
    self.sequenceNumber = sequenceNumber
    self.schema = schema
    self.tableSchemas = tableSchemas ?? [schema]
    self.nameMapping = nameMapping
  }
}

extension FileScanTask {
  /// Values of columns that the file may lack, by field id: the identity parts of its partition.
  ///
  /// Spec: Column Projection, first rule.
  package var partitionConstants: [Int: Literal?] {
    var constants: [Int: Literal?] = [:]
    for (index, field) in partitionSpec.fields.enumerated()
    where index < file.partition.values.count && field.transform == .identity {
      guard let source = field.sourceIDs.first, field.sourceIDs.count == 1 else { continue }
      constants.updateValue(file.partition.values[index], forKey: source)
    }
    return constants
  }
}
