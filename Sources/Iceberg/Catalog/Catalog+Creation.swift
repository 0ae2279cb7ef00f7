public import IcebergModel

extension Catalog {
  /// Makes a table of the given columns.
  ///
  /// Columns need no ids; the table assigns them. `partitionedBy` and `sortedBy` name columns of
  /// `schema`. A nil `location` lets the catalog choose. The property `format-version` chooses the
  /// version of the format, 2 without it.
  ///
  /// Throws `alreadyExists`, and `invalidArgument` when a column, transform or property does not fit.
  public func createTable(
    _ identifier: TableIdentifier, schema: Schema, partitionedBy partitioning: [PartitionTerm] = [],
    sortedBy ordering: [SortTerm] = [], location: String? = nil, properties: [String: String] = [:]
  ) async throws -> Table {
    // Terms are bound by id, so the columns get ids here; the catalog assigns them afresh.
    let schema = schema.assigningFreshIDs()
    return try await createTable(
      identifier,
      TableCreation(
        schema: schema, partitionSpec: try PartitionSpec(partitioning, schema: schema),
        sortOrder: ordering.isEmpty ? .unsorted : try TableSortOrder(ordering, schema: schema),
        location: location, properties: properties))
  }
}
