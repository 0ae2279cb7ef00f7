import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// The cases of schema evolution: which types become which, and what the steps of a change do.
@Suite(.needsSharedFiles) struct SchemaEvolutionConformanceTests {
  @Test("types are promoted as each version of the format allows")
  func promotion() throws {
    let file = try ExpectedValues("schema-evolution")
    try file.run("promotion_by_version") { item in
      let from = try CorpusValue.type(CorpusValue.member("from", of: item))
      let to = try CorpusValue.type(CorpusValue.member("to", of: item))
      let old = try CorpusValue.bool("v1_v2", of: item)
      try #require(from.canBePromoted(to: to, formatVersion: 1) == old)
      try #require(from.canBePromoted(to: to, formatVersion: 2) == old)
      try #require(
        from.canBePromoted(to: to, formatVersion: 3) == (try CorpusValue.bool("v3", of: item)))
    }
    try file.run("type_change_matrix_v2") { item in
      let from = try CorpusValue.type(CorpusValue.member("from", of: item))
      let to = try CorpusValue.type(CorpusValue.member("to", of: item))
      try #require(
        from.canBePromoted(to: to, formatVersion: 2) == (try CorpusValue.bool("allowed", of: item)))
    }
  }

  @Test("the source of a partition field is promoted only where its partitions stay the same")
  func partitionSource() throws {
    try ExpectedValues("schema-evolution").run("promotion_of_partition_source") { item in
      let from = try CorpusValue.type(CorpusValue.member("source_type", of: item))
      let to = try CorpusValue.type(CorpusValue.member("to", of: item))
      let transform = try Transform(CorpusValue.string("transform", of: item))
      try #require(
        transform.isUnchanged(byPromoting: from, to: to)
          == (try CorpusValue.bool("allowed", of: item)))
    }
  }

  @Test("only required primitive fields outside of lists, maps and optional structs identify")
  func identifiers() throws {
    try ExpectedValues("schema-evolution").run("identifier_fields") { item in
      var schema = Self.base
      schema.identifierFieldIDs =
        item["test"] == "testDeleteContainingNestedIdentifierFieldColumnsFails" ? [36] : [1]
      try Self.check(item, on: schema)
    }
  }

  @Test("the steps of a change do what they do in the reference implementation")
  func operations() throws {
    try ExpectedValues("schema-evolution").run("operations") { item in
      let text = try CorpusValue.string("schema", of: item)
      guard let schema = try Self.check(item, on: try #require(Self.schemas[text], "\(text)"))
      else { return }
      if case .object(let ids)? = item["expected_ids"] {
        for (name, id) in ids.members.map({ ($0.name, $0.value) }) {
          let found = schema.field(named: name.replacing("\"", with: ""))
          try #require(found.map { .integer(Int64($0.id)) } == id, "\(name)")
        }
      }
      if case .array(let order)? = item["expected_order"] {
        try #require(schema.fields.map { .string($0.name) } == order)
      }
      if case .object(let expected)? = item["expected"] {
        let name = try Self.nameOfLastStep(item)
        let field = try #require(schema.field(named: name))
        if let id = expected["id"] { try #require(.integer(Int64(field.id)) == id) }
        if let required = expected["required"] { try #require(.bool(field.isRequired) == required) }
        if let value = expected["initial-default"] {
          try #require(field.initialDefault == (try CorpusValue.literal(value, field.type)))
        }
        if let value = expected["write-default"] {
          try #require(field.writeDefault == (try CorpusValue.literal(value, field.type)))
        }
      }
    }
  }

  /// Carries the steps of a case out. The schema that comes of them; nil where they must be, and are,
  /// refused.
  @discardableResult
  private static func check(_ item: JSONObject, on schema: Schema) throws -> Schema? {
    let isAllowed = try CorpusValue.bool("allowed", of: item)
    var change = SchemaChange()
    var consent = SchemaChange.Consent.none
    for case .array(let action) in try CorpusValue.array("actions", of: item) {
      try record(action, in: &change, &consent)
    }
    do {
      let result = try change.applied(
        to: schema, lastColumnID: schema.highestFieldID, formatVersion: 3)
      try #require(isAllowed)
      return result
    } catch let error as IcebergError {
      try #require(!isAllowed, "\(error)")
      return nil
    }
  }

  private static func record(
    _ action: [JSONValue], in change: inout SchemaChange, _ consent: inout SchemaChange.Consent
  ) throws {
    func text(_ index: Int) throws -> String {
      guard index < action.count, case .string(let text) = action[index] else {
        throw CorpusValue.Malformed(what: "\(action)")
      }
      return text
    }
    switch try text(0) {
    case "allow-incompatible": consent = .incompatible
    case "case-insensitive": change.nameMatching = .anyCase
    case "add", "add-required":
      let (name, parent) = split(try text(1))
      let type = try FieldType(text(2))
      var value: Literal?
      if action.count > 3, let json = action[3]["default"] {
        // The text of a default for a column that has none is of no type.
        value = type == .unknown ? .string("") : try CorpusValue.literal(json, type)
      }
      if try text(0) == "add" {
        change.addColumn(name, type, in: parent, default: value)
      } else {
        change.addRequiredColumn(name, type, in: parent, default: value, consent: consent)
      }
    case "add-top-level": change.addColumn(try text(1), try FieldType(text(2)))
    case "add-required-literal-name":
      change.add(.required(try text(1), try FieldType(text(2))), consent: consent)
    case "delete": change.delete(try text(1))
    case "rename": change.rename(try text(1), to: try text(2))
    case "type": change.widen(try text(1), to: try FieldType(text(2)))
    case "require": change.require(try text(1), consent: consent)
    case "doc": change.setDoc(try text(1), try text(2))
    case "update-default":
      switch action[2] {
      case .integer(let number): change.setDefault(try text(1), number)
      default: change.setDefault(try text(1), try text(2))
      }
    case "move-first": change.move(try text(1), .first)
    case "move-before": change.move(try text(1), .before(try text(2)))
    case "move-after": change.move(try text(1), .after(try text(2)))
    case "set-identifier":
      guard case .array(let names) = action[1] else {
        throw CorpusValue.Malformed(what: "\(action)")
      }
      change.setIdentifierFields(
        names.compactMap { if case .string(let name) = $0 { name } else { nil } })
    case let name: throw CorpusValue.Malformed(what: name)
    }
  }

  /// The name of a field and what it is inside of: `points."t.t"` is `t.t` in `points`.
  private static func split(_ path: String) -> (name: String, parent: String?) {
    let dot: String.Index? =
      path.hasSuffix("\"")
      ? path.dropLast().lastIndex(of: "\"").map { path.index(before: $0) }
      : path.lastIndex(of: ".")
    guard let dot else { return (path, nil) }
    return (String(path[path.index(after: dot)...]).replacing("\"", with: ""), String(path[..<dot]))
  }

  /// The name that the last step is about.
  private static func nameOfLastStep(_ item: JSONObject) throws -> String {
    guard case .array(let action)? = try CorpusValue.array("actions", of: item).last,
      action.count > 1, case .string(let name) = action[1]
    else { throw CorpusValue.Malformed(what: "\(item)") }
    return name
  }

  static let schemas: [String: Schema] = [
    "base": reference,
    "id:int required(1)": Schema([.required("id", .int, id: 1)]),
    "id:int optional(1)": Schema([.optional("id", .int, id: 1)]),
    "i:int required(1)": Schema([.required("i", .int, id: 1)]),
    "i:int required(1) initial-default=34 write-default=35": Schema([
      Field(
        id: 1, name: "i", type: .int, isRequired: true, initialDefault: .int(34),
        writeDefault: .int(35))
    ]),
    "id,data": Schema([.required("id", .long, id: 1), .required("data", .string, id: 2)]),
    "ts,id,data": Schema([
      .required("ts", .timestamptz, id: 1), .required("id", .long, id: 2),
      .required("data", .string, id: 3),
    ]),
    "id:long,data:string": Schema([
      .required("id", .long, id: 1), .required("data", .string, id: 2),
    ]),
    "id(1),data(2),data_1(3)": Schema([
      .required("id", .long, id: 1), .required("data", .string, id: 2),
      .required("data_1", .string, id: 3),
    ]),
  ]

  /// The schema that most cases begin with.
  static let reference = Schema([
    .required("id", .int, id: 1), .optional("data", .string, id: 2),
    .optional(
      "preferences",
      .struct([.required("feature1", .boolean, id: 8), .optional("feature2", .boolean, id: 9)]),
      id: 3),
    .required(
      "locations",
      .map(
        key: .required(
          "key",
          .struct([
            .required("address", .string, id: 20), .required("city", .string, id: 21),
            .required("state", .string, id: 22), .required("zip", .int, id: 23),
          ]), id: 10),
        value: .required(
          "value",
          .struct([.required("lat", .float, id: 12), .required("long", .float, id: 13)]), id: 11)),
      id: 4),
    .optional(
      "points",
      .list(
        element: .optional(
          "element", .struct([.required("x", .long, id: 15), .required("y", .long, id: 16)]),
          id: 14)), id: 5),
    .required("doubles", .list(element: .required("element", .double, id: 17)), id: 6),
    .optional(
      "properties",
      .map(
        key: .required("key", .string, id: 18), value: .optional("value", .string, id: 19)), id: 7),
  ])

  /// The same and what the cases of identifier fields need besides.
  static let base = Schema(
    reference.fields + [
      .required(
        "new",
        .struct([
          .required(
            "fields",
            .list(
              element: .required("element", .struct([.required("nested", .int, id: 27)]), id: 26)),
            id: 25)
        ]), id: 24),
      .required(
        "new_map",
        .map(
          key: .required("key", .string, id: 29),
          value: .required("value", .struct([.required("val_col", .int, id: 31)]), id: 30)),
        id: 28),
      .required(
        "required_list",
        .list(element: .required("element", .struct([.required("x", .int, id: 34)]), id: 33)),
        id: 32),
      .required("out", .struct([.required("nested", .string, id: 36)]), id: 35),
    ])
}
