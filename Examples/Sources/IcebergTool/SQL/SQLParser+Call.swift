import Iceberg

// CALL, and what other engines have in its place.
extension SQLParser {
  /// Takes `CALL [catalog.]system.procedure(...)`.
  static func call(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    tokens.advance()
    let start = tokens.next
    let path = try tokens.path("a procedure")
    if path.parts.count > 1, path.parts[path.parts.count - 2].lowercased() != "system" {
      throw tokens.problem("procedures are in 'system': CALL system.\(path.name)(...)", at: start)
    }
    guard let procedure = Procedure.named(path.name) else {
      throw tokens.problem(SQLMistakes.reason(againstCalling: path.name), at: start)
    }
    var given = ProcedureArguments(of: procedure)
    var position: Int? = 0
    try arguments(&tokens) { (tokens, name, value, place) throws(TextError) in
      let parameter: Procedure.Parameter
      if let name {
        position = nil
        guard let found = procedure.parameter(name) else {
          throw tokens.problem(
            ProcedureMistakes.unknownParameter(procedure, name).description, at: place)
        }
        parameter = found
      } else {
        guard let index = position else {
          throw tokens.problem("values without names stand before those with names", at: place)
        }
        guard index < procedure.parameters.count else {
          let known = procedure.parameters.map(\.name).joined(separator: ", ")
          throw tokens.problem("one value too many: \(procedure.name) takes \(known)", at: place)
        }
        parameter = procedure.parameters[index]
        position = index + 1
      }
      do throws(TextError) {
        try given.give(value, to: parameter)
      } catch {
        throw tokens.problem(error.description, at: place)
      }
    }
    do throws(TextError) {
      try given.check()
    } catch {
      throw tokens.problem(error.description, at: start)
    }
    return .call(given)
  }

  /// Takes Athena's `OPTIMIZE table REWRITE DATA USING BIN_PACK [WHERE condition]`.
  static func optimize(_ tokens: inout QueryTokens) throws(TextError) -> SQLStatement {
    tokens.advance()
    let name = try tokens.tableName()
    for keyword in ["REWRITE", "DATA", "USING", "BIN_PACK"] { try tokens.expect(keyword) }
    return .optimize(name: name, condition: try condition(&tokens))
  }

  /// Takes Trino's `EXECUTE procedure[(...)] [WHERE condition]`, behind `ALTER TABLE name`.
  static func execute(
    on table: String, _ tokens: inout QueryTokens
  ) throws(TextError) -> SQLStatement {
    tokens.advance()
    let start = tokens.next
    let name = try tokens.name("a procedure")
    guard let procedure = Procedure.named(name), procedure.parameters.first?.name == "table" else {
      throw tokens.problem(SQLMistakes.reason(againstCalling: name), at: start)
    }
    var given = ProcedureArguments(of: procedure)
    do throws(TextError) {
      try given.give(.text(table), to: "table")
      if tokens.next.kind == .sign("(") {
        try arguments(&tokens) { (tokens, name, value, place) throws(TextError) in
          guard let name else {
            throw tokens.problem("values have names here: name => value", at: place)
          }
          do throws(TextError) {
            try TrinoArguments.give(value, to: name, in: &given)
          } catch {
            throw tokens.problem(error.description, at: place)
          }
        }
      }
      if let text = try condition(&tokens) { try given.give(.text(text), to: "where") }
      try given.check()
    } catch {
      throw error.description.hasPrefix("at character")
        ? error : tokens.problem(error.description, at: start)
    }
    return .call(given)
  }

  /// Takes `WHERE` and everything up to the end of the statement; nil when there is none.
  private static func condition(_ tokens: inout QueryTokens) throws(TextError) -> String? {
    guard tokens.take(keyword: "WHERE") else { return nil }
    let start = tokens.next
    while tokens.next.kind != .end, tokens.next.kind != .sign(";") { tokens.advance() }
    let text = String(tokens.query[start.range.lowerBound..<tokens.next.range.lowerBound])
    do {
      _ = try Filter(parsing: text)
    } catch {
      throw tokens.problem(error.message, at: start)
    }
    return text
  }

  /// Takes `(value, name => value, ...)`.
  private static func arguments(
    _ tokens: inout QueryTokens,
    _ take: (QueryTokens, String?, ProcedureValue, QueryTokens.Token) throws(TextError) -> Void
  ) throws(TextError) {
    try tokens.expect(sign: "(")
    if tokens.take(")") { return }
    repeat {
      let place = tokens.next
      var name: String?
      if tokens.peek(1).kind == .sign("=") {
        name = try tokens.name("the name of an argument")
        tokens.advance()
        guard tokens.take(">") else {
          throw tokens.problem("arguments are given with =>: \(name ?? "name") => value", at: place)
        }
      }
      let value = try procedureValue(&tokens)
      try take(tokens, name, value, place)
    } while tokens.take(",")
    try tokens.expect(sign: ")")
  }

  /// Takes a constant, an array or a map.
  static func procedureValue(_ tokens: inout QueryTokens) throws(TextError) -> ProcedureValue {
    let start = tokens.next
    let keyword = start.keyword
    switch keyword {
    case "ARRAY":
      tokens.advance()
      return .array(try values(&tokens))
    case "MAP":
      tokens.advance()
      return .map(try pairs(try values(&tokens), tokens, start))
    case "TIMESTAMP", "DATE":
      tokens.advance()
      let text = try tokens.text("a time in single quotes, such as '2024-01-15 10:30:00'")
      let value = ProcedureValue.time(text)
      guard value.millis != nil else { throw tokens.problem("'\(text)' is no time", at: start) }
      return value
    default: break
    }
    switch start.kind {
    case .text(let text), .quotedName(let text):
      tokens.advance()
      return .text(text)
    case .number, .word:
      let isNumber = if case .number = start.kind { true } else { false }
      guard isNumber || ["TRUE", "FALSE", "NULL"].contains(keyword ?? "") else { break }
      switch try tokens.value() {
      case .null: return .null
      case .text(let text): return isNumber ? .number(text) : .bool(text == "true")
      }
    case .sign, .end: break
    }
    throw tokens.problem(
      expecting:
        "a constant: a number, TRUE, FALSE, NULL, a text in single quotes, TIMESTAMP '...', "
        + "array(...) or map(...). A time may be told from now: '7 days ago'")
  }

  /// Takes `(value, ...)` or `[value, ...]`.
  private static func values(_ tokens: inout QueryTokens) throws(TextError) -> [ProcedureValue] {
    let isBracket = tokens.take("[")
    if !isBracket { try tokens.expect(sign: "(") }
    let end: Character = isBracket ? "]" : ")"
    if tokens.take(end) { return [] }
    let values = try tokens.elements { tokens throws(TextError) in try procedureValue(&tokens) }
    try tokens.expect(sign: end)
    return values
  }

  /// The pairs of `map(key, value, ...)`, or of `map(array(key, ...), array(value, ...))`.
  private static func pairs(
    _ values: [ProcedureValue], _ tokens: QueryTokens, _ start: QueryTokens.Token
  ) throws(TextError) -> [ProcedureValue.Pair] {
    if values.count == 2, case .array(let keys) = values[0], case .array(let rest) = values[1],
      keys.count == rest.count
    {
      return zip(keys, rest).map { ProcedureValue.Pair(key: $0, value: $1) }
    }
    guard values.count % 2 == 0 else {
      throw tokens.problem("a map has a value for each key: map('key', 'value', ...)", at: start)
    }
    return stride(from: 0, to: values.count, by: 2).map {
      ProcedureValue.Pair(key: values[$0], value: values[$0 + 1])
    }
  }
}

/// Arguments by the names that Trino has for them.
private enum TrinoArguments {
  /// Gives a procedure what the argument means.
  static func give(
    _ value: ProcedureValue, to name: String, in given: inout ProcedureArguments
  ) throws(TextError) {
    switch (given.procedure.name, name.lowercased()) {
    case (_, "retention_threshold") where given.procedure.parameter("older_than") != nil:
      guard let text = value.word, let age = age(text) else {
        throw TextError("retention_threshold is an age such as '7d' or '12h'")
      }
      try given.give(.text(age), to: "older_than")
    case ("rewrite_data_files", "file_size_threshold"):
      guard let text = value.word, let bytes = size(text) else {
        throw TextError("file_size_threshold is a size such as '128MB'")
      }
      // What is below the threshold is rewritten, if there are two of a kind, as Trino does.
      try given.give(
        .map([
          .init(key: .text("min-file-size-bytes"), value: .number("\(bytes)")),
          .init(key: .text("min-input-files"), value: .number("2")),
        ]), to: "options")
    default: try given.give(value, to: name)
    }
  }

  /// `7 days ago` of `7d`.
  private static func age(_ text: String) -> String? {
    let units = ["d": "days", "h": "hours", "m": "minutes", "s": "seconds"]
    guard let unit = text.last.flatMap({ units[String($0).lowercased()] }),
      let count = Int(text.dropLast()), count >= 0
    else { return nil }
    return "\(count) \(unit) ago"
  }

  /// The bytes of `128MB`.
  private static func size(_ text: String) -> Int64? {
    let text = text.uppercased()
    for (unit, shift) in [("TB", 40), ("GB", 30), ("MB", 20), ("KB", 10), ("B", 0)]
    where text.hasSuffix(unit) {
      guard let count = Int64(text.dropLast(unit.count)), count > 0 else { return nil }
      let (bytes, overflow) = count.multipliedReportingOverflow(by: 1 << Int64(shift))
      return overflow ? nil : bytes
    }
    return nil
  }
}
