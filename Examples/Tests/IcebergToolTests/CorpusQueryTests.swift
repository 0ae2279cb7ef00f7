import Testing

/// What becomes of the queries that other engines answer over the tables of the corpus.
@Suite("iceberg query, over the corpus", .needsSharedFiles) struct CorpusQueryTests {
  /// The queries that are no queries here, by words of the error that say why.
  static let refused = [
    "LIKE knows only": "2 5-6 9 14",
    "is selected twice": "20 27 364 378",
    "a query within": "21 28 288 353 362 376 409 413 452-454",
    "WITH is not accepted": "22 29 283 354 363 365 377 379 383",
    "an alias is not accepted": "24-25",
    "joins are not accepted":
      "38-43 55 57 81-151 154-155 160-172 174-183 185-190 204 289-290 336-338 366 380 "
      + "398",
    "there is no metadata table": "61-62 64-66 68 71-72 74 80 152-153 156-159 173 184 191",
    "only COUNT(*) counts": "63 67 70 73 76 201-202",
    "no alias is accepted": "75 77-79",
    "COUNT(*) has to stand alone": "192 225 280 350-351",
    "there is no function 'rand'": "193-194",
    "expected AND, OR or the end, found '+'": "206",
    "columns are compared with values": "207",
    "DISTINCT is not accepted": "212 450",
    "TABLESAMPLE is not accepted": "213-223",
    "'1' stands where a column was expected": "224",
    "'now' stands where a time in quotes": "228",
    "* has to stand alone": "229-230 339 341 343 385",
    "COUNT(*) is the only function": "240-241 268-273 332 334 340 342 352 442",
    "UNION is not accepted": "281 360 374",
    "MINUS is not accepted": "282",
    "'%' has no meaning in a filter": "285",
    "expressions are not accepted": "309 312 314-315 317 320 345 361 375 392 402 405 451",
    "ORDER BY is not accepted": "359 373",
    "'b' stands where FROM was expected": "367 381",
    "'*' stands where a column was expected": "384 386",
    "functions are not accepted": "406 437 443-447 455-473",
    "'EXCLUDE' stands where FROM was expected": "410",
    "'DESCRIBE' stands where SELECT was expected": "438",
  ]

  /// The numbers in a text of numbers and ranges.
  static func places(_ text: String) -> [Int] {
    text.split(separator: " ").flatMap { part in
      let ends = part.split(separator: "-").compactMap { Int($0) }
      return ends.isEmpty ? [] : Array(ends[0]...ends[ends.count - 1])
    }
  }

  @Test("a query gives the rows that another engine gives, is refused by name, or is a known gap")
  func queries() throws {
    let tool = try Tool()
    defer { tool.remove() }
    let gaps = try SharedFolder.knownGaps("corpus/table-queries")
    var words: [Int: String] = [:]
    for (word, text) in Self.refused { for place in Self.places(text) { words[place] = word } }
    var (right, refused, open) = (0, 0, 0)
    let queries = try CorpusQuery.all()
    for query in queries {
      switch (try outcome(of: query, tool), words[query.index], gaps["\(query.index)"]) {
      case (.right, nil, nil): right += 1
      case (.refused(let message), let words?, nil) where message.contains(words): refused += 1
      case (.wrong, nil, let reason?) where reason.hasPrefix("the rows are others: "): open += 1
      case (.failed(let message), nil, let reason?) where message.contains(reason): open += 1
      case (let outcome, let words, let gap):
        Issue.record(
          """
          query \(query.index): \(query.sql)
          outcome: \(outcome)
          listed as: \(words ?? gap.map { "a gap, \($0)" } ?? "right")
          """)
      }
    }
    print(
      "corpus/table-queries: \(right) queries answered, \(refused) refused, \(open) known gaps")
    #expect(right + refused + open == queries.count)
    #expect(right > 150)
    let known = Set(queries.map(\.index))
    #expect(words.keys.allSatisfy(known.contains), "a query that is not there is listed")
    #expect(gaps.keys.allSatisfy { Int($0).map(known.contains) == true })
  }

  /// What becomes of a query.
  enum Outcome {
    /// The rows are those of the engine.
    case right
    /// It is not accepted; the message says what is.
    case refused(String)
    /// The rows are not those of the engine.
    case wrong(ours: [[String]], theirs: [[String]])
    /// It is accepted, and fails.
    case failed(String)
  }

  private func outcome(of query: CorpusQuery, _ tool: Tool) throws -> Outcome {
    var text = query.text
    var result = try run(text, of: query, tool)
    if result.exitCode == 2, result.messages.contains("ORDER BY is not accepted"),
      let unordered = query.unorderedText
    {
      text = unordered
      result = try run(text, of: query, tool)
    }
    switch result.exitCode {
    case 0: break
    case 2:
      #expect(result.output.isEmpty, "query \(query.index)")
      let accepted = ["\nA query is\n", "\nA condition has\n", "there are "]
      return accepted.contains(where: result.messages.contains)
        ? .refused(result.messages) : .failed(result.messages)
    default: return .failed(result.messages)
    }
    guard let expected = query.rows else {
      return .wrong(ours: result.lines.map { [$0] }, theirs: [["an error"]])
    }
    let rows = CorpusRows(query, text: text)
    let ours = try rows.rows(printed: result.lines)
    let columns = try result.lines.first.map { try rows.columns(printed: $0) } ?? []
    do {
      let theirs = try rows.rows(expected: expected, columns: columns)
      return CorpusRows.areEqual(ours, theirs) ? .right : .wrong(ours: ours, theirs: theirs)
    } catch let error as CorpusRows.Unreadable {
      return .wrong(ours: ours, theirs: [["no such value: \(error.text)"]])
    }
  }

  private func run(_ text: String, of query: CorpusQuery, _ tool: Tool) throws -> Tool.Result {
    try tool.run(["query", text, "--json"] + query.mappings)
  }
}
