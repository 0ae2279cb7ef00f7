/// Changes of how a table is partitioned that are made together.
///
/// Files that are there stay in the partitions that they were written in; new ones are written with
/// the new spec. A change collects steps and does nothing itself.
///
/// ```swift
/// tx.partitioning.add(.hour("event_time"))
/// tx.partitioning.remove("level")
/// ```
///
/// Spec: Partition Evolution.
public struct PartitionChange: Hashable, Sendable {
  /// One of the changes.
  package enum Step: Hashable, Sendable {
    case add(PartitionTerm)
    case removeNamed(String)
    case removeTerm(PartitionTerm)
    case rename(String, to: String)
    case removeAll
  }

  /// The steps in their order.
  package private(set) var steps: [Step] = []

  /// A change without steps.
  public init() {}

  /// Whether there are no steps.
  public var isEmpty: Bool { steps.isEmpty }

  /// Adds a field. Without a name of its own it is called after column, transform and parameter:
  /// `event_time_hour`, `id_bucket_16`.
  ///
  /// Two fields that divide a column by time cannot be added together.
  public mutating func add(_ term: PartitionTerm) { steps.append(.add(term)) }

  /// Removes the field of a name.
  public mutating func remove(_ name: String) { steps.append(.removeNamed(name)) }

  /// Removes the field that is made from a column by a transform, whatever its name is.
  public mutating func remove(_ term: PartitionTerm) { steps.append(.removeTerm(term)) }

  /// Gives a field another name.
  public mutating func rename(_ name: String, to newName: String) {
    steps.append(.rename(name, to: newName))
  }

  /// Puts a field in the place of the one of a name.
  public mutating func replace(_ name: String, with term: PartitionTerm) {
    remove(name)
    add(term)
  }

  /// Puts a field in the place of another, whatever that one's name is.
  public mutating func replace(_ old: PartitionTerm, with term: PartitionTerm) {
    remove(old)
    add(term)
  }

  /// Puts these fields in the place of all; none leaves the table without partitions.
  public mutating func replaceAll(with terms: [PartitionTerm]) {
    steps.append(.removeAll)
    for term in terms { add(term) }
  }
}

extension PartitionChange {
  /// The updates that carry the change out on a table; none when it changes nothing.
  ///
  /// Throws `invalidArgument` when a step makes no sense on `base`, and `validationFailed` when the
  /// spec that comes out does not fit the schema.
  public func updates(on base: TableMetadata) throws(IcebergError) -> [TableUpdate] {
    let old = base.defaultPartitionSpec
    let new = try applied(
      to: old, in: base.currentSchema, formatVersion: base.formatVersion,
      lastPartitionID: base.lastPartitionID, history: base.partitionSpecs)
    if new.isEquivalent(to: old) { return [] }
    return [.addPartitionSpec(new), .setDefaultPartitionSpec(id: -1)]
  }

  /// The spec after the change.
  ///
  /// - Parameters:
  ///   - spec: the spec to change.
  ///   - lastPartitionID: the highest partition field id that the table ever gave out.
  ///   - history: all specs of the table: from version 2 on, a field that one of them had takes its
  ///     old id.
  public func applied(
    to spec: PartitionSpec, in schema: Schema, formatVersion: Int, lastPartitionID: Int,
    history: [PartitionSpec] = []
  ) throws(IcebergError) -> PartitionSpec {
    var draft = try PartitionDraft(
      of: spec, in: schema, formatVersion: formatVersion, lastPartitionID: lastPartitionID,
      history: history)
    for step in steps { try draft.apply(step) }
    return try draft.finished()
  }
}
