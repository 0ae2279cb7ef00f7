/// Reads the text of a filter, from left to right, with one token of foresight.
struct FilterParser {
  typealias Failure = FilterScanner.Failure

  /// The deepest nesting of parentheses and `NOT` that is read.
  private static let maximumDepth = 100

  private let bytes: [UInt8]
  private let tokens: [FilterToken]
  private var position = 0
  private var depth = 0

  init(_ text: String) throws(Failure) {
    bytes = Array(text.utf8)
    var scanner = FilterScanner(bytes)
    tokens = try scanner.tokens()
  }

  mutating func parse() throws(Failure) -> Filter {
    let filter = try alternatives()
    guard next.kind == .end else { throw unexpected("AND, OR or the end") }
    return filter
  }

  private mutating func alternatives() throws(Failure) -> Filter {
    var parts = [try conjunction()]
    while take("OR") { parts.append(try conjunction()) }
    return parts.count > 1 ? .or(parts) : parts[0]
  }

  private mutating func conjunction() throws(Failure) -> Filter {
    var parts = [try negation()]
    while take("AND") { parts.append(try negation()) }
    return parts.count > 1 ? .and(parts) : parts[0]
  }

  private mutating func negation() throws(Failure) -> Filter {
    let start = next.range.lowerBound
    var count = 0
    while take("NOT") { count += 1 }
    depth += count
    defer { depth -= count }
    if depth > Self.maximumDepth { throw tooDeep(start) }
    var filter = try condition()
    for _ in 0..<count { filter = .not(filter) }
    return filter
  }

  private mutating func condition() throws(Failure) -> Filter {
    if next.kind == .sign(.open) {
      let start = next.range.lowerBound
      depth += 1
      defer { depth -= 1 }
      if depth > Self.maximumDepth { throw tooDeep(start) }
      position += 1
      let filter = try alternatives()
      try expect(.close, "AND, OR or ')'")
      return filter
    }
    if isWord("TRUE") || isWord("FALSE"), !isComparison(tokens[position + 1]) {
      defer { position += 1 }
      return isWord("TRUE") ? .all : .none
    }
    if startsConstant { return try swappedComparison() }
    let start = position
    let term = try term()
    return try test(of: term, from: start)
  }

  private func tooDeep(_ offset: Int) -> Failure {
    Failure(
      offset: offset,
      message: "the filter is nested more than \(Self.maximumDepth) levels deep")
  }

  /// `5 < id`, which is `id > 5`.
  private mutating func swappedComparison() throws(Failure) -> Filter {
    let constant = try constant()
    guard case .sign(let sign) = next.kind, let comparison = sign.comparison else {
      throw unexpected("a comparison such as = or <")
    }
    position += 1
    if startsConstant {
      throw Failure(
        offset: next.range.lowerBound, message: "two constants are compared: expected a column")
    }
    return .test(try term(), .comparison(comparison.swapped, constant))
  }

  private mutating func test(of term: Filter.Term, from start: Int) throws(Failure) -> Filter {
    if case .sign(let sign) = next.kind, let comparison = sign.comparison {
      position += 1
      return .test(term, .comparison(comparison, try constant(comparedBy: comparison)))
    }
    if take("IS") {
      let isNot = take("NOT")
      if take("NULL") { return .test(term, isNot ? .notNull : .isNull) }
      if take("NAN") { return .test(term, isNot ? .notNaN : .isNaN) }
      throw unexpected(isNot ? "NULL or NAN" : "NULL, NAN or NOT")
    }
    let isNot = take("NOT")
    if take("BETWEEN") {
      let lower = try constant()
      guard take("AND") else { throw unexpected("AND and the upper end") }
      let upper = try constant()
      let filter = Filter.and([
        .test(term, .comparison(.greaterThanOrEqual, lower)),
        .test(term, .comparison(.lessThanOrEqual, upper)),
      ])
      return isNot ? .not(filter) : filter
    }
    if take("IN") {
      let constants = try constantList()
      return .test(term, isNot ? .notIn(constants) : .isIn(constants))
    }
    if take("LIKE") { return .test(term, try pattern(isNot)) }
    if take("STARTS_WITH") || isStartsWith() {
      let prefix = try textInQuotes("a text in single quotes")
      return .test(term, isNot ? .notStartsWith(prefix) : .startsWith(prefix))
    }
    if isNot { throw unexpected("BETWEEN, IN, LIKE or STARTS WITH") }
    let subject = source(
      tokens[start].range.lowerBound..<tokens[position - 1].range.upperBound)
    throw unexpected(
      "a comparison of \(subject): =, <>, <, <=, >, >=, IS, IN, BETWEEN, LIKE or STARTS WITH")
  }

  private mutating func isStartsWith() -> Bool {
    guard isWord("STARTS"), isWord("WITH", tokens[position + 1]) else { return false }
    position += 2
    return true
  }

  private mutating func constantList() throws(Failure) -> [Literal] {
    try expect(.open, "'(' and the values")
    var constants: [Literal] = []
    if take(.close) { return constants }
    repeat { constants.append(try constant()) } while take(.comma)
    try expect(.close, "',' or ')'")
    return constants
  }

  /// A pattern that is a text, or one with a single `%` at its end.
  private mutating func pattern(_ isNot: Bool) throws(Failure) -> Filter.Test {
    let offset = next.range.lowerBound
    let pattern = try textInQuotes("a pattern in single quotes")
    var content = ""
    var scalars = pattern.unicodeScalars[...]
    var isPrefix = false
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\\":
        // Whatever comes after it stands for itself.
        if let escaped = scalars.popFirst() { content.unicodeScalars.append(escaped) }
      case "%" where scalars.isEmpty: isPrefix = true
      case "%", "_":
        throw Failure(
          offset: offset,
          message:
            "LIKE knows only patterns such as 'abc%': others can neither skip files nor be "
            + "exchanged with other implementations")
      default: content.unicodeScalars.append(scalar)
      }
    }
    if isPrefix { return isNot ? .notStartsWith(content) : .startsWith(content) }
    return .comparison(isNot ? .notEqual : .equal, .string(content))
  }

  private mutating func textInQuotes(_ wanted: String) throws(Failure) -> String {
    guard case .text(let text) = next.kind else { throw unexpected(wanted) }
    position += 1
    return text
  }
}

// MARK: - Columns

extension FilterParser {
  /// A column, or a transform of one.
  private mutating func term() throws(Failure) -> Filter.Term {
    if next.kind == .word, tokens[position + 1].kind == .sign(.open) { return try function() }
    return Filter.Term(try columnName())
  }

  private mutating func columnName() throws(Failure) -> String {
    var name = try namePart()
    while take(.point) { name += "." + (try namePart()) }
    return name
  }

  private mutating func namePart() throws(Failure) -> String {
    switch next.kind {
    case .name(let name):
      position += 1
      return name
    case .word:
      let word = source(next.range)
      guard !String.reservedFilterWords.contains(word.lowercased()) else {
        throw unexpected("a column; one of this name must stand in double quotes")
      }
      position += 1
      return word
    default:
      throw unexpected("a column")
    }
  }

  private mutating func function() throws(Failure) -> Filter.Term {
    let start = next
    let name = source(start.range).lowercased()
    position += 2
    let transform: Transform
    switch name {
    case "year", "years": transform = .year
    case "month", "months": transform = .month
    case "day", "days": transform = .day
    case "hour", "hours": transform = .hour
    case "identity": transform = .identity
    case "void": transform = .void
    case "bucket": transform = .bucket(count: try parameter())
    case "truncate": transform = .truncate(width: try parameter())
    case "transform":
      let offset = next.range.lowerBound
      let text = try textInQuotes("the name of a transform in single quotes")
      do throws(IcebergError) {
        transform = try Transform(text)
      } catch {
        throw Failure(offset: offset, message: error.message)
      }
      try expect(.comma, "',' and a column")
    default:
      throw Failure(
        offset: start.range.lowerBound,
        message: "there is no function '\(name)': there are year, month, day, hour, "
          + "bucket(count, column) and truncate(width, column)")
    }
    let column = try columnName()
    try expect(.close, "')'")
    return Filter.Term(column, transform: transform)
  }

  /// The number before the column of a bucket or truncate.
  private mutating func parameter() throws(Failure) -> Int {
    guard next.kind == .number, let number = Int32(source(next.range)), number > 0 else {
      throw unexpected("a number from 1 to 2147483647, and then the column")
    }
    position += 1
    try expect(.comma, "',' and a column")
    return Int(number)
  }
}

// MARK: - Constants

extension FilterParser {
  private var startsConstant: Bool {
    switch next.kind {
    case .number, .text, .sign(.minus), .sign(.plus): true
    case .word:
      if case .text = tokens[position + 1].kind {
        true
      } else {
        isWord("TRUE") || isWord("FALSE")
      }
    default: false
    }
  }

  private mutating func constant(
    comparedBy comparison: Filter.Comparison = .equal
  ) throws(Failure) -> Literal {
    switch next.kind {
    case .text(let text):
      position += 1
      return .string(text)
    case .number, .sign(.minus), .sign(.plus):
      return try number()
    case .word:
      if case .text(let text) = tokens[position + 1].kind { return try typed(text) }
      if take("TRUE") { return .boolean(true) }
      if take("FALSE") { return .boolean(false) }
      let isNot = comparison == .notEqual ? "IS NOT" : "IS"
      if isWord("NULL") || isWord("NAN") {
        let word = source(next.range).uppercased()
        throw Failure(
          offset: next.range.lowerBound,
          message: "\(word) is no value to compare with: use \(isNot) \(word)")
      }
      throw Failure(
        offset: next.range.lowerBound,
        message: "expected a value, found '\(source(next.range))': columns are compared with "
          + "values, and texts stand in single quotes")
    case .name:
      throw Failure(
        offset: next.range.lowerBound,
        message: "expected a value, found the column \(source(next.range)): texts stand in single "
          + "quotes")
    case .sign, .end:
      throw unexpected("a value")
    }
  }

  private mutating func number() throws(Failure) -> Literal {
    let offset = next.range.lowerBound
    var text = ""
    if take(.minus) { text = "-" } else if take(.plus) {}
    guard next.kind == .number else { throw unexpected("a number") }
    text += source(next.range)
    guard let number = Self.number(text) else {
      throw Failure(offset: offset, message: "the number \(text) is beyond the range of all types")
    }
    position += 1
    return number
  }

  /// A whole number, a floating-point number, or a decimal that has more digits than those.
  private static func number(_ text: String) -> Literal? {
    let isWhole = text.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 | 0x20 != UInt8(ascii: "e") }
    if isWhole, let value = Int64(text) { return .long(value) }
    let hasExponent = text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
    let digits = text.utf8.count { $0 >= 0x30 && $0 <= 0x39 }
    if hasExponent || (!isWhole && digits <= 15) {
      return Double(text).flatMap { $0.isFinite ? .double($0) : nil }
    }
    return DecimalText.parse(text).map { .decimal(unscaled: $0.unscaled, scale: $0.scale) }
  }

  /// A text with the name of a type before it: `DATE '2024-05-01'`.
  private mutating func typed(_ text: String) throws(Failure) -> Literal {
    let word = source(next.range)
    let offset = next.range.lowerBound
    guard let literal = Self.parse(text, typeName: word.lowercased()) else {
      throw Failure(
        offset: offset,
        message: "there are no constants of the type \(word): expected DATE, TIME, "
          + "TIMESTAMP, TIMESTAMPTZ, UUID, X, DECIMAL, INT, FLOAT or DOUBLE")
    }
    position += 1
    guard let value = literal else {
      throw Failure(
        offset: next.range.lowerBound, message: "'\(text)' is no \(word.uppercased())")
    }
    position += 1
    return value
  }

  /// Nil when there is no such type, and a nil in it when the text is no value of the type.
  private static func parse(_ text: String, typeName: String) -> Literal?? {
    func value(_ type: FieldType) -> Literal? { try? Literal(parsing: text, type: type) }
    return switch typeName {
    case "date": .some(value(.date))
    case "time": .some(value(.time))
    case "timestamp": .some(value(.timestamp) ?? value(.timestampNanos))
    case "timestamptz": .some(value(.timestamptz) ?? value(.timestamptzNanos))
    case "timestamp_ns": .some(value(.timestampNanos))
    case "timestamptz_ns": .some(value(.timestamptzNanos))
    case "uuid": .some(value(.uuid))
    case "x", "binary": .some(value(.binary))
    case "fixed": .some(value(.binary).flatMap(\.asFixed))
    case "int": .some(value(.int))
    case "long": .some(value(.long))
    case "float": .some(value(.float))
    case "double": .some(value(.double))
    case "string": .some(.string(text))
    case "decimal":
      .some(DecimalText.parse(text).map { .decimal(unscaled: $0.unscaled, scale: $0.scale) })
    default: nil
    }
  }
}

// MARK: - Tokens

extension FilterParser {
  private var next: FilterToken { tokens[position] }

  private func source(_ range: Range<Int>) -> String {
    String(decoding: bytes[range], as: UTF8.self)
  }

  /// Whether a token, by default the next, is the word, which is of ASCII letters, in either case.
  private func isWord(_ word: StaticString, _ token: FilterToken? = nil) -> Bool {
    let token = token ?? next
    guard token.kind == .word, token.range.count == word.utf8CodeUnitCount else { return false }
    return word.withUTF8Buffer { word in
      zip(bytes[token.range], word).allSatisfy { $0 | 0x20 == $1 | 0x20 }
    }
  }

  private func isComparison(_ token: FilterToken) -> Bool {
    if case .sign(let sign) = token.kind { sign.comparison != nil } else { false }
  }

  private mutating func take(_ word: StaticString) -> Bool {
    guard isWord(word) else { return false }
    position += 1
    return true
  }

  private mutating func take(_ sign: FilterToken.Sign) -> Bool {
    guard next.kind == .sign(sign) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ sign: FilterToken.Sign, _ wanted: String) throws(Failure) {
    guard take(sign) else { throw unexpected(wanted) }
  }

  private func unexpected(_ wanted: String) -> Failure {
    let found = next.kind == .end ? "the end" : "'\(source(next.range))'"
    return Failure(
      offset: next.range.lowerBound, message: "expected \(wanted), found \(found)")
  }
}

extension Filter.Comparison {
  /// The comparison that holds from the right to the left when this one holds from the left to the
  /// right.
  package var swapped: Filter.Comparison {
    switch self {
    case .lessThan: .greaterThan
    case .lessThanOrEqual: .greaterThanOrEqual
    case .equal: .equal
    case .notEqual: .notEqual
    case .greaterThanOrEqual: .lessThanOrEqual
    case .greaterThan: .lessThan
    }
  }
}

extension Literal {
  fileprivate var asFixed: Literal? {
    if case .binary(let bytes) = self { .fixed(bytes) } else { nil }
  }
}
