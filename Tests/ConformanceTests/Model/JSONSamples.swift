import IcebergBytes
import IcebergTestSupport
import Testing

/// Documents from the unit tests of other implementations.
enum JSONSamples {
  /// Runs `rewrite` on every document of a kind, and `check` on what comes of it.
  ///
  /// A document is called by its kind, the test that it is from, and its how-manieth one of the kind. One
  /// that is named in `refused` has to be refused, in a message that says what stands there.
  static func run<Result>(
    kind: String, refused: [String: String], _ rewrite: (JSONValue) throws -> Result,
    check: (_ label: String, _ json: JSONValue, _ result: Result) throws -> Void
  ) throws {
    var seen: [String: Int] = [:]
    var refusals: Set<String> = []
    try ExpectedValues("json-samples").run("cases", kind: kind) { item in
      let test = "\(kind) \(try CorpusValue.string("test", of: item))"
      seen[test, default: 0] += 1
      let label = "\(test) \(seen[test] ?? 0)"
      let json = try CorpusValue.member("json", of: item)
      guard let message = refused[label] else { return try check(label, json, try rewrite(json)) }
      refusals.insert(label)
      let error = #expect(throws: (any Error).self, "\(label)") { _ = try rewrite(json) }
      #expect("\(error, default: "")".contains(message), "\(label)")
    }
    #expect(refusals == Set(refused.keys.filter { $0.hasPrefix(kind + " ") }))
  }
}
