import Iceberg
import IcebergBytes
import IcebergModel
import IcebergParquet
import IcebergTestSupport
import Testing

/// What the footer of a file says is only believed where it can be: by files whose statistics lie.
@Suite struct StatisticsBoundsTests {
  /// Whether the rows of a file of the given values come through a filter once its statistics have
  /// been changed: row groups that are left out have none.
  static func isRead(
    _ values: [Literal?], as type: FieldType, _ filter: Filter,
    editing edit: (inout FileMetadata) -> Void
  ) async throws -> Bool {
    let field = Field.optional("v", type, id: 1)
    let table = try MemoryTable.make([field])
    var file = try await table.write(
      RecordBatch(names: ["v"], columns: [Column(values, as: type)], rowCount: values.count))[0]
    let bytes = try await table.fileIO.read(file.location, range: nil).array
    let length = bytes.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
    var metadata = try FileMetadata(ofFile: Bytes(bytes))
    edit(&metadata)
    let footer = metadata.encoded()
    var changed = Array(bytes.dropLast(8 + length)) + footer
    for shift in 0..<4 { changed.append(UInt8(truncatingIfNeeded: footer.count >> (8 * shift))) }
    changed += Array("PAR1".utf8)
    try await table.fileIO.write(Bytes(changed), to: file.location, mode: .replace)
    file.fileSizeInBytes = Int64(changed.count)
    var task = table.task(file)
    task.residual = try filter.bound(to: table.metadata.currentSchema, caseSensitive: true)
    return try await !table.lines([task]).isEmpty
  }

  static func setStatistics(
    _ metadata: inout FileMetadata, _ change: (inout ColumnStatistics) -> Void
  ) {
    var statistics = ColumnStatistics()
    statistics.nullCount = 0
    change(&statistics)
    metadata.rowGroups[0].columns[0].statistics = statistics
  }

  static func bytes(_ value: Int32) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { [UInt8]($0) }
  }

  static func doubleBytes(_ value: Double) -> [UInt8] {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { [UInt8]($0) }
  }

  @Test("minimum and maximum are believed, the deprecated ones for signed numbers only")
  func believed() async throws {
    // The statistics say 1 to 2, and so that no row can be 5: what is not read was left out.
    let filter = col("v") == 5
    let values: [Literal?] = [.int(5)]
    #expect(
      try await !Self.isRead(values, as: .int, filter) {
        Self.setStatistics(&$0) { ($0.minimum, $0.maximum) = (Self.bytes(1), Self.bytes(2)) }
      })
    #expect(
      try await !Self.isRead(values, as: .int, filter) {
        Self.setStatistics(&$0) {
          ($0.legacyMinimum, $0.legacyMaximum) = (Self.bytes(1), Self.bytes(2))
        }
        $0.columnOrders = nil
      })
    let text = col("v") == "z"
    #expect(
      try await Self.isRead([.string("z")], as: .string, text) {
        Self.setStatistics(&$0) { ($0.legacyMinimum, $0.legacyMaximum) = ([97], [98]) }
      })
    #expect(
      try await Self.isRead([.string("z")], as: .string, text) {
        Self.setStatistics(&$0) { ($0.minimum, $0.maximum) = ([97], [98]) }
        $0.columnOrders = nil
      })
    #expect(
      try await !Self.isRead([.string("z")], as: .string, text) {
        Self.setStatistics(&$0) { ($0.minimum, $0.maximum) = ([97], [98]) }
      })
  }

  @Test("one side alone, bounds with NaN and bounds of a wrong length are not believed")
  func notBelieved() async throws {
    let filter = col("v") == 5
    for (low, high) in [
      (Self.bytes(1), nil), (nil, Self.bytes(2)), ([1, 0], [2, 0]), ([], []),
    ] as [([UInt8]?, [UInt8]?)] {
      #expect(
        try await Self.isRead([.int(5)], as: .int, filter) {
          Self.setStatistics(&$0) { ($0.minimum, $0.maximum) = (low, high) }
        })
    }
    #expect(
      try await Self.isRead([.double(5)], as: .double, col("v") == 5.0) {
        Self.setStatistics(&$0) {
          ($0.minimum, $0.maximum) = (Self.doubleBytes(1.0), Self.doubleBytes(.nan))
        }
      })
  }

  @Test("zeros of either sign are within bounds that are zero, and values that differ may be NaN")
  func floatingPoint() async throws {
    #expect(
      try await Self.isRead([.double(-0.0)], as: .double, col("v") <= -0.0) {
        Self.setStatistics(&$0) {
          ($0.minimum, $0.maximum) = (Self.doubleBytes(0.0), Self.doubleBytes(1.0))
        }
      })
    #expect(
      try await Self.isRead([.double(0.0)], as: .double, col("v") >= 0.0) {
        Self.setStatistics(&$0) {
          ($0.minimum, $0.maximum) = (Self.doubleBytes(-1.0), Self.doubleBytes(-0.0))
        }
      })
    #expect(
      try await Self.isRead([.double(.nan)], as: .double, col("v") != 5.0) {
        Self.setStatistics(&$0) {
          ($0.minimum, $0.maximum) = (Self.doubleBytes(5.0), Self.doubleBytes(5.0))
        }
      })
  }

  @Test("without a number of nulls there may be some")
  func nulls() async throws {
    #expect(
      try await Self.isRead([nil], as: .int, col("v").isNull) {
        Self.setStatistics(&$0) { $0.nullCount = nil }
      })
    #expect(
      try await !Self.isRead([nil], as: .int, col("v").isNull) {
        Self.setStatistics(&$0) { $0.nullCount = 0 }
      })
  }
}
