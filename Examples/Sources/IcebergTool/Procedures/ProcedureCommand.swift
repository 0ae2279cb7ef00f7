import ExampleSupport

extension Command {
  /// The command of a procedure.
  init(_ procedure: Procedure) {
    let others = procedure.parameters.dropFirst()
    var lines = ["iceberg \(procedure.name) TABLE [OPTIONS]: \(procedure.summary)."]
    if !procedure.help.isEmpty { lines += ["", procedure.help] }
    lines.append("")
    lines += others.map(Self.line)
    if procedure.hasDryRun { lines.append(TableEdit.help) }
    lines += [
      "",
      "Names may have dashes or underscores, and values may be given as in SQL: older_than='7 days ago'.",
      "The same in SQL: iceberg sql \"CALL system.\(procedure.name)(table => 'name', ...)\"",
    ]
    self = .concluding(
      name: procedure.name, summary: procedure.summary, help: lines.joined(separator: "\n"),
      declaration: Arguments.Declaration(
        flags: others.filter { $0.kind == .flag }.map(\.option)
          + (procedure.hasDryRun ? TableEdit.flags : []),
        options: others.filter { ![.flag, .pairs].contains($0.kind) }.map(\.option),
        repeatable: others.filter { $0.kind == .pairs }.map(\.option))
    ) { invocation in
      try await procedure.run(
        ProcedureCall(
          given: try ProcedureArguments(of: procedure, commandLine: invocation.arguments),
          invocation: invocation))
    }
  }

  private static func line(_ parameter: Procedure.Parameter) -> String {
    let value =
      switch parameter.kind {
      case .flag: ""
      case .number: " N"
      case .text: " TEXT"
      case .time: " TIME"
      case .texts: " A,B"
      case .numbers: " N,M"
      case .pairs: " KEY=VALUE"
      case .size: " SIZE"
      }
    let head = "  \(parameter.option)\(value)"
    let space = String(repeating: " ", count: max(2, 36 - head.count))
    let need = parameter.isRequired ? " (needed)" : ""
    return head + space + parameter.help + need
  }
}

extension ProcedureArguments {
  /// What a command line says: the table, `--older-than TIME` and `older_than=TIME`.
  init(of procedure: Procedure, commandLine arguments: Arguments) throws {
    self.init(of: procedure)
    guard let table = arguments.positional.first else { throw ArgumentError("missing <table>") }
    var pairs: [String: [ProcedureValue]] = [:]
    for parameter in procedure.parameters {
      switch parameter.kind {
      case .flag: if arguments.has(parameter.option) { try give(.bool(true), to: parameter) }
      case .pairs:
        let given = arguments.values(parameter.option).map { ProcedureValue.text($0) }
        if !given.isEmpty { pairs[parameter.name] = given }
      case .text, .number, .time, .texts, .numbers, .size:
        if parameter.name == "table" {
          try give(.text(table), to: parameter)
        } else if let value = arguments.value(parameter.option) {
          try give(.text(value), to: parameter)
        }
      }
    }
    for word in arguments.positional.dropFirst() {
      guard let sign = word.firstIndex(of: "=") else {
        throw ArgumentError(
          "'\(word)' is one word too many: values have names, as in older_than=...")
      }
      let name = String(word[..<sign])
      let value = ProcedureValue.text(String(word[word.index(after: sign)...]))
      guard let parameter = procedure.parameter(name) else {
        throw ProcedureMistakes.unknownParameter(procedure, name)
      }
      if parameter.kind == .pairs {
        pairs[parameter.name, default: []].append(value)
      } else {
        try give(value, to: parameter)
      }
    }
    for parameter in procedure.parameters {
      if let given = pairs[parameter.name] { try give(.array(given), to: parameter) }
    }
    try check()
  }
}
