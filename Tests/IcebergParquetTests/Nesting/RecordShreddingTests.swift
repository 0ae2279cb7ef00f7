import IcebergBytes
import IcebergColumns
import IcebergParquet
import Testing

@Suite struct RecordShreddingTests {
  /// The levels of each leaf of a column, and its values that are there.
  private func shred(
    _ column: Column, _ kind: Column.Kind, rows: Range<Int>? = nil
  ) throws -> [(definition: [UInt8], repetition: [UInt8], values: [Column.Value])] {
    let field = try ParquetSchema(kinds: [kind]).fields[0]
    var result: [([UInt8], [UInt8], [Column.Value])] = []
    try RecordShredding.shred(column, as: field, rows: rows ?? 0..<column.count) { leaf, records in
      let definition: [UInt8] =
        switch records.definition {
        case .complete:
          [UInt8](repeating: leaf.maximumDefinitionLevel, count: records.count)
        case .bits(let bits, let range): range.map { bits[$0] ? 1 : 0 }
        case .levels(let levels): levels
        }
      #expect(definition.count == records.count)
      result.append(
        (
          definition, records.repetition,
          records.present.flatMap { $0 }.map { records.column.value(at: $0) }
        ))
    }
    return result
  }

  @Test("a list of lists has the levels of the Dremel paper")
  func lists() throws {
    var builder = ColumnBuilder(.list(.list(.int)))
    func row(_ lists: [[Int32]?]?) {
      guard let lists else { return builder.appendNull() }
      for list in lists {
        if let list {
          for value in list { builder.children[0].children[0].append(value) }
          builder.children[0].closeRow()
        } else {
          builder.children[0].appendNull()
        }
      }
      builder.closeRow()
    }
    row([[1, 2], [3]])
    row(nil)
    row([])
    row([[], nil, [4]])
    let column = builder.finish()
    let leaf = try #require(try shred(column, .list(.list(.int))).first)
    #expect(leaf.definition == [5, 5, 5, 0, 1, 3, 2, 5])
    #expect(leaf.repetition == [0, 2, 1, 0, 0, 0, 1, 1])
    #expect(leaf.values == [.int(1), .int(2), .int(3), .int(4)])
    let part = try #require(try shred(column, .list(.list(.int)), rows: 1..<4).first)
    #expect(part.definition == [0, 1, 3, 2, 5])
    #expect(part.repetition == [0, 0, 0, 1, 1])
    #expect(part.values == [.int(4)])
  }

  @Test("the leaves of a struct share the levels above it")
  func structs() throws {
    let first = Column(.int([1, 0, 3]), validity: Bitmap([true, false, true]), count: 3)
    let second = Column(.bytes(offsets: [0, 1, 1, 2], data: [8, 9]), count: 3)
    let column = Column(
      .struct([first, second]), validity: Bitmap([true, false, true]), count: 3)
    let leaves = try shred(column, .struct([.int, .bytes]))
    #expect(leaves.map(\.definition) == [[2, 0, 2], [2, 0, 2]])
    #expect(leaves.map(\.repetition) == [[], []])
    #expect(leaves[1].values == [.bytes([8]), .bytes([9])])
  }

  @Test("elements that lie below a null list are passed over")
  func hiddenElements() throws {
    let column = Column(
      .list(offsets: [0, 2, 4], element: Column(.int([1, 2, 3, 4]), count: 4)),
      validity: Bitmap([false, true]), count: 2)
    let leaf = try #require(try shred(column, .list(.int)).first)
    #expect(leaf.definition == [0, 3, 3])
    #expect(leaf.repetition == [0, 0, 1])
    #expect(leaf.values == [.int(3), .int(4)])
  }

  @Test("keys and values of a map share their levels")
  func maps() throws {
    let column = Column(
      .map(
        offsets: [0, 2, 2],
        key: Column(.int([1, 2]), count: 2),
        value: Column(.int([0, 9]), validity: Bitmap([false, true]), count: 2)), count: 2)
    let leaves = try shred(column, .map(key: .int, value: .int))
    #expect(leaves.map(\.repetition) == [[0, 1, 0], [0, 1, 0]])
    #expect(leaves.map(\.definition) == [[2, 2, 1], [2, 3, 1]])
  }

  @Test("a column of nulls of any kind has levels of zero")
  func nulls() throws {
    let kind = Column.Kind.struct([.list(.int), .map(key: .bytes, value: .struct([.long]))])
    for column in [Column(nulls: kind, count: 2), Column(.null, count: 2)] {
      for leaf in try shred(column, kind) {
        #expect(leaf.definition == [0, 0])
        #expect(leaf.values == [])
      }
    }
  }
}
