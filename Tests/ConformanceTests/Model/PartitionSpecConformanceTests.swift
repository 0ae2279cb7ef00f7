import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// The cases of partition evolution that are rules of specs; the updates are the table's.
@Suite(.needsSharedFiles) struct PartitionSpecConformanceTests {
  static let schema = Schema([
    .required("id", .long, id: 1), .required("ts", .timestamptz, id: 2),
    .required("another_ts", .timestamptz, id: 3), .required("d", .date, id: 4),
    .required("s", .string, id: 6), .required("variant", .variant, id: 7),
    .required("geometry", .geometry(crs: nil), id: 8),
    .required("geography", .geography(crs: nil, algorithm: nil), id: 9),
    .required("MyStruct", .struct([.required("id", .long, id: 11)]), id: 10),
    .required(
      "Outer", .struct([.required("Inner", .struct([.required("id", .int, id: 14)]), id: 13)]),
      id: 12),
    .required("data", .string, id: 15),
  ])

  /// The term of a text such as `bucket[4](ts) as another_ts`.
  static func term(_ text: String) throws -> PartitionTerm {
    let parts = text.split(separator: ")", maxSplits: 1)
    let call = parts[0].split(separator: "(")
    let term = PartitionTerm(try Transform(String(call[0])), String(call[1]))
    guard parts.count == 2 else { return term }
    return term.named(String(parts[1].dropFirst(" as ".count)))
  }

  static func terms(of item: JSONObject) throws -> [PartitionTerm] {
    try CorpusValue.array("fields", of: item).compactMap {
      if case .string(let text) = $0 { try term(text) } else { nil }
    }
  }

  @Test("a new spec is refused for names that collide and for columns that do not fit")
  func validation() throws {
    try ExpectedValues("partition-evolution").run("builder_validation") { item in
      let terms = try Self.terms(of: item)
      if try CorpusValue.bool("allowed", of: item) {
        let spec = try PartitionSpec(terms, schema: Self.schema)
        try #require(spec.fields.count == terms.count)
      } else {
        #expect(throws: IcebergError.self, "\(item)") {
          try PartitionSpec(terms, schema: Self.schema)
        }
      }
    }
  }

  @Test("field ids count from 1000, or from the last one given")
  func fieldIDs() throws {
    try ExpectedValues("partition-evolution").run("field_id_assignment") { item in
      let assigned = try CorpusValue.array("assigned", of: item)
      let explicit = try CorpusValue.array("explicit_ids", of: item)
      let terms = try Self.terms(of: item)
      guard explicit.allSatisfy({ $0 == .null }) else {
        // Ids are given out by the table here: what counts is the highest one.
        let fields = zip(terms, assigned).compactMap { term, id -> PartitionField? in
          guard case .integer(let id) = id else { return nil }
          return PartitionField(
            sourceIDs: [1], fieldID: Int(id), name: term.column, transform: term.transform)
        }
        try #require(
          PartitionSpec(fields: fields).highestFieldID
            == (try CorpusValue.int("last_assigned", of: item)))
        return
      }
      let spec = try PartitionSpec(terms, schema: Self.schema)
      try #require(spec.fields.map { .integer(Int64($0.fieldID)) } == assigned)
      try #require(spec.highestFieldID == (try CorpusValue.int("last_assigned", of: item)))
    }
  }

  @Test("partition fields are named after their columns")
  func names() throws {
    try ExpectedValues("partition-evolution").run("default_names") { item in
      let column = try CorpusValue.string("column", of: item)
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let name = try CorpusValue.string("name", of: item)
      let term = PartitionTerm(transform, column)
      if item["context"] == "added by spec update" {
        try #require(term.defaultNameWhenAdded(column: column) == name)
      } else {
        let spec = try PartitionSpec([term], schema: Self.schema)
        try #require(spec.fields[0].name == name)
      }
    }
  }
}
