import Iceberg

/// Partitioning and ordering as people write them: `day(event_time), bucket(16, id)`,
/// `id desc nulls last`.
enum LayoutTerms {
  /// The parts of a partitioning. Throws ``TextError``.
  static func partitioning(_ text: String) throws(TextError) -> [PartitionTerm] {
    var tokens = try TextTokens(text)
    var terms: [PartitionTerm] = []
    repeat {
      let (transform, column) = try term(&tokens)
      var name: String?
      if tokens.takeWord("as") { name = try tokens.name("a name after AS") }
      terms.append(PartitionTerm(transform, column, name: name))
    } while tokens.take(",")
    try tokens.expectEnd()
    return terms
  }

  /// The keys of an ordering. Throws ``TextError``.
  static func ordering(_ text: String) throws(TextError) -> [SortTerm] {
    var tokens = try TextTokens(text)
    var terms: [SortTerm] = []
    repeat {
      let (transform, column) = try term(&tokens)
      let isDescending = tokens.takeWord("desc")
      if !isDescending { _ = tokens.takeWord("asc") }
      var nullOrder: SortField.NullOrder = isDescending ? .nullsLast : .nullsFirst
      if tokens.takeWord("nulls") {
        if tokens.takeWord("first") {
          nullOrder = .nullsFirst
        } else if tokens.takeWord("last") {
          nullOrder = .nullsLast
        } else {
          throw tokens.expected("FIRST or LAST after NULLS")
        }
      }
      terms.append(
        SortTerm(column, by: transform, isDescending ? .descending : .ascending, nulls: nullOrder))
    } while tokens.take(",")
    try tokens.expectEnd()
    return terms
  }

  private static func term(_ tokens: inout TextTokens) throws(TextError) -> (Transform, String) {
    let name = try tokens.name("a column or a transform")
    guard tokens.take("(") else { return (.identity, name) }
    let transform: Transform
    switch name.lowercased() {
    case "identity": transform = .identity
    case "year", "years": transform = .year
    case "month", "months": transform = .month
    case "day", "days", "date": transform = .day
    case "hour", "hours", "date_hour": transform = .hour
    case "void": transform = .void
    case "bucket":
      transform = .bucket(count: try tokens.number("a number of buckets"))
      try tokens.expect(",")
    case "truncate":
      transform = .truncate(width: try tokens.number("a width"))
      try tokens.expect(",")
    default:
      throw TextError(
        "'\(name)' is no transform; transforms are year, month, day, hour, bucket(N, column), "
          + "truncate(N, column), void, and a column alone for identity")
    }
    let column = try tokens.name("a column")
    try tokens.expect(")")
    return (transform, column)
  }
}
