/// The values that a procedure is given.
struct ProcedureArguments: Sendable {
  /// The procedure.
  let procedure: Procedure
  private var values: [String: ProcedureValue] = [:]

  /// No values yet.
  init(of procedure: Procedure) { self.procedure = procedure }

  /// Gives a parameter its value. Throws ``TextError`` for one that it cannot have, or twice.
  mutating func give(
    _ value: ProcedureValue, to parameter: Procedure.Parameter
  ) throws(TextError) {
    if values[parameter.name] != nil { throw TextError("\(parameter.name) is given twice") }
    guard value == .null || parameter.accepts(value) else {
      throw TextError(
        ProcedureMistakes.reason(procedure, parameter, value)
          ?? "\(parameter.name) is \(parameter.kind.description), not \(value.description)")
    }
    if parameter.name == "where", let text = value.word,
      let reason = ProcedureMistakes.reason(againstCondition: text)
    {
      throw TextError(reason)
    }
    values[parameter.name] = value
  }

  /// Gives the parameter of a name its value. Throws ``TextError`` when there is none, too.
  mutating func give(_ value: ProcedureValue, to name: String) throws(TextError) {
    guard let parameter = procedure.parameter(name) else {
      throw ProcedureMistakes.unknownParameter(procedure, name)
    }
    try give(value, to: parameter)
  }

  /// Throws ``TextError`` that names the parameters that have to be given and are not.
  func check() throws(TextError) {
    let missing = procedure.parameters.filter {
      $0.isRequired && (values[$0.name] ?? .null) == .null
    }
    guard missing.isEmpty else {
      throw TextError(
        "\(procedure.name) needs \(missing.map(\.name).joined(separator: " and "))")
    }
  }
}

// The values, by the names of parameters; nil where none is given.
extension ProcedureArguments {
  /// A text.
  func text(_ name: String) -> String? { values[name]?.word }
  /// A number.
  func number(_ name: String) -> Int64? { values[name]?.wholeNumber }
  /// Yes or no.
  func flag(_ name: String) -> Bool? { values[name]?.truth }
  /// Milliseconds since 1970-01-01 UTC.
  func time(_ name: String) -> Int64? { values[name]?.millis }
  /// A size in bytes.
  func size(_ name: String) -> Int? { values[name]?.word.flatMap(Sizes.bytes) }
  /// Texts.
  func texts(_ name: String) -> [String]? { values[name]?.parts?.compactMap(\.word) }
  /// Numbers.
  func numbers(_ name: String) -> [Int64]? { values[name]?.parts?.compactMap(\.wholeNumber) }
  /// Pairs of texts.
  func pairs(_ name: String) -> [(key: String, value: String)]? { values[name]?.pairs }

  /// A number of things, greater than 0.
  func count(_ name: String) throws(TextError) -> Int? {
    guard let number = number(name) else { return nil }
    guard let count = Int(exactly: number), count > 0 else {
      throw TextError("\(name) must be greater than 0, not \(number)")
    }
    return count
  }
}
