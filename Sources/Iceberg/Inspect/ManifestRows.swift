internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// The rows of the tables `manifests` and `all_manifests`, list by list.
final class ManifestRows: MetadataRows {
  private let manifests: TableManifests
  private let shape: BatchShape
  private let limit: Int
  private let needsCounts: Bool
  private var columns: RowColumns<ManifestRow>
  private var snapshots: ArraySlice<Snapshot>
  private var list: ArraySlice<ManifestFile> = []
  private var snapshotID: Int64 = 0

  /// The rows of a scan; `snapshot` is that which is looked at, nil of an empty table.
  init(_ scan: MetadataTableScan, snapshot: Snapshot?, shape: BatchShape) throws {
    let metadata = scan.table.metadata
    manifests = TableManifests(scan)
    self.shape = shape
    limit = scan.options.batchRowLimit
    needsCounts = shape.read.fields.contains { ManifestRow.countIDs.contains($0.id) }
    let specs = PartitionTexts(metadata)
    columns = try RowColumns(shape.read) { (field) throws(IcebergError) in
      try ManifestRow.cell(for: field, specs)
    }
    let all = scan.metadataTable.isOfOneSnapshot ? snapshot.map { [$0] } ?? [] : metadata.snapshots
    snapshots =
      all.filter { snapshot in
        shape.filter.replacing { predicate in
          guard predicate.term.fieldID == ManifestRow.snapshotID,
            predicate.term.transform == .identity
          else { return .all }
          return predicate.passes(.long(snapshot.id)) ? .all : .none
        } != .none
      }[...]
  }

  func next() async throws -> RecordBatch? {
    while list.isEmpty {
      guard let snapshot = snapshots.popFirst() else { return nil }
      snapshotID = snapshot.id
      list = try await manifests.list(of: snapshot)[...]
    }
    for manifest in list.prefix(limit) {
      try columns.append(ManifestRow(try await counted(manifest), snapshotID: snapshotID))
    }
    list = list.dropFirst(limit)
    return try shape.apply(columns.finish())
  }

  /// The manifest with its counts, which lists of version 1 may lack: then its entries are counted.
  private func counted(_ manifest: ManifestFile) async throws -> ManifestFile {
    let isCounted =
      manifest.addedFilesCount != nil && manifest.existingFilesCount != nil
      && manifest.deletedFilesCount != nil
    if isCounted || !needsCounts { return manifest }
    var counts: [ManifestEntry.Status: Int] = [:]
    _ = try await manifests.entries(of: manifest) { entry in
      counts[entry.status, default: 0] += 1
      return false
    }
    var manifest = manifest
    manifest.addedFilesCount = counts[.added] ?? 0
    manifest.existingFilesCount = counts[.existing] ?? 0
    manifest.deletedFilesCount = counts[.deleted] ?? 0
    return manifest
  }
}

/// A row of `manifests` and `all_manifests`.
private struct ManifestRow: Sendable {
  var manifest: ManifestFile
  /// The snapshot in whose list the manifest was found.
  var snapshotID: Int64

  typealias Cell = RowColumns<ManifestRow>.Cell

  /// The id of `reference_snapshot_id`.
  static let snapshotID = 18

  /// The columns that show how many files there are.
  static let countIDs: Set<Int> = [5, 6, 7, 15, 16, 17]

  init(_ manifest: ManifestFile, snapshotID: Int64) {
    self.manifest = manifest
    self.snapshotID = snapshotID
  }

  static func cell(for field: Field, _ specs: PartitionTexts) throws(IcebergError) -> Cell {
    switch field.id {
    case 14: return { row, builder in builder.append(Int32(row.manifest.content.rawValue)) }
    case 1: return { row, builder in builder.append(utf8: row.manifest.location) }
    case 2: return { row, builder in builder.append(row.manifest.length) }
    case 3:
      return { (row, builder) throws(IcebergError) in
        try builder.append(int: row.manifest.partitionSpecID)
      }
    case 4: return { row, builder in builder.append(row.manifest.addedSnapshotID) }
    case 5: return count(\.addedFilesCount, of: .data)
    case 6: return count(\.existingFilesCount, of: .data)
    case 7: return count(\.deletedFilesCount, of: .data)
    case 15: return count(\.addedFilesCount, of: .deletes)
    case 16: return count(\.existingFilesCount, of: .deletes)
    case 17: return count(\.deletedFilesCount, of: .deletes)
    case snapshotID: return { row, builder in builder.append(row.snapshotID) }
    case 19: return { row, builder in builder.append(bytes: row.manifest.keyMetadata) }
    case 8: return try summaries(field, specs)
    default:
      throw IcebergError(
        .unsupported, "the column '\(field.name)' of a metadata table is not known")
    }
  }

  private static func count(
    _ count: any KeyPath<ManifestFile, Int?> & Sendable, of content: ManifestFile.Content
  ) -> Cell {
    { (row, builder) throws(IcebergError) in
      let isThis = row.manifest.content == content
      try builder.append(int: isThis ? row.manifest[keyPath: count] : 0)
    }
  }

  /// The list of what is known of each partition field.
  private static func summaries(
    _ field: Field, _ specs: PartitionTexts
  ) throws(IcebergError) -> Cell {
    var cells: [RowColumns<SummaryRow>.Cell] = []
    for part in field.type.children.first?.type.children ?? [] {
      cells.append(try SummaryRow.cell(for: part))
    }
    return { [cells] (row, builder) throws(IcebergError) in
      guard let summaries = row.manifest.partitions else { return builder.appendNull() }
      let fields = specs.fields(of: row.manifest.partitionSpecID)
      for (index, summary) in summaries.enumerated() {
        let field = index < fields.count ? fields[index] : nil
        let part = SummaryRow(summary: summary, field: field, location: row.manifest.location)
        for place in cells.indices {
          try cells[place](part, &builder.children[0].children[place])
        }
        builder.children[0].closeRow()
      }
      builder.closeRow()
    }
  }
}

/// A row of the list `partition_summaries`.
private struct SummaryRow: Sendable {
  var summary: ManifestFile.FieldSummary
  /// How the values of the field are made, and their type; nil when that is not known.
  var field: (transform: Transform, type: FieldType)?
  var location: String

  static func cell(for field: Field) throws(IcebergError) -> RowColumns<SummaryRow>.Cell {
    switch field.id {
    case 10: return { row, builder in builder.append(row.summary.containsNull) }
    case 11:
      return { row, builder in
        if let value = row.summary.containsNaN {
          builder.append(value)
        } else {
          builder.appendNull()
        }
      }
    case 12:
      return { (row, builder) throws(IcebergError) in
        builder.append(text: try row.text(of: row.summary.lowerBound))
      }
    case 13:
      return { (row, builder) throws(IcebergError) in
        builder.append(text: try row.text(of: row.summary.upperBound))
      }
    default:
      throw IcebergError(
        .unsupported, "the part '\(field.name)' of partition_summaries is not known")
    }
  }

  /// A bound for people; nil where there is none, or where the type of the field is not known.
  private func text(of bound: Bytes?) throws(IcebergError) -> String? {
    guard let bound, let field, field.type != .unknown else { return nil }
    do throws(FormatError) {
      return field.transform.text(of: try Literal(singleValue: bound, type: field.type))
    } catch {
      throw IcebergError(
        .invalidFile, "a bound in the partition summaries of a manifest is no \(field.type)",
        context: .init(location: location), cause: error)
    }
  }
}

/// How the partition values of the specs of a table are made into text.
private struct PartitionTexts: Sendable {
  private let specs: [Int: [(transform: Transform, type: FieldType)]]

  init(_ metadata: TableMetadata) {
    // The column of a field may be gone from the current schema.
    let indices = [metadata.currentSchema.index] + metadata.schemas.reversed().map(\.index)
    var specs: [Int: [(transform: Transform, type: FieldType)]] = [:]
    for spec in metadata.partitionSpecs {
      specs[spec.id] = spec.fields.map { field in
        let source = field.sourceIDs.first.flatMap { id in
          indices.lazy.compactMap { $0.field(id: id) }.first
        }
        return (field.transform, field.transform.resultType(for: source?.type ?? .unknown))
      }
    }
    self.specs = specs
  }

  func fields(of specID: Int) -> [(transform: Transform, type: FieldType)] { specs[specID] ?? [] }
}
