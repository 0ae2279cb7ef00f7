extension TableMetadata {
  /// The updates that make another table of this one under the same name: with other columns, and
  /// without rows. Snapshots, references but for the main branch, schemas and specs stay, so that what
  /// the table was before can still be read, and be made current again.
  ///
  /// Columns of the same full name as a current one keep its id, others get ids that were never used.
  /// Partition fields that some spec of the table has keep their ids, too. In version 1, where partition
  /// fields cannot be taken away, those of the current spec stay in front, void where `partitionSpec`
  /// does not have them. `partitionSpec` and `sortOrder` refer to columns by the ids of `schema`.
  ///
  /// - Parameters:
  ///   - location: where the table lies from now on; nil leaves it where it is.
  ///   - properties: are set beside those of the table; `format-version` raises the version and is not
  ///     kept.
  /// - Throws: `invalidArgument` or `validationFailed` when schema, spec, order and properties do not
  ///   fit together, or hold what the format version does not know.
  public func replacement(
    schema: Schema, partitionSpec: PartitionSpec = .unpartitioned,
    sortOrder: TableSortOrder = .unsorted, location: String? = nil,
    properties: [String: String] = [:]
  ) throws(IcebergError) -> [TableUpdate] {
    var updates: [TableUpdate] = []
    let versionKey = TableProperties.formatVersion.key
    if properties[versionKey] != nil {
      let version = try TableProperties.formatVersion.value(in: properties)
      if version != formatVersion { updates.append(.upgradeFormatVersion(version)) }
    }
    if references[SnapshotReference.main] != nil || currentSnapshotID != nil {
      updates.append(.removeSnapshotReference(name: SnapshotReference.main))
    }
    let (next, overflow) = lastColumnID.addingReportingOverflow(1)
    guard !overflow else {
      throw IcebergError(.invalidMetadata, "the table has no column id left")
    }
    let fresh = schema.assigningFreshIDs(from: next, reusing: currentSchema)
    let columns = ColumnMapping(from: schema, to: fresh)
    let spec = try columns.map(partitionSpec)
    updates += [
      .addSchema(fresh), .setCurrentSchema(id: -1),
      .addPartitionSpec(formatVersion > 1 ? numbered(spec) : appended(spec)),
      .setDefaultPartitionSpec(id: -1), .addSortOrder(try columns.map(sortOrder)),
      .setDefaultSortOrder(id: -1),
    ]
    if let location, Self.withoutTrailingSlash(location) != self.location {
      updates.append(.setLocation(location))
    }
    let kept = try Self.keptProperties(properties, schema: fresh)
    if !kept.isEmpty { updates.append(.setProperties(kept)) }
    return updates
  }

  /// What makes a partition field the same in several specs.
  private struct Division: Hashable {
    var sourceIDs: [Int]
    var transform: Transform

    init(_ field: PartitionField) {
      sourceIDs = field.sourceIDs
      transform = field.transform
    }
  }

  /// The spec with the ids that its fields have in other specs of the table, and new ones.
  private func numbered(_ spec: PartitionSpec) -> PartitionSpec {
    var ids: [Division: Int] = [:]
    for field in partitionSpecs.flatMap(\.fields) {
      ids[Division(field)] = max(ids[Division(field)] ?? 0, field.fieldID)
    }
    var next = lastPartitionID
    var spec = spec
    for index in spec.fields.indices {
      let division = Division(spec.fields[index])
      if ids[division] == nil { next += 1 }
      let id = ids[division] ?? next
      ids[division] = id
      spec.fields[index].fieldID = id
    }
    return spec
  }

  /// The fields of the current spec, void where `spec` does not have them, and the others behind them.
  private func appended(_ spec: PartitionSpec) -> PartitionSpec {
    var rest = spec.fields
    let names = Set(rest.map(\.name))
    var fields: [PartitionField] = []
    for old in defaultPartitionSpec.fields {
      if let index = rest.firstIndex(where: { Division($0) == Division(old) }) {
        var field = rest.remove(at: index)
        field.fieldID = old.fieldID
        fields.append(field)
      } else {
        var field = old
        // The name is free for a field that rows are divided by.
        if names.contains(old.name) { field.name += "_\(old.fieldID)" }
        field.transform = .void
        fields.append(field)
      }
    }
    var next = lastPartitionID
    for var field in rest {
      next += 1
      field.fieldID = next
      fields.append(field)
    }
    return PartitionSpec(id: 0, fields: fields, unknownMembers: spec.unknownMembers)
  }
}
