import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Table updates, requirements and the parts of table metadata as the tests of other implementations
/// write them.
@Suite(.needsSharedFiles) struct ChangeConformanceTests {
  /// A document of another implementation's tests.
  struct Sample {
    let kind: String
    let source: String
    let test: String
    let json: JSONValue
    /// Whether the test around it asserts an error, so that the document may be wrong on purpose.
    let isDoubtful: Bool
  }

  static func samples(_ kind: String) throws -> [Sample] {
    let file = try JSONValue(parsing: SharedFiles.bytes("corpus/expected/json-samples.json"))
    return try #require(file["cases"]?.elements).compactMap { entry in
      guard let found = entry["kind"]?.text, found == kind, let json = entry["json"] else {
        return nil
      }
      return Sample(
        kind: found, source: entry["source"]?.text ?? "", test: entry["test"]?.text ?? "",
        json: json, isDoubtful: entry["expect_hint"] != nil)
    }
  }

  /// Reads every sample of a kind, writes it, and expects the same value again. A doubtful one may be
  /// refused.
  static func roundTrip(
    _ kind: String, isIncluded: (Sample) -> Bool = { _ in true },
    isNormalisation: (JSONDifference) -> Bool = { _ in false },
    _ rewrite: (JSONValue) throws -> JSONValue
  ) throws {
    let samples = try samples(kind).filter(isIncluded)
    var refused = 0
    for sample in samples {
      do {
        let rewritten = try rewrite(sample.json)
        for difference in JSONDifference.between(sample.json, rewritten)
        where !isNormalisation(difference) {
          Issue.record("\(sample.source) \(sample.test): \(difference)")
        }
      } catch  where sample.isDoubtful {
        refused += 1
      } catch {
        Issue.record("\(sample.source) \(sample.test): \(error)")
      }
    }
    #expect(!samples.isEmpty)
    print("json-samples/\(kind): \(samples.count) read, \(refused) of them refused")
  }

  @Test("table requirements are read and written as others write them")
  func requirements() throws {
    let isOfTable = { (sample: Sample) in sample.json["type"]?.text?.contains("view") != true }
    try Self.roundTrip("table-requirement", isIncluded: isOfTable) {
      try TableRequirement(json: $0).json
    }
  }

  @Test("table updates are read and written as others write them")
  func updates() throws {
    let isOfTable = { (sample: Sample) in sample.json["action"]?.text?.contains("view") != true }
    let isNormalisation = { (difference: JSONDifference) in
      switch difference.place {
      // Deprecated, and told by the schema.
      case "$.last-column-id", "$.snapshot-id": true
      // The names of the first clients.
      case "$.updated", "$.updates", "$.removed", "$.removals": true
      default: false
      }
    }
    for kind in ["metadata-update", "table-metadata"] {
      try Self.roundTrip(
        kind, isIncluded: { $0.json["action"] != nil && isOfTable($0) },
        isNormalisation: isNormalisation
      ) {
        try TableUpdate(json: $0).json()
      }
    }
  }

  static let wrong: [JSONValue] = [
    ["action": .null], ["action": "unknown-action"], [:], "add-schema",
    ["action": "remove-properties", "removed": .null],
    ["action": "set-properties", "updated": ["key": "legacy"], "updates": .null],
    ["action": "remove-properties", "removed": ["legacy"], "removals": .null],
    ["action": "set-properties"], ["action": "remove-properties"],
    ["action": "add-encryption-key", "encryption-key": .null],
    ["action": "remove-snapshots"], ["action": "set-current-schema", "schema-id": "1"],
  ]

  @Test("updates without what they need are refused", arguments: wrong)
  func refuseUpdate(_ json: JSONValue) {
    #expect(throws: IcebergError.self) { try TableUpdate(json: json) }
  }

  static let wrongRequirements: [JSONValue] = [
    ["default-sort-order-id": 10], ["type": "assert-table-uuid"], ["type": "assert-view-uuid"],
    ["type": "assert-ref-snapshot-id", "ref": .null],
    ["type": "assert-default-spec-id", "default-spec-id": .null],
    ["type": "assert-last-assigned-field-id"], ["type": "assert-last-assigned-partition-id"],
    ["type": "assert-ref-snapshot-id", "ref-name": "main", "snapshot-id": 123_456_789],
  ]

  @Test("requirements without what they need are refused", arguments: wrongRequirements)
  func refuseRequirement(_ json: JSONValue) {
    #expect(throws: IcebergError.self) { try TableRequirement(json: json) }
  }

  /// Documents that break the format on purpose or by mistake, by the test they stand in.
  static let notMetadata: Set = [
    // No UUIDs.
    "tableMetadataV1JSON", "EncryptionKeysRoundTrip",
    // `first-row-id` without `added-rows`.
    "TestSnapshotIDFromUUIDClearsSignBit",
    // Version 2 without `sort-orders`.
    "TABLE_METADATA_V2_WITH_FIXED_AND_DECIMAL_TYPES",
  ]

  @Test("table metadata inside of tests and responses is read and written without loss")
  func metadata() throws {
    try Self.roundTrip(
      "table-metadata",
      isIncluded: { sample in
        sample.json["format-version"]?.int64 != nil && sample.json["location"] != nil
          && !Self.notMetadata.contains(sample.test)
      },
      isNormalisation: { difference in
        switch difference.old {
        case nil, .null, [], [:]: true
        default:
          difference.place == "$.location" || difference.place.hasSuffix(".source-ids")
            || difference.new == nil && difference.old == 0
        }
      }
    ) { try TableMetadata(json: $0).json() }
  }
}
