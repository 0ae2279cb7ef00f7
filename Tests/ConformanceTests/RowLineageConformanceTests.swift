import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Which row ids snapshots, manifests and files are given, as the reference implementation has it.
@Suite(.needsSharedFiles) struct RowLineageConformanceTests {
  @Test("row ids are assigned in the order of commits, whatever the operation")
  func assignment() async throws {
    try await ExpectedValues("row-lineage").run("assignment") { item in
      var story = try await Story(item)
      for step in try CorpusValue.array("steps", of: item) {
        guard case .string(let text) = step else { throw CorpusValue.Malformed(what: "steps") }
        for part in text.split(separator: "; ") { try await story.perform(String(part)) }
      }
      guard case .object(let expected) = try CorpusValue.member("expected", of: item) else {
        throw CorpusValue.Malformed(what: "expected")
      }
      try await story.expect(expected, of: SnapshotReference.main)
      for branch in [SnapshotReference.main, "branch"] {
        guard case .object(let part) = expected[branch] else { continue }
        try await story.expect(part, of: branch)
      }
    }
  }

  private struct Story {
    var scene: CommitScene

    init(_ item: JSONObject) async throws {
      let text = JSONValue.object(item).serialized().utf8String ?? ""
      scene = try await CommitScene(version: text.contains("upgrade") ? 2 : 3, isPartitioned: false)
    }

    private func file(_ name: some StringProtocol) throws -> DataFile {
      let rows: [String: Int64] = ["A": 125, "B": 100, "C": 90]
      let name = String(name.prefix(1))
      return scene.file(name, rows: try #require(rows[name]))
    }

    mutating func perform(_ step: String) async throws {
      let step = step.replacing("v2 table: ", with: "").replacing("v2: ", with: "")
      let words = step.replacing(":", with: "").replacing(",", with: " ").split(separator: " ")
      switch step {
      case "empty append": try await scene.commit { $0.overwrite(removing: [], adding: []) }
      case "append A carrying first_row_id=1000":
        var file = try file("A")
        file.firstRowID = 1000
        let files = [file]
        try await scene.commit { $0.append(files) }
      case let text where text.hasPrefix("append "):
        let files = try words.dropFirst().prefix { $0.count == 1 }.map { try file($0) }
        let branch =
          text.hasSuffix("on branch") ? "branch" : SnapshotReference.main
        try await scene.commit { $0.append(files, toBranch: branch) }
      case let text where text.hasPrefix("overwrite"):
        // overwrite: delete A, add B
        let (old, new) = (try file(words[2]), try file(words[4]))
        try await scene.commit { $0.overwrite(removing: [old], adding: [new]) }
      case let text where text.hasPrefix("delete "):
        let old = try file(words[1])
        try await scene.commit { $0.deleteFiles([old]) }
      case let text where text.hasPrefix("row-delta"):
        let deletes = scene.deletes("d\(scene.table.metadata.snapshots.count)", about: "A")
        let added = words.last == "B" ? [try file("B")] : []
        try await scene.commit {
          $0.rowDelta(RowDelta(addedFiles: added, addedDeletes: [deletes]))
        }
      case let text where text.hasPrefix("rewrite A->B"):
        // As many rows: what is rewritten has no others.
        let rewrite = RewriteFiles(
          removed: [try file("A")], added: [try file("B")], dataSequenceNumber: 1)
        try await scene.commit { $0.rewriteFiles(rewrite) }
      case "commit.manifest.min-count-to-merge=1":
        try await scene.commit { $0.setProperty("commit.manifest.min-count-to-merge", "1") }
      case "upgrade to v3": try await scene.commit { $0.upgradeFormat(to: 3) }
      case "cherry-pick branch head to main":
        let id = try scene.head("branch").id
        try await scene.commit { $0.cherryPick(id) }
      case "fast-forward main to branch":
        try await scene.commit { $0.fastForward(SnapshotReference.main, to: "branch") }
      default: throw CorpusValue.Malformed(what: step)
      }
    }

    func expect(_ expected: JSONObject, of branch: String) async throws {
      let metadata = scene.table.metadata
      if let next = expected["next_row_id"] { #expect(Self.number(metadata.nextRowID) == next) }
      if let first = expected["snapshot_first_row_id"] {
        #expect(Self.number(try scene.head(branch).firstRowID) == first)
      }
      if let ids = expected["manifest_first_row_ids"] {
        let found = try await scene.manifests(.data, of: branch).map { Self.number($0.firstRowID) }
        #expect(JSONValue.array(found) == ids)
      }
      if case .object(let files) = expected["file_first_row_ids"] {
        for file in files.members {
          let entry = try await scene.entries(.data, of: branch).first {
            $0.isLive && $0.dataFile.location == scene.location(file.name)
          }
          #expect(Self.number(entry?.dataFile.firstRowID) == file.value, "\(file.name)")
        }
      }
      if let number = expected["read_last_updated_sequence_number"] {
        let live = try await scene.entries(.data, of: branch).filter(\.isLive)
        #expect(live.map { Self.number($0.sequenceNumber) } == [number])
      }
    }

    private static func number(_ value: Int64?) -> JSONValue {
      value.map { .integer($0) } ?? .null
    }
  }
}
