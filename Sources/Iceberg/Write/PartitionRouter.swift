internal import IcebergColumns
internal import IcebergModel

/// Tells which rows of a batch belong to which partition.
///
/// Transforms run over whole columns; rows are then grouped by the numbers of their values.
///
/// Spec: Partitioning.
struct PartitionRouter: Sendable {
  /// The rows of one partition.
  struct Group: Hashable, Sendable {
    /// The partition tuple.
    var partition: StructValue
    /// The positions of the rows, ascending; nil: all rows.
    var rows: [Int]?
  }

  private struct Part: Sendable {
    var transform: Transform
    /// Where the source column is: its place among the columns, then in each struct on the way.
    var path: [Int]
    var sourceType: FieldType
  }

  private let parts: [Part]

  /// A router of batches with the columns of `schema`.
  ///
  /// Throws `unsupported` for transforms that are not known or have several arguments.
  init(_ spec: PartitionSpec, schema: Schema) throws(IcebergError) {
    let index = schema.index
    var parts: [Part] = []
    for field in spec.fields {
      if field.transform == .void {
        parts.append(Part(transform: .void, path: [], sourceType: .unknown))
        continue
      }
      if case .unknown(let name) = field.transform {
        throw IcebergError(
          .unsupported,
          "the table is partitioned by the transform '\(name)', which is not known: it can be read, "
            + "but not written")
      }
      guard field.sourceIDs.count == 1, let id = field.sourceIDs.first else {
        throw IcebergError(
          .unsupported, "partition field \(field.name) has several sources: it cannot be written")
      }
      guard let source = index.field(id: id), let path = index.path(to: id) else {
        throw IcebergError(
          .invalidMetadata, "the source column of partition field \(field.name) does not exist",
          context: IcebergError.Context(fieldID: id))
      }
      guard field.transform.canBeApplied(to: source.type) else {
        throw IcebergError(
          .invalidMetadata, "\(field.transform) cannot be applied to \(source.type)",
          context: IcebergError.Context(fieldID: id))
      }
      parts.append(Part(transform: field.transform, path: path, sourceType: source.type))
    }
    self.parts = parts
  }

  /// The rows of each partition, in the order of their first rows.
  func route(_ columns: [Column], rowCount: Int) throws(IcebergError) -> [Group] {
    if rowCount == 0 { return [] }
    var groups = [Int](repeating: 0, count: rowCount)
    var groupCount = 1
    var numbered: [NumberedValues?] = []
    for part in parts {
      guard part.transform != .void else {
        numbered.append(nil)
        continue
      }
      let values = try Self.values(of: part, columns)
      numbered.append(values)
      groupCount = Self.split(&groups, groupCount, by: values)
    }
    if groupCount == 1 {
      return [Group(partition: Self.tuple(numbered, at: 0), rows: nil)]
    }
    var rows = [[Int]](repeating: [], count: groupCount)
    for (row, group) in groups.enumerated() { rows[group].append(row) }
    return rows.map { rows in
      Group(partition: Self.tuple(numbered, at: rows[0]), rows: rows)
    }
  }

  /// Numbers the pairs of a group and a value, from zero, in the order of their first rows.
  private static func split(
    _ groups: inout [Int], _ count: Int, by values: NumberedValues
  ) -> Int {
    if values.literals.count == 1 { return count }
    var known: [Int: Int] = [:]
    for row in groups.indices {
      let pair = groups[row] &* values.literals.count &+ values.numbers[row]
      if let group = known[pair] {
        groups[row] = group
      } else {
        let group = known.count
        known[pair] = group
        groups[row] = group
      }
    }
    return known.count
  }

  private static func tuple(_ values: [NumberedValues?], at row: Int) -> StructValue {
    StructValue(values.map { $0.flatMap { $0.literals[$0.numbers[row]] } })
  }

  private static func values(
    of part: Part, _ columns: [Column]
  ) throws(IcebergError) -> NumberedValues {
    var column = columns[part.path[0]]
    for index in part.path.dropFirst() {
      guard case .struct(let children) = column.values else { break }
      var child = children[index]
      child.validity = Self.both(column.validity, child.validity)
      column = child
    }
    let type = part.transform.resultType(for: part.sourceType)
    guard let batch = column.transformBatch else {
      // Nothing but nulls.
      return NumberedValues(numbers: [Int](repeating: 0, count: column.count), literals: [nil])
    }
    let results = try part.transform.apply(to: batch, of: part.sourceType)
    return NumberedValues(results, type, column)
  }

  private static func both(_ left: Bitmap?, _ right: Bitmap?) -> Bitmap? {
    guard let left else { return right }
    guard let right else { return left }
    return left & right
  }
}
