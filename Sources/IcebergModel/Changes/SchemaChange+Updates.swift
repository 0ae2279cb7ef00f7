extension SchemaChange {
  /// The updates that carry the change out on a table; none when it changes nothing.
  ///
  /// Beside the schema they change the properties that name columns: the name mapping, metrics modes
  /// and settings of Parquet columns.
  ///
  /// Throws `invalidArgument` when a step makes no sense on `base`, and `validationFailed` when the
  /// schema that comes out breaks a rule of the format.
  public func updates(on base: TableMetadata) throws(IcebergError) -> [TableUpdate] {
    let old = base.currentSchema
    let new = try applied(
      to: old, lastColumnID: base.lastColumnID, formatVersion: base.formatVersion,
      partitionSpecs: base.partitionSpecs)
    if new.isEquivalent(to: old) { return [] }
    try Self.checkLayout(of: base, old, new)
    var updates: [TableUpdate] = [.addSchema(new), .setCurrentSchema(id: -1)]
    let properties = ColumnProperties.changes(of: base.properties, from: old, to: new)
    if !properties.removed.isEmpty { updates.append(.removeProperties(properties.removed)) }
    if !properties.set.isEmpty { updates.append(.setProperties(properties.set)) }
    return updates
  }

  /// The schema after the change.
  ///
  /// - Parameters:
  ///   - schema: the schema to change.
  ///   - lastColumnID: the highest column id that the table ever gave out; new columns count on from
  ///     it.
  ///   - formatVersion: the format version of the table.
  ///   - partitionSpecs: all specs of the table: the type of a column must not change so that
  ///     partitions do.
  public func applied(
    to schema: Schema, lastColumnID: Int, formatVersion: Int, partitionSpecs: [PartitionSpec] = []
  ) throws(IcebergError) -> Schema {
    var draft = SchemaDraft(
      of: schema, lastColumnID: lastColumnID, formatVersion: formatVersion,
      partitionSpecs: partitionSpecs, nameMatching: nameMatching)
    for step in steps { try draft.apply(step) }
    return try draft.finished()
  }

  /// Writers need the columns of the default spec and order.
  private static func checkLayout(
    of base: TableMetadata, _ old: Schema, _ new: Schema
  ) throws(IcebergError) {
    let kept = new.fieldIDs
    let names = old.index
    for field in base.defaultPartitionSpec.fields where field.transform != .void {
      for id in field.sourceIDs where !kept.contains(id) {
        throw IcebergError(
          .invalidArgument,
          """
          column '\(names.name(of: id) ?? "\(id)")' cannot be deleted: partition field \
          '\(field.name)' is made from it; remove the partition field first
          """, context: .init(fieldID: id))
      }
    }
    for field in base.defaultSortOrder.fields {
      for id in field.sourceIDs where !kept.contains(id) {
        throw IcebergError(
          .invalidArgument,
          """
          column '\(names.name(of: id) ?? "\(id)")' cannot be deleted: the table is sorted by it; \
          replace the sort order first
          """, context: .init(fieldID: id))
      }
    }
  }
}
