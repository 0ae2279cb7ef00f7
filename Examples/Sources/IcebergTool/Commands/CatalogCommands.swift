import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg tables`
  static let tables = Command(
    name: "tables", summary: "list the tables of a catalog",
    help: """
      iceberg tables [NAMESPACE]: the tables of a namespace, without one those of the whole catalog.
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    let catalog = try await CatalogOption.required(invocation)
    let namespace = try NamespaceName.optional(invocation.arguments)
    var names: [TableIdentifier] = []
    if let namespace {
      names = try await catalog.listTables(in: namespace)
    } else {
      for namespace in [[]] + (try await NamespaceName.all(in: catalog, below: [])) {
        names += try await catalog.listTables(in: namespace)
      }
    }
    for name in names {
      if invocation.isJSON {
        var object = JSONObject()
        object["namespace"] = .array(name.namespace.map { .string($0) })
        object["name"] = .string(name.name)
        Output.write(JSONText.line(.object(object)))
      } else {
        Output.write("\(name)\n")
      }
    }
  }

  /// `iceberg drop`
  static let drop = Command(
    name: "drop", summary: "remove a table from its catalog",
    help: """
      iceberg drop TABLE: remove a table. Its files stay, and 'iceberg register' brings it back.

        --purge       delete all of its files, too, but those that other tables need: that is for good
        --dry-run     show what would be removed, with --purge every file, and remove nothing
      """,
    declaration: Arguments.Declaration(flags: ["--purge", "--dry-run"])
  ) { invocation in
    let arguments = invocation.arguments
    let (catalog, identifier) = try await TableSource.catalog(invocation)
    let table = try await catalog.loadTable(identifier)
    let isDryRun = arguments.has("--dry-run")
    var object = JSONObject()
    object["identifier"] = .string(identifier.description)
    object["purge"] = .bool(arguments.has("--purge"))
    object["location"] = .string(table.metadata.location)
    object["metadata-location"] = JSONText.string(table.metadataLocation)
    let what: String
    if arguments.has("--purge") {
      var options = PurgeText.options(invocation)
      options.dryRun = isDryRun
      if isDryRun { options.onFile = PurgeText.onFile(invocation, isDryRun: true) }
      let report = try await catalog.purgeTable(identifier, options)
      PurgeText.tell(report, "iceberg drop")
      if !invocation.isJSON { PurgeText.writeTotals(report) }
      let files = report.deleted.all
      object["files"] = .integer(Int64(files.count))
      object["size_in_bytes"] = .integer(files.sizeInBytes)
      for member in PurgeText.more(about: report).members { object[member.name] = member.value }
      what =
        "\(identifier) and its \(Counts.text(files.count, "file")) (\(files.sizeInBytes) bytes) in "
        + table.metadata.location
      if report.failedCount > 0 { throw PurgeText.failure(report, identifier) }
    } else {
      if !isDryRun { try await catalog.dropTable(identifier, purge: false) }
      what = "\(identifier); its files stay in \(table.metadata.location)"
    }
    ChangeReport(object, done: "dropped \(what)", planned: "dropped: \(what)")
      .write(invocation, isDryRun: isDryRun)
  }

  /// `iceberg rename`
  static let rename = Command(
    name: "rename", summary: "give a table another name",
    help: """
      iceberg rename TABLE NEW-NAME: give a table another name. Its files stay where they are.

        --dry-run     check, and change nothing

      Tables of a filesystem catalog cannot be renamed: their name is their place.
      """,
    declaration: Arguments.Declaration(flags: ["--dry-run"])
  ) { invocation in
    let words = try invocation.arguments.positional("table", "new name")
    let (catalog, identifier) = try await TableSource.catalog(of: words[0], invocation)
    let name = try TableIdentifier(parsing: words[1])
    let isDryRun = invocation.arguments.has("--dry-run")
    try await CatalogRehearsal(catalog, isDryRun: isDryRun).renameTable(identifier, to: name)
    var object = JSONObject()
    object["from"] = .string(identifier.description)
    object["to"] = .string(name.description)
    ChangeReport(
      object, done: "renamed \(identifier) to \(name)",
      planned: "renamed: \(identifier) to \(name)"
    ).write(invocation, isDryRun: isDryRun)
  }

  /// `iceberg register`
  static let register = Command(
    name: "register", summary: "take a table into a catalog by its metadata file",
    help: """
      iceberg register TABLE METADATA-FILE: name a metadata file as the current version of a table.

        --overwrite   even where there is a table of the name: the file takes the place of its version
        --dry-run     check, and change nothing

      METADATA-FILE may be the folder of a table as well: then its newest version is taken. A table that
      was dropped from a filesystem catalog without its files is brought back by its
      metadata/dropped-vN.json.
      """,
    declaration: Arguments.Declaration(flags: ["--overwrite", "--dry-run"])
  ) { invocation in
    let arguments = invocation.arguments
    let words = try arguments.positional("table", "metadata file")
    let isDryRun = arguments.has("--dry-run")
    let (catalog, identifier) = try await TableSource.catalog(
      of: words[0], invocation, need: isDryRun ? .existing : .made)
    let found = try await Table.open(
      at: words[1], fileIO: try TableSource.fileIO(arguments))
    let location = found.metadataLocation ?? words[1]
    try await CatalogRehearsal(catalog, isDryRun: isDryRun).registerTable(
      identifier, metadataLocation: location, overwrite: arguments.has("--overwrite"))
    var object = JSONObject()
    object["identifier"] = .string(identifier.description)
    object["metadata-location"] = .string(location)
    object["uuid"] = JSONText.string(found.metadata.tableUUID)
    ChangeReport(
      object, done: "registered \(identifier) at \(location)",
      planned: "registered: \(identifier) at \(location)"
    ).write(invocation, isDryRun: isDryRun)
  }
}

/// What a command has done, or would do.
struct ChangeReport {
  private let members: JSONObject
  private let done: String
  private let planned: String

  init(_ members: JSONObject, done: String, planned: String) {
    self.members = members
    self.done = done
    self.planned = planned
  }

  /// Prints one JSON object, or a line for people.
  func write(_ invocation: Invocation, isDryRun: Bool) {
    if invocation.isJSON {
      var object = members
      object["dry_run"] = .bool(isDryRun)
      Output.write(JSONText.line(.object(object)))
    } else {
      Output.write(isDryRun ? "would be \(planned)\n" : "\(done)\n")
    }
  }
}
