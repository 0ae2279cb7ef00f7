internal import IcebergColumns
internal import IcebergModel

/// How one column of the table is made from what a file has.
struct ColumnProjection: Hashable, Sendable {
  /// The column of the table.
  var field: Field
  /// The full name, for error messages.
  var path: String
  /// Where the values come from.
  var source: Source

  /// Where the values of a column come from.
  indirect enum Source: Hashable, Sendable {
    /// Nothing in the file: the same value in every row; nil is null.
    case constant(Literal?)
    /// Values, made into those of the table's type.
    case values(ValueConversion)
    /// The metadata and the value of a variant, in this order or in the other.
    case variant(isValueFirst: Bool)
    /// A struct: each child is made from the column at a position among those read, or, with a nil
    /// position, from nothing.
    case `struct`([Child])
    case list(ColumnProjection)
    case map(key: ColumnProjection, value: ColumnProjection)
  }

  /// A child of a struct and the position of what it is made from.
  struct Child: Hashable, Sendable {
    var projection: ColumnProjection
    var position: Int?
  }
}

/// Matches the columns of a table with those of one file, by field id.
///
/// Spec: Column Projection.
struct ProjectionPlan: Hashable, Sendable {
  /// The columns of the file to read, in the order of the file.
  private(set) var selection: [FileSelection.Child]
  /// One projection for each column of the table.
  private(set) var columns: [ColumnProjection.Child]

  /// The way from a file with `file` columns to the `table` columns.
  ///
  /// - Parameters:
  ///   - constants: Values by field id for columns that the file does not have, from its partition.
  ///   - mayLack: Whether columns that are in neither take their defaults; else that is an error.
  ///   - location: The location of the file, for error messages.
  ///
  /// Throws `invalidFile` when a column cannot have the type of the table or a required one is
  /// missing, and `unsupported` when a column is of a kind that cannot be read.
  init(
    table: [Field], file: [FileColumn], constants: [Int: Literal?] = [:],
    mayLack: Bool = true, location: String
  ) throws(IcebergError) {
    let matcher = ColumnMatcher(constants: constants, mayLack: mayLack, location: location)
    (selection, columns) = try matcher.match(table, file, parent: "")
  }
}

/// Walks over the columns of a table and of a file side by side.
private struct ColumnMatcher {
  let constants: [Int: Literal?]
  let mayLack: Bool
  let location: String

  /// What to read of the children of a struct, and how to make the table's children from it.
  func match(
    _ fields: [Field], _ columns: [FileColumn], parent: String
  ) throws(IcebergError) -> ([FileSelection.Child], [ColumnProjection.Child]) {
    var byID: [Int: Int] = [:]
    for (index, column) in columns.enumerated() {
      guard let id = column.id else { continue }
      if byID.updateValue(index, forKey: id) != nil {
        throw error(.invalidFile, "the file has two columns with the field id \(id)", id)
      }
    }
    // An `unknown` column has nulls only, whatever a file holds under its id.
    let matches = fields.map { field in
      if case .unknown = field.type { nil as Int? } else { byID[field.id] }
    }
    let chosen = Set(matches.compactMap { $0 }).sorted()
    var children: [ColumnProjection.Child] = []
    var parts: [Int: FileSelection] = [:]
    for (field, match) in zip(fields, matches) {
      let path = parent.isEmpty ? field.name : parent + "." + field.name
      guard let match, let position = chosen.firstIndex(of: match) else {
        children.append(
          ColumnProjection.Child(projection: try missing(field, path), position: nil))
        continue
      }
      let (part, projection) = try matchColumn(field, columns[match], path)
      parts[match] = part
      children.append(ColumnProjection.Child(projection: projection, position: position))
    }
    let selection = chosen.map { FileSelection.Child(index: $0, part: parts[$0] ?? .all) }
    return (selection, children)
  }

  /// What to read of a column, and how to make the table's column from it.
  private func matchColumn(
    _ field: Field, _ column: FileColumn, _ path: String
  ) throws(IcebergError) -> (FileSelection, ColumnProjection) {
    func made(_ source: ColumnProjection.Source) -> ColumnProjection {
      ColumnProjection(field: field, path: path, source: source)
    }
    switch (field.type, column.kind) {
    case (_, .unsupported(let what)):
      throw error(
        .unsupported, "column \(path) is stored as \(what), which cannot be read", field.id)
    case (.geometry, _), (.geography, _):
      throw error(.unsupported, "column \(path) is of a geospatial type", field.id)
    case (_, .null):
      // A column that was `unknown` when the file was written: there, and null in every row.
      guard !field.isRequired else {
        throw error(.invalidFile, "required column \(path) has nothing but nulls", field.id)
      }
      return (.all, made(.constant(nil)))
    case (.variant, .variant(let isValueFirst)):
      return (.all, made(.variant(isValueFirst: isValueFirst)))
    case (.variant, .struct(let parts)):
      // Some writers leave the annotation out: the parts are told by their names.
      var unfolded = column
      unfolded.kind = FileColumn.variant(parts.map(\.name))
      return try matchColumn(field, unfolded, path)
    case (.struct(let fields), .struct(let columns)):
      let (chosen, children) = try match(fields, columns, parent: path)
      return (.fields(chosen), made(.struct(children)))
    case (.list(let element), .list(let stored)):
      let (part, inner) = try matchElement(element, stored, path + ".element")
      return (.list(part), made(.list(inner)))
    case (.map(let key, let value), .map(let storedKey, let storedValue)):
      let (keyPart, keys) = try matchElement(key, storedKey, path + ".key")
      let (valuePart, values) = try matchElement(value, storedValue, path + ".value")
      return (.map(key: keyPart, value: valuePart), made(.map(key: keys, value: values)))
    default:
      guard let conversion = ValueConversion(from: column.kind, to: field.type) else {
        throw error(
          .invalidFile,
          "column \(path) is \(column.kindDescription) in the file, not readable as \(field.type)",
          field.id)
      }
      return (.all, made(.values(conversion)))
    }
  }

  /// An element, key or value: there is one for certain, so that only an id which says otherwise
  /// stands against it.
  private func matchElement(
    _ field: Field, _ column: FileColumn, _ path: String
  ) throws(IcebergError) -> (FileSelection, ColumnProjection) {
    if let id = column.id, id != field.id {
      throw error(
        .invalidFile, "\(path) has the field id \(id) in the file and \(field.id) in the table",
        field.id)
    }
    return try matchColumn(field, column, path)
  }

  /// A column that the file does not have: its partition value, else its default, else null.
  private func missing(_ field: Field, _ path: String) throws(IcebergError) -> ColumnProjection {
    let value: Literal?
    if let constant = constants[field.id] {
      value = constant
    } else {
      value = field.initialDefault
      guard mayLack || field.type == .unknown else {
        throw error(.invalidFile, "column \(path) is not in the file", field.id)
      }
    }
    if value == nil, field.isRequired {
      throw error(
        .invalidFile,
        "required column \(path) is not in the file and has no initial default", field.id)
    }
    if let value, Column(repeating: value, as: field.type, count: 1) == nil {
      throw error(
        .invalidMetadata, "the default or partition value of column \(path) is not of its type",
        field.id)
    }
    return ColumnProjection(field: field, path: path, source: .constant(value))
  }

  private func error(
    _ code: IcebergError.Code, _ message: String, _ fieldID: Int
  ) -> IcebergError {
    IcebergError(
      code, message, context: IcebergError.Context(location: location, fieldID: fieldID))
  }
}
