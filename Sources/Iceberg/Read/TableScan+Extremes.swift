internal import IcebergBytes
internal import IcebergColumns
public import IcebergModel

extension TableScan {
  /// The least value of a column in the rows of the scan; nil when there is none: no row, or only
  /// nulls and NaNs.
  ///
  /// A file is not read where its metrics tell the value exactly, or that it holds none that is less
  /// than one known already: one without deletes, all of whose rows are wanted, with a bound of a type
  /// whose bounds are never cut.
  ///
  /// Throws `notFound` for a column that does not exist, `invalidArgument` for one whose values have
  /// no order, and what reading the rows throws.
  public func minimum(of column: String) async throws -> Literal? {
    try await extreme(of: column, isUpper: false)
  }

  /// The greatest value of a column in the rows of the scan; nil when there is none.
  ///
  /// As ``minimum(of:)`` otherwise.
  public func maximum(of column: String) async throws -> Literal? {
    try await extreme(of: column, isUpper: true)
  }

  @concurrent
  private func extreme(of name: String, isUpper: Bool) async throws -> Literal? {
    let schema = try wholeSchema
    guard let id = schema.index.id(named: name) else {
      let known = schema.fields.map(\.name).joined(separator: ", ")
      throw IcebergError(.notFound, "there is no column '\(name)'; the table has \(known)")
    }
    let search = try ExtremeSearch(schema, id: id, name: name, isUpper: isUpper)
    return try await search.result(of: select([name]))
  }
}

/// Looks for the least or the greatest value of a column, in metadata first.
private struct ExtremeSearch {
  private let id: Int
  private let type: FieldType
  private let path: [Int]
  private let isUpper: Bool

  init(_ schema: Schema, id: Int, name: String, isUpper: Bool) throws(IcebergError) {
    guard let field = schema.index.field(id: id), field.type.hasOrder,
      let path = schema.index.path(to: id)
    else {
      throw IcebergError(
        .invalidArgument, "column '\(name)' has no least or greatest value",
        context: IcebergError.Context(fieldID: id))
    }
    self.id = id
    self.path = path
    self.isUpper = isUpper
    type = field.type
  }

  func result(of scan: TableScan) async throws -> Literal? {
    let planner = ScanPlanner(scan, metricsOf: [id])
    var best: Literal?
    var unread: [(task: FileScanTask, bound: Literal?)] = []
    while let step = try await planner.next() {
      for task in step.tasks {
        if hasNoValue(task.file) { continue }
        let bound = bound(of: task.file)
        if let bound, isExact, planner.isWhole(task) {
          best = better(best, bound)
        } else {
          unread.append((task, bound))
        }
      }
    }
    // What may hold the most extreme values comes first, so that the others need not be read.
    unread.sort { isBetter($0.bound, $1.bound) }
    // Twice as many files each time: deletes, which the files of one step share, are read few times, and
    // not many files are read in vain.
    var rest = unread[...]
    var stepSize = 1
    while !rest.isEmpty {
      let step = rest.prefix(stepSize).filter { mayImprove($0.bound, on: best) }
      rest = rest.dropFirst(stepSize)
      stepSize *= 2
      if step.isEmpty { continue }
      for try await batch in BatchSequence(
        of: step.map(\.task), fileIO: scan.table.fileIO, options: scan.options)
      {
        best = better(best, extreme(of: batch))
      }
    }
    return best
  }

  /// Whether a file with a bound may hold a more extreme value than the one that is known.
  private func mayImprove(_ bound: Literal?, on best: Literal?) -> Bool {
    guard let bound, let best else { return true }
    return isBetter(bound, best)
  }

  /// Whether bounds of the type are values that are there, never cut and never rounded.
  private var isExact: Bool {
    switch type {
    case .string, .binary, .fixed, .uuid, .float, .double: false
    default: true
    }
  }

  private func hasNoValue(_ file: DataFile) -> Bool {
    guard let values = file.valueCounts?[id], let nulls = file.nullValueCounts?[id] else {
      return false
    }
    return path.count == 1 && values == nulls
  }

  private func bound(of file: DataFile) -> Literal? {
    // UUIDs are in an order of their own in bounds that Iceberg Java wrote.
    if type == .uuid { return nil }
    let bounds = isUpper ? file.upperBounds : file.lowerBounds
    // Bounds of old writers that are NaN tell nothing.
    guard let bytes = bounds?[id], let bound = try? Literal(singleValue: bytes, type: type),
      !bound.isNaN
    else { return nil }
    return bound
  }

  private func better(_ left: Literal?, _ right: Literal?) -> Literal? {
    guard let left else { return right }
    guard let right else { return left }
    return isBetter(right, left) ? right : left
  }

  /// Whether a value is more extreme than another; no bound at all counts as the most extreme.
  private func isBetter(_ left: Literal?, _ right: Literal?) -> Bool {
    guard let right else { return false }
    guard let left else { return true }
    return left.ordering(to: right) == (isUpper ? .greater : .less)
  }

  private func extreme(of batch: RecordBatch) -> Literal? {
    // A struct that was selected for one column has only that.
    var column = batch.columns[0]
    var levels = [column]
    while case .struct(let children) = column.values, let child = children.first {
      column = child
      levels.append(child)
    }
    var best: Literal?
    for row in 0..<batch.rowCount where !levels.contains(where: { $0.isNull(at: row) }) {
      guard let value = Literal(column.value(at: row), type: type), !value.isNaN else { continue }
      best = better(best, value)
    }
    return best
  }
}

extension FieldType {
  /// Whether of two values one is less.
  fileprivate var hasOrder: Bool {
    switch self {
    case .unknown, .variant, .geometry, .geography, .struct, .list, .map: false
    default: true
    }
  }
}
