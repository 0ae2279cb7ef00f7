import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Which commits succeed after which others, as the reference implementation has it.
@Suite(.needsSharedFiles) struct ConflictConformanceTests {
  @Test("a pending commit succeeds or fails after a concurrent one")
  func cases() async throws {
    try await ExpectedValues("conflict-validation").run("cases") { item in
      var play = try await ConflictPlay(item)
      try await play.run()
    }
  }

  @Test("what the specification lets commits do after others")
  func baseRules() async throws {
    try await ExpectedValues("conflict-validation").run("base_rules") { item in
      let pending = try CorpusValue.string("pending", of: item)
      let concurrent = try CorpusValue.string("concurrent", of: item)
      let rule = try CorpusValue.string("rule", of: item)
      var scene = try await CommitScene()
      try await scene.append("A", "B")
      let stale = scene.table
      let (a, a2, c) = (scene.file("A"), scene.file("A2"), scene.file("C"))
      switch concurrent {
      case "anything", "appends":
        let b = scene.file("B")
        try await scene.commit {
          $0.append([c])
          if concurrent == "anything" { $0.deleteFiles([b]) }
        }
      case "removes one of its input files", "removes one of those files":
        try await scene.commit { $0.deleteFiles([a]) }
      case "schema changed":
        scene.table = try await Self.addColumn("x", to: scene.table)
      default: throw CorpusValue.Malformed(what: concurrent)
      }
      let outcome = await Outcome {
        if pending == "schema or partition-spec update" {
          return try await Self.addColumn("y", to: stale)
        }
        return try await stale.commit(environment: CommitScene.environment()) {
          switch pending {
          case "append": $0.append([a2])
          case "replace/compaction":
            $0.rewriteFiles(RewriteFiles(removed: [a], added: [a2]))
          case "delete by file": $0.deleteFiles([a])
          case "delete by expression": $0.deleteFiles(where: .all)
          default: Issue.record("\(pending) is not known")
          }
        }
      }
      #expect(outcome.error == nil ? rule != "must fail" : rule == "must fail", "\(outcome)")
    }
  }

  /// A commit that was prepared on the given version, and is not prepared again.
  private static func addColumn(_ name: String, to table: Table) async throws -> Table {
    var schema = table.metadata.currentSchema
    schema.fields.append(.optional(name, .int, id: 9))
    let updates: [TableUpdate] = [.addSchema(schema), .setCurrentSchema(id: -1)]
    let catalog = try #require(table.catalog)
    return try await catalog.commit(
      TableCommit(
        requirements: TableRequirement.requirements(for: updates, changing: table.metadata),
        updates: updates), to: table.identifier)
  }

  @Test("an isolation level validates what the reference implementation validates")
  func isolationLevels() throws {
    try ExpectedValues("conflict-validation").run("isolation_level_validations") { item in
      let check = try ConflictPlay.check(
        of: CorpusValue.string("operation", of: item),
        isolation: CorpusValue.string("isolation", of: item), start: 1, filter: nil,
        referenced: ["a"])
      var validated: Set<String> = []
      if check.validatesNewData { validated.insert("no conflicting data") }
      if check.validatesNewDeletes { validated.insert("no conflicting deletes") }
      if check.validatesRemovedFiles { validated.insert("deleted files") }
      if !check.requiredDataFiles.isEmpty { validated.insert("referenced data files exist") }
      let expected = try CorpusValue.array("validate", of: item).map { value in
        guard case .string(let text) = value else { throw CorpusValue.Malformed(what: "validate") }
        return text.hasPrefix("no ")
          ? text.replacing(" files", with: "").replacing("delete", with: "deletes")
            .replacing("deletess", with: "deletes") : text
      }
      #expect(validated == Set(expected))
    }
  }

  @Test("commands succeed or fail after concurrent commits as their isolation level says")
  func isolationOutcomes() async throws {
    try await ExpectedValues("conflict-validation").run("isolation_level_outcomes") { item in
      let command = try CorpusValue.string("pending", of: item)
      let concurrent = try CorpusValue.string("concurrent", of: item)
      let isFiles = concurrent.contains("(v2)")
      var scene = try await CommitScene(version: isFiles ? 2 : 3)
      try await scene.append("A", "B")
      let stale = scene.table
      let a = scene.file("A", rows: 2)
      let (d, d2) = (scene.deletes("d", about: "A"), scene.deletes("d2", about: "A"))
      // What the command reads: the rows of one bucket.
      let filter = col("data").bucket(16) == 0
      switch concurrent {
      case let text where text.hasPrefix("append of rows that cannot"):
        try await scene.append("C")
      case let text where text.hasPrefix("append of rows that match"):
        try await scene.append("A3")
      case let text where text.hasPrefix("compaction"):
        let rewrite = RewriteFiles(removed: [a], added: [scene.file("A4")])
        try await scene.commit { $0.rewriteFiles(rewrite) }
      case let text
      where text.hasPrefix("row-level deletes") || text.contains("DV for")
        || text.hasPrefix("position delete FILES"):
        try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [d2])) }
      default: throw CorpusValue.Malformed(what: concurrent)
      }
      let check = try ConflictPlay.check(
        of: command, isolation: CorpusValue.string("isolation", of: item),
        start: stale.metadata.currentSnapshotID, filter: filter, referenced: [a.location])
      let added = scene.file("A5")
      let outcome = await Outcome {
        try await stale.commit(environment: CommitScene.environment()) {
          if command.hasPrefix("copy-on-write") {
            $0.overwrite(removing: [a], adding: [added], check: check)
          } else {
            $0.rowDelta(
              RowDelta(
                addedFiles: command.hasSuffix("DELETE") ? [] : [added], addedDeletes: [d],
                check: check))
          }
        }
      }
      let isExpected = try CorpusValue.bool("commit_succeeds", of: item)
      #expect((outcome.error == nil) == isExpected, "\(outcome)")
    }
  }
}

/// What came of a commit.
struct Outcome: CustomStringConvertible {
  var error: IcebergError?
  var other: (any Error)?

  init(_ body: () async throws -> Table) async {
    do {
      _ = try await body()
    } catch let error as IcebergError {
      self.error = error
    } catch {
      other = error
      self.error = IcebergError(.storage, "\(error)")
    }
  }

  var description: String { error.map { "\($0)" } ?? "committed" }
}
