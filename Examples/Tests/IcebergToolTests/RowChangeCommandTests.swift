import Foundation
import Testing

@Suite("iceberg delete and overwrite")
struct RowChangeCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private var path: String { tool.warehouse + "/logs/events" }

  /// A table with the ids 1 to 6, in two files and two partitions.
  private func makeTable(_ options: String...) throws {
    let made = try tool.run(
      [
        "create", "--warehouse", tool.warehouse, "logs.events", "--schema",
        "id long not null, level string", "--partition-by", "level",
      ] + options)
    #expect(made.exitCode == 0, "\(made.messages)")
    let file = try tool.file("rows.csv", "id,level\n1,a\n2,a\n3,a\n4,b\n5,b\n6,b\n")
    let result = try change("append", "--from", file)
    #expect(result.exitCode == 0, "\(result.messages)")
  }

  private func change(_ command: String, _ options: String...) throws -> Tool.Result {
    try tool.run([command, "--warehouse", tool.warehouse, "logs.events"] + options)
  }

  private func ids() throws -> [Int] {
    try tool.run("scan", path, "--json", "--select", "id").lines.compactMap { line in
      let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      return row?["id"] as? Int
    }.sorted()
  }

  private func numbers(_ result: Tool.Result) throws -> [String: Int] {
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    return object.compactMapValues { $0 as? Int }
  }

  @Test("rows of a condition are deleted, in both modes; a dry run only tells")
  func delete() throws {
    defer { tool.remove() }
    try makeTable()
    let plan = try change("delete", "--where", "id = 2 OR level = 'b'", "--dry-run")
    #expect(plan.exitCode == 0)
    #expect(plan.output.hasPrefix("would delete 4 rows of logs.events"))
    #expect(try ids() == [1, 2, 3, 4, 5, 6])

    let first = try change("delete", "--where", "id = 2 OR level = 'b'", "--json")
    let counts = try numbers(first)
    #expect(counts["deleted_records"] == 4)
    #expect(counts["removed_data_files"] == 1)
    #expect(counts["rewritten_data_files"] == 1)
    #expect(counts["added_data_files"] == 1)
    #expect(try ids() == [1, 3])

    let second = try change("delete", "--where", "id = 3", "--mode", "merge-on-read", "--json")
    #expect(try numbers(second)["added_delete_files"] == 1)
    #expect(try ids() == [1])

    let nothing = try change("delete", "--where", "id = 3")
    #expect(nothing.exitCode == 0)
    #expect(nothing.output == "deleted 0 rows of logs.events: nothing to do\n")
    let all = try change("delete", "--all")
    #expect(all.exitCode == 0, "\(all.messages)")
    #expect(try ids().isEmpty)
  }

  @Test("rows of a condition, or whole partitions, are replaced by those of a file")
  func overwrite() throws {
    defer { tool.remove() }
    try makeTable()
    let file = try tool.file("new.csv", "id,level\n10,a\n")
    let plan = try change("overwrite", "--from", file, "--where", "id < 3", "--dry-run", "--json")
    #expect(try numbers(plan)["deleted_records"] == 2)
    let result = try change("overwrite", "--from", file, "--where", "id < 3", "--json")
    #expect(try numbers(result)["added_records"] == 1, "\(result.messages)")
    #expect(try ids() == [3, 4, 5, 6, 10])

    let partition = try tool.file("partition.csv", "id,level\n20,b\n21,b\n")
    let replaced = try change("overwrite", "--from", partition, "--partitions", "--json")
    #expect(try numbers(replaced)["deleted_records"] == 3, "\(replaced.messages)")
    #expect(try ids() == [3, 10, 20, 21])
  }

  @Test("what to delete has to be said, and options that exclude each other are refused")
  func usage() throws {
    defer { tool.remove() }
    try makeTable()
    let file = try tool.file("new.csv", "id,level\n10,a\n")
    for (words, code) in [
      (["delete"], 2), (["delete", "--all", "--where", "id = 1"], 2),
      (["delete", "--where", "id = 1", "--mode", "fast"], 2),
      (["delete", "--where", "nobody = 1"], 3), (["overwrite", "--all"], 2),
      (["overwrite", "--from", file, "--partitions", "--dry-run"], 2),
    ] as [([String], Int32)] {
      let result = try tool.run(
        [words[0], "--warehouse", tool.warehouse, "logs.events"] + words.dropFirst())
      #expect(result.exitCode == code, "\(words): \(result.messages)")
    }
    #expect(try ids() == [1, 2, 3, 4, 5, 6])
  }
}
