internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// The column `readable_metrics`: what is recorded of each primitive column of the table, with bounds
/// as values of its type.
struct ReadableMetrics: Sendable {
  /// The id of the column.
  let fieldID: Int
  /// The columns of the table, by the id of the struct that shows what is recorded of them.
  private let sources: [Int: Field]

  private static let name = "readable_metrics"

  /// The metrics as `field`, made by ``field(for:besides:)``, shows them.
  init(_ field: Field, of schema: Schema) {
    fieldID = field.id
    let index = schema.index
    var sources: [Int: Field] = [:]
    for part in field.type.children { sources[part.id] = index.field(named: part.name) }
    self.sources = sources
  }

  /// The metrics as the last column of `schema` shows them, which is a schema of files or entries.
  init(lastOf schema: Schema, in metadata: TableMetadata) {
    self.init(schema.fields[schema.fields.count - 1], of: metadata.currentSchema)
  }

  /// The column for a table with the columns of `schema`, behind the columns of `others`, whose ids it
  /// does not use.
  ///
  /// The reference implementation numbers the parts in the order of its hash map of names; who
  /// knows the ids from there finds the same here.
  static func field(for schema: Schema, besides others: Schema) -> Field {
    var id = others.index.fields.map(\.id).max() ?? 0
    func nextID() -> Int {
      id += 1
      return id
    }
    let index = schema.index
    var parts: [Field] = []
    for column in JavaHashOrder.fields(of: schema) where column.type.isPrimitive {
      let name = index.name(of: column.id) ?? column.name
      let partID = nextID()
      let metrics = Metric.allCases.map { metric in
        Field.optional(
          metric.rawValue, metric.type(for: column.type), id: nextID(), doc: metric.doc)
      }
      parts.append(
        .optional(name, .struct(metrics), id: partID, doc: "Metrics for column \(name)"))
    }
    parts.sort { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
    return .optional(name, .struct(parts), id: nextID(), doc: "Column metrics in readable form")
  }

  /// The columns of the table that a projection of the column shows something of.
  func sources(of field: Field) -> Set<Int> {
    Set(field.type.children.compactMap { sources[$0.id]?.id })
  }

  /// What fills the column, or a projection of it.
  func cell(for field: Field) throws(IcebergError) -> FileColumns.Cell {
    try RowColumns.structCell(field.type.children) { (part) throws(IcebergError) in
      guard let source = sources[part.id] else { throw Self.unknown(part) }
      return try RowColumns.structCell(part.type.children) { (child) throws(IcebergError) in
        guard let metric = Metric(rawValue: child.name) else { throw Self.unknown(child) }
        return metric.cell(for: source)
      }
    }
  }

  private static func unknown(_ field: Field) -> IcebergError {
    IcebergError(.unsupported, "the part '\(field.name)' of \(name) is not known")
  }
}

/// What is recorded of a column.
private enum Metric: String, CaseIterable {
  case columnSize = "column_size"
  case valueCount = "value_count"
  case nullValueCount = "null_value_count"
  case nanValueCount = "nan_value_count"
  case lowerBound = "lower_bound"
  case upperBound = "upper_bound"

  var doc: String {
    switch self {
    case .columnSize: "Total size on disk"
    case .valueCount: "Total count, including null and NaN"
    case .nullValueCount: "Null value count"
    case .nanValueCount: "NaN value count"
    case .lowerBound: "Lower bound"
    case .upperBound: "Upper bound"
    }
  }

  func type(for column: FieldType) -> FieldType {
    switch self {
    case .columnSize, .valueCount, .nullValueCount, .nanValueCount: .long
    case .lowerBound, .upperBound: column
    }
  }

  func cell(for column: Field) -> FileColumns.Cell {
    let id = column.id
    switch self {
    case .columnSize:
      return { entry, builder in builder.append(long: entry.dataFile.columnSizes?[id]) }
    case .valueCount:
      return { entry, builder in builder.append(long: entry.dataFile.valueCounts?[id]) }
    case .nullValueCount:
      return { entry, builder in builder.append(long: entry.dataFile.nullValueCounts?[id]) }
    case .nanValueCount:
      return { entry, builder in builder.append(long: entry.dataFile.nanValueCounts?[id]) }
    case .lowerBound:
      return { (entry, builder) throws(IcebergError) in
        try Self.append(entry.dataFile.lowerBounds?[id], of: column, in: entry, to: &builder)
      }
    case .upperBound:
      return { (entry, builder) throws(IcebergError) in
        try Self.append(entry.dataFile.upperBounds?[id], of: column, in: entry, to: &builder)
      }
    }
  }

  private static func append(
    _ bound: Bytes?, of column: Field, in entry: ManifestEntry, to builder: inout ColumnBuilder
  ) throws(IcebergError) {
    // A column of which nothing is known has no bounds either, whatever is written.
    guard let bound, column.type != .unknown else { return builder.appendNull() }
    do throws(FormatError) {
      let value = try Literal(singleValue: bound, type: column.type)
      if builder.append(value, as: column.type) { return }
    } catch {
      throw Self.failure(column, entry, error)
    }
    throw failure(column, entry, nil)
  }

  private static func failure(
    _ column: Field, _ entry: ManifestEntry, _ cause: (any Error)?
  ) -> IcebergError {
    IcebergError(
      .invalidFile,
      """
      a bound of column '\(column.name)' that is recorded for a file is no \(column.type): select \
      columns without it
      """,
      context: .init(location: entry.dataFile.location, fieldID: column.id), cause: cause)
  }
}
