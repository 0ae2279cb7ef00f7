import Iceberg
import Testing

/// Tables and commits that rules are tried with.
enum ConformanceSample {
  static let schema = Schema([
    Field(id: 1, name: "id", type: .long, isRequired: true),
    Field(id: 2, name: "city", type: .string, isRequired: false),
    Field(id: 3, name: "amount", type: .double, isRequired: false),
  ])

  /// A row of ``schema``.
  struct Row: Encodable, Sendable {
    var id: Int64
    var city: String?
    var amount: Double?
  }

  /// A table of ``schema``.
  static func creation(
    partitioned: Bool = false, sorted: Bool = false, location: String? = nil,
    properties: [String: String] = [:]
  ) -> TableCreation {
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [2], fieldID: 1000, name: "city", transform: .identity)
    ])
    let order = TableSortOrder(
      id: 1,
      fields: [
        SortField(
          sourceIDs: [1], transform: .identity, direction: .descending, nullOrder: .nullsLast)
      ])
    return TableCreation(
      schema: schema, partitionSpec: partitioned ? spec : .unpartitioned,
      sortOrder: sorted ? order : .unsorted, location: location, properties: properties)
  }

  /// A commit that sets a property.
  static func set(
    _ key: String, _ value: String = "x", requiring requirements: TableRequirement...
  ) -> TableCommit {
    TableCommit(requirements: requirements, updates: [.setProperties([key: value])])
  }

  /// A commit that adds a snapshot, which refers to nothing that exists, to a branch.
  static func add(
    _ id: Int64, sequenceNumber: Int64 = 1, to branch: String = "main",
    expecting: Int64? = nil, of metadata: TableMetadata
  ) -> TableCommit {
    let snapshot = Snapshot(
      id: id, parentID: expecting, sequenceNumber: sequenceNumber,
      timestampMillis: metadata.lastUpdatedMillis, manifests: .list("/no-such-list"),
      summary: SnapshotSummary(operation: .append), schemaID: metadata.currentSchemaID)
    return TableCommit(
      requirements: [.assertReferenceSnapshotID(reference: branch, snapshotID: expecting)],
      updates: [
        .addSnapshot(snapshot),
        .setSnapshotReference(name: branch, SnapshotReference(snapshotID: id, kind: .branch)),
      ])
  }
}

/// Expects `body` to throw an `IcebergError` of the given kind.
func expectError(
  _ code: IcebergError.Code, _ comment: String? = nil,
  sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void
) async {
  let text = comment.map { "\($0): " } ?? ""
  do {
    try await body()
    Issue.record("\(text)nothing was thrown, \(code) was expected", sourceLocation: sourceLocation)
  } catch let error as IcebergError {
    #expect(error.code == code, "\(text)\(error)", sourceLocation: sourceLocation)
  } catch {
    Issue.record("\(text)\(error) was thrown, not \(code)", sourceLocation: sourceLocation)
  }
}

/// Expects `body` to throw an `IcebergError` of any kind.
func expectRefusal(
  _ comment: String? = nil, sourceLocation: SourceLocation = #_sourceLocation,
  _ body: () async throws -> Void
) async {
  let text = comment.map { "\($0): " } ?? ""
  do {
    try await body()
    Issue.record("\(text)nothing was thrown", sourceLocation: sourceLocation)
  } catch {
    #expect(error is IcebergError, "\(text)\(error)", sourceLocation: sourceLocation)
  }
}
