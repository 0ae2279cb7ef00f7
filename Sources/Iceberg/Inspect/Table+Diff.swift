internal import IcebergModel

extension Table {
  /// What is different between two points in the history of this table: snapshots, times, branches or
  /// tags; nil is the current state.
  ///
  /// Only metadata and those manifests are read that are not the same at both points.
  /// ``TableDiff/rows(key:options:)`` compares the rows themselves.
  ///
  /// Throws `notFound` for a point that does not exist or is no longer kept.
  @concurrent
  public func diff(
    from: TimeTravel?, to: TimeTravel? = nil, options: ScanOptions = ScanOptions()
  ) async throws -> TableDiff {
    let (old, new) = (try await side(at: from), try await side(at: to))
    let files = try await FileDifference(
      of: self, from: old.snapshot, to: new.snapshot, concurrency: options.planningConcurrency)
    var properties: [String: TableDiff.Change<String>]?
    var partitionSpec: TableDiff.Change<PartitionSpec>?
    var sortOrder: TableDiff.Change<TableSortOrder>?
    if let before = old.metadata, let after = new.metadata {
      properties = Self.changes(before.properties, after.properties)
      partitionSpec = Self.change(before.defaultPartitionSpec, after.defaultPartitionSpec)
      sortOrder = Self.change(before.defaultSortOrder, after.defaultSortOrder)
    }
    return TableDiff(
      from: old, to: new, schema: new.schema.differences(from: old.schema),
      partitionSpec: partitionSpec, sortOrder: sortOrder, properties: properties,
      totals: Self.changes(Self.totals(of: old.snapshot), Self.totals(of: new.snapshot)),
      addedFiles: files.added, removedFiles: files.removed, table: self)
  }

  private func side(at point: TimeTravel?) async throws -> TableDiff.Side {
    var scan = scan()
    if let point { scan = scan.at(point) }
    let snapshot = try scan.snapshot
    return TableDiff.Side(
      point: point, snapshot: snapshot, schema: try scan.schema,
      metadata: try await metadata(at: point, snapshot: snapshot))
  }

  /// The metadata of the table at a point of its history: the version that made a snapshot, or the
  /// latest one at a time. Nil when it is no longer kept.
  private func metadata(at point: TimeTravel?, snapshot: Snapshot?) async throws -> TableMetadata? {
    switch point {
    case nil: return metadata
    case .ref(let name) where metadata.references[name]?.kind != .tag: return metadata
    case .timestamp(let millis):
      if metadata.lastUpdatedMillis <= millis { return metadata }
      let entry = metadata.metadataLog.last { $0.timestampMillis <= millis }
      guard let entry else { return nil }
      return try await version(at: entry.location)
    case .ref, .snapshot:
      guard let snapshot else { return nil }
      return try await version(thatMade: snapshot)
    }
  }

  /// The first version that has a snapshot; nil when it is no longer kept.
  private func version(thatMade snapshot: Snapshot) async throws -> TableMetadata? {
    // The log tells only times. A version from before the snapshot may have the same one: that of a
    // writer whose clock is ahead.
    for (index, entry) in metadata.metadataLog.enumerated()
    where entry.timestampMillis >= snapshot.timestampMillis {
      // Without an older version nobody knows whether the first one is not a later one.
      if index == 0, entry.timestampMillis > snapshot.timestampMillis { return nil }
      guard let version = try await version(at: entry.location) else { return nil }
      if version.snapshot(id: snapshot.id) != nil { return version }
    }
    return metadata
  }

  /// The version in a metadata file; nil when the file is gone.
  private func version(at location: String) async throws -> TableMetadata? {
    do {
      return try TableMetadata(parsing: try await fileIO.read(location, range: nil))
    } catch let error as IcebergError where error.code == .notFound {
      return nil
    }
  }

  private static func totals(of snapshot: Snapshot?) -> [String: String] {
    let properties = snapshot?.summary?.properties.filter { $0.key.hasPrefix("total-") } ?? []
    return Dictionary(properties.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 })
  }

  private static func changes(
    _ from: [String: String], _ to: [String: String]
  ) -> [String: TableDiff.Change<String>] {
    var changes: [String: TableDiff.Change<String>] = [:]
    for key in Set(from.keys).union(to.keys) {
      changes[key] = change(from[key], to[key])
    }
    return changes
  }

  private static func change<Value: Hashable & Sendable>(
    _ from: Value?, _ to: Value?
  ) -> TableDiff.Change<Value>? {
    from == to ? nil : TableDiff.Change(from: from, to: to)
  }
}
