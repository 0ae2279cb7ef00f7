import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct SchemaPropertyTests {
  @Test("every schema comes back from its JSON text, and has an Avro form")
  func roundTrip() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 300, long: 30_000) {
      let schema = random.schema()
      let text = try schema.json().serialized()
      try #require(try Schema(json: JSONValue(parsing: text)) == schema)
      _ = try AvroSchema(schema, name: "table")
    }
  }

  @Test("a selection by ids holds the ids and what is around and inside them, and no more")
  func selection() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 300, long: 30_000) {
      let schema = random.schema()
      let index = schema.index
      let wanted = Set(index.fields.map(\.id).filter { _ in Bool.random(using: &random) })
      let selected = schema.selecting(ids: wanted).fieldIDs
      try #require(wanted.isSubset(of: selected))
      for id in selected {
        let isInside = index.parents(of: id).contains { wanted.contains($0.id) }
        let isAround = wanted.contains { index.parents(of: $0).contains { $0.id == id } }
        // A map's key and value go together.
        let isInMap = index.parents(of: id).contains {
          if case .map = $0.type { true } else { false }
        }
        try #require(wanted.contains(id) || isInside || isAround || isInMap)
      }
    }
  }

  @Test("a name mapping of a schema finds every field under its path")
  func nameMapping() throws {
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 100, long: 10_000) {
      let schema = random.schema()
      let mapping = NameMapping(schema)
      try #require(try NameMapping(json: mapping.json) == mapping)
      let index = schema.index
      for field in index.fields {
        let path = index.parents(of: field.id).reversed().map(\.name) + [field.name]
        try #require(mapping.field(at: path)?.id == field.id)
      }
      try #require(mapping.updated(for: schema) == mapping)
    }
  }
}
