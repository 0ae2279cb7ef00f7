import IcebergBytes
import IcebergModel
import Testing

@Suite struct ManifestEvaluatorTests {
  typealias Summary = ManifestFile.FieldSummary

  static func evaluator(_ filter: Filter, _ type: FieldType) throws -> ManifestEvaluator {
    let schema = Schema([.optional("c", type, id: 1)])
    let spec = PartitionProjectionTests.spec((1, .identity))
    return ManifestEvaluator(
      partitionFilter: PartitionProjection(spec, schema: schema).inclusive(
        try filter.bound(to: schema)))
  }

  static func manifest(_ summaries: [Summary]?) -> ManifestFile {
    var manifest = ManifestFile(location: "m", length: 1, partitionSpecID: 0, addedSnapshotID: 1)
    manifest.partitions = summaries
    return manifest
  }

  static func summary(
    _ lower: Literal?, _ upper: Literal?, null: Bool = false, nan: Bool? = nil
  ) throws -> Summary {
    Summary(
      containsNull: null, containsNaN: nan, lowerBound: try lower?.singleValueBytes(),
      upperBound: try upper?.singleValueBytes())
  }

  @Test("a manifest is skipped for a reason that names the test and the range of the partitions")
  func reasons() throws {
    let manifest = Self.manifest([try Self.summary(.int(30), .int(79))])
    func reason(_ filter: Filter) throws -> String? {
      try Self.evaluator(filter, .int).explain(manifest).map { "\($0)" }
    }
    #expect(try reason(col("c") < 30) == "p0 < 30: 30 to 79")
    #expect(
      try reason(col("c") < 30 || col("c").isNull)
        == "p0 < 30: 30 to 79; p0 IS NULL: no value is null")
    #expect(try reason(col("c") < 31) == nil)
    #expect(try reason(.none) == "no row")
    let nulls = Self.manifest([try Self.summary(nil, nil, null: true)])
    #expect(
      try Self.evaluator(col("c") < 30, .int).explain(nulls).map { "\($0)" }
        == "p0 < 30: all values are null")
  }

  @Test("what is not recorded skips nothing")
  func missing() throws {
    let evaluator = try Self.evaluator(col("c") < 30, .int)
    #expect(evaluator.mayMatch(Self.manifest(nil)))
    #expect(evaluator.mayMatch(Self.manifest([])))
    #expect(evaluator.explain(Self.manifest([])) == nil)
    // No bounds, and nothing that has none: somebody was mistaken.
    #expect(evaluator.mayMatch(Self.manifest([try Self.summary(nil, nil)])))
    // A bound that is no int.
    let strange = Summary(containsNull: false, lowerBound: [1, 2, 3], upperBound: [])
    #expect(evaluator.mayMatch(Self.manifest([strange])))
    #expect(try !Self.evaluator(.none, .int).mayMatch(Self.manifest(nil)))
    #expect(try Self.evaluator(.all, .int).mayMatch(Self.manifest([strange])))
  }

  @Test("bounds that were written before a promotion are understood")
  func promotion() throws {
    let ints = Self.manifest([try Self.summary(.int(-5), .int(7))])
    #expect(try !Self.evaluator(col("c") > 7, .long).mayMatch(ints))
    #expect(try Self.evaluator(col("c") > 6, .long).mayMatch(ints))
    let floats = Self.manifest([try Self.summary(.float(-5.5), .float(7), nan: false)])
    #expect(try !Self.evaluator(col("c") < -5.5, .double).mayMatch(floats))
    #expect(try Self.evaluator(col("c") < -5.4, .double).mayMatch(floats))
  }

  @Test("UUIDs are found whether they were ordered as Iceberg Java orders them or not")
  func uuids() throws {
    func uuid(_ first: UInt8, _ last: UInt8) -> Literal {
      .uuid(Bytes([first] + [UInt8](repeating: 0, count: 14) + [last]))
    }
    let evaluator = try Self.evaluator(col("c") == uuid(0x20, 0), .uuid)
    // As signed numbers, 0x90 is before 0x30: then 0x20 lies between.
    #expect(evaluator.mayMatch(Self.manifest([try Self.summary(uuid(0x90, 0), uuid(0x30, 0))])))
    #expect(evaluator.mayMatch(Self.manifest([try Self.summary(uuid(0x10, 0), uuid(0x90, 0))])))
    #expect(!evaluator.mayMatch(Self.manifest([try Self.summary(uuid(0x21, 0), uuid(0x30, 0))])))
    #expect(!evaluator.mayMatch(Self.manifest([try Self.summary(uuid(0x20, 1), uuid(0x20, 1))])))
  }
}
