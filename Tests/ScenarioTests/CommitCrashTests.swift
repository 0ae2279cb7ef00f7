import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// A commit stops between any two of its steps: the table is before it or after it.
@Suite struct CommitCrashTests {
  static let name: TableIdentifier = "db.t"

  @Test("a process that stops at any step of any file leaves the table before or after its commit")
  func processes() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path)
      var table = try await catalog.createTable(Self.name, SampleTable.creation())
      table = try await table.append([SampleTable.dataFile("first", of: table)])
      var (before, after) = (0, 0)
      for step in 0..<1000 {
        let count = table.metadata.snapshots.count
        let worker = try WorkerProcess(
          "crash-append", directory.path, Self.name.description, "\(step)")
        let (output, exitCode) = try worker.result()
        table = try await table.refreshed()
        let audit = try await TableAudit(table)
        #expect(audit.defects.allSatisfy { $0.contains("twice") }, "step \(step): \(audit.defects)")
        if table.metadata.snapshots.count == count { before += 1 } else { after += 1 }
        #expect(table.metadata.snapshots.count - count <= 1)
        if exitCode == 0 {
          // It came to its end: there are no more steps to stop at.
          #expect(output.hasPrefix("steps \(step)"), "\(output)")
          break
        }
        #expect(exitCode == 42, "\(output)")
        #expect(step < 999)
      }
      // Four files of seven steps each; the metadata is the third of them.
      #expect(before == 2 * 7 + 4)
      #expect(after == 3 + 7 + 1)
    }
  }

  @Test(
    "whatever call goes wrong, the table is before or after, as the writer was told",
    arguments: FaultKind.allCases)
  func calls(_ kind: FaultKind) async throws {
    for number in 0..<100 {
      let memory = MemoryFileIO()
      let plain = FileSystemCatalog(
        warehouse: "/wh", fileIO: memory, environment: TestEnvironment().environment)
      let first = try await plain.createTable(Self.name, SampleTable.creation())
      let before = try await first.append([SampleTable.dataFile("first", of: first)])
      let faulty = FaultyFileIO(memory) { $0.number == number ? kind.fault : nil }
      let catalog = FileSystemCatalog(
        warehouse: "/wh", fileIO: faulty, environment: TestEnvironment(seed: 2).environment)
      var told: Result<Table, any Error>
      do {
        let table = try await catalog.loadTable(Self.name)
        told = .success(
          try await table.commit(environment: TestEnvironment(seed: 3).environment) {
            $0.append([SampleTable.dataFile("second", of: table)])
          })
      } catch {
        told = .failure(error)
      }
      let table = try await plain.loadTable(Self.name)
      let audit = try await TableAudit(table)
      #expect(audit.defects.isEmpty, "call \(number): \(audit.defects)")
      let isCommitted = audit.names == ["first", "second"]
      #expect(isCommitted || audit.names == ["first"], "call \(number)")
      switch told {
      case .success: #expect(isCommitted, "call \(number)")
      case .failure(let error as IcebergError) where error.code == .commitStateUnknown: break
      case .failure(let error):
        #expect(!isCommitted, "call \(number): \(error)")
        #expect(table.metadata == before.metadata)
        if kind != .stop, kind != .stopAfter {
          let files = Set(memory.locations.filter { $0.hasSuffix(".avro") })
          #expect(files == audit.metadataFiles, "call \(number): \(error)")
        }
      }
      // The table goes on.
      let next = try await table.append([SampleTable.dataFile("third", of: table)])
      #expect(try await TableAudit(next).names.contains("third"))
      if faulty.calls.count <= number {
        #expect(number > 10)
        return
      }
    }
    Issue.record("the commit never came to its end")
  }
}
