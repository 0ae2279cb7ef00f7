import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct TransformConformanceTests {
  static func expected(_ transform: Transform, _ type: FieldType, _ json: JSONValue) throws
    -> Literal?
  {
    try CorpusValue.literal(json, transform.resultType(for: type))
  }

  @Test("truncate and time transforms give the values of other implementations")
  func apply() throws {
    let file = try ExpectedValues("transforms")
    for group in ["truncate", "date_time"] {
      try file.run(group) { item in
        let text = try CorpusValue.string("transform", of: item)
        if item["error"] != nil {
          // A width that is not positive is no transform that is known.
          try #require(try Transform(text) == .unknown(text))
          return
        }
        let transform = try Transform(text)
        let type = try CorpusValue.type(CorpusValue.member("type", of: item))
        let value = try CorpusValue.literal(CorpusValue.member("value", of: item), type)
        let expected = try Self.expected(
          transform, type, CorpusValue.member("expected", of: item))
        try #require(try transform.apply(to: value) == expected)
      }
    }
  }

  @Test("results are written for people as the reference implementation writes them")
  func texts() throws {
    try ExpectedValues("transforms").run("human_string") { item in
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let result: Literal?
      if let ordinal = item["ordinal"] {
        result = try Self.expected(transform, .date, ordinal)
      } else {
        let type = try CorpusValue.type(CorpusValue.member("type", of: item))
        result = try transform.apply(
          to: CorpusValue.literal(CorpusValue.member("value", of: item), type))
      }
      try #require(transform.text(of: result) == (try CorpusValue.string("expected", of: item)))
    }
  }

  @Test("an order by a fine unit is an order by a coarse one")
  func order() throws {
    try ExpectedValues("transforms").run("satisfies_order_of") { item in
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let other = try Transform(CorpusValue.string("other", of: item))
      try #require(
        transform.satisfiesOrder(of: other, for: .timestamp)
          == (try CorpusValue.bool("satisfies_order_of", of: item)))
    }
  }

  @Test("a transform applies to the types of other implementations, with their result types")
  func types() throws {
    let file = try ExpectedValues("transforms")
    try file.run("result_type") { item in
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let source = try CorpusValue.type(CorpusValue.member("source_type", of: item))
      let result = try CorpusValue.type(CorpusValue.member("result_type", of: item))
      try #require(transform.canBeApplied(to: source))
      try #require(transform.resultType(for: source) == result)
    }
    try file.run("applicability") { item in
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      try #require(transform.canBeApplied(to: type) == (try CorpusValue.bool("allowed", of: item)))
    }
  }

  @Test("null stays null")
  func null() throws {
    try ExpectedValues("transforms").run("null_input") { item in
      let transform = try Transform(CorpusValue.string("transform", of: item))
      try #require(try transform.apply(to: nil) == nil)
    }
  }

  @Test("every group of cases is run")
  func groups() throws {
    #expect(
      try Set(ExpectedValues("transforms").groups.map(\.name)) == [
        "truncate", "date_time", "human_string", "satisfies_order_of", "result_type",
        "applicability", "null_input",
      ])
  }

  @Test("every transform of every type gives what Java gives, and its text")
  func java() throws {
    let file = try JSONValue(
      parsing: SharedFiles.bytes("golden-java/v2_transforms/transforms.json"))
    guard case .array(let cases) = file else { throw CorpusValue.Malformed(what: "transforms") }
    for (index, element) in cases.enumerated() {
      guard case .object(let item) = element else { continue }
      KnownGaps.run("java-transforms/\(index)") {
        let transform = try Transform(CorpusValue.string("transform", of: item))
        let type = try CorpusValue.type(CorpusValue.member("type", of: item))
        let source = try CorpusValue.literal(CorpusValue.member("source", of: item), type)
        let resultType = try CorpusValue.type(CorpusValue.member("result-type", of: item))
        let result = try transform.apply(to: source)
        try #require(transform.resultType(for: type) == resultType)
        let expected = try CorpusValue.member("result", of: item)
        if case (.decimal, .string(let text)) = (resultType, expected) {
          // A truncated decimal may have a digit more than its type.
          try #require(result?.text == text, "\(item)")
        } else {
          try #require(result == (try CorpusValue.literal(expected, resultType)), "\(item)")
        }
        try #require(
          transform.text(of: result) == (try CorpusValue.string("human", of: item)), "\(item)")
      }
    }
    print("java-transforms: \(cases.count) cases run")
  }
}
