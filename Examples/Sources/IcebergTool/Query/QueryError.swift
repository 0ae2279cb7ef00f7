/// Errors of a query: what is wrong, where, and what is accepted.
enum QueryError {
  /// What a query may be.
  static let accepted = """
    A query is
      SELECT * | COUNT(*) | column, ...
      FROM table | table.metadata_table | "table$metadata_table" | '/path/of/table'
      [FOR TIMESTAMP AS OF '2024-01-15 10:30:00' | FOR VERSION AS OF 123 | FOR VERSION AS OF 'branch']
      [WHERE condition]
      [LIMIT number]
    """

  /// The error that `message` is wrong with `query` at a place.
  static func refusal(_ message: String, in query: String, at index: String.Index) -> TextError {
    let place = query.distance(from: query.startIndex, to: index) + 1
    return TextError("at character \(place), \(message)\n\(mark(query, index))\n\(accepted)")
  }

  /// The line of the query with a sign below the place.
  static func mark(_ query: String, _ index: String.Index) -> String {
    let start = query[..<index].lastIndex(where: \.isNewline).map { query.index(after: $0) }
    let before = query[(start ?? query.startIndex)..<index]
    let line = before + query[index...].prefix { !$0.isNewline }
    let space = before.map { $0 == "\t" ? "\t" : " " }.joined()
    return "  \(line)\n  \(space)^"
  }

  /// Why a keyword that other SQL has is not accepted; nil for any other word.
  static func reason(against keyword: String) -> String? {
    switch keyword {
    case "DISTINCT": "DISTINCT is not accepted"
    case "ORDER", "SORT": "\(keyword) BY is not accepted: rows come as the files have them"
    case "CLUSTER", "DISTRIBUTE": "\(keyword) BY is not accepted"
    case "GROUP": "GROUP BY is not accepted"
    case "HAVING", "QUALIFY", "WINDOW": "\(keyword) is not accepted"
    case "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "LATERAL":
      "joins are not accepted: a query reads one table"
    case "UNION", "INTERSECT", "EXCEPT", "MINUS":
      "\(keyword) is not accepted: a query is one SELECT"
    case "AS": "an alias is not accepted"
    case "OFFSET", "FETCH", "TABLESAMPLE", "PIVOT", "UNPIVOT": "\(keyword) is not accepted"
    case "CASE", "CAST", "EXISTS": "expressions are not accepted"
    case "WITH": "WITH is not accepted: a query is one SELECT"
    case "INSERT", "UPDATE", "DELETE", "MERGE", "CREATE", "DROP", "ALTER", "TRUNCATE", "CALL":
      "\(keyword) is not accepted: a query only reads"
    case "FOR": "FOR ... AS OF cannot stand here: its place is right behind the table"
    case "SELECT", "FROM", "WHERE", "LIMIT": "\(keyword) cannot stand here"
    default: nil
    }
  }
}

extension QueryTokens {
  /// The error that `what` was expected where the next token stands, or why that is not accepted.
  func refusal(expecting what: String) -> TextError {
    if let reason = next.keyword.flatMap(QueryError.reason(against:)) {
      return refusal("\(reason), and \(what) was expected")
    }
    let found =
      switch next.kind {
      case .end: "the query ends"
      default: "'\(query[next.range])' stands"
      }
    return refusal("\(found) where \(what) was expected")
  }

  /// The error that `message` is wrong with the next token, or one behind it.
  func refusal(_ message: String) -> TextError {
    QueryError.refusal(message, in: query, at: next.range.lowerBound)
  }
}
