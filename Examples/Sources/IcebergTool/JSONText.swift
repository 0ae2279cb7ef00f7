import Iceberg

/// JSON as the tool prints it.
enum JSONText {
  /// One value on one line.
  static func line(_ value: JSONValue) -> String {
    (value.serialized().utf8String ?? "") + "\n"
  }

  /// A number that may be missing.
  static func number(_ value: Int64?) -> JSONValue { value.map { .integer($0) } ?? .null }

  /// A number that may be missing.
  static func number(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }

  /// A text that may be missing.
  static func string(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }

  /// An object of texts, by key.
  static func object(_ values: [String: String]) -> JSONValue {
    .object(
      JSONObject(
        values.sorted { $0.key < $1.key }.map { JSONObject.Member($0.key, .string($0.value)) }))
  }
}
