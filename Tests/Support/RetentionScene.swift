package import IcebergModel

/// Metadata with a few snapshots, for tests of what expires: snapshot n is made at n seconds, and has the
/// id n.
package struct RetentionScene: Sendable {
  /// The metadata.
  package var metadata: TableMetadata
  /// The time, in milliseconds since 1970-01-01 UTC.
  package var nowMillis: Int64 = 10_000

  /// A table with a chain of snapshots on the main branch.
  package init(chain count: Int, properties: [String: String] = [:]) throws {
    metadata = try TableMetadata.new(
      schema: Schema([.required("id", .long, id: 1)]), partitionSpec: .unpartitioned,
      sortOrder: .unsorted, location: "/t", properties: properties,
      tableUUID: "9c12d441-03fe-4693-9a96-a0705ddf69c1", timestampMillis: 1)
    for id in 1...Int64(count) { add(id, parent: id > 1 ? id - 1 : nil) }
    move("main", to: Int64(count))
  }

  /// Adds a snapshot that no reference leads to.
  package mutating func add(_ id: Int64, parent: Int64?) {
    metadata.snapshots.append(
      Snapshot(
        id: id, parentID: parent, sequenceNumber: id, timestampMillis: id * 1000,
        manifests: .list("/t/metadata/snap-\(id).avro"), schemaID: 0))
  }

  /// Makes or moves a branch or tag.
  package mutating func move(
    _ name: String, to id: Int64, kind: SnapshotReference.Kind = .branch, keeping: Int? = nil,
    age: Int64? = nil, referenceAge: Int64? = nil
  ) {
    metadata.references[name] = SnapshotReference(
      snapshotID: id, kind: kind, minSnapshotsToKeep: keeping, maxSnapshotAgeMillis: age,
      maxReferenceAgeMillis: referenceAge)
    if name == SnapshotReference.main { metadata.currentSnapshotID = id }
  }

  /// What is kept.
  package func retention(
    olderThan: Int64? = nil, retainLast: Int? = nil, ids: Set<Int64> = []
  ) throws -> SnapshotRetention {
    try SnapshotRetention(
      of: metadata, olderThanMillis: olderThan, retainLast: retainLast, snapshotIDs: ids,
      nowMillis: nowMillis)
  }
}
