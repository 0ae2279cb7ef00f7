import IcebergBytes
import IcebergModel

/// Metadata to start tests from.
enum SampleMetadata {
  static let uuid = "9c12d441-03fe-4693-9a96-a0705ddf69c1"
  static let schema = Schema([
    .required("id", .long), .required("at", .timestamptz), .optional("level", .string),
  ])

  /// A new table of three columns, unless more is asked for.
  static func table(
    version: Int = 2, properties: [String: String] = [:], at millis: Int64 = 1_000_000
  ) throws -> TableMetadata {
    try TableMetadata.new(
      schema: schema, location: "file:/tables/t",
      properties: properties.merging(["format-version": "\(version)"]) { first, _ in first },
      tableUUID: uuid, timestampMillis: millis)
  }

  /// A snapshot that appends 10 rows.
  static func snapshot(
    _ id: Int64, parent: Int64? = nil, sequence: Int64? = nil, at millis: Int64? = nil,
    firstRowID: Int64? = nil
  ) -> Snapshot {
    Snapshot(
      id: id, parentID: parent, sequenceNumber: sequence ?? id,
      timestampMillis: millis ?? 1_000_000 + id, manifests: .list("file:/tables/t/m\(id).avro"),
      summary: SnapshotSummary(operation: .append, properties: [("added-records", "10")]),
      schemaID: 0, firstRowID: firstRowID, addedRows: firstRowID.map { _ in 10 })
  }

  static func branch(_ id: Int64) -> SnapshotReference {
    SnapshotReference(snapshotID: id, kind: .branch)
  }

  /// A table whose main branch went through snapshots 1 to `count`, one commit each.
  static func history(_ count: Int64, version: Int = 2) throws -> TableMetadata {
    var metadata = try table(version: version)
    for id in 1...count {
      metadata = try metadata.applying(
        [
          .addSnapshot(
            snapshot(
              id, parent: id > 1 ? id - 1 : nil, sequence: version == 1 ? 0 : id,
              firstRowID: version >= 3 ? (id - 1) * 10 : nil)),
          .setSnapshotReference(name: "main", branch(id)),
        ], timestampMillis: 1_000_000 + id)
    }
    return metadata
  }
}

/// Runs `body` and returns the error of this library that it throws; nil when it throws none.
func thrown(_ body: () throws -> Void) -> IcebergError? {
  do {
    try body()
    return nil
  } catch {
    return error as? IcebergError
  }
}
