internal import IcebergColumns
internal import IcebergModel

/// A column that tells where a row comes from instead of what is in it.
///
/// Spec: Schemas and Data Types, "Reserved Field IDs"; Row Lineage.
enum MetadataColumn: Hashable, Sendable {
  case file, position, isDeleted, specID, partition, rowID, lastUpdatedSequenceNumber

  /// The metadata column of a field id; nil for all other fields.
  init?(id: Int) {
    switch id {
    case ReservedFields.file.id: self = .file
    case ReservedFields.position.id: self = .position
    case ReservedFields.isDeleted.id: self = .isDeleted
    case ReservedFields.specID.id: self = .specID
    case ReservedFields.partitionID: self = .partition
    case ReservedFields.rowID.id: self = .rowID
    case ReservedFields.lastUpdatedSequenceNumber.id: self = .lastUpdatedSequenceNumber
    default: return nil
    }
  }

  /// The column that data files may have for it: what rows that were moved between files keep.
  var storedField: Field? {
    switch self {
    case .rowID: ReservedFields.rowID
    case .lastUpdatedSequenceNumber: ReservedFields.lastUpdatedSequenceNumber
    case .file, .position, .isDeleted, .specID, .partition: nil
    }
  }
}

/// The rows of one batch that metadata columns are made for.
struct RowPlaces {
  /// The position of the first row of the batch in its file.
  var firstPosition: Int64
  /// The number of rows.
  var count: Int
  /// Those of the rows that are returned; nil is all.
  var selection: Bitmap?
  /// Those of the rows that are deleted; nil is none.
  var deleted: Bitmap?

  /// The number of rows that are returned.
  var selectedCount: Int { selection?.setCount ?? count }

  /// The positions of the rows that are returned, each plus `start`; nil on overflow.
  func positions(from start: Int64 = 0) -> [Int64]? {
    let (first, isTooLarge) = start.addingReportingOverflow(firstPosition)
    let (_, isTooLong) = first.addingReportingOverflow(Int64(count))
    if isTooLarge || isTooLong { return nil }
    guard let selection else { return [Int64](first..<first + Int64(count)) }
    var positions: [Int64] = []
    positions.reserveCapacity(selection.setCount)
    selection.forEachSetBit { positions.append(first &+ Int64($0)) }
    return positions
  }
}

extension MetadataColumn {
  /// The values of the column, of type `type`, for rows of the task's file.
  ///
  /// - Parameter stored: What the file has for the column, for the rows that are returned.
  func values(
    as type: FieldType, of task: FileScanTask, at rows: RowPlaces, stored: Column?
  ) throws(IcebergError) -> Column {
    let count = rows.selectedCount
    switch self {
    case .file: return try repeating(.string(task.file.location), type, count, task)
    case .specID:
      return try repeating(Int32(exactly: task.file.specID).map { .int($0) }, type, count, task)
    case .position:
      guard let positions = rows.positions() else { throw tooLarge(task) }
      return Column(.long(positions), count: count)
    case .isDeleted:
      var bits = rows.deleted ?? Bitmap(repeating: false, count: rows.count)
      if let selection = rows.selection, let kept = keep(bits, where: selection) { bits = kept }
      return Column(.boolean(bits), count: count)
    case .partition: return try partition(type, of: task, count: count)
    case .rowID:
      guard let first = task.file.firstRowID else { return Column(nulls: .long, count: count) }
      guard let ids = rows.positions(from: first) else { throw tooLarge(task) }
      return coalesce(stored, ids)
    case .lastUpdatedSequenceNumber:
      guard task.file.firstRowID != nil else { return Column(nulls: .long, count: count) }
      guard let number = task.sequenceNumber else {
        return stored ?? Column(nulls: .long, count: count)
      }
      return coalesce(stored, [Int64](repeating: number, count: count))
    }
  }

  private func keep(_ bits: Bitmap, where selection: Bitmap) -> Bitmap? {
    let column = Column(.boolean(bits), count: bits.count).keep(where: selection)
    if case .boolean(let kept) = column.values { return kept }
    return nil
  }

  /// The partition of the file as a value of the struct of all partition fields of the table.
  private func partition(
    _ type: FieldType, of task: FileScanTask, count: Int
  ) throws(IcebergError) -> Column {
    guard case .struct(let fields) = type, !fields.isEmpty else {
      return Column(nulls: type.columnKind, count: count)
    }
    let tuple = task.file.partition.values
    var children: [Column] = []
    for field in fields {
      let place = task.partitionSpec.fields.firstIndex { $0.fieldID == field.id }
      let value = place.flatMap { $0 < tuple.count ? tuple[$0] : nil }
      children.append(try repeating(value, field.type, count, task))
    }
    return Column(.struct(children), count: count)
  }

  private func repeating(
    _ value: Literal?, _ type: FieldType, _ count: Int, _ task: FileScanTask
  ) throws(IcebergError) -> Column {
    guard let column = Column(repeating: value, as: type, count: count) else {
      throw IcebergError(
        .invalidMetadata, "a value of the metadata column \(self) is not of its type \(type)",
        context: IcebergError.Context(location: task.file.location))
    }
    return column
  }

  /// The values that are stored, and `others` where there is none.
  private func coalesce(_ stored: Column?, _ others: [Int64]) -> Column {
    guard let stored, case .long(var values) = stored.values, values.count == others.count else {
      return Column(.long(others), count: others.count)
    }
    if let validity = stored.validity {
      (~validity).forEachSetBit { values[$0] = others[$0] }
    }
    return Column(.long(values), count: values.count)
  }

  private func tooLarge(_ task: FileScanTask) -> IcebergError {
    IcebergError(
      .invalidFile, "the positions or row ids of the file do not fit into 64 bits",
      context: IcebergError.Context(location: task.file.location))
  }
}
