internal import IcebergBytes
internal import IcebergColumns

/// Booleans.
struct BooleanValues: LeafValues {
  /// Which of the two values there are.
  struct Bounds: LeafBounds {
    var hasFalse = false
    var hasTrue = false

    mutating func formUnion(_ other: Bounds) {
      hasFalse = hasFalse || other.hasFalse
      hasTrue = hasTrue || other.hasTrue
    }

    func summary(isDecimal: Bool) -> ColumnBounds? {
      guard hasFalse || hasTrue else { return nil }
      return ColumnBounds(minimum: .boolean(!hasFalse), maximum: .boolean(hasTrue))
    }
  }

  /// Booleans have no dictionary.
  struct Dictionary: LeafDictionary {
    init(for values: BooleanValues) {}
    var count: Int { 0 }
    var byteCount: Int { 0 }
    var values: BooleanValues { BooleanValues() }
    func indices(of values: BooleanValues, at range: Range<Int>, limit: Int) -> [UInt32]? { nil }
  }

  var bits = Bitmap()

  var count: Int { bits.count }

  mutating func append(_ column: Column, at rows: [Range<Int>]) throws(FormatError) {
    switch column.values {
    case .boolean(let more): for range in rows { bits.append(more, at: range) }
    case .null where rows.isEmpty: break
    default: throw Self.mismatch
    }
  }

  mutating func removeFirst(_ number: Int) { bits = bits.slice(number..<bits.count) }

  func plainSize(of range: Range<Int>) -> Int { (range.count &+ 7) &>> 3 }

  func encode(
    _ range: Range<Int>, as encoding: ParquetWriteOptions.ValueEncoding,
    into writer: inout ByteWriter
  ) {
    guard encoding == .runLength else {
      return PlainEncoding.encode(bits, at: range, into: &writer)
    }
    var runs = ByteWriter()
    RunLengthEncoder.encode(bits, at: range, into: &runs)
    writer.writeLittleEndian(UInt32(truncatingIfNeeded: runs.count))
    writer.write(runs.bytes)
  }

  func widen(_ bounds: inout Bounds, by range: Range<Int>) {
    let set = bits.setCount(in: range)
    bounds.formUnion(Bounds(hasFalse: set < range.count, hasTrue: set > 0))
  }

  func nanCount(in range: Range<Int>) -> Int { 0 }
}
