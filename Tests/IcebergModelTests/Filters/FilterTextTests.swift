import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct FilterTextTests {
  static let a = col("a") == 1
  static let b = col("b") == 2
  static let c = col("c") == 3

  static let texts: [(text: String, filter: Filter)] = [
    ("TRUE", .all),
    ("false", .none),
    ("a = 1", a),
    ("a == 1", a),
    ("a=1", a),
    ("1 = a", a),
    ("a <> 1", col("a") != 1),
    ("a != 1", col("a") != 1),
    ("a < 1", col("a") < 1),
    ("a <= -1", col("a") <= -1),
    ("a > +1", col("a") > 1),
    ("a >= 1", col("a") >= 1),
    ("5 < a", col("a") > 5),
    ("'x' >= a", col("a") <= "x"),
    ("TRUE = a", col("a") == true),
    ("a = false", col("a") == false),
    ("a = 1 AND b = 2 and c = 3", .and([a, b, c])),
    ("a = 1 OR b = 2 or c = 3", .or([a, b, c])),
    ("a = 1 OR b = 2 AND c = 3", .or([a, .and([b, c])])),
    ("(a = 1 OR b = 2) AND c = 3", .and([.or([a, b]), c])),
    ("(a = 1 AND b = 2) AND c = 3", .and([.and([a, b]), c])),
    ("((a = 1))", a),
    ("NOT a = 1 AND b = 2", .and([.not(a), b])),
    ("NOT (a = 1 AND b = 2)", .not(.and([a, b]))),
    ("NOT NOT a = 1", .not(.not(a))),
    ("a IS NULL", col("a").isNull),
    ("a is not null", .test(Filter.Term("a"), .notNull)),
    ("a IS NaN", col("a").isNaN),
    ("a IS NOT NAN", .test(Filter.Term("a"), .notNaN)),
    ("a BETWEEN 1 AND 2 AND b = 2", .and([.and([col("a") >= 1, col("a") <= 2]), b])),
    ("a NOT BETWEEN 1 AND 2", .not(.and([col("a") >= 1, col("a") <= 2]))),
    ("a IN (1, 2)", col("a").isIn([1, 2])),
    ("a IN ()", .test(Filter.Term("a"), .isIn([]))),
    ("a NOT IN ('x')", .test(Filter.Term("a"), .notIn([.string("x")]))),
    ("a LIKE 'ab%'", col("a").startsWith("ab")),
    ("a NOT LIKE 'ab%'", .test(Filter.Term("a"), .notStartsWith("ab"))),
    ("a LIKE 'ab'", col("a") == "ab"),
    ("a NOT LIKE 'ab'", col("a") != "ab"),
    (#"a LIKE '50\%\_\\%'"#, col("a").startsWith(#"50%_\"#)),
    ("a STARTS WITH 'ab'", col("a").startsWith("ab")),
    ("a STARTS_WITH 'ab'", col("a").startsWith("ab")),
    ("a NOT STARTS WITH 'ab'", .test(Filter.Term("a"), .notStartsWith("ab"))),
    ("place.city = 'Bonn'", col("place.city") == "Bonn"),
    (#""a name" = 1"#, col("a name") == 1),
    ("`a name` = 1", col("a name") == 1),
    (#""say ""hi""" = 1"#, col(#"say "hi""#) == 1),
    (#""a b".c."and" = 1"#, col("a b.c.and") == 1),
    ("größe = 1", col("größe") == 1),
    ("starts = 1", col("starts") == 1),
    ("date = 'x'", col("date") == "x"),
    ("year = 1", col("year") == 1),
    ("a = 'it''s'", col("a") == "it's"),
    ("a = ''", col("a") == ""),
    ("a = '--'", col("a") == "--"),
    ("year(at) = 54", col("at").year == 54),
    ("YEARS(at) = 54", col("at").year == 54),
    ("month(at) = 1", col("at").month == 1),
    ("day(at) = '2024-05-01'", col("at").day == "2024-05-01"),
    ("hours(at) = 1", col("at").hour == 1),
    ("bucket(16, id) = 3", col("id").bucket(16) == 3),
    ("truncate(4, name) = 'abcd'", col("name").truncate(4) == "abcd"),
    ("identity(a) = 1", Filter.Term("a", transform: .identity) == 1),
    ("void(a) IS NULL", Filter.Term("a", transform: .void).isNull),
    (
      "transform('zorder[3]', a) IS NULL",
      Filter.Term("a", transform: .unknown("zorder[3]")).isNull
    ),
    ("a = 9223372036854775807", col("a") == Int64.max),
    ("a = -9223372036854775808", col("a") == Int64.min),
    (
      "a = 9223372036854775808",
      col("a") == Literal.decimal(unscaled: 9_223_372_036_854_775_808, scale: 0)
    ),
    ("a = 1.5", col("a") == 1.5),
    ("a = -0.0", col("a") == -0.0),
    ("a = 1e3", col("a") == 1_000.0),
    ("a = 1.5E-3", col("a") == 0.0015),
    (
      "a = 1234567890.123456789",
      col("a") == Literal.decimal(unscaled: 1_234_567_890_123_456_789, scale: 9)
    ),
    ("a = DECIMAL '1.50'", col("a") == Literal.decimal(unscaled: 150, scale: 2)),
    ("a = INT '7'", col("a") == Int32(7)),
    ("a = FLOAT '0.1'", col("a") == Float(0.1)),
    ("a = DOUBLE '-Infinity'", col("a") == -Double.infinity),
    ("a = DATE '2017-11-16'", col("a") == Literal.date(17_486)),
    ("a = date'2017-11-16'", col("a") == Literal.date(17_486)),
    ("a = TIME '00:00:01'", col("a") == Literal.time(1_000_000)),
    ("a = TIMESTAMP '1970-01-01 00:00:01'", col("a") == Literal.timestamp(1_000_000)),
    ("a = TIMESTAMP '1970-01-01'", col("a") == Literal.timestamp(0)),
    (
      "a = TIMESTAMP '1970-01-01T00:00:00.000000001'", col("a") == Literal.timestampNanos(1)
    ),
    ("a = TIMESTAMPTZ '1970-01-01T01:00:00+01:00'", col("a") == Literal.timestamptz(0)),
    ("a = TIMESTAMP_NS '1970-01-01T00:00:00'", col("a") == Literal.timestampNanos(0)),
    ("a = TIMESTAMPTZ_NS '1970-01-01T00:00:00Z'", col("a") == Literal.timestamptzNanos(0)),
    ("a = X'0aFF'", col("a") == Bytes([0x0a, 0xff])),
    ("a = FIXED '0aff'", col("a") == Literal.fixed([0x0a, 0xff])),
    (
      "a = UUID '00000000-0000-0000-0000-0000000000ff'",
      col("a") == Literal.uuid(Bytes([UInt8](repeating: 0, count: 15) + [0xff]))
    ),
    (" \n\ta\n=\r\n1 ", a),
  ]

  @Test("text stands for a filter, whose own text stands for it too", arguments: texts.indices)
  func parsing(index: Int) throws {
    let (text, filter) = Self.texts[index]
    #expect(try Filter(parsing: text) == filter)
    #expect(try Filter(parsing: filter.description) == filter, "\(filter)")
  }

  static let descriptions: [(filter: Filter, text: String)] = [
    (
      col("severity") == "ERROR" && col("id") >= 10 && !col("country").isNull,
      "severity = 'ERROR' AND id >= 10 AND country IS NOT NULL"
    ),
    (a || b && c, "a = 1 OR (b = 2 AND c = 3)"),
    (!(a || b), "NOT (a = 1 OR b = 2)"),
    (.not(a), "NOT a = 1"),
    (col("a b.c") == 1.5, "\"a b.c\" = 1.5"),
    (col("select") == 0.1 + 0.2, "select = 0.30000000000000004e0"),
    (col("IN").isIn(["x", "it's"]), "\"IN\" IN ('x', 'it''s')"),
    (col("at").day == Literal.date(0), "day(at) = DATE '1970-01-01'"),
    (col("x") == Literal.decimal(unscaled: 2, scale: -20), "x = DECIMAL '2E+20'"),
    (.and([]), "TRUE"),
    (.or([a]), "a = 1"),
    (col("") == 1, "\"\" = 1"),
    (col("a.") == 1, "\"a.\" = 1"),
    (col("1a") == 1, "\"1a\" = 1"),
  ]

  @Test("a filter is written in the words of SQL", arguments: descriptions.indices)
  func writing(index: Int) throws {
    let (filter, text) = Self.descriptions[index]
    #expect(filter.description == text)
    #expect(try Filter(parsing: text).description == text)
  }

  static let failures: [(text: String, character: Int, words: [String])] = [
    ("", 1, ["expected a column", "the end"]),
    ("a", 2, ["comparison of a", "the end"]),
    ("a =", 4, ["expected a value", "the end"]),
    ("a = )", 5, ["expected a value", "')'"]),
    ("a = 1 b = 2", 7, ["AND, OR or the end", "'b'"]),
    ("a = 1 AND", 10, ["expected a column", "the end"]),
    ("(a = 1", 7, ["')'", "the end"]),
    ("a = NULL", 5, ["use IS NULL"]),
    ("a <> NULL", 6, ["use IS NOT NULL"]),
    ("a IN (1, NULL)", 10, ["use IS NULL"]),
    ("a = NaN", 5, ["use IS NAN"]),
    ("a = b", 5, ["expected a value", "'b'"]),
    ("a = \"b\"", 5, ["expected a value", "single quotes"]),
    ("1 = 2", 5, ["two constants"]),
    ("1", 2, ["comparison"]),
    ("a LIKE '%b'", 8, ["'abc%'"]),
    ("a LIKE 'a_'", 8, ["'abc%'"]),
    ("a LIKE 5", 8, ["pattern", "'5'"]),
    ("a IS 5", 6, ["NULL, NAN or NOT", "'5'"]),
    ("a NOT 5", 7, ["BETWEEN, IN, LIKE or STARTS WITH"]),
    ("a BETWEEN 1 OR 2", 13, ["expected AND", "'OR'"]),
    ("a IN 1", 6, ["'('", "'1'"]),
    ("a IN (1 2)", 9, ["','", "'2'"]),
    ("and = 1", 1, ["double quotes", "'and'"]),
    ("a. = 1", 4, ["expected a column", "'='"]),
    ("a = 'x", 5, ["no closing quote"]),
    ("\"a = 1", 1, ["no closing quote"]),
    ("a = 1; b", 6, ["';'", "no meaning"]),
    ("a = DATE '2024-13-01'", 10, ["'2024-13-01' is no DATE"]),
    ("a = TIMESTAMP '2024-01-01T00:00:00Z'", 15, ["is no TIMESTAMP"]),
    ("a = DATUM '2024-12-01'", 5, ["DATUM", "TIMESTAMPTZ"]),
    ("a = X'0'", 6, ["'0' is no X"]),
    ("lower(a) = 'x'", 1, ["no function 'lower'", "truncate"]),
    ("bucket(id, 16) = 1", 8, ["a number", "'id'"]),
    ("bucket(0, id) = 1", 8, ["1 to 2147483647", "'0'"]),
    ("year(at = 1", 9, ["')'", "'='"]),
    ("transform('bucket[0]', a) = 1", 11, ["1 to 2147483647"]),
    ("a = 1e999", 5, ["beyond the range"]),
    ("a = \(String(repeating: "9", count: 39))", 5, ["beyond the range"]),
    ("ä = 'ö' AND ü", 14, ["comparison of ü", "the end"]),
  ]

  @Test("an error tells the place, what is there and what is wanted", arguments: failures.indices)
  func failure(index: Int) throws {
    let (text, character, words) = Self.failures[index]
    let error = try #require(throws: IcebergError.self) { try Filter(parsing: text) }
    #expect(error.code == .invalidArgument)
    #expect(error.message.contains("at character \(character):"), "\(error.message)")
    for word in words { #expect(error.message.contains(word), "\(error.message)") }
  }

  @Test("a mark stands under the place of an error, in the line that it is in")
  func mark() throws {
    let text = "id = 1 AND\nöl = ) AND " + String(repeating: "x", count: 100)
    let error = try #require(throws: IcebergError.self) { try Filter(parsing: text) }
    let lines = error.message.split(separator: "\n")
    try #require(lines.count == 3)
    #expect(lines[1].hasPrefix("  öl = ) AND x"))
    #expect(lines[1].hasSuffix("..."))
    #expect(lines[2] == "       ^")
    let long = String(repeating: "a = 1 AND ", count: 50) + "a = )"
    let other = try #require(throws: IcebergError.self) { try Filter(parsing: long) }
    let shown = other.message.split(separator: "\n")
    #expect(shown[1].hasPrefix("  ..."))
    #expect(shown[2].last == "^")
    #expect(shown[1].dropFirst(shown[2].count - 1).first == ")")
  }

  @Test("nesting is bounded, length is not")
  func hostile() throws {
    for text in [
      String(repeating: "(", count: 100_000), String(repeating: "NOT ", count: 100_000),
      String(repeating: "NOT (", count: 100_000),
    ] {
      let error = try #require(throws: IcebergError.self) { try Filter(parsing: text) }
      #expect(error.message.contains("levels deep"))
    }
    let nested =
      String(repeating: "(", count: 100) + "a = 1" + String(repeating: ")", count: 100)
    #expect(try Filter(parsing: nested) == Self.a)
    let chain = (0..<10_000).map { "a = \($0)" }.joined(separator: " OR ")
    guard case .or(let parts) = try Filter(parsing: chain) else {
      Issue.record("no chain")
      return
    }
    #expect(parts.count == 10_000)
    let json = try Filter.or(parts).json()
    #expect(try JSONValue(parsing: json.serialized()) == json)
  }

  @Test("any text is a filter or an error")
  func anyText() {
    var random = SeededRandom()
    let pieces = [
      "a", "b.c", "AND", "OR", "NOT", "(", ")", "IN", ",", "'", "\"", "`", "1", "-", "1.5", "1e",
      ".",
      "'x'", "=", "<", ">", "!", "IS", "NULL", "NAN", "BETWEEN", "LIKE", "STARTS", "WITH", "TRUE",
      "DATE", "X", "bucket(", "year(", "é", "\u{1F600}", " ", "\n", "$", "\0",
    ]
    var parsed = 0
    for _ in 0..<LongTests.rounds(quick: 5_000, long: 1_000_000) {
      let count = Int.random(in: 0...12, using: &random)
      let text = (0..<count).map { _ in
        pieces[Int.random(in: 0..<pieces.count, using: &random)]
          + (Bool.random(using: &random) ? " " : "")
      }.joined()
      guard let filter = try? Filter(parsing: text) else { continue }
      parsed += 1
      #expect((try? Filter(parsing: filter.description)) == filter, "\(text)")
    }
    #expect(parsed > 0)
  }
}
