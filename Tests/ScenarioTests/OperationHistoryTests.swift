import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Random histories of operations, carried out by Iceberg Java and by this library: the manifests, the
/// entries in them and the summaries are the same.
@Suite(.needsJava, .serialized) struct OperationHistoryTests {
  @Test("the same operations make the same snapshots", arguments: 1...3)
  func histories(version: Int) async throws {
    try await withTemporaryDirectory { directory in
      let warehouse = directory.path("wh")
      let java = try JavaProcess(
        "FileOperations", in: directory.path("classes"), arguments: [warehouse])
      let rounds = LongTests.rounds(quick: 3, long: 12)
      var compared = 0
      let steps = 15
      for seed in 0..<UInt64(rounds) {
        var random = SeededRandom(seed: seed * 3 + UInt64(version))
        let properties = [
          "commit.manifest.min-count-to-merge": "\(2 + random.next() % 4)",
          "commit.manifest-merge.enabled": random.next() % 4 == 0 ? "false" : "true",
          "write.summary.partition-limit": "3",
        ]
        let table = "db.t\(seed)"
        let made = try java.ask(
          (["create", table, "\(version)"] + properties.map { "\($0.key)=\($0.value)" })
            .joined(separator: "\t"))
        try #require(made.first == "ok", "\(made)")
        var history = try await FileHistory(version: version, properties: properties)
        for step in 0..<steps {
          let words = history.nextCommand(&random)
          let answer = try java.ask(
            ([words[0], table] + words.dropFirst()).joined(separator: "\t"))
          let failure = try await history.perform(words)
          let place = "version \(version), seed \(seed), step \(step): \(words)"
          #expect(
            (answer.first == "ok") == (failure == nil), "\(place): \(answer) \(failure ?? "")")
          guard answer.first == "ok", failure == nil else { continue }
          let theirs = try await Table.open(at: answer[1])
          let (left, right) = (
            try await Self.description(of: theirs), try await Self.description(of: history.table)
          )
          #expect(left == right, "\(place)")
          compared += 1
          if left != right { break }
        }
      }
      print("operation histories of version \(version): \(compared) snapshots compared")
    }
  }

  /// All that both must agree on, a line for each manifest and entry.
  private static func description(of table: Table) async throws -> [String] {
    guard let snapshot = table.metadata.currentSnapshot else { return [] }
    let ordinals = Dictionary(
      table.metadata.snapshots.enumerated().map { ($1.id, "s\($0)") }
    ) { first, _ in first }
    var lines = [
      "\(snapshot.summary?.operation?.rawValue ?? "") \(snapshot.sequenceNumber) "
        + "\(snapshot.firstRowID ?? -1) \(snapshot.addedRows ?? -1)"
    ]
    let properties = (snapshot.summary?.properties ?? []).filter { key, _ in
      !key.hasPrefix("engine-") && !key.hasPrefix("manifests-") && !key.hasPrefix("iceberg-")
    }
    // The order of the counts is that of a hash in Java.
    lines += properties.map { "  \($0.key)=\($0.value)" }.sorted()
    for manifest in try await table.manifests(of: snapshot) {
      lines.append(
        """
        \(manifest.content) \(ordinals[manifest.addedSnapshotID] ?? "?") \
        \(manifest.sequenceNumber) \(manifest.minSequenceNumber) \(manifest.firstRowID ?? -1) \
        \(manifest.addedFilesCount ?? -1)/\(manifest.existingFilesCount ?? -1)/\
        \(manifest.deletedFilesCount ?? -1) \(manifest.addedRowsCount ?? -1)/\
        \(manifest.existingRowsCount ?? -1)/\(manifest.deletedRowsCount ?? -1)
        """)
      for entry in try await table.entries(of: manifest) {
        let file = entry.dataFile
        lines.append(
          """
            \(entry.status) \(file.location) \(entry.snapshotID.flatMap { ordinals[$0] } ?? "?") \
          \(entry.sequenceNumber ?? -1) \(entry.fileSequenceNumber ?? -1) \
          \(file.firstRowID ?? -1) \(file.partition.values.map { $0?.text ?? "null" })
          """)
      }
    }
    return lines
  }
}
