import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct VariantConformanceTests {
  static let folder = "corpus/apache_parquet-testing/variant"
  static let shredded = "corpus/apache_parquet-testing/shredded_variant"

  /// Where the JSON of the samples says a value in another way, or only nearly.
  static let rewritten: [String: JSONValue] = [
    "primitive_float": .number("1.234568e+09"),
    "primitive_decimal16": .number("12345678912345678.90"),
    "primitive_decimal4": .number("12.34"),
    "primitive_decimal8": .number("12345678.90"),
    "primitive_timestampntz": "2025-04-16T12:34:56.78",
    "long_string": .string(
      "This string is for sure and certainly longer than 64 bytes and it also includes several non "
        + "ascii characters such as 🐢, 💖, ♥️, 🎣 and 🤦!!"),
  ]

  @Test("the samples of every type decode to their JSON, and encode to themselves")
  func samples() throws {
    let text = try SharedFiles.text("\(Self.folder)/data_dictionary.json")
    // The file ends with a comma after its last member.
    let json = try JSONValue(
      parsing: Bytes(utf8: text.replacing(",\n}", with: "\n}")))
    guard case .object(let dictionary) = json else { throw CorpusValue.Malformed(what: "json") }
    var count = 0
    for path in SharedFiles.files(under: Self.folder, suffix: ".value") {
      let name = String(path.dropFirst(Self.folder.count + 1).dropLast(".value".count))
      let metadata = try SharedFiles.bytes("\(Self.folder)/\(name).metadata")
      let value = try SharedFiles.bytes(path)
      count += 1
      KnownGaps.run("variant/\(name)") {
        let variant = try Variant(metadata: metadata, value: value)
        try #require(variant.json == Self.rewritten[name] ?? dictionary[name], "\(name)")
        let (newMetadata, newValue) = try variant.encoded()
        try #require(try Variant(metadata: newMetadata, value: newValue) == variant)
        try #require(newValue.count <= value.count)
      }
    }
    #expect(count > 0)
    print("variant: \(count) samples run")
  }

  @Test("the variants of the shredding cases decode to what Java says they are")
  func java() throws {
    let json = try JSONValue(parsing: SharedFiles.bytes("\(Self.shredded)/cases.json"))
    guard case .array(let cases) = json else { throw CorpusValue.Malformed(what: "cases") }
    var count = 0
    for case .object(let item) in cases {
      guard case .string(let file)? = item["variant_file"],
        case .string(let text)? = item["variant"]
      else { continue }
      // The set has fewer files than cases.
      guard SharedFiles.has("\(Self.shredded)/\(file)") else { continue }
      count += 1
      KnownGaps.run("shredded-variant/\(file)") {
        let bytes = try SharedFiles.bytes("\(Self.shredded)/\(file)")
        let variant = try Variant(concatenated: bytes)
        try #require(text.hasSuffix("value=\(Self.text(variant)))"), "\(text)")
        let (metadata, value) = try variant.encoded()
        try #require(try Variant(metadata: metadata, value: value) == variant)
      }
    }
    #expect(count > 0)
    print("shredded-variant: \(count) variants run")
  }

  /// The value in the words of the cases.
  static func text(_ variant: Variant) -> String {
    switch variant {
    case .array(let elements):
      return "VariantArray([\(elements.map(text).joined(separator: ", "))])"
    case .object(let members):
      let fields = members.map { "\($0.name): \(text($0.value))" }.joined(separator: ", ")
      return "VariantObject(fields={\(fields)})"
    case .binary(let bytes):
      return "Variant(type=BINARY, value=\(bytes.hexText.uppercased()))"
    default:
      let value: String
      switch variant.json {
      case .string(let text), .number(let text): value = text
      case .integer(let number): value = "\(number)"
      case .bool(let bool): value = "\(bool)"
      default: value = "null"
      }
      return "Variant(type=\(variant.typeName.uppercased()), value=\(value))"
    }
  }
}
