import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg maintain`
  static let maintain = Command.concluding(
    name: "maintain", summary: "expire, compact, rewrite manifests and remove orphans as needed",
    help: """
      iceberg maintain TABLE...: measure tables, and do for each what a policy says that it needs: expire
      snapshots, put small files together, rewrite manifests, remove orphan files; in this order, one
      table after the other, each under a lock beside it. Made for a line in a crontab:

        0 2 * * *  iceberg maintain --warehouse /data/warehouse --all --policy /etc/iceberg/policy.json

        --all             all tables of the catalog
        --policy FILE     when tables need what; without it the policy that --print-policy prints.
                          Members that are left out are as there, and an unknown one is an error
        --print-policy    print the default policy
        --owner NAME      who maintains, for those who find the lock; the default is the user
        --dry-run         tell what would be done, file by file, and change nothing
        --exit-code       end with 7 when nothing had to be done

      Ends with 0 when all was done, 1 when something failed, 8 when somebody else maintains a table.
      An interrupted maintenance is simply run again.
      """,
    declaration: Arguments.Declaration(
      flags: ["--all", "--print-policy", "--dry-run", "--exit-code"],
      options: ["--policy", "--owner"])
  ) { invocation in
    let arguments = invocation.arguments
    if arguments.has("--print-policy") {
      Output.write(MaintenancePolicyText.text(MaintenancePolicy().json) + "\n")
      return .success
    }
    let isJSON = invocation.isJSON
    let maintenance = TableMaintenance(
      policy: try await policy(arguments), owner: arguments.value("--owner"),
      isDryRun: arguments.has("--dry-run"), onFile: { $0.write(isJSON: isJSON) })
    var reports: [MaintenanceReport] = []
    for (catalog, name) in try await tables(invocation) {
      let report = await maintenance.run(name, in: catalog)
      report.write(invocation)
      reports.append(report)
      try Task.checkCancellation()
    }
    if !invocation.isJSON { writeSummary(reports) }
    return exitCode(reports, arguments)
  }

  private static func policy(_ arguments: Arguments) async throws -> MaintenancePolicy {
    guard let file = arguments.value("--policy") else { return MaintenancePolicy() }
    let bytes = try await LocalFileIO().read(file, range: nil)
    do {
      return try MaintenancePolicy(parsing: bytes)
    } catch {
      throw TextError("\(file): \(error.description)")
    }
  }

  /// The tables of the command line, each with its catalog.
  private static func tables(
    _ invocation: Invocation
  ) async throws -> [(any Catalog, TableIdentifier)] {
    let names = invocation.arguments.positional
    guard invocation.arguments.has("--all") else {
      if names.isEmpty { throw ArgumentError("name the tables, or give --all") }
      var tables: [(any Catalog, TableIdentifier)] = []
      for name in names { tables.append(try await TableSource.catalog(of: name, invocation)) }
      return tables
    }
    if !names.isEmpty { throw ArgumentError("--all goes without names of tables") }
    let catalog = try await CatalogOption.required(invocation)
    return try await tables(in: [], of: catalog).map { (catalog, $0) }
  }

  private static func tables(
    in namespace: [String], of catalog: any Catalog
  ) async throws -> [TableIdentifier] {
    var tables = try await catalog.listTables(in: namespace)
    for inner in try await catalog.listNamespaces(in: namespace) {
      tables += try await self.tables(in: inner, of: catalog)
    }
    return tables
  }

  private static func writeSummary(_ reports: [MaintenanceReport]) {
    var parts: [String] = []
    for (status, text) in [
      (MaintenanceReport.Status.done, "done"), (.nothingToDo, "with nothing to do"),
      (.failed, "failed"), (.locked, "locked"),
    ] {
      let count = reports.count { $0.status == status }
      if count > 0 { parts.append("\(count) \(text)") }
    }
    let what = parts.isEmpty ? "" : ": " + parts.joined(separator: ", ")
    Output.error("\(Counts.text(reports.count, "table"))\(what)\n")
  }

  private static func exitCode(
    _ reports: [MaintenanceReport], _ arguments: Arguments
  ) -> ExitCode {
    let statuses = Set(reports.map(\.status))
    if statuses.contains(.failed) { return .failure }
    if statuses.contains(.locked) { return .locked }
    return arguments.has("--exit-code") && !statuses.contains(.done) ? .found : .success
  }
}

/// A policy as people read and edit it.
enum MaintenancePolicyText {
  /// JSON with a member a line.
  static func text(_ value: JSONValue, indent: String = "") -> String {
    guard case .object(let object) = value, !object.isEmpty else {
      return value.serialized().utf8String ?? ""
    }
    let inner = indent + "  "
    let lines = object.members.map { "\(inner)\"\($0.name)\": \(text($0.value, indent: inner))" }
    return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
  }
}
