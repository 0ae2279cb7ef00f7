internal import IcebergColumns
internal import IcebergModel

/// Which columns of a metadata table are made, and what of them is handed out.
struct BatchShape: Sendable {
  /// The columns to make.
  let read: Schema
  /// The filter, bound to ``read``.
  let filter: BoundFilter
  private let output: Schema
  private let evaluator: ColumnEvaluator?

  /// The shape of the batches of a scan.
  ///
  /// Throws `notFound` for a column, selected or in the filter, that is not there, and
  /// `invalidArgument` for a filter that its columns do not allow.
  init(_ scan: MetadataTableScan) throws {
    output = try scan.schema
    let full = try scan.fullSchema
    let needed = try scan.filter.bound(
      to: full, caseSensitive: scan.options.isCaseSensitive
    ).fieldIDs
    guard !needed.isEmpty || scan.filter != .all else {
      read = output
      filter = .all
      evaluator = nil
      return
    }
    let selected = output.index.fields.filter(\.type.children.isEmpty).map(\.id)
    read = full.selecting(ids: needed.union(selected))
    filter = try scan.filter.bound(to: read, caseSensitive: scan.options.isCaseSensitive)
    evaluator = try ColumnEvaluator(filter)
  }

  /// What is handed out of the rows of a batch with the columns of ``read``.
  func apply(_ batch: RecordBatch) throws(IcebergError) -> RecordBatch {
    guard let evaluator else { return batch }
    let matches = try evaluator.matches(in: batch)
    let columns = output.fields.compactMap { field in
      read.fields.firstIndex { $0.id == field.id }.map { place in
        batch.columns[place].part(field.type, of: read.fields[place].type)
      }
    }
    let result = RecordBatch(
      names: output.fields.map(\.name), columns: columns, rowCount: batch.rowCount)
    return result.keep(where: matches)
  }
}

extension Column {
  /// The column as one of type `wanted`, which has some of the fields of `type`, the type of this one.
  func part(_ wanted: FieldType, of type: FieldType) -> Column {
    if wanted == type { return self }
    var result = self
    switch values {
    case .struct(let columns):
      result.values = .struct(
        wanted.children.compactMap { field in
          type.children.firstIndex { $0.id == field.id }.map { place in
            columns[place].part(field.type, of: type.children[place].type)
          }
        })
    case .list(let offsets, let element):
      result.values = .list(
        offsets: offsets, element: element.part(wanted.children[0].type, of: type.children[0].type))
    case .map(let offsets, let key, let value):
      result.values = .map(
        offsets: offsets, key: key,
        value: value.part(wanted.children[1].type, of: type.children[1].type))
    default: break
    }
    return result
  }
}
