import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct FilterConformanceTests {
  @Test("filters are read from JSON and written in their canonical form")
  func json() throws {
    try ExpectedValues("expression-json").run("parse") { item in
      let value = try #require(item["json"])
      let given = try #require(item["canonical"])
      let canonical = given == .null ? value : given
      let filter = try Filter(json: value)
      #expect(try filter.json() == canonical)
      #expect(try Filter(json: canonical) == filter)
    }
  }

  @Test("JSON that is no filter is refused")
  func invalidJSON() throws {
    try ExpectedValues("expression-json").run("must_fail") { item in
      let value = try #require(item["json"])
      #expect(throws: IcebergError.self) { try Filter(json: value) }
    }
  }

  @Test("single rows satisfy a filter or not")
  func rows() throws {
    try ExpectedValues("row-evaluator").run("cases") { item in
      let (filter, schema, row, expected) = try Self.parts(of: item)
      #expect(
        try RowEvaluator(filter).matches(StructValue(row)) == expected)
      // The columns that the case does not give are filled up: with null, or a value not looked at.
      let whole = zip(schema.fields, row + Array(repeating: nil, count: 8)).map { field, value in
        value ?? (field.isRequired ? SeededRandom.literal(of: field.type, seed: 1) : nil)
      }
      let batch = try RecordBatch(rows: [whole, whole], schema: schema)
      #expect(
        try ColumnEvaluator(filter, schema: schema).matches(in: batch)
          == Bitmap(repeating: expected, count: 2))
    }
  }

  @Test("comparisons with null and NaN have one answer")
  func comparisons() throws {
    let schema = Schema([.optional("x", .double, id: 1)])
    try ExpectedValues("expression-json").run(
      "comparison_semantics", where: { $0["right"] != .null && $0["right"] != "NaN" }
    ) { item in
      let left = try #require(item["left"])
      let value: Literal? = left == .null ? nil : try Literal(json: JSONNode(left), type: .double)
      let operation = try JSONNode(try #require(item["op"])).string()
      let right = JSONNode(try #require(item["right"]))
      let comparison = try #require(
        Filter.Comparison(rawValue: operation == "!=" ? "<>" : operation))
      let filter = try Filter.test(
        Filter.Term("x"), .comparison(comparison, Literal(json: right, type: .double))
      ).bound(to: schema)
      let expected = try #require(item["result"]) == .bool(true)
      #expect(try RowEvaluator(filter).matches(StructValue([value])) == expected)
      let batch = try RecordBatch(rows: [[value]], schema: schema)
      #expect(try ColumnEvaluator(filter, schema: schema).matches(in: batch)[0] == expected)
    }
  }

  @Test("null and NaN are no constants")
  func noConstants() throws {
    let schema = Schema([.optional("x", .double, id: 1)])
    try ExpectedValues("expression-json").run(
      "comparison_semantics", where: { $0["right"] == .null || $0["right"] == "NaN" }
    ) { item in
      let right = try #require(item["right"])
      let json: JSONValue = .object(["type": "eq", "term": "x", "value": right])
      #expect(throws: IcebergError.self) { try Filter(json: json).bound(to: schema) }
    }
  }

  private static func parts(
    of item: JSONObject
  ) throws -> (BoundFilter, Schema, [Literal?], Bool) {
    let schema = try Schema(
      JSONNode(#require(item["schema"])).array().map { try field(#require($0.value.object)) })
    let filter = try Filter(expected: #require(item["predicate"]))
      .bound(to: schema, caseSensitive: item["case_sensitive"] == .bool(true))
    let cells = try JSONNode(#require(item["row"])).array()
    let row = try zip(cells, schema.fields).map { try value($0, $1.type) }
    return (filter, schema, row, item["expected"] == .bool(true))
  }

  private static func field(_ object: JSONObject) throws -> Field {
    var reader = JSONObjectReader(object)
    let type = try reader.required("type")
    let inner = try type.value.object.map {
      FieldType.struct(
        try JSONNode(#require($0["struct"])).array().map { try field(#require($0.value.object)) })
    }
    return Field(
      id: try reader.required("id").int(), name: try reader.required("name").string(),
      type: try inner ?? FieldType(type.string()),
      isRequired: try reader.required("required").bool())
  }

  private static func value(_ node: JSONNode, _ type: FieldType) throws -> Literal? {
    if node.isNull { return nil }
    if case .struct(let fields) = type {
      let cells = try node.array()
      return .struct(StructValue(try zip(cells, fields).map { try value($0, $1.type) }))
    }
    return try Literal(json: node, type: type)
  }
}

extension JSONValue {
  fileprivate var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }
}

extension SeededRandom {
  fileprivate static func literal(of type: FieldType, seed: UInt64) -> Literal {
    var random = SeededRandom(seed: seed)
    return random.literal(of: type)
  }
}
