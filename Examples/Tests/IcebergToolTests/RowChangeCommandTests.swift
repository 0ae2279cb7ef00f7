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
    #expect(try numbers(plan)["added_records"] == 1)
    let wide = try tool.file("wide.csv", "id,no\n10,a\n")
    let misfit = try change("overwrite", "--from", wide, "--where", "id < 3", "--dry-run")
    #expect(misfit.exitCode != 0)
    let result = try change("overwrite", "--from", file, "--where", "id < 3", "--json")
    #expect(try numbers(result)["added_records"] == 1, "\(result.messages)")
    #expect(try ids() == [3, 4, 5, 6, 10])

    let partition = try tool.file("partition.csv", "id,level\n20,b\n21,b\n")
    let planned = try change("overwrite", "--from", partition, "--partitions", "--dry-run")
    #expect(
      planned.output == """
        would replace partitions of logs.events: 2 added-records, 3 deleted-records, \
        1 deleted-data-files

        """, "\(planned.messages)")
    #expect(try ids() == [3, 4, 5, 6, 10])
    let replaced = try change("overwrite", "--from", partition, "--partitions", "--json")
    #expect(try numbers(replaced)["deleted_records"] == 3, "\(replaced.messages)")
    #expect(try ids() == [3, 10, 20, 21])
  }

  @Test("rows are added, or only read and counted")
  func append() throws {
    defer { tool.remove() }
    try makeTable()
    let file = try tool.file("new.csv", "id,level\n10,a\n11,c\n")
    let plan = try change("append", "--from", file, "--dry-run")
    #expect(plan.output == "would add 2 rows to logs.events\n", "\(plan.messages)")
    let wrong = try tool.file("wrong.csv", "id,level\nten,a\n")
    #expect(try change("append", "--from", wrong, "--dry-run").exitCode != 0)
    #expect(try ids() == [1, 2, 3, 4, 5, 6])
    let added = try change("append", "--from", file, "--json")
    #expect(try numbers(added)["added_records"] == 2)
    #expect(try numbers(added)["added_data_files"] == 2)
    #expect(try ids() == [1, 2, 3, 4, 5, 6, 10, 11])
    let empty = try tool.file("empty.csv", "id,level\n")
    #expect(try change("append", "--from", empty).output.hasPrefix("added 0 rows in 0 files"))
  }

  @Test(
    "what is written is staged where the table has that, and nobody sees it before it is published",
    arguments: [
      (["append", "--from", "FILE"], [1, 2, 3, 4, 5, 6, 10]),
      (["delete", "--where", "level = 'a'"], [4, 5, 6]),
      (["overwrite", "--from", "FILE", "--where", "id < 5"], [5, 6, 10]),
      (["overwrite", "--from", "FILE", "--partitions"], [4, 5, 6, 10]),
    ])
  func staged(words: [String], expected: [Int]) throws {
    defer { tool.remove() }
    try makeTable()
    let file = try tool.file("new.csv", "id,level\n10,a\n")
    let words = words.map { $0 == "FILE" ? file : $0 }
    func run(_ options: String...) throws -> Tool.Result {
      try tool.run(
        [words[0], "--warehouse", tool.warehouse, "logs.events"] + words.dropFirst() + options)
    }
    let refused = try run("--wap-id", "w1")
    #expect(refused.exitCode == 2, "\(refused.output)")
    #expect(refused.messages.contains("set write.wap.enabled=true"), "\(refused.messages)")
    #expect(try tool.run("properties", path, "set", "write.wap.enabled=true").exitCode == 0)
    #expect(try run("--wap-id", "w1", "--dry-run").exitCode == 0)
    let staged = try run("--wap-id", "w1")
    #expect(staged.output.contains("staged as 'w1'"), "\(staged.messages)")
    #expect(try ids() == [1, 2, 3, 4, 5, 6])
    #expect(try tool.run("publish", path, "--wap-id", "w1").exitCode == 0)
    #expect(try ids() == expected)
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
      (["overwrite", "--from", file, "--partitions", "--where", "id = 1"], 2),
      (["append", "--from", file, "--wap-id", ""], 2),
    ] as [([String], Int32)] {
      let result = try tool.run(
        [words[0], "--warehouse", tool.warehouse, "logs.events"] + words.dropFirst())
      #expect(result.exitCode == code, "\(words): \(result.messages)")
    }
    #expect(try ids() == [1, 2, 3, 4, 5, 6])
  }
}
