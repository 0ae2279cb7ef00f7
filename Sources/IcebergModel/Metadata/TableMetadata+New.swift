extension TableMetadata {
  /// The first version of a new table.
  ///
  /// Columns, partition fields and the sort order get ids afresh; `partitionSpec` and `sortOrder`
  /// refer to columns by the ids of `schema`. The property `format-version` chooses the version, 2
  /// when it is not set; it and the other reserved properties are not kept. Parquet files are
  /// compressed with zstd unless the properties say otherwise.
  ///
  /// - Parameters:
  ///   - tableUUID: what identifies the table: a random UUID in text form.
  ///   - timestampMillis: the time of the creation, in milliseconds since 1970-01-01 UTC.
  /// - Throws: `invalidArgument` or `validationFailed` when schema, spec, order and properties do not
  ///   fit together, or hold what the format version does not know.
  ///
  /// Spec: Table Metadata Fields.
  public static func new(
    schema: Schema, partitionSpec: PartitionSpec = .unpartitioned,
    sortOrder: TableSortOrder = .unsorted, location: String, properties: [String: String] = [:],
    tableUUID: String, timestampMillis: Int64
  ) throws(IcebergError) -> TableMetadata {
    let version = try TableProperties.formatVersion.value(in: properties)
    guard isUUID(tableUUID) else {
      throw IcebergError(.invalidArgument, "'\(tableUUID)' is not a UUID")
    }
    var fresh = schema.assigningFreshIDs()
    fresh.id = 0
    try fresh.validate(formatVersion: version)
    let columns = ColumnMapping(from: schema, to: fresh)
    let spec = try columns.map(partitionSpec)
    try spec.validate(against: fresh)
    let order = try columns.map(sortOrder)
    try order.validate(against: fresh)
    let kept = try keptProperties(properties, schema: fresh)
    return TableMetadata(
      formatVersion: version, tableUUID: tableUUID, location: withoutTrailingSlash(location),
      lastUpdatedMillis: timestampMillis, lastColumnID: fresh.highestFieldID, schemas: [fresh],
      currentSchemaID: fresh.id, partitionSpecs: [spec], defaultSpecID: spec.id,
      lastPartitionID: spec.highestFieldID, sortOrders: [order], defaultSortOrderID: order.id,
      properties: kept)
  }

  /// The properties that a table keeps of those it is made with.
  static func keptProperties(
    _ properties: [String: String], schema: Schema
  ) throws(IcebergError) -> [String: String] {
    var kept = properties.filter { !TableProperties.reserved.contains($0.key) }
    let compression = TableProperties.parquetCompression.key
    if kept[compression] == nil {
      kept[compression] = TableProperties.parquetCompressionOfNewTables
    }
    _ = try TableProperties.commitRetries.value(in: kept)
    _ = try TableProperties.commitRetryMinWait.value(in: kept)
    _ = try TableProperties.commitRetryMaxWait.value(in: kept)
    _ = try TableProperties.commitRetryTimeout.value(in: kept)
    try MetricsConfig.validate(properties: kept, schema: schema)
    return kept
  }
}

/// The columns of a schema by their ids in another that differs in ids only.
struct ColumnMapping {
  private let old: SchemaIndex
  private let new: SchemaIndex

  /// A mapping by the full names of columns.
  init(from old: Schema, to new: Schema) {
    self.old = old.index
    self.new = new.index
  }

  /// The spec with the new ids of its columns, and its fields numbered from the first id on.
  func map(_ spec: PartitionSpec) throws(IcebergError) -> PartitionSpec {
    var fields: [PartitionField] = []
    for (position, field) in spec.fields.enumerated() {
      var field = field
      field.sourceIDs = try map(field.sourceIDs, "partition field '\(field.name)'")
      field.fieldID = PartitionSpec.firstFieldID + position
      fields.append(field)
    }
    return PartitionSpec(id: 0, fields: fields, unknownMembers: spec.unknownMembers)
  }

  /// The order with the new ids of its columns.
  func map(_ order: TableSortOrder) throws(IcebergError) -> TableSortOrder {
    if order.fields.isEmpty { return .unsorted }
    var fields: [SortField] = []
    for field in order.fields {
      var field = field
      field.sourceIDs = try map(field.sourceIDs, "the sort order")
      fields.append(field)
    }
    return TableSortOrder(id: 1, fields: fields, unknownMembers: order.unknownMembers)
  }

  private func map(_ ids: [Int], _ what: String) throws(IcebergError) -> [Int] {
    var mapped: [Int] = []
    for id in ids {
      guard id != Field.unassignedID, let name = old.name(of: id), let column = new.id(named: name)
      else {
        throw IcebergError(
          .invalidArgument, "\(what) refers to column id \(id), which the schema does not have",
          context: .init(fieldID: id))
      }
      mapped.append(column)
    }
    return mapped
  }
}
