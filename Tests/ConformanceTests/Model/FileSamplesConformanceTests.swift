import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

/// Documents from the unit tests of other implementations: snapshots and references, filters, Avro
/// schemas, footers of Puffin files, and table metadata in answers of a REST catalog.
@Suite(.needsSharedFiles) struct FileSamplesConformanceTests {
  /// The documents that are to be refused, and what the message says.
  static let refused: [String: String] = {
    var refused = [
      "snapshot TestRemoveSnapshotsPostCommitPreservesStatisticsOfSurvivingSnapshots 1":
        "missing 'manifest-list'",
      "snapshot-ref TestSnapshotRefRejectsInvalidRetention 1": "must be greater than 0",
      "snapshot-ref TestSnapshotRefRejectsInvalidRetention 2": "must be greater than 0",
      "snapshot-ref TestSnapshotRefRejectsInvalidRetention 3": "a tag cannot have",
      "snapshot-ref TestSnapshotRefRejectsInvalidRetention 4": "a tag cannot have",
      "expression TestUnmarshalExpressionErrors 1": "must not be null",
      "expression TestUnmarshalExpressionTransformTermInvalid 1": "must be 1 to 2147483647",
      "avro-schema TestReadManifestListIncompleteSchema 1": "unknown type field_summary",
      "avro-schema TestReadManifestIncompleteSchema 1": "unknown type r2",
      "puffin-footer test_returns_error_if_blobs_field_is_bad 1": "must be an array",
    ]
    // Of tests without a name: their tables have no UUIDs.
    for number in [3, 4, 5, 6, 7, 8, 9, 11] {
      refused["load-table-response  \(number)"] = "must be a UUID"
    }
    return refused
  }()

  /// Documents that are read, and come back in another form.
  static let changed: Set = [
    // A manifest list counts before the manifests beside it.
    "snapshot TestSnapshotUnmarshalPrefersManifestListOverEmbeddedManifests 1",
    // True is written as such.
    "expression TestExpressionRoundTripSchemaless 1",
    // The type of elements in its short form.
    "avro-schema test_avro_list_wrapped_primitive 1",
  ]

  @Test(
    "documents of other implementations parse and come back as they were, or are refused",
    arguments: [
      "snapshot", "snapshot-ref", "expression", "avro-schema", "encryption-key", "puffin-footer",
      "load-table-response",
    ])
  func samples(kind: String) throws {
    try JSONSamples.run(kind: kind, refused: Self.refused) {
      try Self.rewrite($0, kind: kind)
    } check: { label, _, result in
      guard let (read, written) = result else { return }
      // What may be left out is written.
      let differences = JSONDifference.between(read, written).filter { difference in
        switch (kind, difference.old) {
        case ("load-table-response", nil), ("load-table-response", .null),
          ("load-table-response", []), ("load-table-response", [:]):
          false
        default: true
        }
      }
      #expect(differences.isEmpty != Self.changed.contains(label), "\(label): \(differences)")
    }
  }

  /// What is read of a document, and what is written then; nil when it is none of the kind.
  private static func rewrite(
    _ json: JSONValue, kind: String
  ) throws -> (JSONValue, JSONValue)? {
    switch kind {
    case "snapshot":
      let version = json["sequence-number"] == nil ? 1 : 2
      return (json, try Snapshot(json: JSONNode(json)).json(formatVersion: version))
    case "snapshot-ref":
      return (json, try SnapshotReference(json: JSONNode(json)).json)
    case "expression":
      return (json, try Filter(json: json).json())
    case "puffin-footer":
      var footer = ByteWriter()
      let payload = json.serialized()
      footer.write(PuffinFile.magic)
      footer.write(payload)
      footer.writeLittleEndian(Int32(payload.count))
      footer.writeLittleEndian(UInt32(0))
      footer.write(PuffinFile.magic)
      return (json, try PuffinFile(footer: Bytes(footer.bytes), fileSize: 1 << 60).json)
    case "load-table-response":
      guard let metadata = json["metadata"], metadata["format-version"] != nil,
        metadata["view-uuid"] == nil
      else { return nil }
      return (metadata, try TableMetadata(json: metadata).json())
    default:
      return (json, try AvroSchema(json: json).json)
    }
  }
}
