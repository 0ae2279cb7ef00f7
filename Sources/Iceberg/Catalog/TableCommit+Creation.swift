public import IcebergModel

extension TableCommit {
  /// A commit that makes a table, if there is none of its name.
  ///
  /// - Parameters:
  ///   - metadata: the first version, as `TableMetadata.new` makes it: without snapshots.
  ///   - updates: what else is changed, in the same commit: snapshots that are added.
  public init(creating metadata: TableMetadata, adding updates: [TableUpdate] = []) {
    var creation: [TableUpdate] = []
    if let uuid = metadata.tableUUID { creation.append(.assignUUID(uuid)) }
    creation += [
      .upgradeFormatVersion(metadata.formatVersion), .addSchema(metadata.currentSchema),
      .setCurrentSchema(id: -1), .addPartitionSpec(metadata.defaultPartitionSpec),
      .setDefaultPartitionSpec(id: -1), .addSortOrder(metadata.defaultSortOrder),
      .setDefaultSortOrder(id: -1), .setLocation(metadata.location),
    ]
    if !metadata.properties.isEmpty { creation.append(.setProperties(metadata.properties)) }
    self.init(requirements: [.assertCreate], updates: creation + updates)
  }

  /// Whether the commit makes a table: it requires that there is none.
  public var createsTable: Bool { requirements.contains(.assertCreate) }

  /// The first version of the table that the commit makes. For catalogs that keep the metadata
  /// themselves.
  ///
  /// - Parameters:
  ///   - location: where the table lies when the commit does not say.
  ///   - uuid: what identifies the table when the commit does not say.
  ///   - nowMillis: the time, in milliseconds since 1970-01-01 UTC.
  /// - Throws: `commitConflict` when something is required that no new table has, `invalidArgument` when
  ///   the updates do not begin with a schema, and what an update that cannot be applied throws.
  public func created(
    location: () throws -> String, uuid: String, nowMillis: Int64
  ) throws -> TableMetadata {
    for requirement in requirements { try requirement.check(against: nil) }
    let beginning = CommitBeginning(updates)
    guard let schema = beginning.schema else {
      throw IcebergError(
        .invalidArgument, "a commit that makes a table has to begin with its schema")
    }
    var properties = beginning.properties
    properties[TableProperties.formatVersion.key] = beginning.formatVersion.map(String.init)
    let first = try TableMetadata.new(
      schema: schema, partitionSpec: beginning.spec ?? .unpartitioned,
      sortOrder: beginning.order ?? .unsorted, location: try beginning.location ?? location(),
      properties: properties, tableUUID: beginning.uuid ?? uuid, timestampMillis: nowMillis)
    // Files may be written already, with the ids of the commit.
    guard first.currentSchema.fields == schema.fields,
      first.defaultPartitionSpec.fields == (beginning.spec ?? .unpartitioned).fields
    else {
      throw IcebergError(
        .invalidArgument,
        "the ids of columns and partition fields are not those that a new table gives them")
    }
    if beginning.rest.isEmpty { return first }
    let timestamp = beginning.rest.reduce(nowMillis) { latest, update in
      guard case .addSnapshot(let snapshot) = update else { return latest }
      return max(latest, snapshot.timestampMillis)
    }
    return try first.applying(beginning.rest, timestampMillis: timestamp)
  }
}

/// The updates of a new table: what it is made of, and what is changed after that.
private struct CommitBeginning {
  var uuid: String?
  var formatVersion: Int?
  var schema: Schema?
  var spec: PartitionSpec?
  var order: TableSortOrder?
  var location: String?
  var properties: [String: String] = [:]
  var rest: [TableUpdate] = []

  init(_ updates: [TableUpdate]) {
    for update in updates where !rest.isEmpty || !take(update) { rest.append(update) }
  }

  private mutating func take(_ update: TableUpdate) -> Bool {
    switch update {
    case .assignUUID(let value): uuid = value
    case .upgradeFormatVersion(let value): formatVersion = value
    case .setLocation(let value): location = value
    case .setProperties(let values): properties.merge(values) { $1 }
    case .addSchema(let value) where schema == nil: schema = value
    case .addPartitionSpec(let value) where spec == nil: spec = value
    case .addSortOrder(let value) where order == nil: order = value
    // The one that was added is the current one of a new table.
    case .setCurrentSchema(let id) where schema != nil && (id == -1 || id == schema?.id): break
    case .setDefaultPartitionSpec(let id) where spec != nil && (id == -1 || id == spec?.id): break
    case .setDefaultSortOrder(let id) where order != nil && (id == -1 || id == order?.id): break
    default: return false
    }
    return true
  }
}
