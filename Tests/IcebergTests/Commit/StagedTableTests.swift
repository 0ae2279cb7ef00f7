import Iceberg
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct StagedTableTests {
  static let name: TableIdentifier = "db.t"
  static let conflict = IcebergError(.commitConflict, "too late")
  static let down = IcebergError(.unavailable, "not now")

  static func rows(_ ids: [Int64], _ cities: [String]) throws -> RecordBatch {
    try RecordBatch(
      rows: zip(ids, cities).map { [.long($0), .string($1), .double(1)] },
      schema: SampleTable.schema)
  }

  static func ids(of table: Table) async throws -> [Int64] {
    var ids: [Int64] = []
    for try await batch in table.scan().select("id").batches() {
      guard case .long(let values) = batch.columns[0].values else { continue }
      ids += values
    }
    return ids.sorted()
  }

  @Test("a table and its first rows appear at once")
  func creation() async throws {
    let catalog = MemoryCatalog()
    let staged = try await catalog.stageTable(Self.name, SampleTable.creation(partitioned: true))
    #expect(try await !catalog.tableExists(Self.name))
    let batch = try Self.rows([1, 2], ["Ulm", "Bonn"])
    let files = try await staged.table.withWriter { try await $0.write(batch) }
    #expect(files.count == 2)
    let made = try await staged.commit { transaction in
      transaction.append(files)
      transaction.createTag("first")
    }
    #expect(made.metadata.metadataLog.isEmpty && made.metadata.snapshots.count == 1)
    #expect(made.metadata.tableUUID == staged.table.metadata.tableUUID)
    let loaded = try await catalog.loadTable(Self.name)
    #expect(loaded.metadata == made.metadata)
    #expect(try await Self.ids(of: loaded) == [1, 2])
    #expect(loaded.metadata.references["first"]?.snapshotID == loaded.metadata.currentSnapshotID)
    await expectError(.alreadyExists) {
      _ = try await catalog.stageTable(Self.name, SampleTable.creation())
    }
    await expectError(.unsupported) { try await staged.table.commit { $0.setProperty("a", "b") } }
  }

  @Test("a table in a folder and its first rows appear at once", arguments: [1, 2, 3])
  func folder(version: Int) async throws {
    let storage = MemoryFileIO()
    let catalog = FileSystemCatalog(warehouse: "memory:/warehouse", fileIO: storage)
    let creation = SampleTable.creation(properties: ["format-version": "\(version)"])
    let staged = try await catalog.stageTable(Self.name, creation)
    #expect(storage.locations.isEmpty)
    let batch = try Self.rows([1, 2], ["Ulm", "Bonn"])
    let files = try await staged.table.withWriter { try await $0.write(batch) }
    _ = try await staged.commit { $0.append(files) }
    let loaded = try await catalog.loadTable(Self.name)
    #expect(try await Self.ids(of: loaded) == [1, 2])
    #expect(loaded.metadata.formatVersion == version)
    // It is a table like any other.
    let more = try await loaded.append(try Self.rows([3], ["Ulm"]))
    #expect(try await Self.ids(of: more) == [1, 2, 3])
  }

  @Test("a staged table without changes is an empty one")
  func empty() async throws {
    let catalog = MemoryCatalog()
    let made = try await catalog.stageTable(Self.name, SampleTable.creation()).commit()
    #expect(made.metadata.snapshots.isEmpty)
    #expect(try await catalog.tableExists(Self.name))
  }

  @Test("of two that make the same table one fails, and leaves no metadata")
  func race() async throws {
    let storage = MemoryFileIO()
    let catalog = MemoryCatalog(fileIO: storage)
    let first = try await catalog.stageTable(Self.name, SampleTable.creation())
    let second = try await catalog.stageTable(Self.name, SampleTable.creation())
    let made = try await first.commit { $0.append([SampleTable.dataFile("a", of: first.table)]) }
    let files = storage.locations
    await expectError(.alreadyExists) {
      _ = try await second.commit { $0.append([SampleTable.dataFile("b", of: second.table)]) }
    }
    #expect(storage.locations == files)
    #expect(try await catalog.loadTable(Self.name).metadata == made.metadata)
  }

  @Test("a lost reply is found out, an unavailable catalog is asked again")
  func lostReply() async throws {
    struct Timeout: Error {}
    let world = TestEnvironment()
    for faults: [FaultyCatalog.Fault] in [
      [.loseReply(Timeout())], [.fail(Self.down), .none], [.loseReply(Self.down)],
      [.fail(Self.down), .loseReply(Self.conflict)],
    ] {
      let catalog = FaultyCatalog(MemoryCatalog(), faults: faults)
      let staged = try await catalog.stageTable(Self.name, SampleTable.creation())
      let made = try await staged.commit(environment: world.environment) {
        $0.append([SampleTable.dataFile("a", of: staged.table)])
      }
      #expect(made.metadata.snapshots.count == 1, "\(faults)")
      #expect(try await made.scan().tasks().count == 1)
    }
  }

  @Test("an outcome that cannot be found out is told, and nothing is removed")
  func unknown() async throws {
    struct Timeout: Error {}
    let storage = MemoryFileIO()
    let world = TestEnvironment()
    let catalog = FaultyCatalog(MemoryCatalog(fileIO: storage), faults: [.fail(Timeout())])
    let staged = try await catalog.stageTable(Self.name, SampleTable.creation())
    await expectError(.commitStateUnknown) {
      _ = try await staged.commit(environment: world.environment) {
        $0.append([SampleTable.dataFile("a", of: staged.table)])
      }
    }
    #expect(storage.locations.filter { $0.hasSuffix(".avro") }.count == 2)
  }

  @Test("a change that is impossible makes no table and leaves no file")
  func failure() async throws {
    let storage = MemoryFileIO()
    let catalog = MemoryCatalog(fileIO: storage)
    let staged = try await catalog.stageTable(Self.name, SampleTable.creation())
    await expectError(.notFound) {
      _ = try await staged.commit { transaction in
        transaction.append([SampleTable.dataFile("a", of: staged.table)])
        transaction.rollback(to: 5)
      }
    }
    #expect(storage.locations.isEmpty)
    #expect(try await !catalog.tableExists(Self.name))
  }

  @Test("a table is replaced together with its new rows; what it was can still be read")
  func replacement() async throws {
    let catalog = MemoryCatalog()
    var table = try await catalog.createTable(Self.name, SampleTable.creation())
    table = try await table.append(try Self.rows([1, 2], ["Ulm", "Bonn"]))
    let old = try #require(table.metadata.currentSnapshotID)
    let schema = Schema([
      Field(id: 1, name: "city", type: .string, isRequired: false),
      Field(id: 2, name: "id", type: .long, isRequired: true),
    ])
    let staged = try await catalog.stageReplacement(of: Self.name, with: .init(schema: schema))
    let batch = try RecordBatch(
      rows: [[.string("Kiel"), .long(9)]], schema: staged.table.metadata.currentSchema)
    let files = try await staged.table.withWriter { try await $0.write(batch) }
    #expect(try await Self.ids(of: catalog.loadTable(Self.name)) == [1, 2])
    let replaced = try await staged.commit { $0.append(files) }
    #expect(try await Self.ids(of: replaced) == [9])
    #expect(replaced.metadata.currentSnapshot?.parentID == nil)
    #expect(replaced.metadata.currentSnapshot?.sequenceNumber == 2)
    #expect(replaced.metadata.currentSnapshot?.summary?["total-records"] == "1")
    #expect(replaced.metadata.tableUUID == table.metadata.tableUUID)
    var ids: [Int64] = []
    for try await batch in replaced.scan().at(.snapshot(old)).select("id").batches() {
      guard case .long(let values) = batch.columns[0].values else { continue }
      ids += values
    }
    #expect(ids.sorted() == [1, 2])
    let back = try await replaced.commit { $0.setCurrentSnapshot(old) }
    #expect(try await Self.ids(of: back) == [1, 2])
    let other: TableIdentifier = "db.other"
    await expectError(.notFound) {
      _ = try await catalog.stageReplacement(of: other, with: .init(schema: schema))
    }
    let made = try await catalog.stageReplacementOrTable(other, .init(schema: schema)).commit()
    #expect(made.metadata.currentSchema.fields.map(\.name) == ["city", "id"])
    let again = try await catalog.stageReplacementOrTable(other, SampleTable.creation()).commit()
    #expect(again.metadata.currentSchema.fields.map(\.name) == ["id", "city", "amount"])
    let last = try await catalog.replaceTable(other, with: .init(schema: schema))
    #expect(last.metadata.currentSchema.fields.map(\.name) == ["city", "id"])
  }

  @Test("rows that are added meanwhile are part of the history of a replaced table")
  func replacedMeanwhile() async throws {
    let catalog = MemoryCatalog()
    let table = try await catalog.createTable(Self.name, SampleTable.creation())
    let staged = try await catalog.stageReplacement(of: Self.name, with: SampleTable.creation())
    let rival = try await table.append([SampleTable.dataFile("rival", of: table)])
    let replaced = try await staged.commit {
      $0.append([SampleTable.dataFile("new", of: staged.table)])
    }
    #expect(replaced.metadata.snapshots.map(\.sequenceNumber) == [1, 2])
    #expect(replaced.metadata.snapshot(id: rival.metadata.currentSnapshotID ?? 0) != nil)
    #expect(try await replaced.scan().tasks().count == 1)
  }

  @Test("a replacement whose files would be read with other ids is refused")
  func changedMeanwhile() async throws {
    let catalog = MemoryCatalog()
    let table = try await catalog.createTable(Self.name, SampleTable.creation())
    let schema = Schema([Field(id: 1, name: "new", type: .long, isRequired: false)])
    let staged = try await catalog.stageReplacement(of: Self.name, with: .init(schema: schema))
    // Another writer takes the id that the new column was to get.
    let other = Schema([Field(id: 1, name: "other", type: .string, isRequired: false)])
    _ = try await table.commit { $0.replaceTable(with: .init(schema: other)) }
    await expectError(.validationFailed) {
      _ = try await staged.commit {
        $0.append([SampleTable.dataFile("a", of: staged.table)])
      }
    }
  }
}
