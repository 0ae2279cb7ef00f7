import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TransformBatchTests {
  /// Values of one type as a batch.
  static func batch(_ values: [Literal], _ type: FieldType) -> Transform.Batch? {
    switch type {
    case .boolean: .boolean(values.compactMap { if case .boolean(let v) = $0 { v } else { nil } })
    case .int: .int(values.compactMap { if case .int(let v) = $0 { v } else { nil } })
    case .date: .int(values.compactMap { if case .date(let v) = $0 { v } else { nil } })
    case .float: .float(values.compactMap { if case .float(let v) = $0 { v } else { nil } })
    case .double: .double(values.compactMap { if case .double(let v) = $0 { v } else { nil } })
    case .decimal:
      .decimal(values.compactMap { if case .decimal(let v, _) = $0 { v } else { nil } })
    case .string, .binary: runs(values)
    case .uuid: .fixed(width: 16, data: runs(values).data)
    case .fixed(let width): .fixed(width: width, data: runs(values).data)
    default:
      .long(
        values.compactMap {
          switch $0 {
          case .long(let v), .time(let v), .timestamp(let v), .timestamptz(let v),
            .timestampNanos(let v), .timestamptzNanos(let v):
            v
          default: nil
          }
        })
    }
  }

  private static func runs(_ values: [Literal]) -> Transform.Batch {
    var offsets: [Int32] = [0]
    var data: [UInt8] = []
    for value in values {
      data += (try? value.singleValueBytes().array) ?? []
      offsets.append(Int32(data.count))
    }
    return .bytes(offsets: offsets, data: data)
  }

  @Test("a batch has the results of its values, one for one")
  func equivalence() throws {
    var random = SeededRandom()
    // NaN is not equal to itself in an array of numbers.
    for type in TransformApplyTests.types where type != .float && type != .double {
      for transform in TransformApplyTests.transforms where transform != .void {
        let values = (0..<LongTests.rounds(quick: 100, long: 2_000)).map { _ in
          random.literal(of: type)
        }
        let batch = try #require(Self.batch(values, type))
        guard transform.canBeApplied(to: type) else {
          #expect(throws: IcebergError.self) { try transform.apply(to: batch, of: type) }
          continue
        }
        let results = try values.compactMap { try transform.apply(to: $0) }
        let expected = try #require(Self.batch(results, transform.resultType(for: type)))
        try #require(try transform.apply(to: batch, of: type) == expected, "\(transform) \(type)")
      }
    }
  }

  @Test("offsets beyond the data are refused")
  func unsound() {
    let batch = Transform.Batch.bytes(offsets: [0, 5], data: [1, 2])
    #expect(throws: IcebergError.self) {
      try Transform.bucket(count: 4).apply(to: batch, of: .string)
    }
    #expect(throws: IcebergError.self) {
      try Transform.truncate(width: 4).apply(to: batch, of: .binary)
    }
  }
}

extension Transform.Batch {
  fileprivate var data: [UInt8] {
    if case .bytes(_, let data) = self { data } else { [] }
  }
}
