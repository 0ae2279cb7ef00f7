import IcebergBytes
import IcebergModel
import Testing

@Suite struct TableMetadataJSONTests {
  static let schema: JSONValue = [
    "type": "struct", "fields": [["id": 1, "name": "x", "required": true, "type": "long"]],
  ]

  /// The least that version 1 demands.
  static let version1: JSONObject = [
    "format-version": 1, "location": "s3://b/t", "last-updated-ms": 1_000, "last-column-id": 1,
    "schema": schema,
    "partition-spec": [["name": "x", "transform": "identity", "source-id": 1]],
  ]

  static func metadata(_ object: JSONObject) throws -> TableMetadata {
    try TableMetadata(json: .object(object))
  }

  /// The JSON of a table with three snapshots, with one member changed.
  static func changed(
    version: Int = 2, _ change: (inout JSONObject) -> Void
  ) throws -> JSONObject {
    guard case .object(var object) = try SampleMetadata.history(3, version: version).json() else {
      return JSONObject()
    }
    change(&object)
    return object
  }

  @Test("version 1 may leave out what later versions demand")
  func version1() throws {
    let table = try Self.metadata(Self.version1)
    #expect(table.tableUUID == nil)
    #expect(table.schemas.map(\.id) == [0] && table.currentSchemaID == 0)
    #expect(table.partitionSpecs.map(\.id) == [0])
    #expect(table.defaultPartitionSpec.fields.map(\.fieldID) == [1000])
    #expect(table.lastPartitionID == 1000)
    #expect(table.sortOrders == [.unsorted])
    #expect(table.properties.isEmpty && table.snapshots.isEmpty)
    #expect(table.lastSequenceNumber == 0 && table.nextRowID == nil)
  }

  @Test("version 1 is written in its old and its new form")
  func writeVersion1() throws {
    guard case .object(let object) = try Self.metadata(Self.version1).json() else { return }
    let names = object.members.map(\.name)
    #expect(names.contains("schema") && names.contains("schemas"))
    #expect(names.contains("partition-spec") && names.contains("partition-specs"))
    #expect(!names.contains("last-sequence-number") && !names.contains("next-row-id"))
    #expect(object["current-snapshot-id"] == -1)
  }

  @Test("no current snapshot is -1, null or absent", arguments: [-1, .null, nil] as [JSONValue?])
  func noCurrentSnapshot(value: JSONValue?) throws {
    var object = Self.version1
    object["current-snapshot-id"] = value
    let table = try Self.metadata(object)
    #expect(table.currentSnapshotID == nil && table.references.isEmpty)
  }

  @Test("without references, main is the current snapshot")
  func mainIsImplied() throws {
    let table = try Self.metadata(try Self.changed { $0["refs"] = nil })
    #expect(table.references == ["main": SampleMetadata.branch(3)])
  }

  @Test("main may stand for no snapshot in an empty table")
  func emptyMain() throws {
    var object = Self.version1
    object["refs"] = ["main": ["snapshot-id": -1, "type": "branch"]]
    #expect(try Self.metadata(object).references.isEmpty)
  }

  @Test("a slash at the end of the location goes")
  func location() throws {
    for (written, kept) in [("s3://b/t/", "s3://b/t"), ("file:///", "file://"), ("/a//", "/a")] {
      var object = Self.version1
      object["location"] = .string(written)
      #expect(try Self.metadata(object).location == kept)
    }
  }

  @Test("members of later versions are kept at every level")
  func unknownMembers() throws {
    let object = try Self.changed { object in
      object["new"] = ["a": [1, .number("1e400"), .null]]
      for list in ["snapshots", "snapshot-log", "schemas", "partition-specs", "sort-orders"] {
        guard case .array(var items)? = object[list], case .object(var item)? = items.first else {
          Issue.record("\(list) is empty")
          continue
        }
        item["new"] = "kept"
        items[0] = .object(item)
        object[list] = .array(items)
      }
      object["statistics"] = [
        [
          "snapshot-id": 1, "statistics-path": "s", "file-size-in-bytes": 1,
          "file-footer-size-in-bytes": 1,
          "blob-metadata": [
            ["type": "t", "snapshot-id": 1, "sequence-number": 1, "fields": [1], "new": 2]
          ], "new": 1,
        ]
      ]
      object["partition-statistics"] = [
        ["snapshot-id": 1, "statistics-path": "p", "file-size-in-bytes": 1, "new": 3]
      ]
      object["metadata-log"] = [["timestamp-ms": 1, "metadata-file": "f", "new": 4]]
      object["refs"] = ["main": ["snapshot-id": 3, "type": "branch", "new": 5]]
    }
    let rewritten = try Self.metadata(object).json()
    #expect(try TableMetadata(json: rewritten).json() == rewritten)
    for (place, value) in object.members.map({ ($0.name, $0.value) }) {
      guard case .object(let written) = rewritten else { return }
      #expect(written[place] == value, "\(place)")
    }
  }

  static let mistakes: [(member: String, value: JSONValue?, path: String, message: String)] = [
    ("format-version", nil, "$", "missing 'format-version'"),
    ("format-version", 0, "$.format-version", "does not exist"),
    ("format-version", 4, "$.format-version", "not supported"),
    ("format-version", "2", "$.format-version", "whole number"),
    ("table-uuid", nil, "$", "missing 'table-uuid'"),
    ("table-uuid", "xxxx", "$.table-uuid", "must be a UUID"),
    ("location", nil, "$", "missing 'location'"),
    ("last-sequence-number", nil, "$", "missing 'last-sequence-number'"),
    ("last-sequence-number", 2, "$.snapshots[2].sequence-number", "beyond the last one"),
    ("last-updated-ms", nil, "$", "missing 'last-updated-ms'"),
    ("last-updated-ms", 900_000, "$.last-updated-ms", "before the last entry"),
    ("last-column-id", 3_000_000_000, "$.last-column-id", "32 bits"),
    ("schemas", nil, "$", "missing 'schemas'"),
    ("schemas", [], "$.current-schema-id", "no schema has the id 0"),
    ("current-schema-id", 7, "$.current-schema-id", "no schema has the id 7"),
    ("partition-specs", nil, "$", "missing 'partition-specs'"),
    ("default-spec-id", 7, "$.default-spec-id", "no partition spec has the id 7"),
    ("last-partition-id", nil, "$", "missing 'last-partition-id'"),
    ("sort-orders", nil, "$", "missing 'sort-orders'"),
    ("default-sort-order-id", 7, "$.default-sort-order-id", "no sort order has the id 7"),
    ("properties", ["a": 1], "$.properties.a", "must be a string"),
    ("current-snapshot-id", 2, "$.current-snapshot-id", "branch 'main' stands for 3"),
    ("current-snapshot-id", nil, "$.current-snapshot-id", "no current snapshot"),
    ("current-snapshot-id", 9, "$.current-snapshot-id", "not in 'snapshots'"),
    (
      "refs", ["main": ["snapshot-id": 3, "type": "tag"]], "$.refs.main", "must be a branch"
    ),
    (
      "refs", ["a b": ["snapshot-id": 9, "type": "tag"]], "$.refs['a b']", "not in 'snapshots'"
    ),
    ("snapshots", [], "$.current-snapshot-id", "not in 'snapshots'"),
    ("snapshots", "none", "$.snapshots", "must be an array"),
    (
      "snapshot-log",
      [
        ["timestamp-ms": 1_000_000, "snapshot-id": 1], ["timestamp-ms": 900_000, "snapshot-id": 2],
      ], "$.snapshot-log[1].timestamp-ms", "out of order"
    ),
    (
      "metadata-log", [["timestamp-ms": 2_000_000, "metadata-file": "f"]], "$.last-updated-ms",
      "before the last entry"
    ),
    ("metadata-log", [["timestamp-ms": 1]], "$.metadata-log[0]", "missing 'metadata-file'"),
  ]

  @Test("mistakes are named with their place", arguments: mistakes)
  func refuse(member: String, value: JSONValue?, path: String, message: String) throws {
    let object = try Self.changed { $0[member] = value }
    let error = thrown { _ = try Self.metadata(object) }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
    #expect(error?.context.jsonPath == path)
  }

  @Test("ids that occur twice are refused")
  func duplicates() throws {
    for list in ["schemas", "partition-specs", "sort-orders", "snapshots"] {
      let object = try Self.changed { object in
        guard case .array(let items)? = object[list] else { return }
        object[list] = .array(items + items)
      }
      let error = thrown { _ = try Self.metadata(object) }
      #expect(error?.message.contains("occurs twice") == true, "\(list)")
    }
  }

  @Test("clocks may differ by a minute")
  func clocks() throws {
    let object = try Self.changed { $0["last-updated-ms"] = 940_003 }
    #expect(throws: Never.self) { try Self.metadata(object) }
    let late = try Self.changed { $0["last-updated-ms"] = 940_002 }
    #expect(thrown { _ = try Self.metadata(late) }?.code == .invalidMetadata)
  }

  @Test("version 3 demands the next row id, unless there is no snapshot yet")
  func nextRowID() throws {
    let object = try Self.changed(version: 3) { $0["next-row-id"] = nil }
    #expect(thrown { _ = try Self.metadata(object) }?.message == "missing 'next-row-id'")
    guard case .object(var empty) = try SampleMetadata.table(version: 3).json() else { return }
    empty["next-row-id"] = nil
    #expect(try Self.metadata(empty).nextRowID == 0)
  }

  @Test("metadata files may be compressed, whatever their names say")
  func compressed() throws {
    let table = try SampleMetadata.history(3)
    let plain = try table.serialized()
    #expect(try TableMetadata(parsing: plain) == table)
    #expect(try TableMetadata(parsing: CompressionCodec.gzip.compress(plain)) == table)
    if CompressionCodec.zstd.isAvailable {
      #expect(try TableMetadata(parsing: CompressionCodec.zstd.compress(plain)) == table)
    }
    let broken = thrown { _ = try TableMetadata(parsing: [0x1f, 0x8b, 8, 0, 0]) }
    #expect(broken?.code == .invalidMetadata)
  }

  @Test("a metadata file cut at any byte is refused")
  func cut() throws {
    let plain = try SampleMetadata.history(2, version: 3).serialized()
    for length in 0..<plain.count {
      #expect(
        thrown { _ = try TableMetadata(parsing: plain[0..<length]) }?.code == .invalidMetadata)
    }
  }

  @Test("a metadata file with a wrong byte is refused or read: nothing traps")
  func damage() throws {
    let plain = try SampleMetadata.history(2, version: 3).serialized().array
    for index in plain.indices {
      for replacement in [UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "["), 0xff] {
        var damaged = plain
        damaged[index] = replacement
        if let table = try? TableMetadata(parsing: Bytes(damaged)) { _ = try table.serialized() }
      }
    }
  }
}
