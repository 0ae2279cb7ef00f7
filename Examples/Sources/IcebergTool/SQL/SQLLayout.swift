import Iceberg

/// Partition fields and sort keys of statements.
enum SQLLayout {
  /// Takes a partition field: a column, or a transform of one.
  static func term(_ tokens: inout QueryTokens) throws(TextError) -> PartitionTerm {
    let (transform, column) = try transformed(&tokens)
    return PartitionTerm(transform, column)
  }

  /// Takes a sort key.
  static func sortTerm(_ tokens: inout QueryTokens) throws(TextError) -> SortTerm {
    let (transform, column) = try transformed(&tokens)
    let isDescending = tokens.take(keyword: "DESC")
    if !isDescending { _ = tokens.take(keyword: "ASC") }
    var nullOrder: SortField.NullOrder = isDescending ? .nullsLast : .nullsFirst
    if tokens.take(keyword: "NULLS") {
      if tokens.take(keyword: "LAST") {
        nullOrder = .nullsLast
      } else {
        try tokens.expect("FIRST")
        nullOrder = .nullsFirst
      }
    }
    return SortTerm(
      column, by: transform, isDescending ? .descending : .ascending, nulls: nullOrder)
  }

  private static func transformed(
    _ tokens: inout QueryTokens
  ) throws(TextError) -> (Transform, String) {
    let start = tokens.next
    let path = try tokens.path("a column or a transform")
    guard tokens.take("(") else { return (.identity, path.text) }
    var number: Int64?
    var column: String?
    repeat {
      // Spark writes the number first, Trino and Athena the column.
      if case .number = tokens.next.kind, number == nil {
        number = try tokens.number("a number")
      } else if column == nil {
        column = try tokens.path("a column").text
      } else {
        throw tokens.problem(expecting: "')': transforms take one column")
      }
    } while tokens.take(",")
    try tokens.expect(sign: ")")
    guard let column else { throw tokens.problem("the transform names no column", at: start) }
    guard let transform = transform(path.text, number) else {
      throw tokens.problem(
        number == nil && ["bucket", "truncate"].contains(path.text.lowercased())
          ? "\(path.text) needs a number: bucket(16, column), truncate(4, column)"
          : """
          '\(path.text)' is no transform; transforms are years, months, days and hours of a column, \
          bucket(N, column), truncate(N, column), and a column alone
          """, at: start)
    }
    return (transform, column)
  }

  private static func transform(_ name: String, _ number: Int64?) -> Transform? {
    switch (name.lowercased(), number) {
    case ("identity", nil): .identity
    case ("year", nil), ("years", nil): .year
    case ("month", nil), ("months", nil): .month
    case ("day", nil), ("days", nil), ("date", nil): .day
    case ("hour", nil), ("hours", nil), ("date_hour", nil): .hour
    case ("void", nil): .void
    case ("bucket", let count?) where (1...Int64(Int32.max)).contains(count):
      .bucket(count: Int(count))
    case ("truncate", let width?) where (1...Int64(Int32.max)).contains(width):
      .truncate(width: Int(width))
    default: nil
    }
  }

  /// Throws when a column is divided by time twice, and says why once is enough.
  static func checkTimes(_ terms: [PartitionTerm]) throws(TextError) {
    let order: [Transform] = [.year, .month, .day, .hour]
    var seen: [String: PartitionTerm] = [:]
    for term in terms {
      guard let rank = order.firstIndex(of: term.transform) else { continue }
      guard let other = seen.updateValue(term, forKey: term.column),
        let otherRank = order.firstIndex(of: other.transform)
      else { continue }
      let (coarse, fine) = rank < otherRank ? (term, other) : (other, term)
      throw TextError(
        """
        \(coarse.transform)(\(term.column)) is redundant beside \(fine.transform)(\(term.column)): \
        partitions are found by conditions on '\(term.column)' itself, and the finer division serves \
        those on whole \(coarse.transform)s too. Keep only \(fine.transform)(\(term.column))
        """)
    }
  }
}
