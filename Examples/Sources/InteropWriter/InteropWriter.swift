import Iceberg

/// Writes the tables of the interop suite below a folder, each with the rows that are expected of it.
@main
struct InteropWriter {
  static func main() async throws {
    guard CommandLine.arguments.count == 2 else {
      print("Usage: interop-writer FOLDER")
      return
    }
    let folder = CommandLine.arguments[1]
    // Locations with their scheme, as the specification wants them: some engines take no others.
    let catalog = FileSystemCatalog(warehouse: "file://" + folder)
    let tables = try InteropTable.all()
    for table in tables {
      do {
        try await write(table, catalog, folder: folder)
      } catch {
        print("interop-writer: table \(table.name)")
        throw error
      }
    }
    let evolved = EvolvedTable.all()
    for table in evolved { try await write(table, catalog, folder: folder) }
    print("\(tables.count + evolved.count) tables in \(folder)")
  }

  /// Writes a table that changes, and the rows that are expected after every append.
  private static func write(
    _ plan: EvolvedTable, _ catalog: FileSystemCatalog, folder: String
  ) async throws {
    var table = try await catalog.createTable(
      TableIdentifier(namespace: [], name: plan.name), schema: Schema(plan.fields),
      partitionedBy: plan.partitioning, properties: ["format-version": String(plan.version)])
    let fileIO = LocalFileIO()
    var rows: [[Literal?]] = []
    func lines() -> Bytes {
      let fields = table.metadata.currentSchema.fields
      return Bytes(utf8: rows.map { CanonicalJSON.row($0, fields) + "\n" }.joined())
    }
    for stage in plan.stages {
      if let change = stage.change { table = try await table.commit { change(&$0) } }
      rows = rows.map(stage.carried) + stage.rows
      if stage.rows.isEmpty { continue }
      table = try await table.append(
        RecordBatch(rows: stage.rows, schema: table.metadata.currentSchema))
      if let snapshot = table.metadata.currentSnapshotID {
        try await fileIO.write(
          lines(), to: "\(folder)/\(plan.name)/expected-\(snapshot).jsonl", mode: .createNew)
      }
    }
    try await fileIO.write(
      lines(), to: "\(folder)/\(plan.name)/expected.jsonl", mode: .createNew)
  }

  private static func write(
    _ plan: InteropTable, _ catalog: FileSystemCatalog, folder: String
  ) async throws {
    var properties = plan.properties
    properties["format-version"] = String(plan.version)
    let identifier = TableIdentifier(namespace: [], name: plan.name)
    var table = try await catalog.createTable(
      identifier, schema: Schema(plan.fields), partitionedBy: plan.partitioning,
      sortedBy: plan.ordering, properties: properties)
    let fileIO = LocalFileIO()
    var rows: [[Literal?]] = []
    func lines() -> Bytes {
      Bytes(utf8: rows.map { CanonicalJSON.row($0, plan.fields) + "\n" }.joined())
    }
    func keepSnapshot() async throws {
      guard let snapshot = table.metadata.currentSnapshotID else { return }
      try await fileIO.write(
        lines(), to: "\(folder)/\(plan.name)/expected-\(snapshot).jsonl", mode: .replace)
    }
    for appended in plan.appends {
      table = try await table.append(
        RecordBatch(rows: appended, schema: table.metadata.currentSchema))
      rows += appended
      try await keepSnapshot()
    }
    for change in plan.changes {
      table = try await change.run(table)
      rows = rows.filter(change.keeps) + change.added
      try await keepSnapshot()
    }
    try await fileIO.write(
      lines(), to: "\(folder)/\(plan.name)/expected.jsonl", mode: .createNew)
  }
}
