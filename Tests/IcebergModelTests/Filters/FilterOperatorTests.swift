import FoundationEssentials
import IcebergBytes
import IcebergModel
import Testing

@Suite struct FilterOperatorTests {
  let a = col("a") == 1
  let b = col("b") == 2
  let c = col("c") == 3

  @Test("`&&` and `||` make flat lists")
  func flat() {
    #expect((a && b && c) == .and([a, b, c]))
    #expect((a && (b && c)) == .and([a, b, c]))
    #expect((a || b || c) == .or([a, b, c]))
    #expect((a && b || c) == .or([.and([a, b]), c]))
  }

  @Test("constants vanish")
  func constants() {
    #expect((a && .all) == a)
    #expect((a && .none) == Filter.none)
    #expect((.all || a) == Filter.all)
    #expect((.none || a) == a)
    #expect(!Filter.all == Filter.none)
    #expect(!(!(a && b)) == (a && b))
  }

  @Test("`!` gives the opposite test where there is one")
  func opposites() {
    #expect(!col("a").isNull == .test(Filter.Term("a"), .notNull))
    #expect(!a == (col("a") != 1))
    #expect(!(col("a") < 1) == .not(col("a") < 1))
    #expect(!(!(col("a") < 1)) == (col("a") < 1))
  }

  @Test("values of Swift's types are constants")
  func values() throws {
    let uuid = try #require(UUID(uuidString: "f79c3e09-677c-4bbd-a479-3f349cb785e7"))
    #expect(uuid.literal.text == "f79c3e09-677c-4bbd-a479-3f349cb785e7")
    #expect(5.literal == .long(5))
    #expect("abc".prefix(2).literal == .string("ab"))
    #expect(true.literal == .boolean(true))
    #expect(Bytes([1]).literal == .binary([1]))
  }
}
