internal import IcebergColumns
internal import IcebergModel

/// Rows that stand in the metadata of the table itself.
final class StaticRows<Row>: MetadataRows {
  private var rows: ArraySlice<Row>
  private var columns: RowColumns<Row>
  private let shape: BatchShape
  private let limit: Int

  init(_ rows: [Row], _ columns: RowColumns<Row>, _ shape: BatchShape, _ options: ScanOptions) {
    self.rows = rows[...]
    self.columns = columns
    self.shape = shape
    limit = options.batchRowLimit
  }

  func next() throws -> RecordBatch? {
    if rows.isEmpty { return nil }
    for row in rows.prefix(limit) { try columns.append(row) }
    rows = rows.dropFirst(limit)
    return try shape.apply(columns.finish())
  }
}

extension RowColumns {
  /// Builds the columns of `schema`, each by the cell with its id in `cells`.
  fileprivate init(_ schema: Schema, _ cells: [Int: Cell]) throws(IcebergError) {
    try self.init(schema) { (field) throws(IcebergError) in
      guard let cell = cells[field.id] else {
        throw IcebergError(
          .unsupported, "the column '\(field.name)' of a metadata table is not known")
      }
      return cell
    }
  }
}

extension StaticRows where Row == Snapshot {
  /// The rows of `snapshots`.
  static func snapshots(
    _ metadata: TableMetadata, _ shape: BatchShape, _ options: ScanOptions
  ) throws -> StaticRows {
    let columns = try RowColumns<Snapshot>(
      shape.read,
      [
        1: { (snapshot, builder) throws(IcebergError) in
          try builder.append(millis: snapshot.timestampMillis)
        },
        2: { snapshot, builder in builder.append(snapshot.id) },
        3: { snapshot, builder in builder.append(long: snapshot.parentID) },
        4: { snapshot, builder in builder.append(text: snapshot.summary?.operation?.rawValue) },
        5: { snapshot, builder in
          if case .list(let location) = snapshot.manifests {
            builder.append(utf8: location)
          } else {
            builder.appendNull()
          }
        },
        6: { snapshot, builder in
          guard let summary = snapshot.summary else { return builder.appendNull() }
          for (key, value) in summary.properties {
            builder.children[0].append(utf8: key)
            builder.children[1].append(utf8: value)
          }
          builder.closeRow()
        },
      ])
    return StaticRows(metadata.snapshots, columns, shape, options)
  }
}

/// A row of `history`.
struct HistoryRow: Sendable {
  var entry: TableMetadata.SnapshotLogEntry
  var parentID: Int64?
  var isCurrentAncestor: Bool
}

extension StaticRows where Row == HistoryRow {
  /// The rows of `history`.
  static func history(
    _ metadata: TableMetadata, _ shape: BatchShape, _ options: ScanOptions
  ) throws -> StaticRows {
    let ancestors = Set(
      metadata.currentSnapshotID.map { metadata.ancestors(of: $0).map(\.id) } ?? [])
    let rows = metadata.snapshotLog.map { entry in
      HistoryRow(
        entry: entry, parentID: metadata.snapshot(id: entry.snapshotID)?.parentID,
        isCurrentAncestor: ancestors.contains(entry.snapshotID))
    }
    let columns = try RowColumns<HistoryRow>(
      shape.read,
      [
        1: { (row, builder) throws(IcebergError) in
          try builder.append(millis: row.entry.timestampMillis)
        },
        2: { row, builder in builder.append(row.entry.snapshotID) },
        3: { row, builder in builder.append(long: row.parentID) },
        4: { row, builder in builder.append(row.isCurrentAncestor) },
      ])
    return StaticRows(rows, columns, shape, options)
  }
}

/// A row of `refs`.
struct ReferenceRow: Sendable {
  var name: String
  var reference: SnapshotReference
}

extension StaticRows where Row == ReferenceRow {
  /// The rows of `refs`, by name.
  static func references(
    _ metadata: TableMetadata, _ shape: BatchShape, _ options: ScanOptions
  ) throws -> StaticRows {
    var references = metadata.references
    // Old metadata does not list the main branch.
    if references[SnapshotReference.main] == nil, let id = metadata.currentSnapshotID {
      references[SnapshotReference.main] = SnapshotReference(snapshotID: id, kind: .branch)
    }
    let rows = references.sorted { $0.key < $1.key }.map {
      ReferenceRow(name: $0.key, reference: $0.value)
    }
    let columns = try RowColumns<ReferenceRow>(
      shape.read,
      [
        1: { row, builder in builder.append(utf8: row.name) },
        2: { row, builder in builder.append(utf8: row.reference.kind.rawValue.uppercased()) },
        3: { row, builder in builder.append(row.reference.snapshotID) },
        4: { row, builder in builder.append(long: row.reference.maxReferenceAgeMillis) },
        5: { (row, builder) throws(IcebergError) in
          try builder.append(int: row.reference.minSnapshotsToKeep)
        },
        6: { row, builder in builder.append(long: row.reference.maxSnapshotAgeMillis) },
      ])
    return StaticRows(rows, columns, shape, options)
  }
}

/// A row of `metadata_log_entries`.
struct MetadataLogRow: Sendable {
  var timestampMillis: Int64
  var location: String
  var snapshotID: Int64?
  var snapshot: Snapshot?
}

extension StaticRows where Row == MetadataLogRow {
  /// The rows of `metadata_log_entries`; that of the current file is left out where the metadata was
  /// not read from a file.
  static func metadataLog(
    _ table: Table, _ shape: BatchShape, _ options: ScanOptions
  ) throws -> StaticRows {
    let metadata = table.metadata
    var files = metadata.metadataLog.map { ($0.timestampMillis, $0.location) }
    if let location = table.metadataLocation {
      files.append((metadata.lastUpdatedMillis, location))
    }
    let rows = files.map { millis, location in
      // What was current then is not known for files of before the first snapshot.
      let id = try? metadata.snapshotID(asOf: millis)
      return MetadataLogRow(
        timestampMillis: millis, location: location, snapshotID: id,
        snapshot: id.flatMap { metadata.snapshot(id: $0) })
    }
    let columns = try RowColumns<MetadataLogRow>(
      shape.read,
      [
        1: { (row, builder) throws(IcebergError) in
          try builder.append(millis: row.timestampMillis)
        },
        2: { row, builder in builder.append(utf8: row.location) },
        3: { row, builder in builder.append(long: row.snapshotID) },
        4: { (row, builder) throws(IcebergError) in
          try builder.append(int: row.snapshot?.schemaID)
        },
        5: { row, builder in builder.append(long: row.snapshot?.sequenceNumber) },
      ])
    return StaticRows(rows, columns, shape, options)
  }
}
