import IcebergBytes
import IcebergColumns
import IcebergTestSupport
import Testing

@Suite struct ColumnTests {
  static let unsound: [Column] = [
    Column(.int([1, 2]), count: 3),
    Column(.boolean(Bitmap([true])), count: 2),
    Column(.int([1, 2]), validity: Bitmap([true]), count: 2),
    Column(.bytes(offsets: [0, 2], data: [1]), count: 1),
    Column(.bytes(offsets: [1, 2], data: [1, 2]), count: 1),
    Column(.bytes(offsets: [0, 2, 1, 3], data: [1, 2, 3]), count: 3),
    Column(.bytes(offsets: [], data: []), count: 0),
    Column(.fixed(width: 3, data: [1, 2]), count: 1),
    Column(.fixed(width: .max, data: [1, 2]), count: 2),
    Column(.list(offsets: [0, 1], element: Column(.int([]), count: 0)), count: 1),
    Column(
      .map(
        offsets: [0, 1], key: Column(.int([0]), validity: Bitmap([false]), count: 1),
        value: Column(.int([0]), count: 1)), count: 1),
    Column(.struct([Column(.int([1]), count: 1)]), count: 2),
    Column(.struct([Column(.int([1]), count: 2)]), count: 2),
  ]

  @Test("arrays that do not fit each other are found", arguments: unsound)
  func unsoundColumns(column: Column) {
    #expect(throws: FormatError.self) { try column.validate() }
  }

  @Test("a column of nulls is sound and of its kind")
  func nulls() throws {
    var random = SeededRandom()
    for _ in 0..<100 {
      let kind = random.columnKind(depth: 3)
      for count in [0, 1, 70] {
        let column = Column(nulls: kind, count: count)
        try column.validate()
        #expect(column.kind == kind)
        #expect(column.nullCount == count)
      }
    }
    #expect(Column(nulls: .null, count: 3).nullCount == 3)
  }

  @Test("rows are equal whatever lies in the slots of nulls, and NaN is equal to itself")
  func sameRows() {
    let plain = Column(.double([.nan, -0.0, 1]), validity: Bitmap([true, true, false]), count: 3)
    let other = Column(.double([.nan, -0.0, 2]), validity: Bitmap([true, true, false]), count: 3)
    let zero = Column(.double([.nan, 0.0, 2]), validity: Bitmap([true, true, false]), count: 3)
    #expect(plain.hasSameRows(as: other))
    #expect(!plain.hasSameRows(as: zero))
  }
}
