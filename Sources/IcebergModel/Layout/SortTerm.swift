/// One key of how rows are to be sorted, by the name of the column: `.ascending("id")`,
/// `.descending("event_time", by: .day)`.
public struct SortTerm: Hashable, Sendable {
  /// The full name of the column.
  public var column: String
  /// How the key is made from the column.
  public var transform: Transform
  /// Which end comes first.
  public var direction: SortField.Direction
  /// Where nulls stand.
  public var nullOrder: SortField.NullOrder

  /// A key of the given parts.
  public init(
    _ column: String, by transform: Transform, _ direction: SortField.Direction,
    nulls nullOrder: SortField.NullOrder
  ) {
    self.column = column
    self.transform = transform
    self.direction = direction
    self.nullOrder = nullOrder
  }

  /// The least values first, and nulls before them unless `nulls` says otherwise.
  public static func ascending(
    _ column: String, by transform: Transform = .identity,
    nulls nullOrder: SortField.NullOrder = .nullsFirst
  ) -> SortTerm {
    SortTerm(column, by: transform, .ascending, nulls: nullOrder)
  }

  /// The greatest values first, and nulls after all unless `nulls` says otherwise.
  public static func descending(
    _ column: String, by transform: Transform = .identity,
    nulls nullOrder: SortField.NullOrder = .nullsLast
  ) -> SortTerm {
    SortTerm(column, by: transform, .descending, nulls: nullOrder)
  }
}

extension TableSortOrder {
  /// The order of the given keys; without any it is ``unsorted``.
  ///
  /// Throws when there is no column of a name, or a transform cannot be applied to it.
  public init(_ terms: [SortTerm], schema: Schema, id: Int = 1) throws(IcebergError) {
    guard !terms.isEmpty else {
      self = .unsorted
      return
    }
    let index = schema.index
    var fields: [SortField] = []
    for term in terms {
      guard let source = index.field(named: term.column) else {
        throw IcebergError(.invalidArgument, "there is no column '\(term.column)'")
      }
      fields.append(
        SortField(
          sourceIDs: [source.id], transform: term.transform, direction: term.direction,
          nullOrder: term.nullOrder))
    }
    self.init(id: id, fields: fields)
    do throws(IcebergError) {
      try validate(against: schema)
    } catch {
      throw IcebergError(.invalidArgument, error.message, context: error.context)
    }
  }

  /// Whether the order demands anything.
  public var isSorted: Bool { !fields.isEmpty }

  /// Whether rows in this order are in `other` too: its keys begin with those of `other`, or with
  /// keys that sort more finely in the same way.
  public func satisfies(_ other: TableSortOrder, in schema: Schema) -> Bool {
    guard fields.count >= other.fields.count else { return false }
    return zip(fields, other.fields).enumerated().allSatisfy { index, pair in
      let (own, wanted) = pair
      guard own.sourceIDs == wanted.sourceIDs, own.direction == wanted.direction,
        own.nullOrder == wanted.nullOrder
      else { return false }
      if own.transform == wanted.transform { return true }
      // A finer key orders what comes after it differently, so only the last may be finer.
      guard index == other.fields.count - 1, let source = own.sourceIDs.first,
        let type = schema.field(id: source)?.type
      else { return false }
      return own.transform.satisfiesOrder(of: wanted.transform, for: type)
    }
  }

  /// Throws unless the order can be used with `schema`: order 0 is the one without keys, every
  /// column is there and of a type that the transform can be applied to.
  ///
  /// Spec: Sorting.
  public func validate(against schema: Schema) throws(IcebergError) {
    try checkForm()
    let index = schema.index
    for field in fields {
      for id in field.sourceIDs {
        guard let source = index.field(id: id) else {
          throw IcebergError(
            .validationFailed, "sort order \(self.id): there is no column with id \(id)",
            context: .init(fieldID: id))
        }
        guard source.type.isPrimitive, field.transform.canBeApplied(to: source.type) else {
          throw IcebergError(
            .validationFailed,
            "sort order \(self.id): \(field.transform) cannot be applied to column "
              + "'\(source.name)' of type \(source.type)",
            context: .init(fieldID: id))
        }
      }
    }
  }

  /// Throws unless the order has the id 0 exactly when it has no keys.
  package func checkForm() throws(IcebergError) {
    if id == 0, !fields.isEmpty {
      throw IcebergError(.validationFailed, "sort order 0 must not have fields: it is unsorted")
    }
    if id != 0, fields.isEmpty {
      throw IcebergError(.validationFailed, "sort order \(id) has no fields: only order 0 may")
    }
  }
}
