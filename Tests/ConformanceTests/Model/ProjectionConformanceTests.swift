import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct ProjectionConformanceTests {
  /// A test of a partition field in the words of the expected values.
  struct Shape: Hashable {
    var operation: String
    var values: Set<String> = []
  }

  @Test("predicates are projected as Iceberg Java projects them, or as the text of the spec has it")
  func projections() throws {
    try ExpectedValues("projections").run("cases") { item in
      let type = try CorpusValue.type(CorpusValue.member("source_type", of: item))
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let predicate = try CorpusValue.member("predicate", of: item)
      guard case .object(let object) = predicate else {
        throw CorpusValue.Malformed(what: "predicate")
      }
      let column = try CorpusValue.string("term", of: object)
      let schema = Schema([.optional(column, type, id: 1)])
      let spec = PartitionSpec(fields: [
        PartitionField(sourceIDs: [1], fieldID: 1_000, name: "part", transform: transform)
      ])
      let filter = try CorpusPredicate.filter(predicate, schema).bound(to: schema)
      let projection = PartitionProjection(spec, schema: schema)
      let isStrict = try CorpusValue.string("kind", of: item) == "strict"
      let found = try Self.shape(
        isStrict ? projection.strict(filter) : projection.inclusive(filter), transform)
      var allowed = [try Self.expected(item, "expected_op", "expected_")]
      if case .object(let exact)? = item["spec_exact"] {
        allowed.append(try Self.expected(exact, "op", ""))
      }
      #expect(allowed.contains(found), "found \(found)")
    }
  }

  private static func expected(
    _ item: JSONObject, _ operation: String, _ prefix: String
  ) throws -> Shape {
    var shape = Shape(operation: try CorpusValue.string(operation, of: item))
    if item["\(prefix)value_human"] != nil {
      shape.values = [try CorpusValue.string("\(prefix)value_human", of: item)]
    }
    if item["\(prefix)values_human"] != nil {
      shape.values = Set(
        try CorpusValue.array("\(prefix)values_human", of: item).map { value in
          guard case .string(let text) = value else { throw CorpusValue.Malformed(what: "value") }
          return text
        })
    }
    // One value, however often it was listed.
    if shape.values.count == 1 {
      if shape.operation == "in" { shape.operation = "eq" }
      if shape.operation == "not-in" { shape.operation = "not-eq" }
    }
    return shape
  }

  /// The shape of a projection. What is added for the results that wrap around, which only rows next
  /// to the limits of a type have, is no part of it: nobody else looks for those.
  private static func shape(_ filter: BoundFilter, _ transform: Transform) throws -> Shape {
    switch filter {
    case .all: return Shape(operation: "true")
    case .none: return Shape(operation: "false")
    case .and(let parts), .or(let parts): return try shape(#require(parts.first), transform)
    case .predicate(let predicate):
      func text(_ value: Literal) -> String { transform.text(of: value) }
      switch predicate.test {
      case .comparison(let comparison, let value):
        let name = CorpusPredicate.comparisons.first { $0.value == comparison }?.key
        return Shape(operation: try #require(name), values: [text(value)])
      case .isIn(let values): return Shape(operation: "in", values: Set(values.map(text)))
      case .notIn(let values): return Shape(operation: "not-in", values: Set(values.map(text)))
      case .startsWith(let prefix): return Shape(operation: "starts-with", values: [text(prefix)])
      case .notStartsWith(let prefix):
        return Shape(operation: "not-starts-with", values: [text(prefix)])
      case .isNull, .notNull, .isNaN, .notNaN:
        throw CorpusValue.Malformed(what: "\(predicate)")
      }
    }
  }

  @Test("what is left of a filter in a partition is what is left in Iceberg Java")
  func residuals() throws {
    try ExpectedValues("residuals").run("cases") { item in
      let schema = try Self.residualSchema(item)
      let text = try CorpusValue.string("partition", of: item)
      var fields: [PartitionField] = []
      var tuple: [Literal?] = []
      if text != "unpartitioned" {
        let parts = text.split(separator: "(")
        let transform = try Transform(String(parts[0]))
        let source = try #require(schema.field(named: String(parts[1].dropLast())))
        fields = [
          PartitionField(
            sourceIDs: [source.id], fieldID: 1_000, name: "part", transform: transform)
        ]
        tuple = [
          try CorpusPredicate.literal(
            CorpusValue.member("partition_value", of: item),
            transform.resultType(for: source.type))
        ]
      }
      func bound(_ name: String) throws -> BoundFilter {
        try CorpusPredicate.filter(CorpusValue.member(name, of: item), schema).bound(to: schema)
      }
      let residual = ResidualFilter(
        try bound("predicate"), PartitionSpec(fields: fields), schema: schema)
      #expect(residual.residual(for: StructValue(tuple)) == (try bound("residual")))
    }
  }

  /// The columns of a case: of the types that its name or its values tell.
  private static func residualSchema(_ item: JSONObject) throws -> Schema {
    let types: KeyValuePairs<String, FieldType> = [
      "dateint": .int, "hour": .int, "category": .string, "double": .double, "float": .float,
      "ts": .timestamp, "a": .int, "b": .int, "d": .string, "e": .int, "f": .int, "g": .float,
      "h": .double, "data": .string,
    ]
    return Schema(
      types.enumerated().map { .optional($1.key, $1.value, id: $0 + 1) })
  }
}
