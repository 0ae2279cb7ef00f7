import Foundation
import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct FileSystemCatalogTests {
  static let name: TableIdentifier = "db.events"
  static let place = "/wh/db/events/metadata/"

  static func set(_ key: String, _ value: String = "x") -> TableCommit {
    TableCommit(requirements: [], updates: [.setProperties([key: value])])
  }

  /// A catalog over storage in memory, of which a test can spoil calls.
  static func make(
    creation: TableCreation = SampleTable.creation(),
    fault: @escaping @Sendable (FaultyFileIO.Call) -> FaultyFileIO.Fault? = { _ in nil }
  ) async throws -> (catalog: FileSystemCatalog, memory: MemoryFileIO, faulty: FaultyFileIO) {
    let memory = MemoryFileIO()
    _ = try await FileSystemCatalog(warehouse: "/wh", fileIO: memory).createTable(name, creation)
    let faulty = FaultyFileIO(memory, fault: fault)
    return (FileSystemCatalog(warehouse: "/wh", fileIO: faulty), memory, faulty)
  }

  @Test("versions and hint are laid out as Java lays them out")
  func layout() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path + "/wh/")
      let table = try await catalog.createTable(Self.name, SampleTable.creation())
      #expect(table.metadata.location == directory.path("wh/db/events"))
      _ = try await catalog.commit(Self.set("a"), to: Self.name)
      #expect(
        directory.listing.files() == [
          "wh/db/events/metadata/v1.metadata.json", "wh/db/events/metadata/v2.metadata.json",
          "wh/db/events/metadata/version-hint.text",
        ])
      #expect(try directory.listing.text("wh/db/events/metadata/version-hint.text") == "2")
    }
  }

  @Test(
    "a hint that is late, gone or nonsense does no harm",
    arguments: [nil, "", "1", "2", "99", "-1", "x", "v2", " 2 \n"] as [String?])
  func hints(hint: String?) async throws {
    let (catalog, memory, _) = try await Self.make()
    for key in ["a", "b"] { _ = try await catalog.commit(Self.set(key), to: Self.name) }
    let place = Self.place + "version-hint.text"
    try await memory.remove([place])
    if let hint { try await memory.write(Bytes(utf8: hint), to: place, mode: .createNew) }
    let table = try await catalog.loadTable(Self.name)
    #expect(table.metadataLocation == Self.place + "v3.metadata.json")
    let next = try await catalog.commit(Self.set("c"), to: Self.name)
    #expect(next.metadataLocation == Self.place + "v4.metadata.json")
    #expect(try await memory.read(place, range: nil) == Bytes(utf8: "4"))
  }

  @Test("a table that was dropped without its files is registered again, with its history")
  func registerDropped() async throws {
    let (catalog, memory, _) = try await Self.make()
    for key in ["a", "b"] { _ = try await catalog.commit(Self.set(key), to: Self.name) }
    let last = try await catalog.loadTable(Self.name)
    await expectError(.alreadyExists) {
      _ = try await catalog.registerTable(Self.name, metadataLocation: "/nowhere")
    }
    try await catalog.dropTable(Self.name, purge: false)
    let copy = Self.place + "dropped-v3.json"
    await expectError(.unsupported) {
      _ = try await catalog.registerTable("db.other", metadataLocation: copy)
    }
    await expectError(.unsupported) {
      try await catalog.validateRegistration(
        "db.other", metadataLocation: copy, overwrite: false)
    }
    try await catalog.validateRegistration(Self.name, metadataLocation: copy, overwrite: false)
    #expect(try await !catalog.tableExists(Self.name))
    let table = try await catalog.registerTable(Self.name, metadataLocation: copy)
    #expect(table.metadataLocation == Self.place + "v1.metadata.json")
    #expect(table.metadata.tableUUID == last.metadata.tableUUID)
    #expect(table.metadata.properties == last.metadata.properties)
    // The log told of versions whose names are given again.
    #expect(table.metadata.metadataLog.isEmpty)
    let next = try await catalog.commit(Self.set("c"), to: Self.name)
    #expect(next.metadataLocation == Self.place + "v2.metadata.json")
    await expectError(.unsupported) {
      _ = try await catalog.registerTable(Self.name, metadataLocation: copy, overwrite: true)
    }
    await expectError(.unsupported) {
      try await catalog.validateRegistration(Self.name, metadataLocation: copy, overwrite: true)
    }
    #expect(try await memory.exists(copy))
  }

  @Test("a hint that cannot be written does not fail the commit")
  func hintFailure() async throws {
    let (catalog, _, _) = try await Self.make { call in
      call.location.hasSuffix("version-hint.text") && call.operation.isChange
        ? .fail(IcebergError(.storage, "disk full")) : nil
    }
    let table = try await catalog.commit(Self.set("a"), to: Self.name)
    #expect(table.metadataLocation == Self.place + "v2.metadata.json")
    #expect(try await catalog.loadTable(Self.name).metadata == table.metadata)
  }

  @Test(
    "versions go on where others left off",
    arguments: ["v2.gz.metadata.json", "v2.metadata.json.gz"])
  func otherNames(name: String) async throws {
    let (catalog, memory, _) = try await Self.make()
    let table = try await catalog.loadTable(Self.name)
    let next = try Self.set("a").applied(
      to: table.metadata, at: table.metadataLocation, nowMillis: 0)
    try await memory.write(
      next.serialized(compressed: true), to: Self.place + name, mode: .createNew)
    #expect(try await catalog.loadTable(Self.name).metadata == next)
    let third = try await catalog.commit(Self.set("b"), to: Self.name)
    #expect(third.metadataLocation == Self.place + "v3.metadata.json")
    #expect(third.metadata.metadataLog.last?.location == Self.place + name)
  }

  @Test("who changes the compression names the next version, not this one")
  func compressionChange() async throws {
    let (catalog, _, _) = try await Self.make()
    let codec = TableProperties.metadataCompression.key
    var table = try await catalog.commit(Self.set(codec, "gzip"), to: Self.name)
    #expect(table.metadataLocation == Self.place + "v2.metadata.json")
    table = try await catalog.commit(Self.set(codec, "none"), to: Self.name)
    #expect(table.metadataLocation == Self.place + "v3.gz.metadata.json")
    table = try await catalog.commit(Self.set("a"), to: Self.name)
    #expect(table.metadataLocation == Self.place + "v4.metadata.json")
  }

  @Test("a lost reply is looked after: the version is ours")
  func lostReply() async throws {
    for error: any Error in [
      IcebergError(.unavailable, "timeout"), IcebergError(.commitStateUnknown, "?"),
      CancellationError(), FaultyFileIO.Stopped(), IcebergError(.storage, "?"),
    ] {
      let (catalog, _, _) = try await Self.make { call in
        call.location.hasSuffix("v2.metadata.json") && call.operation == .write
          ? .loseReply(error) : nil
      }
      let table = try await catalog.commit(Self.set("a"), to: Self.name)
      #expect(table.metadataLocation == Self.place + "v2.metadata.json")
    }
  }

  @Test("a lost reply to a lost race is a conflict")
  func lostReplyOfConflict() async throws {
    let memory = MemoryFileIO()
    let plain = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
    let table = try await plain.createTable(Self.name, SampleTable.creation())
    let rival = try Self.set("rival").applied(
      to: table.metadata, at: table.metadataLocation, nowMillis: 0
    ).serialized()
    let faulty = RivalFileIO(memory, location: Self.place + "v2.metadata.json", rival: rival)
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: faulty)
    await expectError(.commitConflict) {
      _ = try await catalog.commit(Self.set("a"), to: Self.name)
    }
    #expect(try await plain.loadTable(Self.name).metadata.properties["rival"] == "x")
  }

  @Test("a write that failed for sure is a failure, one that may still land is unknown")
  func failures() async throws {
    let cases: [(any Error, IcebergError.Code)] = [
      (IcebergError(.storage, "disk full"), .storage),
      (IcebergError(.permissionDenied, "no"), .permissionDenied),
      (IcebergError(.unavailable, "timeout"), .commitStateUnknown),
      (IcebergError(.commitStateUnknown, "?"), .commitStateUnknown),
      (FaultyFileIO.Stopped(), .commitStateUnknown),
      (CancellationError(), .commitStateUnknown),
    ]
    for (error, code) in cases {
      let (catalog, memory, _) = try await Self.make { call in
        call.location.hasSuffix("v2.metadata.json") && call.operation == .write ? .fail(error) : nil
      }
      await expectError(code) { _ = try await catalog.commit(Self.set("a"), to: Self.name) }
      #expect(!memory.locations.contains(Self.place + "v2.metadata.json"))
    }
  }

  @Test("nothing can be told when the file cannot be looked at after a lost reply")
  func lostReplyAndBlind() async throws {
    let isLost = Locked(false)
    let (catalog, memory, _) = try await Self.make { call in
      guard call.location.hasSuffix("v2.metadata.json") else { return nil }
      if call.operation == .write {
        isLost.withLock { $0 = true }
        return .loseReply(IcebergError(.unavailable, "timeout"))
      }
      return isLost.value ? .fail(IcebergError(.unavailable, "still")) : nil
    }
    await expectError(.commitStateUnknown) {
      _ = try await catalog.commit(Self.set("a"), to: Self.name)
    }
    // Nothing is deleted in doubt.
    #expect(memory.locations.contains(Self.place + "v2.metadata.json"))
  }

  static let deleting = SampleTable.creation(properties: [
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "1",
  ])

  static func add(_ id: Int64, to table: Table) -> TableCommit {
    let number = table.metadata.lastSequenceNumber + 1
    let snapshot = Snapshot(
      id: id, parentID: table.metadata.currentSnapshotID, sequenceNumber: number,
      timestampMillis: table.metadata.lastUpdatedMillis, manifests: .list("/x"),
      summary: SnapshotSummary(operation: .append), schemaID: 0)
    let reference = SnapshotReference(snapshotID: id, kind: .branch)
    return TableCommit(
      requirements: [],
      updates: [.addSnapshot(snapshot), .setSnapshotReference(name: "main", reference)])
  }

  @Test("a version that was deleted is not made a second time")
  func overtaken() async throws {
    let (_, memory, _) = try await Self.make(creation: Self.deleting)
    let rival = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
    // Between the look at the table and the write, others commit until version 2 is gone again.
    let slow = OvertakenFileIO(memory, location: Self.place + "v2.metadata.json") {
      for id in Int64(1)...4 {
        let table = try await rival.loadTable(Self.name)
        _ = try await rival.commit(Self.add(id, to: table), to: Self.name)
      }
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: slow)
    let commit = try await Self.add(99, to: catalog.loadTable(Self.name))
    await expectError(.commitConflict) { _ = try await catalog.commit(commit, to: Self.name) }
    let table = try await rival.loadTable(Self.name)
    #expect(table.metadataLocation == Self.place + "v5.metadata.json")
    #expect(table.metadata.snapshots.map(\.id) == [1, 2, 3, 4])
    #expect(!memory.locations.contains(Self.place + "v2.metadata.json"))
  }

  @Test("where nothing tells whether a version was made a second time, nothing is deleted")
  func overtakenInDoubt() async throws {
    let (_, memory, _) = try await Self.make(creation: Self.deleting)
    let rival = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
    let slow = OvertakenFileIO(memory, location: Self.place + "v2.metadata.json") {
      for key in ["r1", "r2", "r3", "r4"] {
        _ = try await rival.commit(Self.set(key), to: Self.name)
      }
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: slow)
    await expectError(.commitStateUnknown) {
      _ = try await catalog.commit(Self.set("a"), to: Self.name)
    }
    #expect(memory.locations.contains(Self.place + "v2.metadata.json"))
    // A hint as late as the file does not lead back to it.
    try await memory.write(
      Bytes(utf8: "2"), to: Self.place + "version-hint.text", mode: .replace)
    let table = try await rival.loadTable(Self.name)
    #expect(table.metadataLocation == Self.place + "v5.metadata.json")
    #expect(try await Table.open(at: "/wh/db/events", fileIO: memory).metadata == table.metadata)
  }

  @Test("a commit that others have built on is a success, even when its base is gone")
  func builtUpon() async throws {
    let (_, memory, _) = try await Self.make(creation: Self.deleting)
    let rival = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
    let slow = OvertakenFileIO(memory, location: Self.place + "v2.metadata.json", after: true) {
      _ = try await rival.commit(Self.set("r1"), to: Self.name)
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: slow)
    let table = try await catalog.commit(Self.set("a"), to: Self.name)
    #expect(table.metadataLocation == Self.place + "v2.metadata.json")
    #expect(!memory.locations.contains(Self.place + "v1.metadata.json"))
    #expect(try await rival.loadTable(Self.name).metadata.properties["a"] == "x")
  }

  @Test("a commit after a drop is not found, and brings nothing back")
  func droppedMeanwhile() async throws {
    let (_, memory, _) = try await Self.make()
    let rival = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
    let slow = OvertakenFileIO(memory, location: Self.place + "v2.metadata.json") {
      try await rival.dropTable(Self.name, purge: true)
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: slow)
    await expectError(.notFound) { _ = try await catalog.commit(Self.set("a"), to: Self.name) }
    #expect(memory.locations.isEmpty)
  }

  @Test("a cancelled task commits or does not, and knows which")
  func cancellation() async throws {
    let (_, memory, _) = try await Self.make()
    let gate = Locked(false)
    let slow = OvertakenFileIO(memory, location: Self.place + "v2.metadata.json") {
      gate.withLock { $0 = true }
      try? await Task.sleep(for: .milliseconds(50))
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: slow)
    let task = Task { try await catalog.commit(Self.set("a"), to: Self.name) }
    while !gate.value { await Task.yield() }
    task.cancel()
    #expect(try await task.value.metadata.properties["a"] == "x")
    let early = Task {
      try? await Task.sleep(for: .seconds(10))
      return try await catalog.commit(Self.set("b"), to: Self.name)
    }
    early.cancel()
    await #expect(throws: CancellationError.self) { _ = try await early.value }
    #expect(!memory.locations.contains(Self.place + "v3.metadata.json"))
  }

  @Test("a table stays where its name says")
  func placement() async throws {
    let (catalog, _, _) = try await Self.make()
    await expectError(.unsupported) {
      _ = try await catalog.commit(
        TableCommit(requirements: [], updates: [.setLocation("/elsewhere")]), to: Self.name)
    }
    await expectError(.unsupported) {
      _ = try await catalog.commit(Self.set("write.metadata.path", "/elsewhere"), to: Self.name)
    }
    var creation = SampleTable.creation()
    creation.location = "/elsewhere"
    await expectError(.invalidArgument) { _ = try await catalog.createTable("db.t", creation) }
    creation.location = "/wh/db/t/"
    #expect(try await catalog.createTable("db.t", creation).metadata.location == "/wh/db/t")
    await expectError(.invalidArgument) {
      _ = try await catalog.createTable("db.t.inner", SampleTable.creation())
    }
  }

  @Test("a table that is dropped without its files can still be opened")
  func dropKeepsFiles() async throws {
    let (catalog, memory, _) = try await Self.make()
    let table = try await catalog.commit(Self.set("a"), to: Self.name)
    try await memory.write(Bytes(utf8: "x"), to: "/wh/db/events/data/1", mode: .createNew)
    try await catalog.dropTable(Self.name, purge: false)
    #expect(
      memory.locations == ["/wh/db/events/data/1", Self.place + "dropped-v2.json"])
    let opened = try await Table.open(at: Self.place + "dropped-v2.json", fileIO: memory)
    #expect(opened.metadata == table.metadata)
    #expect(try await catalog.listTables(in: ["db"]).isEmpty)
    #expect(try await catalog.listNamespaces(in: ["db"]).isEmpty)
  }

  @Test("a drop that stops half way leaves the table as it was, or no table")
  func dropStopped() async throws {
    for number in 0..<60 {
      let (catalog, memory, faulty) = try await Self.make { $0.number == number ? .stop : nil }
      let plain = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
      for key in ["a", "b", "c"] { _ = try await plain.commit(Self.set(key), to: Self.name) }
      let before = try await plain.loadTable(Self.name)
      do {
        try await catalog.dropTable(Self.name, purge: true)
        #expect(faulty.calls.count <= number)
        #expect(memory.locations.isEmpty)
        break
      } catch {}
      do {
        let after = try await plain.loadTable(Self.name)
        #expect(after.metadata == before.metadata, "stopped at call \(number)")
      } catch let error as IcebergError {
        #expect(error.code == .notFound, "stopped at call \(number)")
      }
      #expect(number < 59, "the drop never came to its end")
    }
  }

  @Test("a folder with the files of another catalog is no table of this one")
  func otherCatalog() async throws {
    let (catalog, memory, _) = try await Self.make()
    let table = try await catalog.loadTable(Self.name)
    try await memory.write(
      table.metadata.serialized(), to: "/wh/db/other/metadata/00000-x.metadata.json",
      mode: .createNew)
    await expectError(.notFound) { _ = try await catalog.loadTable("db.other") }
    await expectError(.alreadyExists) {
      _ = try await catalog.createTable("db.other", SampleTable.creation())
    }
    #expect(try await catalog.listTables(in: ["db"]) == [Self.name])
    #expect(try await catalog.listNamespaces(in: ["db"]).isEmpty)
  }

  @Test("a copy of a table is read, but not changed or purged, unless its place is mapped")
  func copies() async throws {
    let (catalog, memory, _) = try await Self.make()
    let original = try await catalog.loadTable(Self.name)
    let place = "/wh/db/copy/metadata/v1.metadata.json"
    try await memory.write(original.metadata.serialized(), to: place, mode: .createNew)
    #expect(try await catalog.loadTable("db.copy").metadata == original.metadata)
    await expectError(.unsupported) { _ = try await catalog.commit(Self.set("a"), to: "db.copy") }
    await expectError(.unsupported) { try await catalog.dropTable("db.copy", purge: true) }
    #expect(try await catalog.tableExists(Self.name))
    let mapped = MappedFileIO(
      memory, mappings: [LocationMapping(from: "/wh/db/events", to: "/wh/db/copy")])
    let moved = FileSystemCatalog(warehouse: "/wh", fileIO: mapped)
    let table = try await moved.loadTable("db.copy")
      .append([SampleTable.dataFile("a", of: original)])
    #expect(table.metadataLocation == "/wh/db/copy/metadata/v2.metadata.json")
    #expect(memory.locations.filter { $0.hasSuffix(".avro") }.count == 2)
    #expect(
      memory.locations.filter { $0.hasSuffix(".avro") }.allSatisfy {
        $0.hasPrefix("/wh/db/copy/metadata/")
      })
    try await catalog.dropTable("db.copy", purge: false)
    #expect(try await catalog.tableExists(Self.name))
  }

  @Test("one folder by two names is one place")
  func samePlace() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path("wh"))
      _ = try await catalog.createTable(Self.name, SampleTable.creation())
      try FileManager.default.createSymbolicLink(
        atPath: directory.path("link"), withDestinationPath: directory.path("wh"))
      for warehouse in [directory.path("link"), "file://" + directory.path("wh")] {
        let other = FileSystemCatalog(warehouse: warehouse)
        _ = try await other.commit(Self.set("a", warehouse), to: Self.name)
      }
      #expect(try await catalog.loadTable(Self.name).metadata.metadataLog.count == 2)
    }
  }

  @Test("a table that is made under a name while the old one is purged keeps its files")
  func recreatedWhilePurged() async throws {
    let (_, memory, _) = try await Self.make()
    let rival = FileSystemCatalog(warehouse: "/wh", fileIO: memory)
    let old = try await rival.loadTable(Self.name)
    try await old.append([SampleTable.dataFile("a", of: old)])
    let created = Locked(false)
    let slow = FaultyFileIO(memory) { call in
      // The first removal after all versions are gone.
      call.operation == .remove && !call.location.contains("metadata.json")
        && !call.location.contains("version-hint") ? .yield(created.value ? 0 : 1000) : nil
    }
    let catalog = FileSystemCatalog(warehouse: "/wh", fileIO: slow)
    async let drop: Void = catalog.dropTable(Self.name, purge: true)
    var table: Table?
    while table == nil {
      table = try? await rival.createTable(Self.name, SampleTable.creation())
      await Task.yield()
    }
    created.withLock { $0 = true }
    let appended = try await table?.append([SampleTable.dataFile("b", of: old)])
    try await drop
    let audit = try await TableAudit(try await rival.loadTable(Self.name))
    #expect(audit.names == ["b"])
    #expect(appended?.metadata.tableUUID != old.metadata.tableUUID)
  }

  @Test("names of folders that others made are read, dots and all")
  func foreignNames() async throws {
    let (catalog, memory, _) = try await Self.make()
    let table = try await catalog.loadTable(Self.name)
    try await memory.write(
      table.metadata.serialized(), to: "/wh/default.db/my.table/metadata/v1.metadata.json",
      mode: .createNew)
    let name = TableIdentifier(namespace: ["default.db"], name: "my.table")
    #expect(try await catalog.listTables(in: ["default.db"]) == [name])
    #expect(try await catalog.loadTable(name).metadata == table.metadata)
  }

  @Test("a relative warehouse is one place, wherever the process goes")
  func relative() {
    let catalog = FileSystemCatalog(warehouse: "some/./folder/../wh/")
    #expect(catalog.warehouse == FileManager.default.currentDirectoryPath + "/some/wh")
    #expect(FileSystemCatalog(warehouse: "s3://b/wh/").warehouse == "s3://b/wh")
    #expect(FileSystemCatalog(warehouse: "/").warehouse == "/")
  }
}

/// Storage in which something happens just before, or after, a file is written for the first time.
private struct OvertakenFileIO: FileIO {
  private let base: any FileIO
  private let location: String
  private let comesAfter: Bool
  private let body: @Sendable () async throws -> Void
  private let isDone = Locked(false)

  init(
    _ base: any FileIO, location: String, after comesAfter: Bool = false,
    _ body: @escaping @Sendable () async throws -> Void
  ) {
    self.base = base
    self.location = location
    self.comesAfter = comesAfter
    self.body = body
  }

  func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    let isTheOne =
      location == self.location
      && isDone.withLock { isDone in
        defer { isDone = true }
        return !isDone
      }
    if isTheOne, !comesAfter { try await body() }
    try await base.write(bytes, to: location, mode: mode)
    if isTheOne, comesAfter { try await body() }
  }

  func status(of location: String) async throws -> FileStatus {
    try await base.status(of: location)
  }
  func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    try await base.read(location, range: range)
  }
  func create(_ location: String) async throws -> any OutputFile { try await base.create(location) }
  func list(under folder: String) async throws -> [FileStatus] {
    try await base.list(under: folder)
  }
  func remove(_ locations: [String]) async throws { try await base.remove(locations) }
}

/// Storage in which a rival is first to write a file, and we do not hear of it.
private struct RivalFileIO: FileIO {
  private let base: any FileIO
  private let location: String
  private let rival: Bytes

  init(_ base: any FileIO, location: String, rival: Bytes) {
    self.base = base
    self.location = location
    self.rival = rival
  }

  func write(_ bytes: Bytes, to location: String, mode: WriteMode) async throws {
    guard location == self.location else {
      return try await base.write(bytes, to: location, mode: mode)
    }
    try await base.write(rival, to: location, mode: mode)
    throw IcebergError(.unavailable, "timeout")
  }

  func status(of location: String) async throws -> FileStatus {
    try await base.status(of: location)
  }
  func read(_ location: String, range: Range<Int64>?) async throws -> Bytes {
    try await base.read(location, range: range)
  }
  func create(_ location: String) async throws -> any OutputFile { try await base.create(location) }
  func list(under folder: String) async throws -> [FileStatus] {
    try await base.list(under: folder)
  }
  func remove(_ locations: [String]) async throws { try await base.remove(locations) }
}
