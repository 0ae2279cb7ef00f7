import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg manifests`
  static let manifests = Command(
    name: "manifests", summary: "the manifests of a snapshot",
    help: """
      iceberg manifests TABLE: the manifests of a snapshot, how many files they list and which they cover.
      With --json one object a line, with the columns of Iceberg's `manifests` table.

      \(TimeTravelOptions.help)
      """,
    declaration: Arguments.Declaration(options: TimeTravelOptions.names)
  ) { invocation in
    let table = try await TableSource.open(invocation).table
    let snapshot = try TimeTravelOptions.scan(table, invocation.arguments).snapshot
    let manifests =
      if let snapshot { try await table.manifests(of: snapshot) } else { [ManifestFile]() }
    var printer = TablePrinter(
      [
        "content", "path", .number("length"), .number("spec id"), .number("added snapshot id"),
        .number("added"), .number("existing"), .number("deleted"),
      ], maximumCellWidth: .max)
    for manifest in manifests {
      if invocation.isJSON {
        Output.write(JSONText.line(json(manifest)))
      } else {
        printer.add([
          manifest.content == .data ? "data" : "deletes", manifest.location,
          Sizes.text(manifest.length), "\(manifest.partitionSpecID)", "\(manifest.addedSnapshotID)",
          manifest.addedFilesCount.map(String.init) ?? "",
          manifest.existingFilesCount.map(String.init) ?? "",
          manifest.deletedFilesCount.map(String.init) ?? "",
        ])
      }
    }
    if !invocation.isJSON { Output.write(printer.text) }
  }

  private static func json(_ manifest: ManifestFile) -> JSONValue {
    var object = JSONObject()
    object["content"] = .integer(Int64(manifest.content.rawValue))
    object["path"] = .string(manifest.location)
    object["length"] = .integer(manifest.length)
    object["partition_spec_id"] = .integer(Int64(manifest.partitionSpecID))
    object["added_snapshot_id"] = .integer(manifest.addedSnapshotID)
    let isData = manifest.content == .data
    let counts = [
      ("added", manifest.addedFilesCount), ("existing", manifest.existingFilesCount),
      ("deleted", manifest.deletedFilesCount),
    ]
    for (name, count) in counts {
      object["\(name)_data_files_count"] = isData ? JSONText.number(count) : 0
    }
    for (name, count) in counts {
      object["\(name)_delete_files_count"] = isData ? 0 : JSONText.number(count)
    }
    return .object(object)
  }

  /// `iceberg files`
  static let files = Command(
    name: "files", summary: "the data and delete files of a snapshot",
    help: """
      iceberg files TABLE: the live files of a snapshot, with their partitions, rows and sizes; with a
      condition those that may have rows that satisfy it, and the deletes that apply to them.
      With --json one object a line, with names of Iceberg's `files` table. For conditions on the files
      themselves, such as their sizes, see 'iceberg metadata-table files'.

      \(TimeTravelOptions.help)
      \(FilterOption.help)

      iceberg files /data/warehouse/logs/events --where "level = 'ERROR'" --as-of 2024-01-15
      """,
    declaration: Arguments.Declaration(options: TimeTravelOptions.names + [FilterOption.name])
  ) { invocation in
    let source = try await TableSource.open(invocation)
    let scan = try TimeTravelOptions.scan(source.table, invocation.arguments)
      .filter(try FilterOption.filter(invocation.arguments))
    try await source.following { try await writeFiles(scan, invocation) }
  }

  private static func writeFiles(_ scan: TableScan, _ invocation: Invocation) async throws {
    let table = scan.table
    let snapshot = try scan.snapshot
    let wanted = scan.filter == .all ? nil : try await files(of: scan)
    let manifests =
      if let snapshot { try await table.manifests(of: snapshot) } else { [ManifestFile]() }
    var printer = TablePrinter(
      ["content", "path", "format", "partition", .number("rows"), .number("size")],
      maximumCellWidth: .max)
    for manifest in manifests {
      for entry in try await table.entries(of: manifest)
      where entry.isLive && wanted?.contains(FileKey(entry.dataFile)) != false {
        if invocation.isJSON {
          Output.write(JSONText.line(json(entry.dataFile, table.metadata)))
        } else {
          let file = entry.dataFile
          printer.add([
            name(file.content), file.location, file.format.rawValue,
            LayoutText.partition(file, table.metadata), "\(file.recordCount)",
            Sizes.text(file.fileSizeInBytes),
          ])
        }
      }
    }
    if !invocation.isJSON { Output.write(printer.text) }
  }

  /// The files that a scan reads: data files and the deletes that apply to them.
  private static func files(of scan: TableScan) async throws -> Set<FileKey> {
    var files: Set<FileKey> = []
    for try await task in scan.taskSequence() {
      files.insert(FileKey(task.file))
      for delete in task.deletes { files.insert(FileKey(delete.file)) }
    }
    return files
  }

  /// What a file is known by: several deletion vectors share one Puffin file.
  private struct FileKey: Hashable {
    var location: String
    var contentOffset: Int64?

    init(_ file: DataFile) {
      location = file.location
      contentOffset = file.contentOffset
    }
  }

  /// `data`, `position deletes` or `equality deletes`.
  static func name(_ content: DataFile.Content) -> String {
    switch content {
    case .data: "data"
    case .positionDeletes: "position deletes"
    case .equalityDeletes: "equality deletes"
    }
  }

  private static func json(_ file: DataFile, _ metadata: TableMetadata) -> JSONValue {
    var object = JSONObject()
    object["content"] = .integer(Int64(file.content.rawValue))
    object["file_path"] = .string(file.location)
    object["file_format"] = .string(file.format.rawValue.uppercased())
    object["spec_id"] = .integer(Int64(file.specID))
    object["partition"] = .string(LayoutText.partition(file, metadata))
    object["record_count"] = .integer(file.recordCount)
    object["file_size_in_bytes"] = .integer(file.fileSizeInBytes)
    object["column_sizes"] = counts(file.columnSizes)
    object["value_counts"] = counts(file.valueCounts)
    object["null_value_counts"] = counts(file.nullValueCounts)
    object["nan_value_counts"] = counts(file.nanValueCounts)
    object["lower_bounds"] = bounds(file.lowerBounds, metadata)
    object["upper_bounds"] = bounds(file.upperBounds, metadata)
    object["split_offsets"] =
      file.splitOffsets.map { .array($0.map { .integer($0) }) } ?? .null
    object["equality_ids"] =
      file.equalityIDs.map { .array($0.map { .integer(Int64($0)) }) } ?? .null
    object["sort_order_id"] = JSONText.number(file.sortOrderID)
    object["first_row_id"] = JSONText.number(file.firstRowID)
    object["referenced_data_file"] = JSONText.string(file.referencedDataFile)
    object["content_offset"] = JSONText.number(file.contentOffset)
    object["content_size_in_bytes"] = JSONText.number(file.contentSizeInBytes)
    return .object(object)
  }

  private static func counts(_ counts: [Int: Int64]?) -> JSONValue {
    guard let counts else { return .null }
    return .object(
      JSONObject(
        counts.sorted { $0.key < $1.key }
          .map { JSONObject.Member("\($0.key)", .integer($0.value)) }))
  }

  /// Bounds as people read them, by column id; those that cannot be decoded are null.
  private static func bounds(_ bounds: [Int: Bytes]?, _ metadata: TableMetadata) -> JSONValue {
    guard let bounds else { return .null }
    return .object(
      JSONObject(
        bounds.sorted { $0.key < $1.key }.map { id, bytes in
          let type = metadata.currentSchema.field(id: id)?.type
          let literal = type.flatMap { try? Literal(singleValue: bytes, type: $0) }
          return JSONObject.Member("\(id)", JSONText.string(literal?.text))
        }))
  }
}
