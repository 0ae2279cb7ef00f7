package import IcebergBytes
import Testing

/// One file of expected values from `corpus/expected` of the shared files: groups of cases, each a
/// JSON object.
package struct ExpectedValues: Sendable {
  /// The name of the file, without `.json`.
  package let name: String
  /// The groups in their order; a file whose cases are one list has one group, called `cases`.
  package let groups: [(name: String, cases: [JSONObject])]

  /// The cases of `corpus/expected/<name>.json`.
  package init(_ name: String) throws {
    self.name = name
    let file = try JSONValue(parsing: SharedFiles.bytes("corpus/expected/\(name).json"))
    guard case .object(let object) = file, let cases = object["cases"] else {
      throw UnexpectedForm(place: name)
    }
    switch cases {
    case .object(let groups):
      self.groups = try groups.members.map { ($0.name, try Self.cases($0.value, of: name)) }
    default:
      groups = [("cases", try Self.cases(cases, of: name))]
    }
  }

  private static func cases(_ value: JSONValue, of name: String) throws -> [JSONObject] {
    guard case .array(let elements) = value else { throw UnexpectedForm(place: name) }
    return try elements.map { element in
      guard case .object(let object) = element else { throw UnexpectedForm(place: name) }
      return object
    }
  }

  /// Runs `body` on every case of a group, or on those of one `kind` and those that `isIncluded`
  /// chooses, and prints how many there were.
  /// Cases are named `file/group/index`, in failures and among the known gaps.
  package func run(
    _ group: String, kind: String? = nil, where isIncluded: (JSONObject) -> Bool = { _ in true },
    _ body: (JSONObject) throws -> Void
  ) throws {
    let cases = try #require(groups.first { $0.name == group }, "\(name) has no group \(group)")
      .cases
    var count = 0
    for (index, item) in cases.enumerated()
    where (kind == nil || item["kind"] == kind.map(JSONValue.string)) && isIncluded(item) {
      count += 1
      let label = "\(name)/\(group)/\(index)"
      KnownGaps.run(label) {
        do {
          try body(item)
        } catch {
          print("\(label): \(JSONValue.object(item).serialized().utf8String ?? "")")
          throw error
        }
      }
    }
    #expect(count > 0, "no case of \(name)/\(group) was run")
    print("\(name)/\(kind ?? group): \(count) of \(cases.count) cases run")
  }

  /// As ``run(_:kind:where:_:)``, for cases that wait.
  package func run(
    _ group: String, _ body: (JSONObject) async throws -> Void
  ) async throws {
    let cases = try #require(groups.first { $0.name == group }, "\(name) has no group \(group)")
      .cases
    for (index, item) in cases.enumerated() {
      let label = "\(name)/\(group)/\(index)"
      await KnownGaps.run(label) {
        do {
          try await body(item)
        } catch {
          print("\(label): \(JSONValue.object(item).serialized().utf8String ?? "")")
          throw error
        }
      }
    }
    #expect(!cases.isEmpty, "no case of \(name)/\(group) was run")
    print("\(name)/\(group): \(cases.count) cases run")
  }

  /// A file that is not of the form of these files.
  package struct UnexpectedForm: Error {
    /// Where.
    package let place: String
  }
}
