import ExampleSupport
import Iceberg

/// Carries statements out and prints what comes of them.
struct SQLRunner {
  let invocation: Invocation

  private var isDryRun: Bool { invocation.arguments.has("--dry-run") }

  /// Carries one statement out.
  func run(_ statement: SQLStatement) async throws -> ExitCode {
    switch statement {
    case .createTable(let definition): try await create(definition)
    case .dropTable(let name, let ifExists, let purge):
      try await drop(name, ifExists: ifExists, purge: purge)
    case .renameTable(let name, let newName): try await rename(name, to: newName)
    case .alterTable(let name, let alteration):
      let consent: SchemaChange.Consent =
        invocation.arguments.has("--allow-incompatible-changes") ? .incompatible : .none
      return try await TableEvolution.run(invocation, table: name) { transaction in
        try alteration.apply(to: &transaction, consent: consent)
      }
    case .createNamespace(let name, let ifNotExists, let properties):
      let (catalog, namespace) = try await self.namespace(name)
      if ifNotExists, try await catalog.namespaceExists(namespace) {
        report(
          ["namespace": .string(name), "changed": false], "namespace \(name) is there already")
        return .success
      }
      try await CatalogRehearsal(catalog, isDryRun: isDryRun)
        .createNamespace(namespace, properties: properties)
      report(["namespace": .string(name), "changed": true], "\(done("made")) namespace \(name)")
    case .dropNamespace(let name, let ifExists):
      let (catalog, namespace) = try await self.namespace(name)
      if ifExists, try await !catalog.namespaceExists(namespace) {
        report(["namespace": .string(name), "changed": false], "there is no namespace \(name)")
        return .success
      }
      try await CatalogRehearsal(catalog, isDryRun: isDryRun).dropNamespace(namespace)
      report(["namespace": .string(name), "changed": true], "\(done("dropped")) namespace \(name)")
    case .describe(let name):
      let schema = try await table(name).metadata.currentSchema
      Output.write(
        invocation.isJSON ? JSONText.line(try schema.json()) : SchemaTable.text(schema))
    case .showCreateTable(let name):
      let table = try await table(name)
      let text = SQLText.createTable(table.identifier.description, table.metadata)
      Output.write(
        invocation.isJSON ? JSONText.line(.object(["statement": .string(text)])) : text)
    case .showProperties(let name): try await showProperties(name)
    case .showTables(let namespace): try await showTables(namespace)
    case .showNamespaces: try await showNamespaces()
    case .call(let given):
      return try await given.procedure.run(ProcedureCall(given: given, invocation: invocation))
    case .optimize(let name, let condition): return try await optimize(name, where: condition)
    case .vacuum(let name): return try await vacuum(name)
    case .query(let text): try await query(text)
    }
    return .success
  }

  /// What is said of work: that it was done, or would be.
  private func done(_ what: String) -> String {
    guard isDryRun else { return what }
    let plain = ["made": "make", "dropped": "drop", "renamed": "rename"][what] ?? what
    return "would \(plain)"
  }

  private func report(_ object: JSONObject, _ text: String) {
    var object = object
    object["dry_run"] = .bool(isDryRun)
    Output.write(invocation.isJSON ? JSONText.line(.object(object)) : text + "\n")
  }

  func table(_ name: String) async throws -> Table {
    try await TableSource.open(name, invocation).table
  }

  // MARK: Tables

  private func create(_ definition: SQLTableDefinition) async throws {
    let (catalog, identifier) = try await TableSource.catalog(
      of: definition.name, invocation, need: isDryRun ? .existing : .made)
    var object: JSONObject = ["table": .string(identifier.description)]
    if definition.ifNotExists, try await catalog.tableExists(identifier) {
      object["changed"] = false
      report(object, "\(identifier) is there already")
      return
    }
    var properties = try PropertyAdvice.checked(definition.properties)
    if let comment = definition.comment { properties["comment"] = comment }
    let schema = Schema(definition.columns).assigningFreshIDs()
    let spec = try PartitionSpec(definition.partitioning, schema: schema)
    object["changed"] = true
    let creation = TableCreation(
      schema: schema, partitionSpec: spec, location: definition.location, properties: properties)
    if isDryRun {
      let draft = try await catalog.draftTable(identifier, creation)
      report(
        object, "would make \(identifier)\n" + SchemaTable.text(draft.metadata.currentSchema))
      return
    }
    let table = try await catalog.createTable(identifier, creation)
    object["metadata_location"] = JSONText.string(table.metadataLocation)
    report(object, "made \(identifier) in \(table.metadata.location)")
  }

  private func drop(_ name: String, ifExists: Bool, purge: Bool) async throws {
    let (catalog, identifier) = try await TableSource.catalog(of: name, invocation)
    var object: JSONObject = ["table": .string(identifier.description)]
    if ifExists, try await !catalog.tableExists(identifier) {
      object["changed"] = false
      report(object, "there is no table \(identifier)")
      return
    }
    if purge {
      var options = PurgeText.options(invocation)
      options.dryRun = isDryRun
      let report = try await catalog.purgeTable(identifier, options)
      PurgeText.tell(report, "iceberg sql")
      if report.failedCount > 0 { throw PurgeText.failure(report, identifier) }
      for member in PurgeText.result(of: report).members + PurgeText.more(about: report).members {
        object[member.name] = member.value
      }
    } else if isDryRun {
      _ = try await catalog.loadTable(identifier)
    } else {
      try await catalog.dropTable(identifier, purge: false)
    }
    object["changed"] = true
    object["purged"] = .bool(purge)
    report(object, "\(done("dropped")) \(identifier)\(purge ? " and its files" : "")")
  }

  private func rename(_ name: String, to newName: String) async throws {
    let (catalog, identifier) = try await TableSource.catalog(of: name, invocation)
    let (_, newIdentifier) = try await TableSource.catalog(of: newName, invocation)
    try await CatalogRehearsal(catalog, isDryRun: isDryRun)
      .renameTable(identifier, to: newIdentifier)
    report(
      ["table": .string(newIdentifier.description), "changed": true],
      "\(done("renamed")) \(identifier) to \(newIdentifier)")
  }

  // MARK: Looking

  private func showProperties(_ name: String) async throws {
    let properties = try await table(name).metadata.properties
    if invocation.isJSON {
      Output.write(JSONText.line(JSONText.object(properties)))
      return
    }
    var printer = TablePrinter(["key", "value"])
    for (key, value) in properties.sorted(by: { $0.key < $1.key }) { printer.add([key, value]) }
    Output.write(printer.text)
  }

  private func showTables(_ namespace: String?) async throws {
    let (catalog, parts) = try await self.namespace(namespace ?? "")
    for identifier in try await catalog.listTables(in: parts) {
      Output.write(
        invocation.isJSON
          ? JSONText.line(.object(["table": .string(identifier.description)]))
          : "\(identifier)\n")
    }
  }

  private func showNamespaces() async throws {
    let (catalog, _) = try await namespace("")
    for parts in try await catalog.listNamespaces(in: []) {
      let name = parts.joined(separator: ".")
      Output.write(
        invocation.isJSON ? JSONText.line(.object(["namespace": .string(name)])) : name + "\n")
    }
  }

  /// The catalog, and the parts of a namespace's name.
  private func namespace(_ name: String) async throws -> (any Catalog, [String]) {
    let parts = name.split(separator: ".").map(String.init)
    return (try await CatalogOption.required(invocation), parts)
  }

  private func query(_ text: String) async throws {
    if let query = try? TableQuery(parsing: text), let hint = SQLMistakes.hint(against: query) {
      throw TextError(hint)
    }
    try await Command.runQuery(text, invocation)
  }
}
