package import Iceberg
import IcebergModel
import Testing

/// Does a change of a catalog again and again, while another of its calls goes wrong each time, and
/// checks that the catalog is before the change or after it.
package struct CatalogFaultPlay: Sendable {
  /// Opens the catalog of some storage, which has no names in it unless the storage has.
  package typealias Opening = @Sendable (_ storage: any FileIO) async throws -> any Catalog

  private let operation: CatalogOperation
  private let open: Opening
  private let storage = MemoryFileIO()
  private let tables: [TableIdentifier: String]
  private let oldMetadata: String
  private let before: [String]
  private let after: [String]

  /// A play of an operation. Does it once, with nothing going wrong.
  package init(_ operation: CatalogOperation, opening open: @escaping Opening) async throws {
    self.operation = operation
    self.open = open
    let catalog = try await open(storage)
    var tables: [TableIdentifier: String] = [:]
    var old = ""
    for (name, ids) in [("db.t", 0..<4), ("db.other", 4..<8), ("db.old", 8..<12)]
      as [(TableIdentifier, Range<Int64>)]
    {
      let table = try await catalog.createTable(name, SampleTable.creation(partitioned: true))
        .append(WarehouseScene.batch(ids))
      tables[name] = table.metadataLocation
      old = table.metadataLocation ?? ""
    }
    try await catalog.dropTable("db.old", purge: false)
    // A catalog of folders has moved it.
    oldMetadata = storage.locations.first { $0.contains("dropped-v") } ?? old
    tables["db.old"] = nil
    self.tables = tables
    let (first, _, _) = try await Self.copy(storage, tables, open) { _ in nil }
    before = try await Self.state(of: first)
    try await operation.run(in: first, oldMetadata: oldMetadata)
    after = try await Self.state(of: first)
    #expect(before != after, "\(operation) changes nothing")
  }

  /// Lets calls of storage go wrong, one after the other.
  package func play(_ fault: StorageFault, _ place: Int) async throws {
    for number in LongTests.calls(upTo: 400, for: place) {
      let start = Locked<Int?>(nil)
      let (catalog, memory, faulty) = try await Self.copy(storage, tables, open) { call in
        start.value.map { call.number == $0 + number } == true ? fault.fault() : nil
      }
      let first = faulty.calls.count
      start.withLock { $0 = first }
      let isDone = try await check(
        catalog, memory, faulty, through: catalog,
        "\(operation), \(fault) of storage at call \(number)"
      ) {
        fault.isStop || faulty.calls.first { $0.number == first + number }?.operation == .remove
      }
      if isDone, faulty.calls.count <= first + number { return }
    }
    Issue.record("\(operation) never came to its end")
  }

  /// Lets calls of the catalog go wrong, one after the other.
  package func play(_ fault: CatalogFault) async throws {
    for number in 0..<50 {
      let (plain, memory, faulty) = try await Self.copy(storage, tables, open) { _ in nil }
      let catalog = FaultyCatalog(plain) { $0 == number ? fault.fault() : .none }
      let isDone = try await check(
        plain, memory, faulty, through: catalog,
        "\(operation), \(fault) of the catalog at call \(number)"
      ) { fault.isStop }
      if isDone, catalog.calls <= number { return }
    }
    Issue.record("\(operation) never came to its end")
  }

  /// Does the operation and checks what came of it; returns whether it was told to have been done.
  private func check(
    _ plain: any Catalog, _ memory: MemoryFileIO, _ faulty: FaultyFileIO,
    through catalog: any Catalog, _ place: String, mayLeaveFiles: () -> Bool
  ) async throws -> Bool {
    let files = Set(memory.locations)
    var told: (any Error)?
    do {
      try await operation.run(in: catalog, oldMetadata: oldMetadata)
    } catch {
      told = error
    }
    let couldClean = !mayLeaveFiles()
    faulty.mend()
    // Reads every row of every table: no file that is needed was deleted.
    let state = try await Self.state(of: plain)
    #expect(state == before || state == after, "\(place): \(state)")
    let isDone = state == after
    let left = Set(memory.locations)
    if operation != .purgeTable {
      let lost = files.subtracting(left).filter { !Self.isVersion($0) }
      #expect(lost.isEmpty, "\(place)")
    }
    guard let told else {
      #expect(isDone, "\(place)")
      return true
    }
    if !isDone {
      if (told as? IcebergError)?.code != .commitStateUnknown, couldClean {
        // Rows that were written before the change began are their writer's.
        let added = left.subtracting(files).filter { !$0.contains("/data/") && !Self.isCopy($0) }
        #expect(added.isEmpty, "\(place): \(told)")
      }
      // What was left behind is in nobody's way.
      try await operation.run(in: plain, oldMetadata: oldMetadata)
      #expect(try await Self.state(of: plain) == after, "\(place), and again")
    } else if operation.tellsOutcome, let error = told as? IcebergError {
      #expect(error.code == .commitStateUnknown, "\(place): \(error)")
    }
    return false
  }

  /// A version of a catalog of folders, or the hint to it: those that make its folder a table.
  private static func isVersion(_ location: String) -> Bool {
    let name = location.split(separator: "/").last ?? ""
    return name == "version-hint.text" || (name.hasPrefix("v") && name.hasSuffix(".metadata.json"))
  }

  /// The copy of the last version that a catalog of folders keeps when it drops a table.
  private static func isCopy(_ location: String) -> Bool { location.contains("/dropped-v") }
}

extension CatalogFaultPlay {
  /// A catalog of its own with the same tables, its storage, and the way to that, which may fail.
  private static func copy(
    _ storage: MemoryFileIO, _ tables: [TableIdentifier: String], _ open: Opening,
    fault: @escaping @Sendable (FaultyFileIO.Call) -> FaultyFileIO.Fault?
  ) async throws -> (any Catalog, MemoryFileIO, FaultyFileIO) {
    let memory = try await storage.copied()
    let faulty = FaultyFileIO(memory, fault: fault)
    let catalog = try await open(faulty)
    if catalog is FileSystemCatalog { return (catalog, memory, faulty) }
    for (name, location) in tables {
      _ = try await catalog.registerTable(name, metadataLocation: location, overwrite: false)
    }
    try await catalog.createNamespace(["empty"], properties: [:])
    try await catalog.createNamespace(["kept"], properties: ["owner": "us"])
    return (catalog, memory, faulty)
  }

  /// All of a catalog that its users see.
  private static func state(of catalog: any Catalog) async throws -> [String] {
    var state: [String] = []
    for namespace in try await catalog.listNamespaces(in: []) {
      // Any folder is a namespace, also one that has nothing but files that were left in it.
      if !(catalog is FileSystemCatalog) {
        let inner = try await catalog.listNamespaces(in: namespace)
        let properties = try await catalog.namespaceProperties(namespace)
          .filter { $0.key != "location" }.sorted { $0.key < $1.key }
        state.append("namespace \(namespace) \(inner) \(properties)")
      }
      for name in try await catalog.listTables(in: namespace) {
        let table = try await catalog.loadTable(name)
        let metadata = table.metadata
        state.append(
          """
          table \(name) \(metadata.snapshots.count) \(metadata.location) \
          \(metadata.defaultPartitionSpec.fields.map(\.name)) \
          \(metadata.properties.sorted { $0.key < $1.key }) \
          \(try await WarehouseScene.ids(table))
          """)
      }
    }
    return state
  }
}
