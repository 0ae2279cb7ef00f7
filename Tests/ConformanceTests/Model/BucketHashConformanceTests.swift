import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite(.needsSharedFiles) struct BucketHashConformanceTests {
  @Test("values hash to the numbers of Appendix B")
  func hash() throws {
    try ExpectedValues("bucket-hash").run("hash") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      let expected = Int32(try CorpusValue.int("hash", of: item))
      let value = try CorpusValue.literal(CorpusValue.member("value", of: item), type)
      try #require(value?.bucketHash == expected)
      if case .array(let patterns)? = item["bit_patterns_float"] {
        for case .string(let hex) in patterns {
          let bits = try #require(UInt32(hex.dropFirst(2), radix: 16))
          try #require(Literal.float(Float(bitPattern: bits)).bucketHash == expected)
        }
      }
      if case .array(let patterns)? = item["bit_patterns_double"] {
        for case .string(let hex) in patterns {
          let bits = try #require(UInt64(hex.dropFirst(2), radix: 16))
          try #require(Literal.double(Double(bitPattern: bits)).bucketHash == expected)
        }
      }
    }
  }

  @Test("values fall into the buckets of other implementations")
  func bucket() throws {
    try ExpectedValues("bucket-hash").run("bucket") { item in
      let type = try CorpusValue.type(CorpusValue.member("type", of: item))
      let transform = try Transform(CorpusValue.string("transform", of: item))
      let value = try CorpusValue.literal(CorpusValue.member("value", of: item), type)
      let expected = Int32(try CorpusValue.int("expected", of: item))
      try #require(try transform.apply(to: value) == .int(expected))
    }
  }

  @Test("every group of cases is run")
  func groups() throws {
    #expect(try ExpectedValues("bucket-hash").groups.map(\.name) == ["hash", "bucket"])
  }
}
