internal import IcebergColumns
internal import IcebergModel

/// Makes batches of a table from the columns of one of its files.
///
/// Columns are matched by field id at every depth; what the file lacks is filled in, what was
/// promoted since is converted, and a null where the table allows none is an error.
///
/// Spec: Column Projection; Schema Evolution.
struct BatchProjector: Sendable {
  private let plan: ProjectionPlan
  private let names: [String]
  private let location: String

  /// Projects batches by `plan`.
  init(_ plan: ProjectionPlan, location: String) {
    self.plan = plan
    self.location = location
    names = plan.columns.map(\.projection.field.name)
  }

  /// The columns of the file to read, in the order of the file.
  var selection: [FileSelection.Child] { plan.selection }

  /// The rows in the form of the table. `columns` are those of ``selection``, in that shape.
  func project(_ columns: [Column], rowCount: Int) throws(IcebergError) -> RecordBatch {
    guard columns.count == plan.selection.count,
      columns.allSatisfy({ $0.count == rowCount })
    else {
      throw IcebergError(
        .invalidFile, "the columns of the file differ in length", context: context(nil))
    }
    let projected = try children(plan.columns, columns, count: rowCount, parent: nil)
    return RecordBatch(names: names, columns: projected, rowCount: rowCount)
  }

  /// Columns side by side. `parent` says in which rows the struct around them is there; nil: in all.
  private func children(
    _ children: [ColumnProjection.Child], _ columns: [Column], count: Int, parent: Bitmap?
  ) throws(IcebergError) -> [Column] {
    var results: [Column] = []
    results.reserveCapacity(children.count)
    for child in children {
      let source = child.position.map { columns[$0] }
      results.append(try make(child.projection, source, count: count, parent: parent))
    }
    return results
  }

  private func make(
    _ projection: ColumnProjection, _ source: Column?, count: Int, parent: Bitmap?
  ) throws(IcebergError) -> Column {
    let field = projection.field
    if case .constant(let value) = projection.source {
      guard let column = Column(repeating: value, as: field.type, count: count) else {
        throw error("the default is too long for \(count) rows", projection)
      }
      return column
    }
    guard let source else { throw error("the file holds no values", projection) }
    if field.isRequired { try requireValues(source, projection, parent: parent) }
    switch (projection.source, source.values) {
    case (.values(let conversion), _):
      do throws(ValueConversion.Failure) {
        return try conversion(source)
      } catch {
        throw self.error(error.reason, projection)
      }
    case (.variant(let isValueFirst), .struct(let parts)) where parts.count == 2:
      var result = source
      result.values = .struct(isValueFirst ? [parts[1], parts[0]] : parts)
      for part in parts where part.nullCount > source.nullCount {
        throw error("a variant has no metadata or no value", projection)
      }
      return result
    case (.struct(let fields), .struct(let columns)):
      let present = Self.both(parent, source.validity)
      var result = source
      result.values = .struct(
        try children(fields, columns, count: source.count, parent: present))
      return result
    case (.list(let element), .list(let offsets, let inner)):
      var result = source
      result.values = .list(
        offsets: offsets, element: try make(element, inner, count: inner.count, parent: nil))
      return result
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      guard keys.nullCount == 0 else { throw error("a map has a null key", projection) }
      var result = source
      result.values = .map(
        offsets: offsets, key: try make(key, keys, count: keys.count, parent: nil),
        value: try make(value, values, count: values.count, parent: nil))
      return result
    default: throw error("the values read are not what the file declares", projection)
    }
  }

  /// Throws when a row is null whose struct is not.
  private func requireValues(
    _ column: Column, _ projection: ColumnProjection, parent: Bitmap?
  ) throws(IcebergError) {
    guard column.nullCount > 0 else { return }
    let offends: Bool
    if case .null = column.values {
      offends = parent.map { !$0.noneSet } ?? true
    } else if let parent, let validity = column.validity {
      offends = !(parent & ~validity).noneSet
    } else {
      offends = true
    }
    if offends { throw error("the column is required, and the file has a null in it", projection) }
  }

  private static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left else { return right }
    guard let right else { return left }
    return left & right
  }

  private func error(_ reason: String, _ projection: ColumnProjection) -> IcebergError {
    IcebergError(
      .invalidFile, "column \(projection.path): \(reason)", context: context(projection.field.id))
  }

  private func context(_ fieldID: Int?) -> IcebergError.Context {
    IcebergError.Context(location: location, fieldID: fieldID)
  }
}
