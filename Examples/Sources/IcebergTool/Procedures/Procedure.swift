import ExampleSupport
import Iceberg

/// Work on a table under a name that engines share: a command of the tool, and what `CALL` calls.
///
/// Names, parameters, their order and defaults, and the columns of results are those of Iceberg's
/// procedures in Spark.
struct Procedure: Sendable {
  /// The name, with underscores.
  var name: String
  /// One line for the list of commands.
  var summary: String
  /// What the parameters do not say.
  var help = ""
  /// What it takes, in the order in which values without names are given.
  var parameters: [Parameter]
  /// Whether the command has a dry run.
  var hasDryRun = true
  /// Does the work, prints the result and says how it ended.
  var run: @Sendable (ProcedureCall) async throws -> ExitCode

  /// One thing that a procedure takes.
  struct Parameter: Sendable {
    /// What values it has.
    enum Kind: Sendable {
      case text, number, flag, time, texts, numbers, pairs, size
    }

    /// The name, with underscores.
    var name: String
    /// What values it has.
    var kind: Kind
    /// Whether it has to be given.
    var isRequired: Bool
    /// What it means, for the help.
    var help: String

    /// A parameter that need not be given.
    init(_ name: String, _ kind: Kind, _ help: String) {
      self.name = name
      self.kind = kind
      isRequired = false
      self.help = help
    }

    /// A parameter that has to be given.
    static func required(_ name: String, _ kind: Kind, _ help: String) -> Parameter {
      var parameter = Parameter(name, kind, help)
      parameter.isRequired = true
      return parameter
    }

    /// How much is read of the other tables of the catalog.
    static func otherTables(_ help: String) -> Parameter {
      Parameter("other_tables", .text, "what is read of other tables: " + help)
    }

    /// The memory that a procedure may take.
    static func memory(_ help: String) -> Parameter { Parameter("memory_limit", .size, help) }

    /// The table, which every procedure takes first.
    static let table = Parameter.required("table", .text, "the table")
  }

  /// The parameter of a name, which may have dashes in it, in any case.
  func parameter(_ name: String) -> Parameter? {
    let name = String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    return parameters.first { $0.name == name }
  }

  /// The procedure of a name, which may have dashes in it, or be one that other tools use.
  static func named(_ name: String) -> Procedure? {
    let name = String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    let known = aliases[name] ?? name
    return all.first { $0.name == known }
  }

  /// What other tools call the procedures.
  static let aliases = [
    "optimize": "rewrite_data_files",
    "compact": "rewrite_data_files",
    "optimize_manifests": "rewrite_manifests",
    "clean_orphan_files": "remove_orphan_files",
    "purge": "delete_reachable_files",
    "remove_dangling_delete_files": "remove_dangling_deletes",
  ]
}

extension Procedure {
  /// How much is read of the other tables of the catalog; `places` where nothing is said.
  static func otherTables<Extent>(
    _ given: ProcedureArguments, places: Extent, files: Extent
  ) throws(TextError) -> Extent {
    switch given.text("other_tables")?.lowercased() {
    case nil, "places": return places
    case "files": return files
    case let other?: throw TextError("other_tables is places or files, not '\(other)'")
    }
  }
}

/// A procedure that is to be run.
struct ProcedureCall: Sendable {
  /// The values it was given.
  let given: ProcedureArguments
  /// The command line that it came with.
  let invocation: Invocation

  /// Whether everything is only to be told.
  var isDryRun: Bool { invocation.arguments.has("--dry-run") }
  /// Whether results are JSON.
  var isJSON: Bool { invocation.isJSON }
  /// The name of the table.
  var tableName: String { given.text("table") ?? "" }

  /// The current version of the table, to be changed.
  func table() async throws -> Table {
    let (catalog, identifier) = try await TableSource.catalog(of: tableName, invocation)
    return try await catalog.loadTable(identifier)
  }
}

extension Procedure.Parameter {
  /// Whether it can have a value.
  func accepts(_ value: ProcedureValue) -> Bool {
    switch kind {
    case .text: value.word != nil
    case .number: value.wholeNumber != nil
    case .flag: value.truth != nil
    case .time: value.millis != nil
    case .texts: value.parts?.allSatisfy { $0.word != nil } ?? false
    case .numbers: value.parts?.allSatisfy { $0.wholeNumber != nil } ?? false
    case .pairs: value.pairs != nil
    case .size: value.word.flatMap(Sizes.bytes) != nil
    }
  }

  /// The name of the option of the command line.
  var option: String { "--" + String(name.map { $0 == "_" ? "-" : $0 }) }
}

extension Procedure.Parameter.Kind {
  /// What values of the kind are, for messages.
  var description: String {
    switch self {
    case .text: "a text"
    case .number: "a whole number"
    case .flag: "true or false"
    case .time:
      "a time (TIMESTAMP '2024-01-15 10:30:00', '7 days ago', or milliseconds since 1970)"
    case .texts: "an array of texts (array('a', 'b'), or a,b)"
    case .numbers: "an array of numbers (array(1, 2), or 1,2)"
    case .pairs: "a map (map('key', 'value', ...), or key=value)"
    case .size: "a size (512MB, 2GB, or bytes)"
    }
  }
}
