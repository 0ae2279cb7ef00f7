import Iceberg
import Testing

@Suite struct TaskPackingTests {
  private static let packing = TaskPacking(targetSize: 100, lookback: 10, openFileCost: 4)

  private static func file(
    _ size: Int64, _ offsets: [Int64]? = nil, _ format: FileFormat = .parquet
  ) -> DataFile {
    var file = DataFile(location: "f", format: format, recordCount: 1, fileSizeInBytes: size)
    file.splitOffsets = offsets
    return file
  }

  @Test("the sizes are those of the table's properties")
  func properties() throws {
    #expect(
      try TaskPacking(properties: [:])
        == TaskPacking(targetSize: 128 << 20, lookback: 10, openFileCost: 4 << 20))
    #expect(
      try TaskPacking(properties: [
        "read.split.target-size": "7", "read.split.planning-lookback": "2",
        "read.split.open-file-cost": "0",
      ]) == TaskPacking(targetSize: 7, lookback: 2, openFileCost: 0))
    #expect(throws: IcebergError.self) {
      try TaskPacking(properties: ["read.split.planning-lookback": "0"])
    }
  }

  @Test(
    "a file is split at its split offsets, else by size",
    arguments: [
      (file(250, [4, 90, 120]), [0..<90, 90..<120, 120..<250]),
      (file(250, [4]), [0..<250]),
      (file(250), [0..<100, 100..<200, 200..<250]),
      (file(200), [0..<100, 100..<200]),
      (file(40), [0..<40]),
      // Offsets that cannot be.
      (file(150, [4, 4]), [0..<100, 100..<150]),
      (file(150, [90, 4]), [0..<100, 100..<150]),
      (file(150, [4, 150]), [0..<100, 100..<150]),
      (file(150, [-1, 9]), [0..<100, 100..<150]),
      (file(150, []), [0..<100, 100..<150]),
      (file(250, [4], .puffin), [0..<250]),
      (file(0), [0..<0]),
      (file(-3), [0..<0]),
      (file(.max), [0..<Int64.max]),
    ] as [(DataFile, [Range<Int64>])])
  func splits(file: DataFile, expected: [Range<Int64>]) {
    #expect(Self.packing.splits(of: file) == expected)
  }

  @Test("a split weighs its bytes and those of its deletes, or the opening of all the files")
  func weight() {
    #expect(Self.packing.weight(length: 3, deletes: []) == 4)
    #expect(Self.packing.weight(length: 30, deletes: [1, 2]) == 33)
    #expect(Self.packing.weight(length: 5, deletes: [1, 2]) == 12)
    #expect(Self.packing.weight(length: .max, deletes: [1, 2]) == .max)
    let costly = TaskPacking(targetSize: 1, lookback: 1, openFileCost: .max)
    #expect(costly.weight(length: 5, deletes: [1]) == .max)
  }

  @Test("neighbours of a group that belong together are joined")
  func joining() {
    let joined = TaskPacking.joining([0..<3, 3..<5, 7..<8, 8..<9, 2..<3]) { left, right in
      left.upperBound == right.lowerBound ? left.lowerBound..<right.upperBound : nil
    }
    #expect(joined == [0..<5, 7..<9, 2..<3])
  }
}
