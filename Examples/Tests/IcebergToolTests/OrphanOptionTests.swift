import Foundation
import Testing

@Suite("options of remove_orphan_files")
struct OrphanOptionTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  /// The folders that stand for two buckets.
  private func store(_ name: String) -> String { tool.folder.appendingPathComponent(name).path }

  /// The catalog in the bucket `b` of one scheme; files of the bucket `c` of another are somewhere else.
  private var catalog: [String] {
    [
      "--warehouse", "s3://b/wh", "--map-location", "s3://b=\(store("b"))", "--map-location",
      "oss://c=\(store("c"))",
    ]
  }

  private func remove(_ options: String...) throws -> Tool.Result {
    try tool.run(["remove_orphan_files", "db.t"] + options + catalog)
  }

  private func call(_ arguments: String) throws -> Tool.Result {
    try tool.run(
      ["sql", "CALL system.remove_orphan_files(table => 'db.t', \(arguments))"] + catalog)
  }

  /// Puts a file somewhere that looks as if it had been there for a week.
  private func leave(_ path: String) throws {
    let url = URL(fileURLWithPath: path)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("PAR1".utf8).write(to: url)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -7 * 86_400)], ofItemAtPath: path)
  }

  private func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// A table that has its metadata in one bucket and its only data file in the other. Returns the path of
  /// that file within its bucket.
  private func make() throws -> String {
    let made = try tool.run(
      [
        "create", "db.t", "--schema", "id int", "--property",
        "write.data.path=oss://c/wh/db/t/data",
      ] + catalog)
    #expect(made.exitCode == 0, "\(made.messages)")
    let rows = try tool.file("rows.jsonl", "{\"id\":1}\n")
    let appended = try tool.run(["append", "db.t", "--from", rows] + catalog)
    #expect(appended.exitCode == 0, "\(appended.messages)")
    let folder = store("c") + "/wh/db/t/data"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count == 1)
    return "/wh/db/t/data/" + (names.first ?? "")
  }

  @Test(
    "a file that the table names with another prefix is an error, stays or goes, as the options say"
  )
  func prefixes() throws {
    defer { tool.remove() }
    let file = try make()
    let (twin, lost) = (store("b") + file, store("b") + "/wh/db/t/data/lost.parquet")
    try leave(twin)
    try leave(lost)
    for options in [
      [], ["--prefix-mismatch-mode", "error"], ["--equal-schemes", "oss=s3"],
      ["equal_authorities=c=b"], ["--equal-schemes", "cos,obs=s3", "--equal-authorities", "c=b"],
    ] {
      let refused = try tool.run(["remove_orphan_files", "db.t"] + options + catalog)
      #expect(refused.exitCode == 5, "\(options): \(refused.output) \(refused.messages)")
      #expect(refused.messages.contains("equal_schemes or equal_authorities"))
      #expect(isThere(twin) && isThere(lost))
    }
    let wrong = try remove("--prefix-mismatch-mode", "SKIP")
    #expect(wrong.exitCode == 2)
    #expect(
      wrong.messages.contains("prefix_mismatch_mode is ERROR, IGNORE or DELETE, not 'SKIP'"))

    // Equal, they are one file, which the table needs.
    let equal = try remove(
      "--equal-schemes", "cos,oss=s3", "--equal-authorities", "a,c=b", "--dry-run")
    #expect(equal.exitCode == 0, "\(equal.messages)")
    #expect(equal.messages.contains("would delete 1 file"), "\(equal.messages)")
    #expect(equal.output.contains("s3://b/wh/db/t/data/lost.parquet"))
    let ignored = try remove("--prefix-mismatch-mode", "ignore", "--dry-run")
    #expect(ignored.exitCode == 0 && ignored.messages.contains("would delete 1 file"))
    let called = try call("equal_schemes => map('oss', 's3'), equal_authorities => map('c', 'b')")
    #expect(called.exitCode == 0, "\(called.messages)")
    #expect(isThere(twin) && !isThere(lost))

    // Different, the one in the folder is an orphan.
    let deleted = try call("prefix_mismatch_mode => 'DELETE'")
    #expect(deleted.exitCode == 0, "\(deleted.messages)")
    #expect(deleted.messages.contains("deleted 1 file"), "\(deleted.messages)")
    #expect(!isThere(twin) && isThere(store("c") + file))
    let count = try tool.run(["count", "db.t"] + catalog)
    #expect(count.exitCode == 0 && count.output.contains("1"))
  }

  @Test("prefix_listing changes nothing, and stream_results prints nothing but the orphans")
  func listing() throws {
    defer { tool.remove() }
    _ = try make()
    let orphans = ["x.parquet", "y.parquet", "z.parquet"].map { "/wh/db/t/data/" + $0 }
    for path in orphans { try leave(store("b") + path) }
    let plain = try remove("--dry-run", "--json")
    #expect(plain.exitCode == 0 && plain.lines.count == 3, "\(plain.messages)")
    let prefixes = try remove("--prefix-listing", "--dry-run", "--json")
    #expect(prefixes.exitCode == 0 && prefixes.output == plain.output)
    #expect(try call("prefix_listing => false, dry_run => true").exitCode == 0)
    #expect(try call("prefix_listing => 'some', dry_run => true").exitCode == 2)
    let json = try remove("--stream-results", "--dry-run", "--json")
    #expect(json.exitCode == 0 && json.output == plain.output)
    #expect(orphans.allSatisfy { isThere(store("b") + $0) })
    let streamed = try call("stream_results => true")
    #expect(streamed.exitCode == 0, "\(streamed.messages)")
    #expect(streamed.lines == orphans.map { "s3://b" + $0 })
    #expect(streamed.messages.contains("deleted 3 files"))
    #expect(orphans.allSatisfy { !isThere(store("b") + $0) })
  }

  @Test("file_list_view is refused before anything is removed")
  func fileListView() throws {
    defer { tool.remove() }
    _ = try make()
    let lost = store("b") + "/wh/db/t/data/lost.parquet"
    try leave(lost)
    for refused in [
      try remove("--file-list-view", "files"), try call("file_list_view => 'files'"),
    ] {
      #expect(refused.exitCode == 2)
      #expect(refused.messages.contains("file_list_view names a view of Spark"))
    }
    #expect(isThere(lost))
  }

  @Test("the metadata of another table is refused, unless that table is said to be gone")
  func goneTables() throws {
    defer { tool.remove() }
    _ = try make()
    let metadata = store("b") + "/wh/db/t/metadata"
    let own = try #require(
      try FileManager.default.contentsOfDirectory(atPath: metadata).filter {
        $0.hasSuffix(".metadata.json")
      }.max())
    let text = try String(contentsOfFile: metadata + "/" + own, encoding: .utf8)
    let id = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    let gone = "11111111-2222-4333-8444-555555555555"
    let old = metadata + "/00001-old.metadata.json"
    try leave(old)
    try text.replacingOccurrences(of: try #require(id["table-uuid"] as? String), with: gone)
      .write(toFile: old, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -7 * 86_400)], ofItemAtPath: old)
    for words in [[], ["--gone-table-uuids", "99999999-2222-4333-8444-555555555555"]] {
      let refused = try tool.run(["remove_orphan_files", "db.t"] + words + catalog)
      #expect(refused.exitCode == 2, "\(refused.messages)")
      #expect(refused.messages.contains(gone) && refused.messages.contains("gone_table_uuids"))
      #expect(isThere(old))
    }
    let dry = try call("gone_table_uuids => array('\(gone)'), dry_run => true")
    #expect(dry.exitCode == 0, "\(dry.messages)")
    #expect(dry.output.contains("00001-old.metadata.json") && isThere(old))
    let removed = try remove("--gone-table-uuids", gone.uppercased())
    #expect(removed.exitCode == 0 && !isThere(old), "\(removed.messages)")
    #expect(try tool.run(["count", "db.t"] + catalog).output.contains("1"))
  }
  @Test("files that another table has here without a folder of its own stay when that is asked for")
  func otherTables() throws {
    defer { tool.remove() }
    _ = try make()
    let folder = "s3://b/wh/db/t/data"
    let made = try tool.run(
      ["create", "db.u", "--schema", "id int", "--property", "write.data.path=\(folder)"] + catalog)
    #expect(made.exitCode == 0, "\(made.messages)")
    let rows = try tool.file("more.jsonl", "{\"id\":2}\n")
    #expect(try tool.run(["append", "db.u", "--from", rows] + catalog).exitCode == 0)
    #expect(
      try tool.run(["properties", "db.u", "unset", "write.data.path"] + catalog).exitCode == 0)
    let inside = store("b") + "/wh/db/t/data"
    let name = try #require(try FileManager.default.contentsOfDirectory(atPath: inside).first)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSinceNow: -7 * 86_400)],
      ofItemAtPath: inside + "/" + name)
    for words in [[], ["--other-tables", "places"]] {
      let dry = try tool.run(["remove_orphan_files", "db.t", "--dry-run"] + words + catalog)
      #expect(dry.exitCode == 0 && dry.output.contains(name), "\(dry.messages)")
    }
    let wrong = try remove("--other-tables", "all")
    #expect(wrong.exitCode == 2 && wrong.messages.contains("places or files, not 'all'"))
    let dry = try call("other_tables => 'files', dry_run => true")
    #expect(dry.exitCode == 0 && !dry.output.contains(name), "\(dry.messages)")
    let policy = try tool.file(
      "policy.json",
      """
      {"expire-snapshots": {"enabled": false}, "rewrite-data-files": {"enabled": false},
       "rewrite-manifests": {"enabled": false},
       "remove-orphan-files": {"older-than": "2 days ago", "other-tables": "files"}}
      """)
    let maintained = try tool.run(["maintain", "db.t", "--policy", policy] + catalog)
    #expect(maintained.exitCode == 0, "\(maintained.output)")
    let removed = try remove("--other-tables", "files")
    #expect(removed.exitCode == 0, "\(removed.messages)")
    #expect(isThere(inside + "/" + name))
    #expect(try tool.run(["count", "db.u"] + catalog).output.contains("1"))
  }
}
