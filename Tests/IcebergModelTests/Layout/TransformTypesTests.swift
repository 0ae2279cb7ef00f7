import IcebergModel
import Testing

@Suite struct TransformTypesTests {
  @Test("truncated text in order is in the order of a shorter width, and a number of its multiples")
  func truncateOrder() {
    let ten = Transform.truncate(width: 10)
    let five = Transform.truncate(width: 5)
    #expect(ten.satisfiesOrder(of: five, for: .string))
    #expect(!five.satisfiesOrder(of: ten, for: .string))
    #expect(five.satisfiesOrder(of: ten, for: .int))
    #expect(!ten.satisfiesOrder(of: five, for: .int))
    #expect(Transform.identity.satisfiesOrder(of: .day, for: .date))
    #expect(!Transform.identity.satisfiesOrder(of: .bucket(count: 4), for: .date))
  }

  @Test("a result type is known where the source is gone, if the transform tells it")
  func dropped() {
    #expect(Transform.bucket(count: 4).resultType(for: .unknown) == .int)
    #expect(Transform.day.resultType(for: .unknown) == .date)
    #expect(Transform.identity.resultType(for: .unknown) == .unknown)
    #expect(Transform.unknown("x").resultType(for: .long) == .string)
  }

  @Test("a promoted column keeps its partitions, or must not be promoted")
  func promotion() {
    #expect(Transform.truncate(width: 4).isUnchanged(byPromoting: .int, to: .long))
    #expect(Transform.day.isUnchanged(byPromoting: .date, to: .timestamp))
    #expect(!Transform.bucket(count: 4).isUnchanged(byPromoting: .date, to: .timestamp))
    #expect(!Transform.unknown("x").isUnchanged(byPromoting: .int, to: .long))
  }
}
