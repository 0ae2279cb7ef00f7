extension TableMetadata {
  /// The schema called `id`, or nil.
  public func schema(id: Int) -> Schema? { schemas.first { $0.id == id } }

  /// The partition spec called `id`, or nil.
  public func partitionSpec(id: Int) -> PartitionSpec? { partitionSpecs.first { $0.id == id } }

  /// The sort order called `id`, or nil.
  public func sortOrder(id: Int) -> TableSortOrder? { sortOrders.first { $0.id == id } }

  /// The snapshot called `id`, or nil.
  public func snapshot(id: Int64) -> Snapshot? { snapshotIndex[id].map { snapshots[$0] } }

  /// The branch or tag called `name`, or nil.
  public func reference(named name: String) -> SnapshotReference? { references[name] }

  /// The schema that reads and writes use.
  ///
  /// Metadata that was parsed, made new or changed by updates always has one; metadata put together
  /// by hand must.
  public var currentSchema: Schema {
    guard let schema = schema(id: currentSchemaID) else {
      preconditionFailure("no schema has the id \(currentSchemaID) of the current one")
    }
    return schema
  }

  /// The partition spec that writers use.
  ///
  /// Metadata that was parsed, made new or changed by updates always has one; metadata put together
  /// by hand must.
  public var defaultPartitionSpec: PartitionSpec {
    guard let spec = partitionSpec(id: defaultSpecID) else {
      preconditionFailure("no partition spec has the id \(defaultSpecID) of the default one")
    }
    return spec
  }

  /// The sort order that writers use.
  ///
  /// Metadata that was parsed, made new or changed by updates always has one; metadata put together
  /// by hand must.
  public var defaultSortOrder: TableSortOrder {
    guard let order = sortOrder(id: defaultSortOrderID) else {
      preconditionFailure("no sort order has the id \(defaultSortOrderID) of the default one")
    }
    return order
  }

  /// The snapshot that the main branch stands for; nil when the table is empty.
  public var currentSnapshot: Snapshot? { currentSnapshotID.flatMap { snapshot(id: $0) } }

  /// The schema of the table when `snapshot` was made; the current one where that was not recorded.
  ///
  /// Throws `invalidMetadata` when the schema that the snapshot names is not there.
  public func schema(of snapshot: Snapshot) throws(IcebergError) -> Schema {
    guard let id = snapshot.schemaID else { return currentSchema }
    guard let schema = schema(id: id) else {
      throw IcebergError(
        .invalidMetadata,
        "snapshot \(snapshot.id) was written with schema \(id), which the table does not have")
    }
    return schema
  }

  /// The snapshot that the branch or tag called `name` stands for.
  ///
  /// Throws `notFound`, naming the references that there are.
  public func snapshot(referredToBy name: String) throws(IcebergError) -> Snapshot {
    guard let reference = references[name] else {
      let names = references.keys.sorted().joined(separator: ", ")
      throw IcebergError(
        .notFound,
        "there is no branch or tag '\(name)'; the table has \(names.isEmpty ? "none" : names)")
    }
    guard let snapshot = snapshot(id: reference.snapshotID) else {
      throw IcebergError(
        .invalidMetadata,
        "reference '\(name)' stands for snapshot \(reference.snapshotID), which is not there")
    }
    return snapshot
  }
}
