import ExampleSupport
import Iceberg

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The `iceberg` tool: looks into tables, travels through their history, makes and fills them.
@main
struct IcebergTool {
  static let commands: [Command] = [
    .describe, .tree, .schema, .snapshots, .history, .refs, .manifests, .files, .metadataTable,
    .scan, .query, .count, .explain, .diff, .create, .append, .delete, .overwrite, .branch, .tag,
    .rollback, .setCurrent, .fastForward, .cherryPick, .publish, .changes,
    .partition, .sortOrder, .properties, .upgrade, .sql,
    .tables, .drop, .rename, .register, .namespaces, .namespace,
  ]

  /// The commands that the help lists.
  static let listed = commands + [.maintain] + Procedure.maintenance.map { Command($0) }

  /// The command of a name, whether it has dashes or underscores in it, or is one of other tools.
  static func command(_ name: String) -> Command? {
    let dashed = String(name.map { $0 == "_" ? "-" : $0 })
    return listed.first { $0.name == name || $0.name == dashed }
      ?? Procedure.named(name).map { Command($0) }
  }

  static func main() async {
    let words = Array(CommandLine.arguments.dropFirst())
    exit(await run(words).rawValue)
  }

  /// Runs one command line and says how it ended.
  static func run(_ words: [String]) async -> ExitCode {
    guard let name = words.first else {
      Output.error(overview)
      return .usage
    }
    if ["--help", "-h", "help"].contains(name) {
      if words.count > 1, let command = command(words[1]) {
        Output.write(help(of: command))
      } else {
        Output.write(overview)
      }
      return .success
    }
    if name == "--version" {
      Output.write("iceberg \(LibraryVersion.current)\n")
      return .success
    }
    guard let command = command(name) else {
      Output.error("iceberg: there is no command '\(name)'; 'iceberg --help' lists them\n")
      return .usage
    }
    return await run(command, Array(words.dropFirst()))
  }

  private static func run(_ command: Command, _ words: [String]) async -> ExitCode {
    var invocation: Invocation?
    do {
      if words.contains("--help") || words.contains("-h") {
        Output.write(help(of: command))
        return .success
      }
      let common = Invocation.common
      let declaration = Arguments.Declaration(
        flags: common.flags + command.declaration.flags,
        options: common.options + command.declaration.options,
        repeatable: common.repeatable + command.declaration.repeatable)
      let ready = Invocation(arguments: try Arguments(words, declaration))
      invocation = ready
      return try await command.run(ready)
    } catch let error as ArgumentError {
      return usage(command, error.description)
    } catch let error as TextError {
      return usage(command, error.description)
    } catch let error as IcebergError {
      let advice = invocation?.opened.advice(for: error).map { $0 + "\n" } ?? ""
      Output.error("iceberg \(command.name): \(error)\n\(advice)")
      return exitCode(of: error)
    } catch {
      Output.error("iceberg \(command.name): \(error)\n")
      return .failure
    }
  }

  private static func usage(_ command: Command, _ message: String) -> ExitCode {
    Output.error(
      "iceberg \(command.name): \(message)\n'iceberg \(command.name) --help' tells how it is called\n"
    )
    return .usage
  }

  private static func exitCode(of error: IcebergError) -> ExitCode {
    switch error.code {
    case .notFound: .notFound
    case .unsupported: .unsupported
    case .commitConflict, .commitStateUnknown, .validationFailed: .conflict
    case .invalidArgument: .usage
    default: .failure
    }
  }

  private static var overview: String {
    let width = listed.map(\.name.count).max() ?? 0
    let list = listed.map { command in
      "  " + command.name + String(repeating: " ", count: width - command.name.count + 2)
        + command.summary
    }
    return """
      iceberg: look into Apache Iceberg tables, travel through their history, make and fill them.

      Usage: iceberg COMMAND TABLE [OPTIONS]

      \(list.joined(separator: "\n"))

      'iceberg COMMAND --help' tells more of each.

      \(Invocation.commonHelp)

      Ends with 0 when all was done, 1 when the work failed, 2 when the command line cannot be
      understood, 3 when the table, snapshot or file does not exist, 4 when the table needs something
      that is not supported, 5 when another writer was first, 6 when 'diff --exit-code' finds something,
      7 when 'check' finds damage or 'maintain --exit-code' nothing to do, 8 when somebody else maintains
      the table.

      """
  }

  private static func help(of command: Command) -> String {
    command.help + "\n\n" + Invocation.commonHelp + "\n"
  }
}
