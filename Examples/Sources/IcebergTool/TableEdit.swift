import ExampleSupport
import Iceberg

/// A change that a command makes to a table, or only shows.
struct TableEdit {
  /// The table before the change.
  var before: Table
  /// The table after it.
  var after: Table
  /// Whether the change was only shown.
  var isDryRun: Bool

  /// The flags of commands that change a table.
  static let flags = ["--dry-run"]

  /// Their lines in a help text.
  static let help =
    "  --dry-run             check and show what would be changed, and change nothing"

  /// Makes the changes to the table that the command line names, the first of its words, unless it
  /// only asks what they would be.
  static func make(
    _ invocation: Invocation, _ changes: (inout Transaction) throws -> Void
  ) async throws -> TableEdit {
    guard let name = invocation.arguments.positional.first else {
      throw ArgumentError("missing <table>")
    }
    let (catalog, identifier) = try await TableSource.catalog(of: name, invocation)
    let table = try await catalog.loadTable(identifier)
    let isDryRun = invocation.arguments.has("--dry-run")
    let after = isDryRun ? try await table.preview(changes) : try await table.commit(changes)
    return TableEdit(before: table, after: after, isDryRun: isDryRun)
  }

  /// Prints what came of it: one JSON object with the given members, or a line for people.
  func report(_ invocation: Invocation, _ members: JSONObject, _ text: String) {
    if invocation.isJSON {
      var object = members
      object["dry_run"] = .bool(isDryRun)
      object["metadata_location"] = JSONText.string(after.metadataLocation)
      Output.write(JSONText.line(.object(object)))
    } else {
      Output.write((isDryRun ? "would be: " : "") + text + "\n")
    }
  }
}
