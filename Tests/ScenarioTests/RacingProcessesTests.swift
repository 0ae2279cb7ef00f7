import Foundation
import Iceberg
import IcebergTestSupport
import Testing

/// Processes append to one table on disk at the same time.
@Suite(.serialized) struct RacingProcessesTests {
  struct Outcome {
    var committed: Set<String> = []
    var conflicts: Set<String> = []
    var unknown: Set<String> = []
  }

  static let name: TableIdentifier = "db.race"

  /// Lets `writers` processes append `count` files each, and says what they were told.
  static func race(
    in warehouse: String, writers: Int, count: Int, retries: String
  ) throws -> Outcome {
    let workers = try (0..<writers).map { writer in
      try WorkerProcess(
        "append", warehouse, name.description, "w\(writer)", String(count), retries)
    }
    var outcome = Outcome()
    for worker in workers {
      let (output, exitCode) = try worker.result()
      #expect(exitCode == 0, "\(output)")
      for line in output.split(separator: "\n") {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 2 else { continue }
        switch words[0] {
        case "committed": outcome.committed.insert(words[1])
        case "conflict": outcome.conflicts.insert(words[1])
        case "unknown": outcome.unknown.insert(words[1])
        default: Issue.record("\(line)")
        }
      }
    }
    return outcome
  }

  @Test(
    "with patience every append of every process is committed, once", arguments: ["none", "gzip"])
  func patience(codec: String) async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path)
      _ = try await catalog.createTable(
        Self.name,
        SampleTable.creation(properties: ["write.metadata.compression-codec": codec]))
      let writers = LongTests.rounds(quick: 3, long: 8)
      let count = LongTests.rounds(quick: 5, long: 50)
      let start = Date()
      let outcome = try Self.race(
        in: directory.path, writers: writers, count: count, retries: "1000")
      let seconds = Date().timeIntervalSince(start)
      print("\(writers) processes, \(count) appends each: \(seconds) s")
      #expect(outcome.committed.count == writers * count)
      #expect(outcome.conflicts.isEmpty && outcome.unknown.isEmpty)
      let table = try await catalog.loadTable(Self.name)
      let audit = try await TableAudit(table)
      #expect(audit.defects.isEmpty, "\(audit.defects)")
      #expect(audit.names == outcome.committed.sorted())
      #expect(table.metadata.snapshots.count == writers * count)
      // Nothing is left of the attempts that were lost.
      let files = try await table.fileIO.list(under: table.metadata.location).map(\.location)
      #expect(Set(files.filter { $0.hasSuffix(".avro") }) == audit.metadataFiles)
      #expect(files.filter { $0.contains(".metadata.json") }.count == writers * count + 1)
      #expect(!files.contains(where: LocalFileIO.isTemporary))
    }
  }

  @Test("with the defaults no update is lost, and every failure is told")
  func defaults() async throws {
    try await withTemporaryDirectory { directory in
      let catalog = FileSystemCatalog(warehouse: directory.path)
      _ = try await catalog.createTable(
        Self.name,
        SampleTable.creation(properties: [
          "commit.retry.min-wait-ms": LongTests.isEnabled ? "100" : "5",
          "write.metadata.delete-after-commit.enabled": "true",
          "write.metadata.previous-versions-max": "3",
        ]))
      let writers = LongTests.rounds(quick: 3, long: 8)
      let count = LongTests.rounds(quick: 5, long: 50)
      let outcome = try Self.race(
        in: directory.path, writers: writers, count: count, retries: "default")
      print(
        "defaults: \(outcome.committed.count) committed, \(outcome.conflicts.count) conflicts, "
          + "\(outcome.unknown.count) unknown")
      #expect(outcome.committed.count + outcome.conflicts.count == writers * count)
      #expect(outcome.unknown.isEmpty)
      let table = try await catalog.loadTable(Self.name)
      let audit = try await TableAudit(table)
      #expect(audit.defects.isEmpty, "\(audit.defects)")
      #expect(audit.names == outcome.committed.sorted())
      let files = try await table.fileIO.list(under: table.metadata.location).map(\.location)
      #expect(Set(files.filter { $0.hasSuffix(".avro") }) == audit.metadataFiles)
    }
  }
}
