import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg create`
  static let create = Command(
    name: "create", summary: "make a table",
    help: """
      iceberg create TABLE --schema COLUMNS: make a table without rows.

        --schema COLUMNS       "id long not null, event_time timestamptz, tags list<string>"
        --schema-file FILE     the schema as JSON, as 'iceberg schema --json' prints it
        --partition-by TERMS   "day(event_time), bucket(16, id), level"
        --sort-by TERMS        "event_time desc nulls last, id"
        --property KEY=VALUE   a setting; may be given more than once
        --format-version N     1, 2 (the default) or 3
        --location DIR         where the table lives; the default is below the warehouse
        --dry-run              check and show what would be made, and make nothing

      iceberg create --warehouse /data/warehouse logs.events \\
        --schema "id long not null, event_time timestamptz not null, level string" \\
        --partition-by "day(event_time)"
      """,
    declaration: Arguments.Declaration(
      flags: ["--dry-run"],
      options: [
        "--schema", "--schema-file", "--partition-by", "--sort-by", "--format-version",
        "--location",
      ], repeatable: ["--property"])
  ) { invocation in
    let arguments = invocation.arguments
    let (catalog, identifier) = try await TableSource.catalog(invocation, need: .made)
    var properties: [String: String] = [:]
    for text in arguments.values("--property") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ArgumentError("--property needs KEY=VALUE, not '\(text)'")
      }
      properties[String(parts[0])] = String(parts[1])
    }
    if let version = arguments.value("--format-version") { properties["format-version"] = version }
    let partitioning = try arguments.value("--partition-by").map(LayoutTerms.partitioning) ?? []
    let ordering = try arguments.value("--sort-by").map(LayoutTerms.ordering) ?? []
    let schema = try await givenSchema(arguments)
    let creation = TableCreation(
      schema: schema, partitionSpec: try PartitionSpec(partitioning, schema: schema),
      sortOrder: ordering.isEmpty ? .unsorted : try TableSortOrder(ordering, schema: schema),
      location: arguments.value("--location"), properties: properties)
    let isDryRun = arguments.has("--dry-run")
    let table =
      isDryRun
      ? try await catalog.draftTable(identifier, creation)
      : try await catalog.createTable(identifier, creation)
    if invocation.isJSON {
      var object = JSONObject()
      object["identifier"] = .string(identifier.description)
      object["location"] = .string(table.metadata.location)
      object["metadata-location"] = JSONText.string(table.metadataLocation)
      object["dry_run"] = .bool(isDryRun)
      Output.write(JSONText.line(.object(object)))
    } else {
      let text = isDryRun ? "would be made: \(identifier)" : "made \(identifier)"
      Output.write("\(text) in \(table.metadata.location)\n")
    }
  }

  /// The schema that `--schema` or `--schema-file` gives.
  static func givenSchema(_ arguments: Arguments) async throws -> Schema {
    switch (arguments.value("--schema"), arguments.value("--schema-file")) {
    case (let text?, nil):
      return Schema(try SchemaText.fields(text)).assigningFreshIDs()
    case (nil, let file?):
      let bytes = try await LocalFileIO().read(file, range: nil)
      do {
        return try Schema(json: JSONValue(parsing: bytes))
      } catch let error as FormatError {
        throw TextError("\(file) is not JSON: \(error)")
      }
    default: throw ArgumentError("give either --schema or --schema-file")
    }
  }
}
