import ExampleSupport
import Iceberg

/// A change of columns, partitioning, order, settings or version that a command makes, and what
/// follows from it.
struct TableEvolution {
  /// The table from before.
  var before: Table
  /// The metadata after the change.
  var after: TableMetadata
  /// Where that metadata is; nil when the change was only shown.
  var location: String?
  /// What follows from the change.
  var report: PreflightReport
  /// Whether the change was only shown.
  var isDryRun: Bool

  /// The flags of commands that change a table so.
  static let flags = TableEdit.flags + ["--exit-code"]

  /// Their lines in a help text.
  static let help = """
    \(TableEdit.help)
        --exit-code           with --dry-run: end with 6 when something would break
    """

  /// Makes the changes to a table, unless the command line only asks what they would be; prints what
  /// came of it.
  static func run(
    _ invocation: Invocation, table name: String, _ changes: (inout Transaction) throws -> Void
  ) async throws -> ExitCode {
    let (catalog, identifier) = try await TableSource.catalog(of: name, invocation)
    return try await run(
      invocation, on: try await catalog.loadTable(identifier), changes)
  }

  /// Makes the changes to a table, unless the command line only asks what they would be; prints what
  /// came of it.
  static func run(
    _ invocation: Invocation, on table: Table, _ changes: (inout Transaction) throws -> Void
  ) async throws -> ExitCode {
    let isDryRun = invocation.arguments.has("--dry-run")
    let changed = isDryRun ? try await table.preview(changes) : try await table.commit(changes)
    let report = PreflightReport(from: table.metadata, to: changed.metadata)
    let evolution = TableEvolution(
      before: table, after: changed.metadata, location: isDryRun ? nil : changed.metadataLocation,
      report: report, isDryRun: isDryRun)
    Output.write(
      invocation.isJSON ? JSONText.line(.object(evolution.json)) : evolution.text)
    return isDryRun && report.isBreaking && invocation.arguments.has("--exit-code")
      ? .different : .success
  }

  // MARK: What came of it

  private var text: String {
    if report.isEmpty { return "nothing to change in \(before.identifier)\n" }
    var text = "\(isDryRun ? "would change" : "changed") \(before.identifier)\n"
    for difference in report.schemaDifferences {
      let line = SchemaDifferenceText.line(
        difference, from: before.metadata.currentSchema, to: after.currentSchema)
      text += "  \(line)\n"
    }
    if hasOtherSpec {
      text += "  partitioned by \(LayoutText.spec(after.defaultPartitionSpec, after))\n"
    }
    if hasOtherOrder { text += "  sorted by \(LayoutText.order(after.defaultSortOrder, after))\n" }
    if before.metadata.formatVersion != after.formatVersion {
      text += "  format version \(after.formatVersion)\n"
    }
    if before.metadata.location != after.location { text += "  location \(after.location)\n" }
    for (name, reference) in references {
      text +=
        reference.map {
          "  \($0.kind) '\(name)' at snapshot \($0.snapshotID)\(Self.retention($0))\n"
        }
        ?? "  no branch or tag '\(name)'\n"
    }
    for (key, value) in properties {
      text += value.map { "  \(key) = \($0)\n" } ?? "  \(key) is no longer set\n"
    }
    if !report.findings.isEmpty {
      var printer = TablePrinter(["", "about", "what follows"])
      for finding in report.findings {
        printer.add([finding.severity.rawValue, finding.subject, finding.message])
      }
      text += "\n" + printer.text
    }
    return text
  }

  private var json: JSONObject {
    var object = JSONObject()
    object["table"] = .string(before.identifier.description)
    object["dry_run"] = .bool(isDryRun)
    object["changed"] = .bool(!report.isEmpty)
    object["schema_id"] = .integer(Int64(after.currentSchemaID))
    object["spec_id"] = .integer(Int64(after.defaultSpecID))
    object["sort_order_id"] = .integer(Int64(after.defaultSortOrderID))
    object["format_version"] = .integer(Int64(after.formatVersion))
    object["schema"] = .array(report.schemaDifferences.map(SchemaDifferenceText.json))
    if hasOtherSpec {
      object["partition_spec"] = .string(LayoutText.spec(after.defaultPartitionSpec, after))
    }
    if hasOtherOrder {
      object["sort_order"] = .string(LayoutText.order(after.defaultSortOrder, after))
    }
    if !properties.isEmpty {
      object["properties"] = .object(
        JSONObject(properties.map { JSONObject.Member($0.key, JSONText.string($0.value)) }))
    }
    if !references.isEmpty {
      object["refs"] = .object(
        JSONObject(
          references.map { JSONObject.Member($0.name, JSONText.number($0.reference?.snapshotID)) }))
    }
    object["findings"] = .array(
      report.findings.map { finding in
        [
          "severity": .string(finding.severity.rawValue), "subject": .string(finding.subject),
          "message": .string(finding.message),
        ]
      })
    object["is_breaking"] = .bool(report.isBreaking)
    object["metadata_location"] = JSONText.string(location)
    return object
  }

  private var hasOtherSpec: Bool { before.metadata.defaultSpecID != after.defaultSpecID }
  private var hasOtherOrder: Bool {
    before.metadata.defaultSortOrderID != after.defaultSortOrderID
  }

  /// The branches and tags that changed; nil is gone.
  private var references: [(name: String, reference: SnapshotReference?)] {
    let (old, new) = (before.metadata.references, after.references)
    return Set(old.keys).union(new.keys).sorted().compactMap { name in
      old[name] == new[name] ? nil : (name, new[name])
    }
  }

  /// `, kept for 86400000 ms` and the like.
  private static func retention(_ reference: SnapshotReference) -> String {
    var text = ""
    if let age = reference.maxReferenceAgeMillis { text += ", kept for \(age) ms" }
    if let count = reference.minSnapshotsToKeep { text += ", with at least \(count) snapshots" }
    if let age = reference.maxSnapshotAgeMillis { text += ", and those of the last \(age) ms" }
    return text
  }

  /// The properties that changed, with their values; nil is no longer set.
  private var properties: [(key: String, value: String?)] {
    let (old, new) = (before.metadata.properties, after.properties)
    return Set(old.keys).union(new.keys).sorted().compactMap { key in
      old[key] == new[key] ? nil : (key, new[key])
    }
  }
}

/// The words of a command with actions: `TABLE ACTION ...`, or `ACTION TABLE ...`.
struct ActionWords {
  /// The table as the command line names it.
  var table: String
  /// What is to be done.
  var action: String
  /// The words behind both.
  var rest: [String]

  /// The words of a command line; nil when there is no action.
  ///
  /// Throws ``ArgumentError`` when there is no table, or the second word is none of `actions`.
  init?(_ invocation: Invocation, actions: [String]) throws {
    let words = invocation.arguments.positional
    guard let first = words.first else { throw ArgumentError("missing <table>") }
    guard words.count > 1 else { return nil }
    if actions.contains(words[1]) {
      (table, action) = (first, words[1])
    } else if actions.contains(first) {
      (table, action) = (words[1], first)
    } else {
      throw ArgumentError("'\(words[1])' is none of \(actions.joined(separator: ", "))")
    }
    rest = Array(words.dropFirst(2))
  }

  /// The words behind the action, one for each of `names`.
  func words(_ names: String...) throws -> [String] {
    guard rest.count >= names.count else {
      throw ArgumentError("\(action) needs <\(names[rest.count])>")
    }
    guard rest.count == names.count else {
      throw ArgumentError("'\(rest[names.count])' is one word too many")
    }
    return rest
  }

  /// The words behind the action, at least one.
  func someWords(_ name: String) throws -> [String] {
    guard !rest.isEmpty else { throw ArgumentError("\(action) needs at least one <\(name)>") }
    return rest
  }
}
