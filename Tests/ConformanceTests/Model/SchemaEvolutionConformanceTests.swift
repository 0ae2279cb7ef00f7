import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// The cases of schema evolution that are rules of schemas; the operations are the table's.
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

  static let base = Schema(
    [
      .required("id", .int, id: 1), .optional("data", .string, id: 2),
      .optional(
        "preferences",
        .struct([.required("feature1", .boolean, id: 8), .optional("feature2", .boolean, id: 9)]),
        id: 3),
      .required(
        "locations",
        .map(
          key: .required("key", .struct([.required("zip", .int, id: 23)]), id: 10),
          value: .required("value", .struct([.required("lat", .float, id: 12)]), id: 11)), id: 4),
      .optional(
        "points",
        .list(
          element: .optional(
            "element", .struct([.required("x", .long, id: 15), .required("y", .long, id: 16)]),
            id: 14)), id: 5),
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
    ], identifierFieldIDs: [])

  @Test("only required primitive fields outside of lists, maps and optional structs identify")
  func identifiers() throws {
    try ExpectedValues("schema-evolution").run("identifier_fields") { item in
      var schema = Self.base
      schema.identifierFieldIDs =
        item["test"] == "testDeleteContainingNestedIdentifierFieldColumnsFails" ? [36] : [1]
      let isAllowed = try CorpusValue.bool("allowed", of: item)
      do {
        for case .array(let action) in try CorpusValue.array("actions", of: item) {
          try Self.apply(action, to: &schema)
        }
        try schema.validate(formatVersion: 2)
      } catch let error as IcebergError {
        try #require(!isAllowed, "\(error)")
        return
      }
      try #require(isAllowed)
    }
  }

  private static func apply(_ action: [JSONValue], to schema: inout Schema) throws {
    switch action.first {
    case "add-required", "add-required-literal-name":
      guard case .string(let name) = action[1], case .string(let type) = action[2] else { break }
      schema.fields.append(
        .required(name, try FieldType(type), id: schema.highestFieldID + 1))
    case "set-identifier":
      guard case .array(let names) = action[1] else { break }
      schema.identifierFieldIDs = []
      for case .string(let name) in names {
        if name == "<id 999>" {
          schema.identifierFieldIDs.append(999)
        } else if let id = schema.field(named: name)?.id {
          schema.identifierFieldIDs.append(id)
        } else {
          throw IcebergError(.notFound, name)
        }
      }
    case "delete":
      schema.fields.removeAll { .string($0.name) == action[1] }
    case "move-after":
      schema.fields.append(schema.fields.removeFirst())
    default:
      break
    }
  }
}
