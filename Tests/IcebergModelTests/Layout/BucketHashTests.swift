import IcebergBytes
import IcebergModel
import Testing

@Suite struct BucketHashTests {
  static let vectors: [(value: Literal, hash: Int32)] = [
    (.int(34), 2_017_239_379), (.long(34), 2_017_239_379),
    (.decimal(unscaled: 1_420, scale: 2), -500_754_589), (.date(17_486), -653_330_422),
    (.time(81_068_000_000), -662_762_989), (.timestamp(1_510_871_468_000_000), -2_047_944_441),
    (.timestamptz(1_510_871_468_000_001), -1_207_196_810),
    (.timestampNanos(1_510_871_468_000_001_001), -1_207_196_810),
    (.string("iceberg"), 1_210_000_089), (.binary([0, 1, 2, 3]), -188_683_207),
    (.fixed([0, 1, 2, 3]), -188_683_207), (.boolean(true), 1_392_991_556),
    (.float(1), -142_385_009), (.double(1), -142_385_009), (.double(-0.0), 1_669_671_676),
  ]

  @Test("hashes the values of Appendix B", arguments: vectors)
  func hash(value: Literal, expected: Int32) {
    #expect(value.bucketHash == expected)
  }

  @Test("nanoseconds before 1970 hash as the microsecond that they are in")
  func floor() {
    #expect(Literal.timestampNanos(-1).bucketHash == Literal.timestamp(-1).bucketHash)
  }
}
