import ExampleSupport

/// One command of the tool.
struct Command: Sendable {
  /// What is typed to run it.
  var name: String
  /// One line for the list of commands.
  var summary: String
  /// The lines of its help: how it is called, what the options mean, examples.
  var help: String
  /// Its options beside those that every command has.
  var declaration: Arguments.Declaration
  /// Does the work, prints the result and says how it ended.
  var run: @Sendable (Invocation) async throws -> ExitCode

  /// A command that does all of its work or throws.
  init(
    name: String, summary: String, help: String, declaration: Arguments.Declaration,
    run: @escaping @Sendable (Invocation) async throws -> Void
  ) {
    self.name = name
    self.summary = summary
    self.help = help
    self.declaration = declaration
    self.run = { invocation in
      try await run(invocation)
      return .success
    }
  }

  /// A command that tells something by how it ends.
  static func concluding(
    name: String, summary: String, help: String, declaration: Arguments.Declaration,
    run: @escaping @Sendable (Invocation) async throws -> ExitCode
  ) -> Command {
    var command = Command(
      name: name, summary: summary, help: help, declaration: declaration,
      run: { (_: Invocation) async throws -> Void in })
    command.run = run
    return command
  }
}

/// A command line, sorted, and where its output goes.
struct Invocation: Sendable {
  /// Flags and options that every command has.
  static let common = Arguments.Declaration(
    flags: ["--json", "--help"], options: ["--catalog", "--warehouse"],
    repeatable: ["--map-location"])

  /// What every command understands beside its own options, for the help.
  static let commonHelp = """
    A table is named by its directory, by one of its metadata files, or by its name in a catalog:
      iceberg COMMAND /data/warehouse/logs/events
      iceberg COMMAND /data/warehouse/logs/events/metadata/v3.metadata.json
      iceberg COMMAND --warehouse /data/warehouse logs.events
      iceberg COMMAND --catalog sqlite:///data/catalog.db logs.events

      --warehouse DIR          the folder of a filesystem catalog, or that of new tables of a database
      --catalog ADDRESS        a SQLite database that PyIceberg and Iceberg Java may share:
                               sqlite:///path/file.db, with ?warehouse=DIR&name=CATALOG&journal=wal where needed;
                               ICEBERG_CATALOG and ICEBERG_WAREHOUSE count where neither is given
      --map-location OLD=NEW   read locations that begin with OLD from NEW: for tables that were
                               moved or copied; may be given more than once
      --json                   print JSON instead of a table
      --help                   this text
    """

  /// The options and words of the command line.
  var arguments: Arguments
  /// The tables that were opened by path.
  let opened = OpenedFolders()
  /// Whether `--json` was given.
  var isJSON: Bool { arguments.has("--json") }
}

/// How the tool ends, for scripts.
enum ExitCode: Int32 {
  /// All was done.
  case success = 0
  /// The work failed: the message says why.
  case failure = 1
  /// The command line cannot be understood; nothing was done.
  case usage = 2
  /// The table, snapshot, reference or file does not exist.
  case notFound = 3
  /// The table needs something that is not supported; nothing was printed.
  case unsupported = 4
  /// Another writer was first, or the outcome of a commit is not known.
  case conflict = 5
  /// `diff --exit-code` found something that is different.
  case different = 6
  /// `check` found that files are missing or damaged; `maintain --exit-code`, that nothing had to be done.
  case found = 7
  /// Somebody else maintains the table.
  case locked = 8
}
