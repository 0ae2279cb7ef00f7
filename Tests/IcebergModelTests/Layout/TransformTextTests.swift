import IcebergModel
import Testing

@Suite struct TransformTextTests {
  @Test(
    "a transform is written as its text and read from it",
    arguments: [
      ("identity", .identity), ("bucket[16]", .bucket(count: 16)),
      ("truncate[4]", .truncate(width: 4)), ("year", .year), ("month", .month), ("day", .day),
      ("hour", .hour), ("void", .void), ("zorder[2]", .unknown("zorder[2]")),
      ("bucket", .unknown("bucket")), ("bucket[x]", .unknown("bucket[x]")),
      ("bucket[-1]", .unknown("bucket[-1]")), ("bucket[1]x", .unknown("bucket[1]x")),
    ] as [(String, Transform)])
  func text(text: String, transform: Transform) throws {
    #expect(try Transform(text) == transform)
    #expect(transform.description == text)
  }

  @Test("case does not count, but that of an unknown name is kept")
  func anyCase() throws {
    #expect(try Transform("DAY") == .day)
    #expect(try Transform("Bucket[8]") == .bucket(count: 8))
    #expect(try Transform("ZOrder") == .unknown("ZOrder"))
  }

  @Test(
    "a count or width that is not positive is refused",
    arguments: [
      "bucket[0]", "truncate[0]", "bucket[2147483648]", "truncate[99999999999999999999]",
    ])
  func range(text: String) {
    #expect(throws: IcebergError.self) { try Transform(text) }
  }
}
