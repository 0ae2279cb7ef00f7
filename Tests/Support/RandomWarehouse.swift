package import Iceberg

/// A warehouse of several tables that nobody would plan: in shared and nested folders, renamed, dropped,
/// registered twice, copied, with files of one another, and with writers that have not committed yet.
package struct RandomWarehouse: Sendable {
  /// Places of tables, some of which hold others.
  package static let places = ["/wh/a", "/wh/a/b", "/wh/c", "/wh/d/e", "/wh/d", "/wh/f"]

  /// Where the tables are.
  package let scene = WarehouseScene()
  /// The tables.
  package private(set) var names: [TableIdentifier] = []
  /// Files of writers that have not committed yet, and the tables they are for.
  package private(set) var waiting: [(table: TableIdentifier, files: [DataFile])] = []
  /// Whether a table was given files of another one, which may lie anywhere: only who reads what all tables
  /// have (`otherTables` is `.files`) knows of it.
  package private(set) var sharesFiles = false

  /// A warehouse of three to eight steps.
  package init(using random: inout SeededRandom) async throws {
    // Where tables share files, less may be removed: half of the warehouses are of such.
    let kinds = Bool.random(using: &random) ? 7 : 10
    for step in 0..<Int.random(in: 3...8, using: &random) {
      try await take(step, of: kinds, &random)
    }
  }

  private func anyTable(_ random: inout SeededRandom) async throws -> Table {
    try await scene.catalog.loadTable(names[Int.random(in: 0..<names.count, using: &random)])
  }

  private mutating func take(
    _ step: Int, of kinds: Int, _ random: inout SeededRandom
  ) async throws {
    let name = TableIdentifier(namespace: ["db"], name: "t\(step)")
    switch names.isEmpty ? 0 : Int.random(in: 0..<kinds, using: &random) {
    case 0, 1:
      let location = Self.places.randomElement(using: &random)
      let shared = Int.random(in: 0..<4, using: &random) == 0
      _ = try await scene.table(
        name, version: Int.random(in: 1...3, using: &random), location: location,
        properties: shared ? ["write.data.path": "/wh/shared/data"] : [:])
      names.append(name)
    case 2:
      let old = try await anyTable(&random).identifier
      try await scene.catalog.renameTable(old, to: name)
      names[names.firstIndex(of: old) ?? 0] = name
      // Its writers are told of the new name.
      waiting = waiting.map { ($0.table == old ? name : $0.table, $0.files) }
    case 3:
      let table = try await anyTable(&random)
      let files = try await table.withWriter {
        try await $0.write(try WarehouseScene.batch(500..<510))
      }
      waiting.append((table.identifier, files))
    case 4:
      let old = try await anyTable(&random).identifier
      if names.count > 1 {
        try await scene.catalog.dropTable(old, purge: false)
        forget(old)
      }
    case 5:
      try await scene.litter(
        (Self.places.randomElement(using: &random) ?? "") + "/data/x\(step).parquet")
      scene.pass(days: 4)
    case 7:
      let table = try await anyTable(&random)
      _ = try await scene.catalog.registerTable(
        name, metadataLocation: table.metadataLocation ?? "")
      names.append(name)
    case 8:
      let table = try await anyTable(&random)
      let place = "/wh/copies/t\(step)/metadata/00001-copy.metadata.json"
      try await scene.storage.write(table.metadata.serialized(), to: place, mode: .createNew)
      _ = try await scene.catalog.registerTable(name, metadataLocation: place)
      names.append(name)
    case 9: try await addFiles(of: try await anyTable(&random), to: try await anyTable(&random))
    default: _ = try await anyTable(&random).append(try WarehouseScene.batch(0..<3))
    }
  }

  /// Adds the data files of a table to another one that does not have them.
  private mutating func addFiles(of source: Table, to target: Table) async throws {
    let known = Set(try await target.scan().tasks().map(\.file.location))
    let files = try await source.scan().tasks().map(\.file).filter { !known.contains($0.location) }
      .map { file in
        var file = file
        // Rows have ids of each table.
        file.firstRowID = nil
        return file
      }
    if files.isEmpty { return }
    _ = try await target.commit { $0.append(files) }
    sharesFiles = true
  }

  /// Takes a table that is no more out of the list, and those who wanted to write to it.
  package mutating func forget(_ name: TableIdentifier) {
    names.removeAll { $0 == name }
    waiting.removeAll { $0.table == name }
  }

  /// Every file that some table leads to.
  package func neededFiles() async throws -> Set<String> {
    var needed: Set<String> = []
    for name in names {
      needed.formUnion(
        try await WarehouseScene.neededFiles(of: try await scene.catalog.loadTable(name)))
    }
    return needed
  }

  /// Lets the writers commit. Those whose files are gone, because they took days, give up.
  package func commitWaiting() async throws {
    for (name, files) in waiting {
      var isThere = true
      for file in files where try await !scene.storage.exists(file.location) { isThere = false }
      guard isThere else { continue }
      let table = try await scene.catalog.loadTable(name)
      _ = try await table.commit { $0.append(files) }
    }
  }
}
