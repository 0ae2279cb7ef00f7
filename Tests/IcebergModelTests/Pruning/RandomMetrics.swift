import IcebergBytes
import IcebergModel
import IcebergTestSupport

/// What writers record of values: more or less of it, with bounds that are exact or cut.
enum RandomMetrics {
  /// The summary of the values of one partition field.
  static func summary(
    _ values: [Literal?], inJavaOrder: Bool, _ random: inout SeededRandom
  ) -> ManifestFile.FieldSummary {
    let present = values.compactMap { $0 }
    let comparable = present.filter { !isNaN($0) }.sorted { precedes($0, $1, inJavaOrder) }
    let knowsNaN = Int.random(in: 0..<3, using: &random) > 0
    return ManifestFile.FieldSummary(
      containsNull: present.count < values.count,
      containsNaN: knowsNaN ? present.contains(where: isNaN) : nil,
      lowerBound: comparable.first.flatMap { try? $0.singleValueBytes() },
      upperBound: comparable.last.flatMap { try? $0.singleValueBytes() })
  }

  /// A file with the rows of a table.
  static func file(of table: RandomPartitions, _ random: inout SeededRandom) -> DataFile {
    var file = DataFile(
      location: "f", format: .parquet, recordCount: Int64(table.rows.count), fileSizeInBytes: 1)
    (file.valueCounts, file.nullValueCounts, file.nanValueCounts) = ([:], [:], [:])
    (file.lowerBounds, file.upperBounds) = ([:], [:])
    if Bool.random(using: &random) { file.splitOffsets = [4] }
    for column in table.columns where Int.random(in: 0..<8, using: &random) > 0 {
      record(column, of: table.rows, in: &file, &random)
    }
    if Int.random(in: 0..<8, using: &random) == 0 { file.nullValueCounts = nil }
    if Int.random(in: 0..<8, using: &random) == 0 { file.nanValueCounts = nil }
    if Int.random(in: 0..<8, using: &random) == 0 { file.valueCounts = nil }
    if Int.random(in: 0..<20, using: &random) == 0 { file.recordCount = -1 }
    return file
  }

  private static func record(
    _ column: RandomPartitions.Column, of rows: [StructValue], in file: inout DataFile,
    _ random: inout SeededRandom
  ) {
    func isRecorded() -> Bool { Int.random(in: 0..<6, using: &random) > 0 }
    let id = column.field.id
    var counted = rows
    // Some do not count the values inside of a struct that is null.
    if column.path.count > 1, Bool.random(using: &random) {
      counted = rows.filter { $0.values[column.path[0]] != nil }
    }
    let values = counted.map { RandomPartitions.value(at: column.path, in: $0) }
    let present = values.compactMap { $0 }
    let nans = present.filter(isNaN)
    if isRecorded() { file.valueCounts?[id] = Int64(values.count) }
    if isRecorded() { file.nullValueCounts?[id] = Int64(values.count - present.count) }
    if column.field.type == .float || column.field.type == .double, isRecorded() {
      file.nanValueCounts?[id] = Int64(nans.count)
    }
    let comparable = present.filter { !isNaN($0) }.sorted { precedes($0, $1, false) }
    // A column that was of an older type has bounds of that type.
    let isOld = Bool.random(using: &random)
    let isCut = Bool.random(using: &random)
    if isRecorded() {
      file.lowerBounds?[id] = bound(comparable.first, comparable, isOld, isCut, isLower: true)
    }
    if isRecorded() {
      file.upperBounds?[id] = bound(comparable.last, comparable, isOld, isCut, isLower: false)
    }
    // Some record NaN where the first value is one.
    if !nans.isEmpty, Int.random(in: 0..<4, using: &random) == 0 {
      file.lowerBounds?[id] = try? nans[0].singleValueBytes()
      if Bool.random(using: &random) { file.upperBounds?[id] = try? nans[0].singleValueBytes() }
    }
    // Nobody is to be misled by what cannot be.
    if Int.random(in: 0..<20, using: &random) == 0, column.field.type.hasFixedBounds {
      file.lowerBounds?[id] = Bytes(random.bytes([0, 3, 17].randomElement(using: &random) ?? 0))
    }
  }

  private static func bound(
    _ value: Literal?, _ all: [Literal], _ isOld: Bool, _ isCut: Bool, isLower: Bool
  ) -> Bytes? {
    guard let value else { return nil }
    if isOld, let older = older(value), all.allSatisfy({ Self.older($0) != nil }) {
      return try? older.singleValueBytes()
    }
    guard isCut else { return try? value.singleValueBytes() }
    switch value {
    case .string(let text):
      let cut =
        isLower
        ? BoundTruncation.lowerBound(of: text, width: 2)
        : BoundTruncation.upperBound(of: text, width: 2)
      return cut.map { Bytes(utf8: $0) }
    case .binary(let bytes), .fixed(let bytes):
      return isLower
        ? BoundTruncation.lowerBound(of: bytes, width: 2)
        : BoundTruncation.upperBound(of: bytes, width: 2)
    default:
      return try? value.singleValueBytes()
    }
  }

  private static func older(_ value: Literal) -> Literal? {
    switch value {
    case .long(let number): Int32(exactly: number).map(Literal.int)
    case .double(let number): Float(exactly: number).map(Literal.float)
    case .timestamp(let micros):
      micros % 86_400_000_000 == 0 ? .date(Int32(micros / 86_400_000_000)) : nil
    default: nil
    }
  }

  private static func isNaN(_ value: Literal) -> Bool {
    switch value {
    case .float(let number): number.isNaN
    case .double(let number): number.isNaN
    default: false
    }
  }

  /// The order of bounds; Iceberg Java takes UUIDs for two signed numbers.
  private static func precedes(_ left: Literal, _ right: Literal, _ inJavaOrder: Bool) -> Bool {
    guard inJavaOrder, case .uuid(let a) = left, case .uuid(let b) = right else {
      return left.ordering(to: right) == .less
    }
    func flipped(_ bytes: Bytes) -> [UInt8] {
      var bytes = bytes.array
      bytes[0] ^= 0x80
      bytes[8] ^= 0x80
      return bytes
    }
    return flipped(a).lexicographicallyPrecedes(flipped(b))
  }
}

extension FieldType {
  /// Whether bounds of another length than the type's cannot be meant.
  fileprivate var hasFixedBounds: Bool {
    switch self {
    case .boolean, .int, .long, .float, .double, .date, .time, .timestamp, .timestamptz,
      .timestampNanos, .timestamptzNanos:
      true
    default: false
    }
  }
}
