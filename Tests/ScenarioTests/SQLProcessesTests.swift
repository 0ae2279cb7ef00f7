#if SQL
import Foundation
import Iceberg
import IcebergSQL
import IcebergTestSupport
import Testing

/// Processes commit to one SQLite database at the same time, and some are killed in between.
@Suite(.serialized) struct SQLProcessesTests {
  static func open(
    _ directory: TemporaryDirectory, _ journal: SQLCatalog.Options.Journal
  ) async throws -> SQLCatalog {
    try await SQLCatalog.open(
      directory.path("c.db"), name: "test", warehouse: directory.path("wh"),
      options: .init(journal: journal))
  }

  /// What processes were told.
  struct Told {
    var appended: Set<String> = []
    var paired: Set<String> = []

    mutating func add(_ output: String) {
      for line in output.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 2 else { continue }
        if words[0] == "appended" { appended.insert(words[1]) }
        if words[0] == "paired" { paired.insert(words[1]) }
      }
    }
  }

  /// Checks the database and the tables against what the processes were told, `inFlight` of which may
  /// have committed something that they could not tell.
  static func check(_ told: Told, inFlight: Int, _ directory: TemporaryDirectory) async throws {
    let connection = try SQLiteConnection(
      path: directory.path("c.db"), creates: false, busyMilliseconds: 5000)
    #expect(try connection.rows("PRAGMA integrity_check") == [["ok"]])
    let catalog = try await SQLCatalog.open(directory.path("c.db"))
    let audit = try await TableAudit(catalog.loadTable("db.t"))
    #expect(audit.defects.isEmpty, "\(audit.defects)")
    let names = Set(audit.names)
    #expect(names.isSuperset(of: told.appended))
    #expect(names.count <= told.appended.count + inFlight)
    let first = try await catalog.loadTable("db.a").metadata
    let second = try await catalog.loadTable("db.b").metadata
    // Both or none.
    #expect(first.properties == second.properties)
    let keys = Set(first.properties.keys.filter { $0.hasPrefix("w") && !$0.hasPrefix("write") })
    #expect(keys.isSuperset(of: told.paired))
    #expect(keys.count <= told.paired.count + inFlight)
    #expect(first.metadataLog.count == min(100, keys.count))
  }

  static func makeTables(_ catalog: SQLCatalog) async throws {
    for name: TableIdentifier in ["db.t", "db.a", "db.b"] {
      _ = try await catalog.createTable(name, SampleTable.creation())
    }
  }

  @Test(
    "every commit of every process takes place, once",
    arguments: [SQLCatalog.Options.Journal.rollbackJournal, .writeAheadLog])
  func race(journal: SQLCatalog.Options.Journal) async throws {
    try await withTemporaryDirectory { directory in
      try await Self.makeTables(Self.open(directory, journal))
      let writers = LongTests.rounds(quick: 3, long: 8)
      let count = LongTests.rounds(quick: 5, long: 40)
      let workers = try (0..<writers).map {
        try WorkerProcess(
          "sql-rounds", directory.path("c.db"), directory.path("wh"), "w\($0)", String(count))
      }
      var told = Told()
      for worker in workers {
        let (output, exitCode) = try worker.result()
        #expect(exitCode == 0, "\(output)")
        told.add(output)
      }
      #expect(told.appended.count == writers * count && told.paired.count == writers * count)
      try await Self.check(told, inFlight: 0, directory)
      // Nothing is left of the attempts that were lost.
      let files = directory.listing.files().filter { $0.hasSuffix(".metadata.json") }
      #expect(files.count == 3 * (writers * count) + 3)
    }
  }

  @Test(
    "a process that is killed at any moment loses no commit and leaves none in half",
    arguments: [SQLCatalog.Options.Journal.rollbackJournal, .writeAheadLog])
  func kills(journal: SQLCatalog.Options.Journal) async throws {
    var random = SeededRandom()
    try await withTemporaryDirectory { directory in
      try await Self.makeTables(Self.open(directory, journal))
      var told = Told()
      let rounds = LongTests.rounds(quick: 6, long: 150)
      for round in 0..<rounds {
        let survivor = try WorkerProcess(
          "sql-rounds", directory.path("c.db"), directory.path("wh"), "w\(round)s", "2")
        let victim = try WorkerProcess(
          "sql-rounds", directory.path("c.db"), directory.path("wh"), "w\(round)v", "1000")
        try await Task.sleep(for: .milliseconds(Int.random(in: 30...250, using: &random)))
        victim.kill()
        told.add(try victim.result().output)
        let (output, exitCode) = try survivor.result()
        #expect(exitCode == 0, "\(output)")
        told.add(output)
        try await Self.check(told, inFlight: round + 1, directory)
      }
      print("\(rounds) kills: \(told.appended.count) appends, \(told.paired.count) pairs told")
    }
  }
}
#endif
