extension PartitionSpec {
  /// Whether rows are divided at all: by some field that is not void.
  public var isPartitioned: Bool { fields.contains { $0.transform != .void } }

  /// The highest field id of the spec; 999 when it has no fields.
  public var highestFieldID: Int {
    fields.map(\.fieldID).max() ?? Self.firstFieldID - 1
  }

  /// The fields of a partition tuple: one optional field per partition field, with its id and name.
  ///
  /// The column of a field may be gone from the schema; the type of what is made from it is
  /// `unknown` then, unless the transform tells it.
  ///
  /// Spec: Partitioning; Manifests, "partition".
  public func partitionFields(in schema: Schema) -> [Field] {
    let index = schema.index
    return fields.map { field in
      let source = field.sourceIDs.first.flatMap { index.field(id: $0)?.type } ?? .unknown
      return .optional(field.name, field.transform.resultType(for: source), id: field.fieldID)
    }
  }

  /// Whether the spec divides rows as `other` does: by the same columns, transforms and names in the
  /// same order. Ids of the specs and their fields do not matter.
  public func isEquivalent(to other: PartitionSpec) -> Bool {
    fields.count == other.fields.count
      && zip(fields, other.fields).allSatisfy { left, right in
        left.sourceIDs == right.sourceIDs && left.transform == right.transform
          && left.name == right.name
      }
  }

  /// What is to be done about a field whose column is not in the schema.
  public enum MissingSources: Sendable {
    /// It is an error: the spec is new, or the one that writers use.
    case refused
    /// It is left alone: the spec is of files that were written before the column was dropped.
    case allowed
  }

  /// Throws unless the spec can be used with `schema`: every column is there, is a value in structs
  /// only, and of a type that the transform can be applied to; names are unique and no other
  /// column's.
  ///
  /// Void fields are not looked at, except for their names.
  ///
  /// Spec: Partitioning, "Partition Specs".
  public func validate(
    against schema: Schema, missingSources: MissingSources = .refused
  ) throws(IcebergError) {
    try checkForm()
    let index = schema.index
    for field in fields {
      try Self.checkName(of: field, index)
      guard field.transform != .void else { continue }
      for id in field.sourceIDs {
        guard let source = index.field(id: id) else {
          if missingSources == .allowed { continue }
          throw Self.problem(field, "there is no column with id \(id)")
        }
        try Self.check(field, source, index)
      }
    }
  }

  /// Throws unless names and ids of the fields are unique, and no name is empty.
  package func checkForm() throws(IcebergError) {
    var names: Set<ExactText> = []
    var ids: Set<Int> = []
    for field in fields {
      if field.name.isEmpty { throw Self.problem(field, "the name is empty") }
      guard names.insert(ExactText(field.name)).inserted else {
        throw Self.problem(field, "the name is used more than once")
      }
      guard ids.insert(field.fieldID).inserted else {
        throw Self.problem(field, "the field id \(field.fieldID) is used more than once")
      }
    }
  }

  private static func checkName(
    of field: PartitionField, _ index: SchemaIndex
  ) throws(IcebergError) {
    guard let column = index.field(named: field.name) else { return }
    // A historical spec keeps its names when its column is dropped and another one takes the name.
    guard field.sourceIDs.contains(where: { index.field(id: $0) != nil }) else { return }
    if !field.sourceIDs.contains(column.id) {
      throw problem(field, "the name is that of another column")
    }
  }

  private static func check(
    _ field: PartitionField, _ source: Field, _ index: SchemaIndex
  ) throws(IcebergError) {
    guard source.type.isPrimitive else {
      throw problem(field, "column '\(source.name)' is not of a primitive type")
    }
    guard field.transform.canBeApplied(to: source.type) else {
      throw problem(field, "\(field.transform) cannot be applied to \(source.type)")
    }
    for parent in index.parents(of: source.id) {
      guard case .struct = parent.type else {
        throw problem(field, "column '\(source.name)' is inside a list or map")
      }
    }
  }

  private static func problem(_ field: PartitionField, _ text: String) -> IcebergError {
    IcebergError(
      .validationFailed, "partition field '\(field.name)': \(text)",
      context: .init(fieldID: field.fieldID))
  }
}
