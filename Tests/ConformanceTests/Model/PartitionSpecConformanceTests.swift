import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// The cases of partition evolution: which specs there may be, and what the steps of a change do.
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

  static let evolving = Schema([
    .required("id", .long, id: 1), .required("ts", .timestamptz, id: 2),
    .required("category", .string, id: 3), .optional("data", .string, id: 4),
  ])

  @Test("partition fields are added, removed and renamed, void in v1", arguments: [1, 2])
  func updates(version: Int) throws {
    try ExpectedValues("partition-evolution").run("updates") { item in
      var fields: [PartitionField] = []
      if case .array(let start)? = item["start"] {
        fields = try start.map { try Self.field($0) }
      }
      var metadata = try TableMetadata.new(
        schema: Self.evolving, partitionSpec: PartitionSpec(fields: fields), location: "file:/t",
        properties: ["format-version": "\(version)"],
        tableUUID: "9c12d441-03fe-4693-9a96-a0705ddf69c1", timestampMillis: 1)
      let isAllowed = try CorpusValue.bool("allowed", of: item)
      do {
        var change = PartitionChange()
        for case .array(let action) in try CorpusValue.array("actions", of: item) {
          if action == ["NEXT UPDATE"] {
            metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 2)
            change = PartitionChange()
          } else {
            try Self.record(action, in: &change)
          }
        }
        metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 2)
      } catch let error as IcebergError {
        try #require(!isAllowed, "\(error)")
        return
      }
      try #require(isAllowed)
      let found = metadata.defaultPartitionSpec.fields
      guard case .array(let expected)? = item["expected_v\(version)"] else {
        // Told in words: two fields that are void, and the new one.
        try #require(found.map(\.transform) == [.void, .void, .month])
        try #require(found.map(\.name) == ["ts_date_1000", "ts_date_1001", "ts_date"])
        return
      }
      try #require(found.count == expected.count)
      for (field, value) in zip(found, expected) {
        let wanted = try Self.field(value)
        try #require(field.name == wanted.name)
        try #require(field.transform == wanted.transform)
        try #require(field.sourceIDs == wanted.sourceIDs)
        if wanted.fieldID != 0 { try #require(field.fieldID == wanted.fieldID) }
      }
    }
  }

  /// `["shard", "bucket[16](id)", 1002]`; an identity field is called as its column.
  private static func field(_ value: JSONValue) throws -> PartitionField {
    guard case .array(let parts) = value, parts.count == 3, case .string(let name) = parts[0],
      case .string(let text) = parts[1]
    else { throw CorpusValue.Malformed(what: "\(value)") }
    let term = text == "identity" ? PartitionTerm(.identity, name) : try term(text)
    var id: Int64 = 0
    if case .integer(let given) = parts[2] { id = given }
    let source = try #require(evolving.field(named: term.column)).id
    return PartitionField(
      sourceIDs: [source], fieldID: Int(id), name: name, transform: term.transform)
  }

  private static func record(_ action: [JSONValue], in change: inout PartitionChange) throws {
    let words = action.compactMap { if case .string(let word) = $0 { word } else { nil } }
    switch (words[0], words.count) {
    case ("add", 2): change.add(try updateTerm(words[1]))
    case ("add", 3): change.add(try updateTerm(words[2]).named(words[1]))
    case ("remove", _) where words[1].contains("("): change.remove(try updateTerm(words[1]))
    case ("remove", _): change.remove(words[1])
    case ("rename", _): change.rename(words[1], to: words[2])
    default: throw CorpusValue.Malformed(what: "\(action)")
    }
  }

  /// `category`, `ref(category)`, `year(ts)` or `bucket(16,id)`.
  private static func updateTerm(_ text: String) throws -> PartitionTerm {
    let parts = text.dropLast(text.hasSuffix(")") ? 1 : 0).split { "(,".contains($0) }.map(
      String.init)
    switch parts.count {
    case 1: return PartitionTerm(.identity, text)
    case 2 where parts[0] == "ref": return PartitionTerm(.identity, parts[1])
    case 2: return PartitionTerm(try Transform(parts[0]), parts[1])
    default: return PartitionTerm(try Transform("\(parts[0])[\(parts[1])]"), parts[2])
    }
  }
}
