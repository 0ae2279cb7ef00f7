import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg namespaces`
  static let namespaces = Command(
    name: "namespaces", summary: "list the namespaces of a catalog",
    help: """
      iceberg namespaces [NAMESPACE]: the namespaces of a catalog, or those below one, at any depth.
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    let catalog = try await CatalogOption.required(invocation)
    let parent = try NamespaceName.optional(invocation.arguments) ?? []
    for namespace in try await NamespaceName.all(in: catalog, below: parent) {
      if invocation.isJSON {
        var object = JSONObject()
        object["namespace"] = .array(namespace.map { .string($0) })
        object["properties"] = JSONText.object(try await catalog.namespaceProperties(namespace))
        Output.write(JSONText.line(.object(object)))
      } else {
        Output.write(namespace.joined(separator: ".") + "\n")
      }
    }
  }

  /// `iceberg namespace`
  static let namespace = Command(
    name: "namespace", summary: "make or drop a namespace, show or change its properties",
    help: """
      iceberg namespace create NAMESPACE       make a namespace, and those above it
      iceberg namespace drop NAMESPACE         remove an empty namespace
      iceberg namespace properties NAMESPACE   show its properties, or change them

        --property KEY=VALUE   a property to set, with create and properties; may be given more than once
        --remove KEY           a property to remove, with properties; may be given more than once
        --dry-run              check and show what would be changed, and change nothing

      New tables lie below the property 'location' of their namespace, where the catalog keeps properties.
      """,
    declaration: Arguments.Declaration(
      flags: ["--dry-run"], repeatable: ["--property", "--remove"])
  ) { invocation in
    let arguments = invocation.arguments
    let words = try arguments.positional("create, drop or properties", "namespace")
    let namespace = try NamespaceName.parse(words[1])
    switch words[0] {
    case "create": try await create(namespace, invocation)
    case "drop": try await drop(namespace, invocation)
    case "properties": try await properties(namespace, invocation)
    case let other:
      throw ArgumentError("'\(other)' cannot be done to a namespace: create, drop or properties")
    }
  }

  private static func create(_ namespace: [String], _ invocation: Invocation) async throws {
    let properties = try KeyValues.parse(invocation.arguments.values("--property"))
    guard invocation.arguments.values("--remove").isEmpty else {
      throw ArgumentError("a new namespace has no properties to remove")
    }
    let isDryRun = invocation.arguments.has("--dry-run")
    let catalog = try await CatalogOption.required(
      invocation, need: isDryRun ? .existing : .made)
    let name = namespace.joined(separator: ".")
    try await CatalogRehearsal(catalog, isDryRun: isDryRun)
      .createNamespace(namespace, properties: properties)
    var object = JSONObject()
    object["namespace"] = .array(namespace.map { .string($0) })
    object["properties"] = JSONText.object(properties)
    ChangeReport(object, done: "made \(name)", planned: "made: \(name)")
      .write(invocation, isDryRun: isDryRun)
  }

  private static func drop(_ namespace: [String], _ invocation: Invocation) async throws {
    let catalog = try await CatalogOption.required(invocation)
    let isDryRun = invocation.arguments.has("--dry-run")
    let name = namespace.joined(separator: ".")
    try await CatalogRehearsal(catalog, isDryRun: isDryRun).dropNamespace(namespace)
    var object = JSONObject()
    object["namespace"] = .array(namespace.map { .string($0) })
    ChangeReport(object, done: "dropped \(name)", planned: "dropped: \(name)")
      .write(invocation, isDryRun: isDryRun)
  }

  private static func properties(_ namespace: [String], _ invocation: Invocation) async throws {
    let catalog = try await CatalogOption.required(invocation)
    let setting = try KeyValues.parse(invocation.arguments.values("--property"))
    let removing = Set(invocation.arguments.values("--remove"))
    var properties = try await catalog.namespaceProperties(namespace)
    let isDryRun = invocation.arguments.has("--dry-run")
    if !isDryRun {
      try await catalog.updateNamespaceProperties(
        namespace, setting: setting, removing: removing)
      properties = try await catalog.namespaceProperties(namespace)
    } else {
      for key in removing { properties[key] = nil }
      properties.merge(setting) { $1 }
    }
    if invocation.isJSON {
      var object = JSONObject()
      object["namespace"] = .array(namespace.map { .string($0) })
      object["properties"] = JSONText.object(properties)
      object["dry_run"] = .bool(isDryRun)
      Output.write(JSONText.line(.object(object)))
    } else {
      for (key, value) in properties.sorted(by: { $0.key < $1.key }) {
        Output.write("\(key)=\(value)\n")
      }
    }
  }
}

/// Namespaces as the command line names them: levels with dots between them.
enum NamespaceName {
  /// The levels of a name.
  static func parse(_ text: String) throws -> [String] {
    let levels = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !levels.contains("") else {
      throw ArgumentError("'\(text)' does not name a namespace: 'level' or 'level.level'")
    }
    return levels
  }

  /// The namespace that the only word names; nil when there is none.
  static func optional(_ arguments: Arguments) throws -> [String]? {
    guard let word = arguments.positional.first else { return nil }
    return try parse(try arguments.positional("namespace").first ?? word)
  }

  /// All namespaces below another one, at any depth: each before those that are in it.
  static func all(in catalog: any Catalog, below parent: [String]) async throws -> [[String]] {
    var found: [[String]] = []
    for namespace in try await catalog.listNamespaces(in: parent) {
      found.append(namespace)
      found += try await all(in: catalog, below: namespace)
    }
    return found
  }
}

/// `KEY=VALUE`, as options give it.
enum KeyValues {
  static func parse(_ texts: [String]) throws -> [String: String] {
    var values: [String: String] = [:]
    for text in texts {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ArgumentError("--property needs KEY=VALUE, not '\(text)'")
      }
      values[String(parts[0])] = String(parts[1])
    }
    return values
  }
}
