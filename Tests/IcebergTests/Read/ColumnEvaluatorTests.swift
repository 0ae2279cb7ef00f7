import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct ColumnEvaluatorTests {
  static let schema = Schema([
    .optional("id", .int, id: 1),
    .optional("name", .string, id: 2),
    .optional(
      "place",
      .struct([.required("city", .string, id: 4), .optional("zip", .long, id: 5)]), id: 3),
    .optional("size", .double, id: 6),
    .optional("nothing", .unknown, id: 7),
    .optional("at", .timestamp, id: 8),
    .optional("flag", .boolean, id: 9),
    .optional("key", .fixed(length: 2), id: 10),
  ])

  static let batch: Result<RecordBatch, any Error> = Result {
    try RecordBatch(
      rows: [
        [
          .int(1), .string("alpha"), .struct(StructValue([.string("Bonn"), .long(53_111)])),
          .double(0.5), nil, .timestamp(0), .boolean(true), .fixed([0, 1]),
        ],
        [
          .int(2), .string("beta"), .struct(StructValue([.string("Köln"), nil])), .double(.nan),
          nil,
          .timestamp(86_400_000_000), .boolean(false), .fixed([0xff, 0]),
        ],
        [nil, nil, nil, nil, nil, nil, nil, nil],
        [
          .int(-4), .string("al"), .struct(StructValue([.string("Bonn"), .long(-1)])),
          .double(-0.0), nil, .timestamp(-1), .boolean(true), .fixed([0, 0]),
        ],
      ], schema: schema)
  }

  static let cases: [(filter: Filter, rows: [Int])] = [
    (.all, [0, 1, 2, 3]),
    (.none, []),
    (col("id") < 2, [0, 3]),
    (col("id") <= 2, [0, 1, 3]),
    (col("id") == 2, [1]),
    (col("id") != 2, [0, 2, 3]),
    (col("id") >= 1, [0, 1]),
    (col("id") > 1, [1]),
    (!(col("id") > 1), [0, 2, 3]),
    (col("id").isIn([1, -4, 99]), [0, 3]),
    (!col("id").isIn([1, -4, 99]), [1, 2]),
    (col("id").isIn(Array(1...100)), [0, 1]),
    (!col("id").isIn(Array(1...100)), [2, 3]),
    (col("name") == "alpha", [0]),
    (col("name") != "alpha", [1, 2, 3]),
    (col("name") < "alpha", [3]),
    (col("name") >= "alpha", [0, 1]),
    (col("name").startsWith("al"), [0, 3]),
    (!col("name").startsWith("al"), [1, 2]),
    (col("name").startsWith(""), [0, 1, 3]),
    (col("name").isIn(["al", "x", ""]), [3]),
    (!col("name").isIn(["al", "x", ""]), [0, 1, 2]),
    (col("place.city") == "Bonn", [0, 3]),
    (col("place.city").isNull, [2]),
    (col("place.zip").isNull, [1, 2]),
    (!col("place.zip").isNull, [0, 3]),
    (col("place.zip") != -1, [0, 1, 2]),
    (col("place").isNull, [2]),
    (col("size").isNaN, [1]),
    (!col("size").isNaN, [0, 2, 3]),
    (col("size") > 0.0, [0]),
    (col("size") == 0.0, [3]),
    (col("size") >= 0.0, [0, 3]),
    (col("size") < 0.0, []),
    (col("size") != 0.5, [1, 2, 3]),
    (!(col("size") <= 0.0), [0, 1, 2]),
    (col("size").isIn([0.0, 0.5]), [0, 3]),
    (col("nothing").isNull, [0, 1, 2, 3]),
    (col("at").day == "1970-01-02", [1]),
    (col("at").day < "1970-01-01", [3]),
    (col("at").hour != 0, [1, 2, 3]),
    (col("name").truncate(2) == "al", [0, 3]),
    (col("id").truncate(3) == -6, [3]),
    (col("flag") == true, [0, 3]),
    (col("flag") != true, [1, 2]),
    (col("flag") >= false, [0, 1, 3]),
    (col("key") > Bytes([0, 0]), [0, 1]),
    (col("key").isIn([Bytes([0, 0]), Bytes([0xff, 0])]), [1, 3]),
    (col("id") == 1 && col("name") == "alpha", [0]),
    (col("id") == 1 || col("name").isNull, [0, 2]),
    (col("id") == 7 && col("name") == "alpha", []),
  ]

  @Test("the rows of a batch that satisfy a filter are marked", arguments: cases.indices)
  func matching(index: Int) throws {
    let (filter, rows) = Self.cases[index]
    let batch = try Self.batch.get()
    let bound = try filter.bound(to: Self.schema)
    let found = try ColumnEvaluator(bound).matches(in: batch)
    #expect(found == Bitmap((0..<4).map(rows.contains)), "\(filter)")
    #expect(batch.keep(where: found).rowCount == rows.count)
  }

  @Test("columns are found by their ids in other schemas")
  func otherSchema() throws {
    let batch = try Self.batch.get()
    let fields = Self.schema.fields
    let other = Schema([fields[5], fields[1], fields[0]])
    let turned = RecordBatch(
      names: other.fields.map(\.name),
      columns: [batch.columns[5], batch.columns[1], batch.columns[0]], rowCount: 4)
    let bound = try (col("id") == 1 || col("name") == "al").bound(to: Self.schema)
    let found = try ColumnEvaluator(bound, schema: other).matches(in: turned)
    #expect(found == Bitmap([true, false, false, true]))
    #expect(throws: IcebergError.self) {
      try ColumnEvaluator(bound, schema: Schema([fields[5], fields[1]]))
    }
    // Columns of other kinds are no reason to stop, nor to leave rows out unseen.
    #expect(throws: IcebergError.self) { try ColumnEvaluator(bound).matches(in: turned) }
  }

  @Test("a batch of no rows has no marks")
  func empty() throws {
    let bound = try (col("id") == 1 && col("place.city") == "x").bound(to: Self.schema)
    #expect(try ColumnEvaluator(bound).matches(in: Self.schema.emptyBatch) == Bitmap())
  }

  /// What the definition of a filter says, one row at a time, without binding anything.
  static func naive(_ filter: Filter, _ row: [String: Literal], _ schema: SchemaIndex) throws
    -> Bool
  {
    switch filter {
    case .all: return true
    case .none: return false
    case .not(let inner): return try !naive(inner, row, schema)
    case .and(let parts): return try parts.allSatisfy { try naive($0, row, schema) }
    case .or(let parts): return try parts.contains { try naive($0, row, schema) }
    case .test(let term, let test):
      let value = try (term.transform ?? .identity).apply(to: row[term.column])
      switch test {
      case .isNull: return value == nil
      case .notNull: return value != nil
      case .isNaN: return isNaN(value)
      case .notNaN: return !isNaN(value)
      case .isIn(let constants): return constants.contains { holds(value, .equal, $0) }
      case .notIn(let constants): return !constants.contains { holds(value, .equal, $0) }
      case .comparison(let comparison, let constant): return holds(value, comparison, constant)
      case .startsWith(let prefix): return starts(value, prefix)
      case .notStartsWith(let prefix): return !starts(value, prefix)
      }
    }
  }

  private static func isNaN(_ value: Literal?) -> Bool { value.map { $0.text == "NaN" } ?? false }

  private static func starts(_ value: Literal?, _ prefix: String) -> Bool {
    guard let value else { return false }
    return Array(value.text.utf8.prefix(prefix.utf8.count)) == Array(prefix.utf8)
  }

  private static func holds(
    _ value: Literal?, _ comparison: Filter.Comparison, _ constant: Literal
  ) -> Bool {
    guard let value, !isNaN(value) else { return comparison == .notEqual }
    // Less, or equal, in the sense of numbers and bytes.
    let (less, equal): (Bool, Bool) =
      switch (value, constant) {
      case (.double(let a), .double(let b)): (a < b, a == b)
      case (.float(let a), .float(let b)): (a < b, a == b)
      default:
        (value.ordering(to: constant) == .less, value.ordering(to: constant) == .equal)
      }
    return switch comparison {
    case .lessThan: less
    case .lessThanOrEqual: less || equal
    case .equal: equal
    case .notEqual: !equal
    case .greaterThanOrEqual: !less
    case .greaterThan: !less && !equal
    }
  }

  /// The values of a row by the full names of their columns; nulls, and what is in them, are left out.
  static func flattened(_ values: [Literal?], _ fields: [Field], prefix: String = "")
    -> [String: Literal]
  {
    var result: [String: Literal] = [:]
    for case (let value?, let field) in zip(values, fields) {
      result[prefix + field.name] = value
      if case .struct(let inner) = value, case .struct(let parts) = field.type {
        result.merge(flattened(inner.values, parts, prefix: prefix + field.name + ".")) { a, _ in a
        }
      }
    }
    return result
  }

  @Test("columns, single rows and the definition agree; text and JSON mean the same")
  func agreement() throws {
    var random = SeededRandom()
    var matched = 0
    var total = 0
    for _ in 0..<LongTests.rounds(quick: 150, long: 20_000) {
      let schema = random.schema(depth: 2)
      let index = schema.index
      let rows = (0..<Int.random(in: 0...70, using: &random)).map { _ in
        schema.fields.map { random.value(of: $0) }
      }
      let batch = try RecordBatch(rows: rows, schema: schema)
      let flat = rows.map { Self.flattened($0, schema.fields) }
      var values: [Int: [Literal]] = [:]
      for field in index.fields {
        let name = index.name(of: field.id) ?? ""
        values[field.id] = flat.compactMap { $0[name] }
      }
      for _ in 0..<10 {
        let filter = random.filter(over: schema, values: values)
        let expected = try flat.map { try Self.naive(filter, $0, index) }
        let bound = try filter.bound(to: schema)
        let single = try rows.map { try RowEvaluator(bound).matches(StructValue($0)) }
        try #require(single == expected, "\(filter) \(schema)")
        let marks = try ColumnEvaluator(bound).matches(in: batch)
        try #require(marks == Bitmap(expected), "\(filter) \(schema)")
        try #require(try Filter(parsing: filter.description) == filter, "\(filter)")
        let exchanged = try JSONValue(parsing: filter.json().serialized())
        try #require(
          try Filter(json: exchanged).bound(to: schema) == bound, "\(filter) \(exchanged)")
        let opposite = try (!filter).bound(to: schema)
        try #require(try ColumnEvaluator(opposite).matches(in: batch) == ~marks, "\(filter)")
        matched += marks.setCount
        total += rows.count
      }
    }
    print("filters: \(matched) of \(total) rows matched")
    #expect(matched > total / 10 && matched < total * 9 / 10)
  }
}
