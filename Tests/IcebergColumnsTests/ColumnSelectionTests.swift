import IcebergBytes
import IcebergColumns
import IcebergTestSupport
import Testing

@Suite struct ColumnSelectionTests {
  @Test("slice, keep, take and concatenate pick the rows they name, at every kind")
  func selections() throws {
    var random = SeededRandom()
    for _ in 0..<300 {
      let count = Int.random(in: 0...90, using: &random)
      let nulls = Bool.random(using: &random) ? 0.3 : 0
      let column = random.column(random.columnKind(), count: count, nulls: nulls)
      try column.validate()
      let rows = (0..<count).map { column.value(at: $0) }

      let from = Int.random(in: 0...count, using: &random)
      let to = Int.random(in: from...count, using: &random)
      try expect(column.slice(from..<to), Array(rows[from..<to]))

      let density = Double.random(in: 0...1, using: &random)
      let flags = rows.map { _ in Double.random(in: 0..<1, using: &random) < density }
      try expect(
        column.keep(where: Bitmap(flags)), zip(rows, flags).filter { $0.1 }.map { $0.0 })

      let indices = (0..<30).compactMap { _ in rows.indices.randomElement(using: &random) }
      try expect(column.take(indices), indices.map { rows[$0] })

      let parts = [column.slice(0..<from), column.slice(from..<to), column.slice(to..<count)]
      let joined = try #require(try Column.concatenate(parts))
      try joined.validate()
      #expect(joined.hasSameRows(as: column))
      #expect(joined.kind == column.kind)
    }
  }

  private func expect(_ column: Column, _ rows: [Column.Value]) throws {
    try column.validate()
    #expect(column.count == rows.count)
    // Descriptions, because NaN is not equal to itself.
    #expect("\((0..<column.count).map { column.value(at: $0) })" == "\(rows)")
  }

  @Test("a column that lost its nulls says so")
  func idleValidity() {
    let column = Column(.int([1, 0]), validity: Bitmap([true, false]), count: 2)
    #expect(column.slice(0..<1).validity == nil)
    #expect(column.take([0, 0]) == Column(.int([1, 1]), count: 2))
  }

  @Test("no columns make no column")
  func nothing() throws {
    #expect(try Column.concatenate([]) == nil)
    #expect(try RecordBatch.concatenate([]) == nil)
  }

  @Test("batches are cut and joined column by column")
  func batches() throws {
    let batch = RecordBatch(
      names: ["a", "b"],
      columns: [
        Column(.int([1, 2, 3]), count: 3),
        Column(.bytes(offsets: [0, 1, 1, 3], data: [7, 8, 9]), count: 3),
      ], rowCount: 3)
    try batch.validate()
    #expect(batch.slice(1..<3).row(0) == [.int(2), .bytes([])])
    #expect(batch.take([2, 0]).row(0) == [.int(3), .bytes([8, 9])])
    #expect(batch.keep(where: Bitmap([true, false, true])).rowCount == 2)
    let joined = try RecordBatch.concatenate([batch.slice(0..<2), batch.slice(2..<3)])
    #expect(joined == batch)
  }
}
