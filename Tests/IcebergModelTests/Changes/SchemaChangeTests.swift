import IcebergBytes
import IcebergModel
import Testing

@Suite struct SchemaChangeTests {
  static let schema = Schema(
    [
      .required("id", .int, id: 1),
      .optional("level", .string, id: 2, doc: "how bad"),
      .optional(
        "place",
        .struct([.optional("city", .string, id: 4), .required("zip", .int, id: 5)]), id: 3),
      .optional("tags", .list(element: .required("element", .int, id: 7)), id: 6),
      .optional(
        "props",
        .map(
          key: .required("key", .struct([.required("k", .int, id: 11)]), id: 9),
          value: .required("value", .struct([.optional("v", .float, id: 12)]), id: 10)), id: 8),
      .optional("day", .date, id: 13),
      .optional("nothing", .unknown, id: 14),
    ], identifierFieldIDs: [1])

  /// The schema after a change of ``schema``.
  static func apply(
    version: Int = 3, lastColumnID: Int = 14, specs: [PartitionSpec] = [],
    _ body: (inout SchemaChange) -> Void
  ) throws -> Schema {
    var change = SchemaChange()
    body(&change)
    return try change.applied(
      to: schema, lastColumnID: lastColumnID, formatVersion: version, partitionSpecs: specs)
  }

  /// What is said when a change of ``schema`` is refused.
  static func refusal(
    version: Int = 3, specs: [PartitionSpec] = [], _ body: (inout SchemaChange) -> Void
  ) throws -> String {
    let error = try #require(thrown { _ = try apply(version: version, specs: specs, body) })
    #expect([.invalidArgument, .validationFailed].contains(error.code), "\(error)")
    return error.message
  }

  @Test("ids count on from the last that the table gave out, outer fields before inner ones")
  func freshIDs() throws {
    let schema = try Self.apply(lastColumnID: 40) { change in
      change.addColumn(
        "a",
        .struct([.optional("x", .int), .optional("y", .list(element: .optional("element", .int)))]))
      change.addColumn("b", .long, in: "place")
    }
    #expect(schema.field(named: "a")?.id == 41)
    #expect(schema.field(named: "a.x")?.id == 42)
    #expect(schema.field(named: "a.y")?.id == 43)
    #expect(schema.field(named: "a.y.element")?.id == 44)
    #expect(schema.field(named: "place.b")?.id == 45)
    #expect(schema.field(named: "place")?.type.children.last?.name == "b")
  }

  @Test("fields are added to the elements of a list and to the values of a map")
  func collections() throws {
    let schema = try Self.apply { change in
      change.addColumn("w", .int, in: "props")
      change.widen("props.value.v", to: .double)
      change.widen("tags.element", to: .long)
      change.makeOptional("tags.element")
    }
    #expect(schema.field(named: "props.value.w")?.id == 15)
    #expect(schema.field(named: "props.v")?.type == .double)
    #expect(schema.field(named: "tags")?.type == .list(element: .optional("element", .long, id: 7)))
    #expect(try Self.refusal { $0.addColumn("w", .int, in: "tags") }.contains("int, not a struct"))
  }

  @Test("a column deleted and added again is another column", arguments: ["level", "place.city"])
  func deletedAndAdded(name: String) throws {
    let parts = name.split(separator: ".").map(String.init)
    let schema = try Self.apply { change in
      change.delete(name)
      change.addColumn(parts[parts.count - 1], .int, in: parts.count > 1 ? parts[0] : nil)
    }
    #expect(schema.field(named: name)?.id == 15)
    #expect(schema.field(named: name)?.type == .int)
  }

  @Test("names are those from before the change, and of columns that it adds")
  func names() throws {
    let schema = try Self.apply { change in
      change.rename("level", to: "severity")
      change.setDoc("level", nil)
      change.addColumn("country", .string)
      change.setDoc("country", "ISO 3166")
      change.move("country", .after("id"))
      change.move("level", .first)
      change.move("place.zip", .before("place.city"))
      change.rename("place.city", to: "town")
      change.makeOptional("place.zip")
      change.setDoc("place.town", "where")
    }
    #expect(
      schema.fields.map(\.name) == [
        "severity", "id", "country", "place", "tags", "props", "day", "nothing",
      ])
    #expect(schema.field(id: 2)?.doc == nil)
    #expect(schema.field(named: "country")?.doc == "ISO 3166")
    #expect(schema.field(named: "place")?.type.children.map(\.name) == ["zip", "town"])
    #expect(schema.field(named: "place.town")?.doc == "where")
  }

  @Test("what makes no sense is refused, naming the column and why")
  func refusals() throws {
    let cases: [(text: String, change: (inout SchemaChange) -> Void)] = [
      ("int cannot become string", { $0.widen("id", to: .string) }),
      ("'id': int cannot become short", { $0.widen("id", to: .boolean) }),
      ("date cannot become timestamptz", { $0.widen("day", to: .timestamptz) }),
      ("there is no column 'zip'; there is 'place.zip'", { $0.delete("zip") }),
      ("'place.zip': a rename does not move", { $0.rename("place.zip", to: "place.code") }),
      (
        "it is deleted by the same change",
        {
          $0.delete("level")
          $0.setDoc("level", "x")
        }
      ),
      (
        "the same change adds fields to it",
        {
          $0.addColumn("x", .int, in: "place")
          $0.delete("place")
        }
      ),
      (
        "its last field cannot be deleted",
        {
          $0.delete("place.city")
          $0.delete("place.zip")
        }
      ),
      ("elements of a list", { $0.delete("tags.element") }),
      ("elements of a list", { $0.rename("props.value", to: "x") }),
      ("the keys of a map cannot change", { $0.widen("props.key.k", to: .long) }),
      ("the keys of a map cannot change", { $0.rename("props.key.k", to: "x") }),
      ("it identifies rows and cannot be deleted", { $0.delete("id") }),
      ("which is in another struct", { $0.move("place.city", .after("id")) }),
      ("it cannot be moved beside itself", { $0.move("id", .after("id")) }),
      ("only the fields of a struct have an order", { $0.move("tags.element", .first) }),
      ("a name with dots", { $0.addColumn("place.x", .int) }),
      ("there is a column of that name", { $0.addColumn("level", .int) }),
      (
        "there is a column of that name",
        {
          $0.addColumn("n", .int)
          $0.addColumn("n", .int)
        }
      ),
      ("the field with id 2 has the same name", { $0.rename("day", to: "level") }),
      ("without default cannot be added", { $0.addRequiredColumn("n", .int) }),
      ("optional cannot become required", { $0.require("level") }),
      ("no value of type int", { $0.addColumn("n", .int, default: "many") }),
      ("no value of type int", { $0.setDefault("id", Int64.max) }),
      ("a column needs a name", { $0.addColumn("", .int) }),
    ]
    for (text, change) in cases {
      let message = try Self.refusal(change)
      #expect(message.contains(text.replacing("short", with: "boolean")), "\(message)")
    }
  }

  @Test("a type is widened as the version of the format allows, with its defaults")
  func widening() throws {
    let schema = try Self.apply { change in
      change.widen("day", to: .timestamp)
      change.setDefault("day", Literal.date(2))
      change.widen("nothing", to: .struct([.optional("x", .int)]))
      change.addColumn("n", .int, default: 7)
      change.widen("n", to: .long)
    }
    #expect(schema.field(named: "day")?.type == .timestamp)
    #expect(schema.field(named: "day")?.writeDefault == .timestamp(172_800_000_000))
    #expect(schema.field(named: "nothing.x")?.id == 15)
    #expect(schema.field(named: "n")?.initialDefault == .long(7))
    #expect(
      try Self.refusal(version: 2) { $0.widen("day", to: .timestamp) }.contains(
        "before format version 3; the table has 2"))
    #expect(
      try Self.refusal(version: 2) { $0.setDefault("id", 5) }.contains("needs format version 3"))
  }

  @Test("a column that makes partitions is widened only where they stay the same")
  func partitionSource() throws {
    func spec(_ transform: Transform, _ id: Int) -> PartitionSpec {
      PartitionSpec(
        id: 3,
        fields: [
          PartitionField(sourceIDs: [id], fieldID: 1000, name: "p", transform: transform)
        ])
    }
    let message = try Self.refusal(specs: [spec(.identity, 13)]) { $0.widen("day", to: .timestamp) }
    #expect(message.contains("partition field 'p' (identity) of spec 3"), "\(message)")
    _ = try Self.apply(specs: [spec(.month, 13)]) { $0.widen("day", to: .timestamp) }
    _ = try Self.apply(specs: [spec(.bucket(count: 4), 1)]) { $0.widen("id", to: .long) }
  }

  @Test("identifier fields follow a rename, and are named as they will be")
  func identifiers() throws {
    let renamed = try Self.apply { $0.rename("id", to: "key") }
    #expect(renamed.identifierFieldIDs == [1])
    let replaced = try Self.apply { change in
      change.setIdentifierFields(["n"])
      change.addRequiredColumn("n", .long, default: 0)
      change.delete("id")
    }
    #expect(replaced.identifierFieldIDs == [15])
    let both = try Self.apply { change in
      change.setIdentifierFields(["id", "id"])
      change.rename("id", to: "key")
    }
    #expect(both.identifierFieldIDs == [1])
    #expect(try Self.refusal { $0.setIdentifierFields(["level"]) }.contains("it is optional"))
    #expect(try Self.apply { $0.setIdentifierFields([]) }.identifierFieldIDs == [])
  }

  @Test("names match in any case where that is asked for")
  func anyCase() throws {
    let schema = try Self.apply { change in
      change.nameMatching = .anyCase
      change.rename("LEVEL", to: "Severity")
      change.addColumn("Country", .string)
      change.move("country", .before("ID"))
    }
    #expect(schema.fields.first?.name == "Country")
    #expect(schema.field(id: 2)?.name == "Severity")
    #expect(
      try Self.refusal {
        $0.nameMatching = .anyCase
        $0.addColumn("Level", .int)
      }
      .contains("there is a column of that name"))
  }

  @Test("a union has the columns of both, wide enough for both")
  func union() throws {
    let other = Schema([
      .optional("level", .string, id: 1, doc: "severity"),
      .optional("fresh", .struct([.required("x", .int, id: 3)]), id: 2),
      .required(
        "place", .struct([.optional("zip", .long, id: 5), .required("lane", .string, id: 6)]), id: 4
      ),
      .optional("tags", .list(element: .optional("element", .long, id: 8)), id: 7),
      .optional("id", .long, id: 9),
    ])
    var change = SchemaChange()
    change.unionByName(with: other)
    var base = Self.schema
    base.identifierFieldIDs = []
    let schema = try change.applied(to: base, lastColumnID: 14, formatVersion: 3)
    // What is inside comes first.
    #expect(schema.field(named: "place.lane")?.id == 15)
    #expect(schema.field(named: "place.lane")?.isRequired == false)
    #expect(schema.field(named: "fresh")?.id == 16)
    #expect(schema.field(named: "fresh.x") == .required("x", .int, id: 17))
    #expect(schema.field(named: "place.zip") == .optional("zip", .long, id: 5))
    #expect(schema.field(named: "tags.element") == .optional("element", .long, id: 7))
    #expect(schema.field(named: "level")?.doc == "severity")
    #expect(schema.field(named: "id") == .optional("id", .long, id: 1))
    // Narrower types fit in; a union with what is there changes nothing.
    var again = SchemaChange()
    again.unionByName(with: Self.schema)
    again.unionByName(with: schema)
    let union = try again.applied(to: schema, lastColumnID: 17, formatVersion: 3)
    #expect(union.fieldIDs == schema.fieldIDs)
    #expect(union.field(named: "id")?.type == .long)
    let clash = try Self.refusal {
      $0.unionByName(with: Schema([.optional("tags", .string, id: 1)]))
    }
    #expect(clash.contains("'tags': list<int> cannot become string"), "\(clash)")
  }

  @Test("properties that name columns go with them")
  func properties() throws {
    var metadata = try SampleMetadata.table(
      properties: [
        "write.metadata.metrics.column.level": "full",
        "write.parquet.bloom-filter-enabled.column.level": "true",
        "write.parquet.bloom-filter-enabled.column.gone": "true",
        "write.metadata.metrics.column.at": "counts", "owner": "ops",
        "schema.name-mapping.default": #"[{"field-id":3,"names":["level","lvl"]}]"#,
      ].filter { !$0.key.hasSuffix("gone") })
    var change = SchemaChange()
    change.rename("level", to: "severity")
    change.delete("at")
    change.addColumn("n", .int)
    metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 2_000_000)
    #expect(metadata.properties["write.metadata.metrics.column.severity"] == "full")
    #expect(metadata.properties["write.parquet.bloom-filter-enabled.column.severity"] == "true")
    #expect(metadata.properties.keys.filter { $0.hasSuffix(".level") || $0.hasSuffix(".at") } == [])
    #expect(metadata.properties["owner"] == "ops")
    let mapping = try NameMapping(
      parsing: try #require(metadata.properties["schema.name-mapping.default"]))
    // The new column is mapped, those that were not stay so.
    #expect(mapping.fields.map(\.id) == [3, 4])
    #expect(mapping.field(id: 3)?.names == ["level", "lvl", "severity"])
  }

  @Test("a change that changes nothing is no update, and a schema that was there is not made twice")
  func nothingNew() throws {
    var metadata = try SampleMetadata.table()
    var change = SchemaChange()
    change.makeOptional("level")
    change.widen("id", to: .long)
    change.setDoc("id", nil)
    #expect(try change.updates(on: metadata) == [])
    var doc = SchemaChange()
    doc.setDoc("id", "key")
    metadata = try metadata.applying(doc.updates(on: metadata), timestampMillis: 2_000_000)
    #expect(metadata.currentSchemaID == 1)
    var undo = SchemaChange()
    undo.setDoc("id", nil)
    metadata = try metadata.applying(undo.updates(on: metadata), timestampMillis: 2_000_000)
    #expect(metadata.currentSchemaID == 0)
    #expect(metadata.schemas.count == 2)
  }

  @Test("columns that writers partition or sort by cannot be deleted")
  func layout() throws {
    var metadata = try SampleMetadata.table()
    var partitioning = PartitionChange()
    partitioning.add(.day("at"))
    var order = SortOrderChange()
    order.replace(with: .ascending("level"))
    let updates = try partitioning.updates(on: metadata) + order.updates(on: metadata)
    metadata = try metadata.applying(updates, timestampMillis: 2_000_000)
    for (column, text) in [("at", "partition field 'at_day'"), ("level", "sorted by it")] {
      var change = SchemaChange()
      change.delete(column)
      let error = try #require(thrown { _ = try change.updates(on: metadata) })
      #expect(error.code == .invalidArgument)
      #expect(error.message.contains(text), "\(error)")
    }
    var unpartitioned = PartitionChange()
    unpartitioned.replaceAll(with: [])
    metadata = try metadata.applying(
      unpartitioned.updates(on: metadata), timestampMillis: 3_000_000)
    #expect(metadata.defaultPartitionSpec.fields == [])
    var change = SchemaChange()
    change.delete("at")
    metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 4_000_000)
    #expect(metadata.currentSchema.field(named: "at") == nil)
  }
}
