import Iceberg

/// Variants, and the JSON that each stands for.
enum VariantSamples {
  /// The JSON of the variants. Numbers with fractions are not among them: engines differ in how they
  /// show those.
  static let values: [JSONValue] = [
    .null, true, false, 0, -1, 127, 128, 32_768, -2_147_483_649, 9_007_199_254_740_991, "", "text",
    "a text of more than sixty-three bytes, which has another form within a variant than short ones",
    "日本語🧊", [], [1, "two", nil, [3]], [:], ["b": 1, "a": ["deep": [true, ["x": "y"]]], "ü": nil],
  ]

  /// The variant of each of ``values``.
  static func literals() throws -> [Literal] {
    try values.map { value in
      let (metadata, bytes) = try Variant(json: value).encoded()
      return .variant(metadata: metadata, value: bytes)
    }
  }

  /// The JSON that a variant of ``literals()`` was made from.
  static func json(of literal: Literal) -> JSONValue? {
    guard let index = try? literals().firstIndex(of: literal) else { return nil }
    return sorted(values[index])
  }

  /// Objects with their members in the order of a variant's: by name.
  private static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(
        JSONObject(
          object.members
            .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { JSONObject.Member($0.name, sorted($0.value)) }))
    case .array(let elements): .array(elements.map(sorted))
    default: value
    }
  }
}
