import IcebergBytes
import IcebergModel
import Testing

@Suite struct SnapshotJSONTests {
  static let least: JSONObject = [
    "snapshot-id": 5, "timestamp-ms": 1_000, "manifest-list": "m.avro",
  ]

  static func read(_ change: (inout JSONObject) -> Void) throws -> Snapshot {
    var object = least
    change(&object)
    return try Snapshot(json: JSONNode(.object(object)))
  }

  @Test("what is optional may be absent or null")
  func minimal() throws {
    let snapshot = try Self.read { $0["summary"] = .null }
    #expect(snapshot == Snapshot(id: 5, timestampMillis: 1_000, manifests: .list("m.avro")))
  }

  @Test("everything is read and written")
  func everything() throws {
    let json: JSONValue = [
      "sequence-number": 3, "snapshot-id": 5, "parent-snapshot-id": 4, "timestamp-ms": 1_000,
      "summary": ["operation": "merge", "added-records": "7"], "manifest-list": "m.avro",
      "schema-id": 2, "first-row-id": 10, "added-rows": 20, "key-id": "k", "later": [1, ["a": 2]],
    ]
    let snapshot = try Snapshot(json: JSONNode(json))
    #expect(snapshot.summary?.operation == .other("merge"))
    #expect(snapshot.summary?["added-records"] == "7")
    #expect(snapshot.firstRowID == 10 && snapshot.addedRows == 20)
    #expect(snapshot.json(formatVersion: 3) == json)
  }

  @Test("a list of manifests counts for more than manifests inside")
  func manifests() throws {
    let inline = try Self.read {
      $0["manifest-list"] = nil
      $0["manifests"] = ["a", "b"]
    }
    #expect(inline.manifests == .inline(["a", "b"]))
    let both = try Self.read { $0["manifests"] = ["a"] }
    #expect(both.manifests == .list("m.avro") && both.unknownMembers.isEmpty)
  }

  static let mistakes: [(member: String, value: JSONValue?, message: String)] = [
    ("snapshot-id", nil, "missing 'snapshot-id'"),
    ("snapshot-id", "5", "must be a whole number"),
    ("snapshot-id", .number("1.5"), "must be a whole number"),
    ("timestamp-ms", nil, "missing 'timestamp-ms'"),
    ("manifest-list", nil, "missing 'manifest-list'"),
    ("manifest-list", 3, "must be a string"),
    ("summary", ["added-records": 7], "must be a string"),
    ("summary", [], "must be an object"),
    ("schema-id", 3_000_000_000, "32 bits"),
    ("first-row-id", 5, "missing 'added-rows'"),
    ("first-row-id", -1, "must not be negative"),
  ]

  @Test("mistakes are named with their place", arguments: mistakes)
  func refuse(member: String, value: JSONValue?, message: String) {
    let error = thrown { _ = try Self.read { $0[member] = value } }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    #expect(error?.context.jsonPath?.hasPrefix("$") == true)
  }

  @Test("added rows without first row id mean nothing")
  func strayAddedRows() throws {
    let snapshot = try Self.read { $0["added-rows"] = 10 }
    #expect(snapshot.firstRowID == nil && snapshot.addedRows == nil)
  }

  static let references: [(json: JSONValue, isValid: Bool)] = [
    (["snapshot-id": 1, "type": "branch"], true), (["snapshot-id": 1, "type": "TAG"], true),
    (["snapshot-id": 1, "type": "tag", "max-ref-age-ms": 5], true),
    (["snapshot-id": 1, "type": "branch", "min-snapshots-to-keep": 0], false),
    (["snapshot-id": 1, "type": "branch", "max-snapshot-age-ms": -1], false),
    (["snapshot-id": 1, "type": "branch", "max-ref-age-ms": 0], false),
    (["snapshot-id": 1, "type": "tag", "min-snapshots-to-keep": 1], false),
    (["snapshot-id": 1, "type": "tag", "max-snapshot-age-ms": 1], false),
    (["snapshot-id": 1, "type": "twig"], false), (["type": "branch"], false),
  ]

  @Test("references keep the rules of retention", arguments: references)
  func retention(json: JSONValue, isValid: Bool) {
    let error = thrown { _ = try SnapshotReference(json: JSONNode(json)) }
    #expect((error == nil) == isValid)
  }
}
