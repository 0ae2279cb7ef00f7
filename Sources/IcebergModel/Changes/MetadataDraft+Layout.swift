extension MetadataDraft {
  // MARK: Schemas

  /// Adds a schema, or finds the one that is the same but for its id.
  mutating func add(_ schema: Schema) throws(IcebergError) {
    try schema.validate(formatVersion: metadata.formatVersion)
    let lastColumnID = max(metadata.lastColumnID, schema.highestFieldID)
    var id = metadata.currentSchemaID
    for known in metadata.schemas {
      if known.isEquivalent(to: schema) {
        lastAddedSchemaID = known.id
        if lastColumnID > metadata.lastColumnID {
          metadata.lastColumnID = lastColumnID
          isChanged = true
        }
        return
      }
      id = max(id, known.id &+ 1)
    }
    var schema = schema
    schema.id = id
    metadata.schemas.append(schema)
    metadata.lastColumnID = lastColumnID
    lastAddedSchemaID = id
    isChanged = true
  }

  /// Makes a schema current.
  mutating func setCurrentSchema(_ id: Int) throws(IcebergError) {
    let id = try resolve(id, lastAdded: lastAddedSchemaID, "schema")
    if id == metadata.currentSchemaID { return }
    guard metadata.schema(id: id) != nil else {
      throw IcebergError(.validationFailed, "the table has no schema \(id) to make current")
    }
    metadata.currentSchemaID = id
    isChanged = true
    isLayoutChanged = true
  }

  /// Removes schemas, but for the current one.
  mutating func removeSchemas(_ ids: [Int]) throws(IcebergError) {
    guard !ids.contains(metadata.currentSchemaID) else {
      throw IcebergError(
        .validationFailed, "schema \(metadata.currentSchemaID) is current and cannot be removed")
    }
    let count = metadata.schemas.count
    metadata.schemas.removeAll { ids.contains($0.id) }
    if metadata.schemas.count < count { isChanged = true }
  }

  // MARK: Partition specs

  /// Adds a partition spec, or finds the one that makes the same partitions.
  mutating func add(_ spec: PartitionSpec) throws(IcebergError) {
    var id = 0
    for known in metadata.partitionSpecs {
      if known.isEquivalent(to: spec) {
        lastAddedSpecID = known.id
        return
      }
      id = max(id, known.id &+ 1)
    }
    try spec.validate(against: metadata.currentSchema)
    if metadata.formatVersion == 1 {
      for (position, field) in spec.fields.enumerated()
      where field.fieldID != PartitionSpec.firstFieldID + position {
        throw IcebergError(
          .invalidArgument,
          "version 1 numbers partition fields without gaps from \(PartitionSpec.firstFieldID)")
      }
    }
    var spec = spec
    spec.id = id
    metadata.partitionSpecs.append(spec)
    metadata.lastPartitionID = max(
      metadata.lastPartitionID, spec.highestFieldID)
    lastAddedSpecID = id
    isChanged = true
  }

  /// Makes a partition spec the default.
  mutating func setDefaultPartitionSpec(_ id: Int) throws(IcebergError) {
    let id = try resolve(id, lastAdded: lastAddedSpecID, "partition spec")
    if id == metadata.defaultSpecID { return }
    guard metadata.partitionSpec(id: id) != nil else {
      throw IcebergError(.validationFailed, "the table has no partition spec \(id)")
    }
    metadata.defaultSpecID = id
    isChanged = true
    isLayoutChanged = true
  }

  /// Removes partition specs, but for the default.
  mutating func removePartitionSpecs(_ ids: [Int]) throws(IcebergError) {
    guard !ids.contains(metadata.defaultSpecID) else {
      throw IcebergError(
        .validationFailed,
        "partition spec \(metadata.defaultSpecID) is the default and cannot be removed")
    }
    let count = metadata.partitionSpecs.count
    metadata.partitionSpecs.removeAll { ids.contains($0.id) }
    if metadata.partitionSpecs.count < count { isChanged = true }
  }

  // MARK: Sort orders

  /// Adds a sort order, or finds the one with the same fields. The order without fields is 0.
  mutating func add(_ order: TableSortOrder) throws(IcebergError) {
    var id = order.fields.isEmpty ? TableSortOrder.unsorted.id : 1
    for known in metadata.sortOrders {
      if known.fields == order.fields {
        lastAddedSortOrderID = known.id
        return
      }
      if !order.fields.isEmpty { id = max(id, known.id &+ 1) }
    }
    try order.validate(against: metadata.currentSchema)
    var order = order
    order.id = id
    metadata.sortOrders.append(order)
    lastAddedSortOrderID = id
    isChanged = true
  }

  /// Makes a sort order the default.
  mutating func setDefaultSortOrder(_ id: Int) throws(IcebergError) {
    let id = try resolve(id, lastAdded: lastAddedSortOrderID, "sort order")
    if id == metadata.defaultSortOrderID { return }
    guard metadata.sortOrder(id: id) != nil else {
      throw IcebergError(.validationFailed, "the table has no sort order \(id)")
    }
    metadata.defaultSortOrderID = id
    isChanged = true
    isLayoutChanged = true
  }

  /// Checks that what writers use fits together.
  func checkLayout() throws(IcebergError) {
    let schema = metadata.currentSchema
    try metadata.defaultPartitionSpec.validate(against: schema)
    try metadata.defaultSortOrder.validate(against: schema)
  }

  /// The id that an update names; -1 is the one of what was added last.
  private func resolve(
    _ id: Int, lastAdded: Int?, _ what: String
  ) throws(IcebergError) -> Int {
    guard id == -1 else { return id }
    guard let lastAdded else {
      throw IcebergError(.invalidArgument, "no \(what) was added that -1 could stand for")
    }
    return lastAdded
  }
}

extension Schema {
  /// Whether the schema is `other` but for its id: the same columns and the same identifier fields.
  func isEquivalent(to other: Schema) -> Bool {
    fields == other.fields && Set(identifierFieldIDs) == Set(other.identifierFieldIDs)
  }
}
