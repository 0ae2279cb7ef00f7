internal import IcebergColumns
internal import IcebergModel

/// The columns that a changelog compares, pairs rows by, and hands out.
struct ChangelogShape: Sendable {
  /// All columns of the table at the last point.
  let whole: Schema
  /// The columns that are handed out, those that tell of the change behind them.
  let output: Schema
  /// The places in ``whole`` of the columns by which rows are paired; empty when they are not.
  let key: [Int]
  /// The scan that reads the rows, with the columns that are handed out.
  let scan: TableScan

  private static let labels = [
    ReservedFields.changeType, ReservedFields.changeOrdinal, ReservedFields.commitSnapshotID,
  ]

  init(of changes: ChangelogScan) throws {
    var scan = changes.table.scan().filter(changes.filter).with(changes.options)
    if let point = changes.to { scan = scan.at(point) }
    let whole = try scan.schema
    for label in Self.labels where whole.fields.contains(where: { $0.name == label.name }) {
      throw IcebergError(
        .invalidArgument,
        "the table has a column '\(label.name)', which tells of changes here: select other columns",
        context: .init(table: changes.table.identifier.description))
    }
    if let columns = changes.columns { scan = scan.select(columns) }
    var output = try scan.schema
    for field in output.fields where ReservedFields.isReserved(field.id) {
      throw IcebergError(
        .unsupported, "the column \(field.name) is not one of a changelog: it tells of files")
    }
    output.fields += Self.labels
    scan.readsAs = whole
    self.whole = whole
    self.output = output
    self.scan = scan
    key = try Self.key(changes.pairing, in: whole)
  }

  private static func key(
    _ pairing: ChangelogScan.Pairing?, in whole: Schema
  ) throws(IcebergError) -> [Int] {
    switch pairing {
    case nil: return []
    case .columns(let names):
      guard !names.isEmpty else {
        throw IcebergError(.invalidArgument, "rows are paired by one column at least")
      }
      return try names.map { name throws(IcebergError) in
        guard let place = whole.fields.firstIndex(where: { $0.name == name }) else {
          let known = whole.fields.map(\.name).joined(separator: ", ")
          throw IcebergError(
            .notFound, "there is no column '\(name)' to pair rows by; the table has \(known)")
        }
        return place
      }
    case .identifierFields:
      guard !whole.identifierFieldIDs.isEmpty else {
        throw IcebergError(
          .invalidArgument,
          "the table has no identifier fields to pair rows by: name the columns that tell rows")
      }
      return try whole.identifierFieldIDs.map { id throws(IcebergError) in
        guard let place = whole.fields.firstIndex(where: { $0.id == id }) else {
          throw IcebergError(
            .unsupported,
            "an identifier field lies inside a struct: name the columns to pair rows by",
            context: .init(fieldID: id))
        }
        return place
      }
    }
  }

  /// The columns that are read where rows need not be compared.
  var streamed: [Field] { Array(output.fields.dropLast(Self.labels.count)) }

  /// Rows with all columns of the table, or with those that are handed out, and what happened to them.
  func labelled(
    _ batch: RecordBatch, _ type: ChangeType, of step: ChangelogStep
  ) throws(IcebergError) -> RecordBatch {
    let values: [Literal] = [
      .string(type.rawValue), .int(Int32(clamping: step.ordinal)), .long(step.snapshotID),
    ]
    var columns = batch.columns
    for (label, value) in zip(Self.labels, values) {
      guard let column = Column(repeating: value, as: label.type, count: batch.rowCount) else {
        throw IcebergError(.invalidArgument, "the label '\(label.name)' is of another type")
      }
      columns.append(column)
    }
    return RecordBatch(
      names: batch.names + Self.labels.map(\.name), columns: columns, rowCount: batch.rowCount)
  }

  /// What is handed out of labelled rows with all columns of the table.
  func handedOut(_ batch: RecordBatch) -> RecordBatch {
    let count = whole.fields.count
    let columns = streamed.compactMap { field in
      whole.fields.firstIndex { $0.id == field.id }.map { place in
        batch.columns[place].part(field.type, of: whole.fields[place].type)
      }
    }
    return RecordBatch(
      names: output.fields.map(\.name), columns: columns + batch.columns[count...],
      rowCount: batch.rowCount)
  }

  /// What the rows of a batch with all columns are known by when they are paired.
  func keys(of batch: RecordBatch) throws(IcebergError) -> [RowDigest] {
    let part = RecordBatch(
      names: key.map { batch.names[$0] }, columns: key.map { batch.columns[$0] },
      rowCount: batch.rowCount)
    return try RowDigest.digests(of: part, schema: Schema(key.map { whole.fields[$0] }))
  }
}
