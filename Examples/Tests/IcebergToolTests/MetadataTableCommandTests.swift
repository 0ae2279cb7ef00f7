import Foundation
import Testing

@Suite("iceberg metadata-table")
struct MetadataTableCommandTests {
  let tool: Tool

  init() throws { tool = try Tool() }

  private func fill() throws -> String {
    let created = try tool.run(
      "create", "--warehouse", tool.warehouse, "logs.events", "--schema",
      "id long not null, level string", "--partition-by", "level")
    #expect(created.exitCode == 0, "\(created.messages)")
    for rows in ["1,INFO\n2,WARN\n", "3,INFO\n"] {
      let file = try tool.file("rows-\(UUID()).csv", "id,level\n" + rows)
      let appended = try tool.run(
        "append", "--warehouse", tool.warehouse, "logs.events", "--from", file)
      #expect(appended.exitCode == 0, "\(appended.messages)")
    }
    return tool.warehouse + "/logs/events"
  }

  @Test("prints every metadata table, for people and as JSON")
  func all() throws {
    defer { tool.remove() }
    let path = try fill()
    let rows = [
      "entries": 3, "files": 3, "data_files": 3, "delete_files": 0, "history": 2,
      "metadata_log_entries": 3, "snapshots": 2, "refs": 1, "manifests": 2, "partitions": 2,
      "all_data_files": 3, "all_delete_files": 0, "all_files": 3, "all_manifests": 3,
      "all_entries": 3, "position_deletes": 0,
    ]
    for (name, count) in rows.sorted(by: { $0.key < $1.key }) {
      let json = try tool.run("metadata-table", name, path, "--json")
      #expect(json.exitCode == 0, "\(name): \(json.messages)")
      #expect(json.lines.count == count, "\(name)")
      let readable = try tool.run("metadata-table", name, path)
      #expect(readable.exitCode == 0, "\(name): \(readable.messages)")
    }
  }

  @Test("takes columns, points of history, conditions and a limit")
  func options() throws {
    defer { tool.remove() }
    let path = try fill()
    let partitions = try tool.run(
      "metadata-table", "partitions", path, "--json", "--select", "partition,record_count",
      "--where", "partition.level = 'INFO'")
    #expect(partitions.lines == [#"{"partition":{"level":"INFO"},"record_count":2}"#])
    let first = try tool.run("metadata-table", "snapshots", path, "--json", "--limit", "1")
    let snapshot = try #require(
      try JSONSerialization.jsonObject(with: Data(first.lines[0].utf8)) as? [String: Any])
    let id = try #require(snapshot["snapshot_id"] as? NSNumber)
    let files = try tool.run(
      "metadata-table", "files", path, "--json", "--snapshot-id", "\(id)", "--select", "content")
    #expect(files.lines == [#"{"content":0}"#, #"{"content":0}"#])
  }

  @Test("says what there is, and where a point of history makes no sense")
  func errors() throws {
    defer { tool.remove() }
    let path = try fill()
    let misspelt = try tool.run("metadata-table", "file", path)
    #expect(misspelt.exitCode == 2)
    #expect(misspelt.messages.contains("position_deletes"))
    let swapped = try tool.run("metadata-table", path, "files")
    #expect(swapped.exitCode == 2)
    #expect(swapped.messages.contains("iceberg metadata-table files \(path)"))
    #expect(try tool.run("metadata-table", "snapshots", path, "--ref", "main").exitCode == 2)
    #expect(try tool.run("metadata-table", "files", path, "--select", "nothing").exitCode == 3)
  }
}
