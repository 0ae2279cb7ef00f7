import Iceberg
import IcebergTestSupport
import Testing

/// Processes ask for the lock of one table's maintenance, and some of them die.
@Suite struct MaintenanceProcessesTests {
  static let name: TableIdentifier = "db.t"

  private static func output(
    _ warehouse: String, _ owner: String, lasting: Int = 60_000, work: Int = 0
  ) throws -> String {
    let worker = try WorkerProcess(
      "hold-lock", warehouse, name.description, owner, String(lasting), String(work))
    let (output, exitCode) = try worker.result()
    #expect(exitCode == 0, "\(output)")
    return output.split(separator: "\n").last.map(String.init) ?? ""
  }

  private static func wait(for owner: String?, of table: Table) async throws {
    for _ in 0..<2000 {
      if try await MaintenanceLock.holder(of: table)?.owner == owner { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("\(owner ?? "nobody") never held the lock")
  }

  @Test("one process holds the lock; when it is killed, others wait until the lock has run out")
  func takeOver() async throws {
    try await withTemporaryDirectory { directory in
      let table = try await FileSystemCatalog(warehouse: directory.path)
        .createTable(Self.name, SampleTable.creation())
      let lasting = 1500
      let first = try WorkerProcess(
        "hold-lock", directory.path, Self.name.description, "first", String(lasting), "600000")
      try await Self.wait(for: "first", of: table)
      // It is renewed for as long as the process lives.
      let acquired = try #require(try await MaintenanceLock.holder(of: table))
      try await Task.sleep(for: .milliseconds(lasting))
      #expect(try Self.output(directory.path, "second") == "refused first")
      let holder = try #require(try await MaintenanceLock.holder(of: table))
      #expect(holder.id == acquired.id && holder.expiresMillis > acquired.expiresMillis)

      first.kill()
      #expect(try first.result().exitCode == 9)
      try await Self.wait(for: nil, of: table)
      #expect(try Self.output(directory.path, "second") == "held")
      #expect(try await MaintenanceLock.holder(of: table) == nil)
    }
  }

  @Test("of processes that ask at the same time one gets the lock")
  func race() async throws {
    try await withTemporaryDirectory { directory in
      _ = try await FileSystemCatalog(warehouse: directory.path)
        .createTable(Self.name, SampleTable.creation())
      for round in 0..<LongTests.rounds(quick: 2, long: 30) {
        let workers = try (0..<4).map {
          try WorkerProcess(
            "hold-lock", directory.path, Self.name.description, "w\($0)", "60000", "2000")
        }
        let outputs = try workers.map { try $0.result().output }
        #expect(outputs.filter { $0 == "held\n" }.count == 1, "round \(round): \(outputs)")
        #expect(outputs.filter { $0.hasPrefix("refused w") }.count == 3, "round \(round)")
      }
    }
  }
}
