import IcebergColumns
import IcebergTestSupport
import Testing

@Suite struct ColumnBuilderTests {
  @Test("rows of each flat kind")
  func flat() throws {
    var text = ColumnBuilder(.bytes)
    text.append(utf8: "é")
    text.appendNull()
    text.append(bytes: [7])
    #expect(
      text.finish()
        == Column(
          .bytes(offsets: [0, 2, 2, 3], data: [0xc3, 0xa9, 7]),
          validity: Bitmap([true, false, true]), count: 3))
    #expect(text.finish() == Column(.bytes(offsets: [0], data: []), count: 0))

    var ids = ColumnBuilder(.fixed(width: 2))
    ids.appendNull()
    ids.append(bytes: [1, 2])
    #expect(
      ids.finish()
        == Column(
          .fixed(width: 2, data: [0, 0, 1, 2]), validity: Bitmap([false, true]), count: 2))

    var amounts = ColumnBuilder(.decimal)
    amounts.reserveCapacity(1)
    amounts.append(Int128.max)
    #expect(amounts.finish() == Column(.decimal([.max]), count: 1))
  }

  @Test("rows of lists, maps and structs are closed over their children")
  func nested() throws {
    var builder = ColumnBuilder(.struct([.list(.long), .map(key: .int, value: .boolean)]))
    builder.children[0].children[0].append(Int64(1))
    builder.children[0].children[0].appendNull()
    builder.children[0].closeRow()
    builder.children[1].appendNull()
    builder.closeRow()
    builder.appendNull()
    builder.children[0].closeRow()
    builder.children[1].children[0].append(Int32(5))
    builder.children[1].children[1].append(true)
    builder.children[1].closeRow()
    builder.closeRow()
    let column = builder.finish()
    try column.validate()
    #expect(column.value(at: 0) == .struct([.list([.long(1), .null]), .null]))
    #expect(column.value(at: 1) == .null)
    #expect(
      column.value(at: 2)
        == .struct([.list([]), .map([.init(key: .int(5), value: .boolean(true))])]))
  }
}
