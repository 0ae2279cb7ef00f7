public import IcebergModel

/// One data file to read, with all that is needed to do so.
///
/// A task is a value of its own: it may be handed to another thread or process, and read there with
/// a ``FileIO`` that reaches the file.
public struct FileScanTask: Hashable, Sendable {
  /// The file.
  public var file: DataFile
  /// The data sequence number of the file; nil where it is not known.
  public var sequenceNumber: Int64?
  /// The deletes that apply to the file, all of them and no others.
  ///
  /// Spec: Scan Planning, "Delete File Application".
  public var deletes: [DeleteFile] = []
  /// When set, only those rows are read which these deletes would delete, and ``deletes`` do not.
  var onlyDeletedBy: [DeleteFile]?
  /// The part of the file to read; nil is all of it.
  ///
  /// Of a part come the row groups, or Avro blocks, whose first byte lies in it, so that parts which
  /// cover a file have each of its rows once.
  public var byteRange: Range<Int64>?
  /// What the rows of the file have still to satisfy; bound to the first of ``tableSchemas``.
  package var residual: BoundFilter = .all
  /// What the tasks of a scan have in common.
  private var common: Common
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
    self.init(
      file: file, sequenceNumber: sequenceNumber,
      common: Common(
        Common.Parts(
          partitionSpec: partitionSpec, schema: schema, tableSchemas: tableSchemas ?? [schema],
          nameMapping: nameMapping)))
  }

  /// A task to read a whole file that has no deletes, of a scan that has made `common`.
  init(file: DataFile, sequenceNumber: Int64?, common: Common) {
    self.file = file
    self.sequenceNumber = sequenceNumber
    self.common = common
  }
}

// What is the same for many files of a scan.
extension FileScanTask {
  /// Held once for all tasks of a scan with one partition spec: there may be a million of them.
  final class Common: Sendable {
    struct Parts: Hashable {
      var partitionSpec: PartitionSpec
      var schema: Schema
      var tableSchemas: [Schema]
      var nameMapping: NameMapping?
    }

    let parts: Parts

    init(_ parts: Parts) { self.parts = parts }
  }

  private var parts: Common.Parts {
    get { common.parts }
    set { common = Common(newValue) }
  }

  /// The partition spec of the file's partition tuple.
  public var partitionSpec: PartitionSpec {
    get { common.parts.partitionSpec }
    set { parts.partitionSpec = newValue }
  }

  /// The columns to read, in the order of the batches.
  public var schema: Schema {
    get { common.parts.schema }
    set { parts.schema = newValue }
  }

  /// The schemas of the table: first the whole one that is read, then the others, newest first.
  ///
  /// What deletes and filters name beside the columns to read is looked up here by its id.
  public var tableSchemas: [Schema] {
    get { common.parts.tableSchemas }
    set { parts.tableSchemas = newValue }
  }

  /// Ids for columns of files that have none; nil when the table has no such mapping.
  public var nameMapping: NameMapping? {
    get { common.parts.nameMapping }
    set { parts.nameMapping = newValue }
  }
}

extension FileScanTask.Common: Hashable {
  static func == (left: FileScanTask.Common, right: FileScanTask.Common) -> Bool {
    left === right || left.parts == right.parts
  }

  func hash(into hasher: inout Hasher) { hasher.combine(parts) }
}

extension FileScanTask {
  /// The places where row groups or blocks begin that the task reads; nil is all of the file.
  ///
  /// A part that reaches to the end of the file, as its manifest has it, reaches to its true end: a file
  /// that is longer than that is read whole, too, when it is read in one.
  var startRange: Range<Int64>? {
    guard let byteRange, byteRange.upperBound >= file.fileSizeInBytes else { return byteRange }
    return byteRange.lowerBound..<Int64.max
  }

  /// The task of the same file whose rows are deleted by ``onlyDeletedBy``; nil when that is not set.
  var reversed: FileScanTask? {
    guard let onlyDeletedBy else { return nil }
    var task = self
    task.deletes = onlyDeletedBy
    task.onlyDeletedBy = nil
    return task
  }

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
