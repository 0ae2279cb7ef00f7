internal import IcebergColumns
internal import IcebergModel

/// The columns to read of a data file: those of the result, and behind them those by which its rows
/// are chosen.
struct ReadSchema: Sendable {
  /// The columns to read.
  private(set) var fields: [Field] = []
  /// How each column of the result is made from them.
  private(set) var results: [Result] = []

  /// A column of the result.
  struct Result: Sendable {
    /// The column.
    var field: Field
    /// Where it comes from.
    var source: Source
  }

  /// Where a column of the result comes from.
  enum Source: Sendable {
    /// The column that is read at an index, or a part of it.
    case column(Int, Part)
    /// The place of the rows, or what the file has stored for it.
    case metadata(MetadataColumn, stored: Int?)
  }

  /// What is wanted of a column that is read.
  indirect enum Part: Sendable {
    case whole
    /// The first children of a struct.
    case first([Part])
  }

  /// The columns to return the `selected` ones, and to look at those with the ids in `needed`, which
  /// lie in structs at most and are described by the first of `schemas` that has them.
  ///
  /// Throws `invalidMetadata` when an id is in none of the schemas, and `unsupported` when it is one
  /// inside a list or map.
  init(
    selecting selected: [Field], needing needed: Set<Int>, from schemas: [Schema]
  ) throws(IcebergError) {
    for field in selected {
      if let column = MetadataColumn(id: field.id) {
        let stored = column.storedField
        results.append(
          Result(
            field: field, source: .metadata(column, stored: stored == nil ? nil : fields.count)))
        if let stored { fields.append(stored) }
      } else {
        results.append(Result(field: field, source: .column(fields.count, .whole)))
        fields.append(field)
      }
    }
    let missing = needed.subtracting(needed.isEmpty ? [] : SchemaIndex(fields).fields.map(\.id))
    if missing.isEmpty { return }
    let indexes = schemas.map(\.index)
    for id in missing.sorted() {
      if let column = MetadataColumn(id: id) {
        // Made of the place of the row, and of what the file may have stored.
        if let stored = column.storedField { fields.append(stored) }
        continue
      }
      guard let index = indexes.first(where: { $0.field(id: id) != nil }),
        let leaf = index.field(id: id)
      else {
        throw IcebergError(
          .invalidMetadata, "no schema of the table has the field id \(id) of a delete or filter",
          context: IcebergError.Context(fieldID: id))
      }
      guard index.path(to: id) != nil else {
        throw IcebergError(
          .unsupported,
          "column \(index.name(of: id) ?? leaf.name) is inside a list or map: rows cannot be chosen by it",
          context: IcebergError.Context(fieldID: id))
      }
      let branch = index.parents(of: id).reduce(leaf.asOptional) { inner, parent in
        var outer = parent.asOptional
        outer.type = .struct([inner])
        return outer
      }
      if !fields.add(branch) {
        throw IcebergError(
          .invalidMetadata, "the schemas of the table do not agree on where field \(id) is",
          context: IcebergError.Context(fieldID: id))
      }
    }
    for (index, result) in results.enumerated() {
      guard case .column(let position, _) = result.source else { continue }
      results[index].source = .column(
        position, Part(of: result.field.type, in: fields[position].type))
    }
  }

  /// Where the values of a column are found among those that are read: its place, then that in each
  /// struct on the way.
  func path(to id: Int) -> [Int]? { SchemaIndex(fields).path(to: id) }
}

extension ReadSchema.Part {
  fileprivate init(of wanted: FieldType, in read: FieldType) {
    guard wanted != read, case .struct(let wanted) = wanted, case .struct(let read) = read else {
      self = .whole
      return
    }
    self = .first(zip(wanted, read).map { Self(of: $0.type, in: $1.type) })
  }

  /// The part of a column that is wanted.
  func callAsFunction(_ column: Column) -> Column {
    guard case .first(let parts) = self, case .struct(let children) = column.values else {
      return column
    }
    var result = column
    result.values = .struct(zip(parts, children).map { $0($1) })
    return result
  }
}

extension [Field] {
  /// Adds a column of which only one field at some depth is wanted. Columns and structs that are
  /// there already are joined. Returns false when one of them is no struct.
  fileprivate mutating func add(_ branch: Field) -> Bool {
    guard let place = firstIndex(where: { $0.id == branch.id }) else {
      append(branch)
      return true
    }
    guard case .struct(var children) = self[place].type, case .struct(let inner) = branch.type
    else { return self[place].type == branch.type }
    for child in inner where !children.add(child) { return false }
    self[place].type = .struct(children)
    return true
  }
}

extension Field {
  /// The field without the demand that files have values for it: rows can be chosen by nulls.
  fileprivate var asOptional: Field {
    var result = self
    result.isRequired = false
    return result
  }
}

extension [Column] {
  /// The column at a path, null also where a struct around it is null.
  func column(at path: [Int]) -> Column? {
    guard let first = path.first, indices.contains(first) else { return nil }
    var column = self[first]
    for place in path.dropFirst() {
      guard case .struct(let children) = column.values, children.indices.contains(place) else {
        return nil
      }
      let outer = column.validity
      column = children[place]
      guard let outer else { continue }
      column.validity = column.validity.map { $0 & outer } ?? outer
    }
    return column
  }
}
