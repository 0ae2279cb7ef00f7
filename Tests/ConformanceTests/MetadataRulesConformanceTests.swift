import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Rules of metadata, properties, bounds and row lineage, as tables of expected values.
@Suite(.needsSharedFiles) struct MetadataRulesConformanceTests {
  static let uuid = "9c12d441-03fe-4693-9a96-a0705ddf69c1"

  static func table(
    version: Int = 2, schema: Schema = Schema([.required("x", .long)]),
    properties: [String: String] = [:]
  ) throws -> TableMetadata {
    try TableMetadata.new(
      schema: schema, location: "s3://b/t",
      properties: properties.merging(["format-version": "\(version)"]) { first, _ in first },
      tableUUID: uuid, timestampMillis: 1_000_000)
  }

  static func snapshot(_ id: Int64, sequence: Int64, parent: Int64? = nil) -> Snapshot {
    Snapshot(
      id: id, parentID: parent, sequenceNumber: sequence, timestampMillis: 1_000_000,
      manifests: .list("m"))
  }

  /// A table with the snapshots 1 and 2, the second current, as JSON with changes.
  static func changed(
    version: Int = 2, _ change: (inout JSONObject) -> Void
  ) throws -> Result<TableMetadata, any Error> {
    let reference = { SnapshotReference(snapshotID: $0, kind: .branch) }
    let table = try table(version: version).applying(
      [
        .addSnapshot(snapshot(1, sequence: 1)),
        .setSnapshotReference(name: "main", reference(1)),
        .addSnapshot(snapshot(2, sequence: 2, parent: 1)),
        .setSnapshotReference(name: "main", reference(2)),
      ], timestampMillis: 1_000_000)
    guard case .object(var object) = try table.json() else {
      throw UnknownCase(name: "metadata")
    }
    change(&object)
    return Result { try TableMetadata(json: .object(object)) }
  }

  static func isValid(_ rule: String) throws -> Bool {
    let result: Result<TableMetadata, any Error> =
      switch rule {
      case "current-snapshot-id differs from refs.main":
        try changed { $0["current-snapshot-id"] = 1 }
      case "a ref points at a snapshot that is not listed":
        try changed { $0["refs"] = ["b": ["snapshot-id": 9, "type": "branch"]] }
      case "format-version above the supported one": try changed { $0["format-version"] = 42 }
      case "location missing before v4": try changed { $0["location"] = nil }
      case "v4 location that is not absolute": try changed { $0["format-version"] = 4 }
      case "main set to a tag":
        Result {
          let table = try changed { _ in }.get()
          return try table.applying(
            [.setSnapshotReference(name: "main", SnapshotReference(snapshotID: 1, kind: .tag))],
            timestampMillis: 1_000_000)
        }
      case "invalid table-uuid text": try changed { $0["table-uuid"] = "not-a-uuid" }
      case "adding a snapshot whose sequence number is not above last-sequence-number":
        Result {
          let table = try changed { _ in }.get()
          return try table.applying(
            [.addSnapshot(snapshot(3, sequence: 2, parent: 2))], timestampMillis: 1_000_000)
        }
      case "current-snapshot-id = -1 means none (v1/v2)":
        try changed {
          $0["current-snapshot-id"] = -1
          $0["refs"] = [:]
        }
      case "refs absent: main is implied from current-snapshot-id":
        try changed { $0["refs"] = nil }
      case "trailing slash of location is removed when metadata is built":
        try changed { $0["location"] = "s3://b/t/" }
      default: throw UnknownCase(name: rule)
      }
    switch result {
    case .success(let table):
      #expect(table.location == "s3://b/t")
      if rule.hasPrefix("refs absent") { #expect(table.references["main"]?.snapshotID == 2) }
      return true
    case .failure: return false
    }
  }

  @Test("rules of table metadata hold")
  func rules() throws {
    // Reserved properties are left out when a table is made, as the reference implementation's
    // catalogs do, instead of refused.
    try ExpectedValues("metadata-validation").run(
      "rules", where: { $0["rule"]?.text?.hasPrefix("reserved property") != true }
    ) { item in
      let rule = try #require(item["rule"]?.text)
      let expected = item["valid"] == true
      #expect(try Self.isValid(rule) == expected, "\(rule)")
    }
    let table = try Self.table(properties: ["uuid": "x", "current-snapshot-id": "5"])
    #expect(table.properties["uuid"] == nil && table.properties["current-snapshot-id"] == nil)
  }

  @Test("format versions only grow")
  func upgrades() throws {
    try ExpectedValues("metadata-validation").run("format_version_changes") { item in
      let versions = try #require(item["upgrade"]?.text).split(separator: "-")
      let from = try #require(versions.first.flatMap { Int($0) })
      let to = try #require(versions.last.flatMap { Int(String($0.drop(while: { !$0.isNumber }))) })
      let table = try Self.table(version: from)
      let result = Result {
        try table.applying([.upgradeFormatVersion(to)], timestampMillis: 1_000_000)
      }
      let isAllowed = item["allowed"] == true
      #expect((try? result.get().formatVersion) == (isAllowed ? to : nil))
    }
  }

  @Test("bounds are cut as others cut them")
  func truncation() throws {
    try ExpectedValues("bounds-truncation").run("cases") { item in
      let width = Int(try #require(item["width"]?.int64))
      let isLower = item["bound"]?.text == "lower"
      if item["type"]?.text == "string" {
        let input = try #require(item["input"]?.text)
        let found =
          isLower
          ? BoundTruncation.lowerBound(of: input, width: width)
          : BoundTruncation.upperBound(of: input, width: width)
        #expect(found == item["expected"]?.text)
      } else {
        let input = try #require(item["input"]?["hex"]?.text.flatMap { Bytes(hexText: $0) })
        let found =
          isLower
          ? BoundTruncation.lowerBound(of: input, width: width)
          : BoundTruncation.upperBound(of: input, width: width)
        #expect(found == item["expected"]?["hex"]?.text.flatMap { Bytes(hexText: $0) })
      }
    }
  }

  @Test("properties have the defaults of the reference implementation")
  func defaults() throws {
    let cases = try ExpectedValues("table-properties-and-metrics-config")
    for group in ["properties", "manifest_merge_defaults"] {
      try cases.run(group, where: { Self.knownDefaults[$0["key"]?.text ?? ""] != nil }) { item in
        let key = try #require(item["key"]?.text)
        let text = try #require(item["default"]).scalarText
        #expect(Self.knownDefaults[key] == text, "\(key)")
      }
    }
    // Those that nothing here reads are kept for who does.
    let table = try TableMetadata.new(
      schema: Schema([.optional("x", .int)]), location: "file:/t",
      tableUUID: "9c12d441-03fe-4693-9a96-a0705ddf69c1", timestampMillis: 1)
    try cases.run("properties", where: { Self.knownDefaults[$0["key"]?.text ?? ""] == nil }) {
      item in
      let key = try #require(item["key"]?.text)
      let value = item["default"].flatMap { $0 == .null ? nil : $0.scalarText } ?? "x"
      if TableProperties.reserved.contains(key) {
        let made = try TableMetadata.new(
          schema: Schema([.optional("x", .int)]), location: "file:/t", properties: [key: value],
          tableUUID: "9c12d441-03fe-4693-9a96-a0705ddf69c1", timestampMillis: 1)
        #expect(made.properties[key] == nil)
      } else {
        let changed = try table.applying([.setProperties([key: value])], timestampMillis: 2)
        #expect(changed.properties[key] == value)
        let serialized = try JSONValue(parsing: try changed.json().serialized())
        #expect(try TableMetadata(json: serialized).properties[key] == value)
      }
    }
    try cases.run("reserved_properties") { item in
      let key = try #require(item["key"]?.text)
      #expect(TableProperties.reserved.contains(key))
    }
  }

  /// The defaults of properties that are read, as text.
  static let knownDefaults: [String: String] = {
    var defaults: [String: String] = [:]
    func add<Value>(_ property: TableProperty<Value>) {
      switch property.defaultValue {
      case let duration as Duration:
        defaults[property.key] =
          "\(duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)"
      case let mode as TableProperties.RowLevelMode: defaults[property.key] = mode.rawValue
      case let level as TableProperties.IsolationLevel: defaults[property.key] = level.rawValue
      default: defaults[property.key] = "\(property.defaultValue)"
      }
    }
    add(TableProperties.commitRetries)
    add(TableProperties.commitRetryTimeout)
    add(TableProperties.commitStatusChecks)
    add(TableProperties.commitStatusCheckTimeout)
    add(TableProperties.manifestTargetSizeInBytes)
    add(TableProperties.manifestMinCountToMerge)
    add(TableProperties.manifestMergeEnabled)
    add(TableProperties.writeAuditPublishEnabled)
    add(TableProperties.maxSnapshotAgeMillis)
    add(TableProperties.maxReferenceAgeMillis)
    add(TableProperties.garbageCollectionEnabled)
    add(TableProperties.metadataCompression)
    add(TableProperties.metadataPreviousVersionsMax)
    add(TableProperties.targetFileSizeInBytes)
    add(TableProperties.manifestCompression)
    add(TableProperties.parquetRowGroupSizeInBytes)
    add(TableProperties.parquetPageSizeInBytes)
    add(TableProperties.parquetDictionarySizeInBytes)
    add(TableProperties.parquetPageVersion)
    add(TableProperties.parquetShredVariants)
    add(TableProperties.parquetBloomFilterMaxSizeInBytes)
    add(TableProperties.metricsMaxInferredColumns)
    add(TableProperties.deleteMode)
    add(TableProperties.mergeMode)
    add(TableProperties.deleteIsolation)
    add(TableProperties.deleteGranularity)
    add(TableProperties.splitTargetSizeInBytes)
    add(TableProperties.splitMetadataTargetSizeInBytes)
    add(TableProperties.splitOpenFileCostInBytes)
    return defaults
  }()

  @Test("metrics modes are read and resolved as the reference implementation does")
  func metricsModes() throws {
    let cases = try ExpectedValues("table-properties-and-metrics-config")
    try cases.run("metrics_mode_parsing") { item in
      let value = try #require(item["value"]?.text)
      let mode = MetricsMode(parsing: value)
      let expected = try #require(item["expected"]?.text)
      #expect(mode?.description == (expected.hasPrefix("ERROR") ? nil : expected))
    }
    let schemas = [
      "col1..col3 int": Schema([
        .optional("col1", .int, id: 1), .optional("col2", .int, id: 2),
        .optional("col3", .int, id: 3),
      ]),
      "variant(1), int(2)": Schema([
        .optional("variant", .variant, id: 1), .optional("int", .int, id: 2),
      ]),
      "col_struct(5)<a(33),b(1)>, top(4)": Schema([
        .optional(
          "col_struct",
          .struct([.optional("a", .int, id: 33), .optional("b", .int, id: 1)]), id: 5),
        .optional("top", .int, id: 4),
      ]),
    ]
    try cases.run("metrics_config") { item in
      let schemaText = try #require(item["schema"]?.text)
      let schema = try #require(schemas[schemaText])
      let keys = (item["sort_order"]?.elements ?? []).compactMap { key in
        key.text?.split(separator: " ").first.flatMap { schema.field(named: String($0))?.id }
      }
      let order = TableSortOrder(
        id: 1,
        fields: keys.map {
          SortField(
            sourceIDs: [$0], transform: .identity, direction: .ascending, nullOrder: .nullsFirst)
        })
      let properties = try #require(item["properties"])
      let modes = try #require(item["column_modes"])
      let config = MetricsConfig(
        properties: try JSONNode(properties).stringMap(), schema: schema, sortOrder: order)
      for (name, mode) in try JSONNode(modes).stringMap() {
        let id = try #require(schema.field(named: name)?.id)
        #expect(config.mode(of: id).description == mode, "\(name)")
      }
    }
  }

  @Test("row ids of snapshots are read, checked and counted")
  func rowLineage() throws {
    let cases = try ExpectedValues("row-lineage")
    try cases.run("snapshot_field_validation") { item in
      var object: JSONObject = ["snapshot-id": 1, "timestamp-ms": 1, "manifest-list": "m"]
      object["first-row-id"] = item["first_row_id"]
      object["added-rows"] = item["added_rows"]
      let result = Result { try Snapshot(json: JSONNode(.object(object))) }
      guard item["valid"] == true else {
        #expect(throws: IcebergError.self) { try result.get() }
        return
      }
      let snapshot = try result.get()
      let expected = try #require(item["reads_as"]?.elements)
      #expect(snapshot.firstRowID == expected[0].int64)
      #expect(snapshot.addedRows == expected[1].int64)
    }
    try cases.run("metadata_update") { item in
      var table = try Self.table(version: 3)
      table.nextRowID = item["next_row_id"]?.int64
      var snapshot = Self.snapshot(1, sequence: 1)
      snapshot.firstRowID = item["snapshot"]?["first_row_id"]?.int64
      snapshot.addedRows = item["snapshot"]?["added_rows"]?.int64
      let result = Result {
        try table.applying([.addSnapshot(snapshot)], timestampMillis: 1_000_000)
      }
      #expect((try? result.get().nextRowID) == item["result_next_row_id"]?.int64)
    }
  }

  @Test("requirements fail on what the reference implementation lets them fail on")
  func requirementFailures() throws {
    let table = try Self.changed { _ in }.get()
    try ExpectedValues("update-requirements").run("failures") { item in
      let words = try #require(item["requirement"]?.text).split(separator: " ")
      let number = words.count > 1 ? Int64(words[1]) : nil
      let requirement: TableRequirement =
        switch words[0] {
        case "assert-create": .assertCreate
        case "assert-ref-snapshot-id":
          .assertReferenceSnapshotID(
            reference: item["condition"]?.text == "ref missing" ? "gone" : "main",
            snapshotID: number)
        case "assert-last-assigned-field-id": .assertLastAssignedFieldID(Int(number ?? 0))
        case "assert-current-schema-id": .assertCurrentSchemaID(Int(number ?? 0))
        case "assert-default-spec-id": .assertDefaultSpecID(Int(number ?? 0) + 1)
        case let name: throw UnknownCase(name: String(name))
        }
      #expect(throws: IcebergError.self) { try requirement.check(against: table) }
    }
  }

  /// An update of each kind that requirements are derived from.
  static let updates: [String: TableUpdate] = [
    "any": .setProperties(["a": "b"]), "(always)": .setProperties(["a": "b"]),
    "set-snapshot-ref": .setSnapshotReference(
      name: "main", SnapshotReference(snapshotID: 2, kind: .branch)),
    "add-schema": .addSchema(Schema([.required("y", .long, id: 1)])),
    "set-current-schema": .setCurrentSchema(id: -1),
    "add-spec": .addPartitionSpec(.unpartitioned),
    "set-default-spec": .setDefaultPartitionSpec(id: -1),
    "add-sort-order": .addSortOrder(.unsorted),
    "set-default-sort-order": .setDefaultSortOrder(id: -1),
    "remove-schemas": .removeSchemas(ids: [7]),
    "remove-partition-specs": .removePartitionSpecs(ids: [7]),
  ]

  @Test("updates demand what the reference implementation lets them demand")
  func requirementDerivation() throws {
    let base = try Self.changed { _ in }.get().applying(
      [.setSnapshotReference(name: "b", SnapshotReference(snapshotID: 1, kind: .branch))],
      timestampMillis: 1_000_000)
    try ExpectedValues("update-requirements").run(
      "derivation", where: { $0["kind"]?.text?.hasSuffix("view") == false }
    ) { item in
      let kind = try #require(item["kind"]?.text)
      let expected = try #require(item["requirements"]?.elements).compactMap { text in
        text.text?.split(separator: " ").first.map(String.init)
      }
      // A row may name several updates that demand nothing.
      for name in try #require(item["update"]?.text).split(separator: " / ").map(String.init) {
        let update = Self.updates[name] ?? .setProperties(["a": "b"])
        let derived =
          switch kind {
          case "create table": TableRequirement.requirements(for: [update, update], changing: nil)
          case "replace table":
            TableRequirement.requirements(for: [update, update], replacing: base)
          default: TableRequirement.requirements(for: [update, update], changing: base)
          }
        var types = derived.compactMap { $0.json["type"]?.text }
        // Which every change of a table demands.
        if expected != ["assert-table-uuid"], types.first == "assert-table-uuid" {
          types.removeFirst()
        }
        #expect(types == expected, "\(kind), \(name)")
      }
    }
  }

  @Test("summaries add up as those of the reference implementation")
  func summaries() throws {
    typealias Key = SnapshotSummary.Key
    let spec = PartitionSpec(
      fields: [PartitionField(sourceIDs: [1], fieldID: 1000, name: "p", transform: .identity)])
    func file(_ name: String, _ content: DataFile.Content = .data) -> DataFile {
      DataFile(
        content: content, location: name, format: .parquet,
        partition: StructValue([.string(name)]), recordCount: 1, fileSizeInBytes: 10)
    }
    func commit(
      _ added: [DataFile], _ removed: [DataFile] = [], after parent: SnapshotSummary?
    ) -> SnapshotSummary {
      var counter = SummaryCounter()
      for file in added { counter.add(file, spec: spec) }
      for file in removed { counter.remove(file, spec: spec) }
      var snapshot: Snapshot?
      if let parent {
        snapshot = Snapshot(id: 1, timestampMillis: 0, manifests: .list("m"), summary: parent)
      }
      return counter.summary(operation: .overwrite, parent: snapshot)
    }
    let first = commit([file("A")], after: nil)
    let second = commit([file("B")], after: first)
    let deleted = commit([], [file("C"), file("D")], after: second)
    let deletes = commit(
      [file("A", .positionDeletes), file("A2", .equalityDeletes)], after: second)
    let bySteps = [1: first, 2: second]
    try ExpectedValues("snapshot-summary").run("cases") { item in
      let steps = try #require(item["steps"]?.elements).compactMap(\.text)
      let last = try #require(steps.last)
      let summary =
        last.contains("delete C,D")
        ? deleted : last.hasPrefix("row-delta") ? deletes : bySteps[steps.count]
      let expected = try #require(item["summary"])
      for (key, value) in try JSONNode(expected).stringMap() {
        #expect(summary?[key] == value, "\(steps): \(key)")
      }
      for key in item["absent"]?.elements ?? [] {
        #expect(summary?[key.text ?? ""] == nil, "\(steps): \(key)")
      }
    }
  }

  @Test("summary properties have the names that all share")
  func summaryKeys() throws {
    typealias Key = SnapshotSummary.Key
    let known: Set = [
      Key.addedDataFiles, Key.deletedDataFiles, Key.totalDataFiles, Key.addedDeleteFiles,
      Key.addedDeletionVectors, Key.totalDeleteFiles, Key.removedFilesSize,
      Key.addedPositionDeletes, Key.removedPositionDeletes, Key.totalPositionDeletes,
      Key.removedEqualityDeletes, Key.deletedDuplicateFiles, Key.partitionPrefix,
      Key.partitionSummariesIncluded, Key.stagedWAPID, Key.publishedWAPID, Key.sourceSnapshotID,
      Key.replacePartitions, Key.manifestsCreated, Key.manifestsKept, Key.entriesProcessed,
    ]
    try ExpectedValues("snapshot-summary").run("keys") { item in
      let key = try #require(item["key"]?.text)
      #expect(known.contains(key), "\(key)")
    }
  }
}

/// A case that this suite does not know how to run.
private struct UnknownCase: Error {
  let name: String
}

extension JSONValue {
  /// A number, truth value or text as plain text.
  fileprivate var scalarText: String {
    switch self {
    case .bool(let value): "\(value)"
    case .integer(let number): "\(number)"
    case .number(let text), .string(let text): text
    default: ""
    }
  }
}
