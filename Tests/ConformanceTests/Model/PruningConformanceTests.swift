import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct PruningConformanceTests {
  private static func top(_ name: String, _ member: String) throws -> JSONObject {
    guard
      case .object(let file) = try JSONValue(
        parsing: SharedFiles.bytes("corpus/expected/\(name).json")),
      case .object(let object)? = file[member]
    else { throw CorpusValue.Malformed(what: member) }
    return object
  }

  @Test("manifests are kept where Iceberg Java keeps them, and skipped where it skips them")
  func manifests() throws {
    let name = "manifest-evaluator"
    guard
      case .object(let file) = try JSONValue(
        parsing: SharedFiles.bytes("corpus/expected/\(name).json"))
    else { throw CorpusValue.Malformed(what: name) }
    let schema = try CorpusPredicate.schema(CorpusValue.member("schema", of: file))
    let spec = PartitionSpec(
      fields: schema.fields.enumerated().map { position, field in
        PartitionField(
          sourceIDs: [field.id], fieldID: 1_000 + position, name: field.name, transform: .identity)
      })
    let manifests = try Self.top(name, "manifests").members.map { member in
      (member.name, try Self.manifest(member.value, schema))
    }
    let projection = PartitionProjection(spec, schema: schema)
    try ExpectedValues(name).run("cases") { item in
      let isSensitive = try CorpusValue.bool("case_sensitive", of: item)
      let filter = try CorpusPredicate.filter(
        CorpusValue.member("predicate", of: item), schema, caseSensitive: isSensitive)
      let evaluator = ManifestEvaluator(
        partitionFilter: projection.inclusive(
          try filter.bound(to: schema, caseSensitive: isSensitive)))
      let wanted = try CorpusValue.string("manifest", of: item)
      let manifest = try #require(manifests.first { $0.0 == wanted }?.1)
      let expected = try CorpusValue.bool("expected_might_match", of: item)
      #expect(evaluator.mayMatch(manifest) == expected)
      #expect((evaluator.explain(manifest) == nil) == expected)
    }
  }

  private static func manifest(_ json: JSONValue, _ schema: Schema) throws -> ManifestFile {
    guard case .object(let object) = json else { throw CorpusValue.Malformed(what: "manifest") }
    var manifest = ManifestFile(location: "m", length: 1, partitionSpecID: 0, addedSnapshotID: 1)
    guard case .array(let partitions)? = object["partitions"] else { return manifest }
    manifest.partitions = try zip(partitions, schema.fields).map { partition, field in
      guard case .object(let summary) = partition else {
        throw CorpusValue.Malformed(what: "partition")
      }
      var containsNaN: Bool?
      if case .bool(let value)? = summary["contains_nan"] { containsNaN = value }
      return ManifestFile.FieldSummary(
        containsNull: try CorpusValue.bool("contains_null", of: summary), containsNaN: containsNaN,
        lowerBound: try CorpusPredicate.bound(summary["lower_bound"] ?? .null),
        upperBound: try CorpusPredicate.bound(summary["upper_bound"] ?? .null))
    }
    return manifest
  }

  @Test("files are kept, skipped and known to match as a whole as in Iceberg Java")
  func metrics() throws {
    let name = "metrics-evaluator"
    let schemas = try Self.top(name, "schemas").members.map { member in
      (member.name, try CorpusPredicate.schema(member.value))
    }
    let files = try Self.top(name, "files").members.map { member in
      (member.name, try Self.file(member.value))
    }
    var different = 0
    try ExpectedValues(name).run("cases") { item in
      let schemaName = try CorpusValue.string("schema", of: item)
      let schema = try #require(schemas.first { $0.0 == schemaName }?.1)
      let fileName = try CorpusValue.string("file", of: item)
      let file = try #require(files.first { $0.0 == fileName }?.1)
      let isSensitive = try CorpusValue.bool("case_sensitive", of: item)
      let filter = try CorpusPredicate.filter(
        CorpusValue.member("predicate", of: item), schema, caseSensitive: isSensitive)
      let evaluator = MetricsEvaluator(try filter.bound(to: schema, caseSensitive: isSensitive))
      let expected = try CorpusValue.bool("expected", of: item)
      let isStrict = try CorpusValue.string("evaluator", of: item) == "strict"
      let found = isStrict ? evaluator.mustMatch(file) : evaluator.mayMatch(file)
      #expect((evaluator.explain(file) == nil) == evaluator.mayMatch(file))
      // Otherwise the answer is the careful one, where another would do as well.
      guard try !CorpusValue.bool("must", of: item) else {
        #expect(found == expected)
        return
      }
      if found != expected {
        different += 1
        print("careful: \(JSONValue.object(item).serialized().utf8String ?? "")")
      }
    }
    print("metrics-evaluator: \(different) answers are more careful than those of Iceberg Java")
    // That where an upper bound is NaN: then there may be NaN, which is not greater than anything.
    #expect(different <= 1)
  }

  @Test("a filter of a column that is not there is refused, as in Iceberg Java")
  func bindingErrors() throws {
    let name = "metrics-evaluator"
    guard
      case .object(let file) = try JSONValue(
        parsing: SharedFiles.bytes("corpus/expected/\(name).json")),
      case .array(let items)? = file["binding_errors"]
    else { throw CorpusValue.Malformed(what: name) }
    // The predicates are of columns of these names.
    let other = Schema([.required("missing", .int, id: 1), .required("ID", .int, id: 2)])
    let schemas = try Self.top(name, "schemas")
    for case .object(let item) in items {
      let schema = try CorpusPredicate.schema(
        CorpusValue.member(CorpusValue.string("schema", of: item), of: schemas))
      let filter = try CorpusPredicate.filter(CorpusValue.member("predicate", of: item), other)
      let isSensitive = try CorpusValue.bool("case_sensitive", of: item)
      let error = #expect(throws: IcebergError.self) {
        try filter.bound(to: schema, caseSensitive: isSensitive)
      }
      #expect(error?.code == .notFound)
    }
    #expect(items.count == 2)
  }

  private static func file(_ json: JSONValue) throws -> DataFile {
    guard case .object(let object) = json else { throw CorpusValue.Malformed(what: "file") }
    var file = DataFile(
      location: "f", format: .parquet,
      recordCount: Int64(try CorpusValue.int("record_count", of: object)), fileSizeInBytes: 1)
    file.valueCounts = try counts(object["value_counts"])
    file.nullValueCounts = try counts(object["null_value_counts"])
    file.nanValueCounts = try counts(object["nan_value_counts"])
    file.lowerBounds = try bounds(object["lower_bounds"])
    file.upperBounds = try bounds(object["upper_bounds"])
    return file
  }

  private static func counts(_ json: JSONValue?) throws -> [Int: Int64]? {
    guard case .object(let object)? = json else { return nil }
    return try object.members.reduce(into: [:]) { counts, member in
      guard case .integer(let count) = member.value else {
        throw CorpusValue.Malformed(what: "count")
      }
      counts[try #require(Int(member.name))] = count
    }
  }

  private static func bounds(_ json: JSONValue?) throws -> [Int: Bytes]? {
    guard case .object(let object)? = json else { return nil }
    return try object.members.reduce(into: [:]) { bounds, member in
      bounds[try #require(Int(member.name))] = try CorpusPredicate.bound(member.value)
    }
  }
}
