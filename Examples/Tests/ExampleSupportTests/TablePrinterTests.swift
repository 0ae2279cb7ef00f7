import ExampleSupport
import Testing

@Suite struct TablePrinterTests {
  @Test("columns line up, numbers at their end")
  func alignment() {
    var table = TablePrinter(["name", .number("rows")])
    table.add(["trips", "12"])
    table.add(["fares", nil])
    table.add(["x"])
    #expect(
      table.lines == [
        "name   rows",
        "-----  ----",
        "trips    12",
        "fares  null",
        "x",
      ])
  }

  @Test("ideographs and emoji take two places")
  func wide() {
    #expect(TablePrinter.width(of: "a冰🧊é") == 6)
    var table = TablePrinter(["a", "b"])
    table.add(["冰山", "1"])
    #expect(table.lines == ["a     b", "----  -", "冰山  1"])
  }

  @Test("nothing reaches the terminal that it would act on")
  func control() {
    var table = TablePrinter(["a"])
    table.add(["x\u{1B}[31m\ny"])
    #expect(table.lines.last == "x\\u{1b}[31m\\ny")
  }

  @Test("a cell that is too wide is cut and shows it")
  func cut() {
    var table = TablePrinter(["a"], maximumCellWidth: 4)
    table.add(["abcd"])
    table.add(["abcde"])
    #expect(table.lines.suffix(2) == ["abcd", "abc…"])
  }
}
