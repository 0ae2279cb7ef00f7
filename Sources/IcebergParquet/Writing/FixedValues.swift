internal import IcebergBytes
internal import IcebergColumns

/// Values of so many bytes each, among them decimals as big-endian integers in two's complement.
struct FixedValues: LeafValues {
  let width: Int
  /// Whether the values are integers, and ordered so.
  let isDecimal: Bool
  private(set) var data: [UInt8] = []
  private(set) var count = 0

  init(width: Int, isDecimal: Bool) {
    self.width = width
    self.isDecimal = isDecimal
  }

  mutating func append(_ column: Column, at rows: [Range<Int>]) throws(FormatError) {
    switch column.values {
    case .fixed(width, let more) where !isDecimal:
      more.withUnsafeBufferPointer { more in
        for range in rows {
          data.append(contentsOf: more[range.lowerBound &* width..<range.upperBound &* width])
        }
      }
    case .decimal(let array) where isDecimal:
      for range in rows {
        for row in range {
          guard Self.appendBigEndian(array[row], width: width, to: &data) else {
            throw FormatError(.badValue, "decimal of more digits than its column has")
          }
        }
      }
    case .null where rows.isEmpty: break
    default: throw Self.mismatch
    }
    for range in rows { count &+= range.count }
  }

  /// Appends the low `width` bytes of an integer; false, and nothing done, when it needs more.
  private static func appendBigEndian(
    _ value: Int128, width: Int, to data: inout [UInt8]
  ) -> Bool {
    let extra = max(0, width &- 16)
    let kept = width &- extra
    if kept < 16 {
      let dropped = Int128(truncatingIfNeeded: 128 &- 8 &* kept)
      guard kept > 0, (value &<< dropped) &>> dropped == value else { return false }
    }
    data.append(contentsOf: repeatElement(value < 0 ? 0xff : 0, count: extra))
    withUnsafeBytes(of: value.bigEndian) { data.append(contentsOf: $0[(16 &- kept)...]) }
    return true
  }

  mutating func removeFirst(_ number: Int) {
    data.removeFirst(number &* width)
    count &-= number
  }

  func plainSize(of range: Range<Int>) -> Int { range.count &* width }

  func encode(
    _ range: Range<Int>, as encoding: ParquetWriteOptions.ValueEncoding,
    into writer: inout ByteWriter
  ) {
    let bytes = range.lowerBound &* width..<range.upperBound &* width
    switch encoding {
    case .byteStreamSplit:
      data.withUnsafeBytes {
        ByteStreamSplit.encode(
          UnsafeRawBufferPointer(rebasing: $0[bytes]), width: width, into: &writer)
      }
    case .deltaByteArray:
      let strings = ByteArrays(
        offsets: (0...range.count).map { Int32(truncatingIfNeeded: $0 &* width) },
        data: Array(data[bytes]))
      DeltaByteArray.encode(strings, at: 0..<range.count, into: &writer)
    case .plain, .dictionary, .deltaBinaryPacked, .deltaLengthByteArray, .runLength:
      data.withUnsafeBytes { writer.bytes.append(contentsOf: $0[bytes]) }
    }
  }

  func widen(_ bounds: inout ByteBounds, by range: Range<Int>) {
    bounds.isSigned = isDecimal
    data.withUnsafeBytes { data in
      bounds.widen(data, count: range.count) {
        let start = (range.lowerBound &+ $0) &* width
        return start..<start &+ width
      }
    }
  }

  func nanCount(in range: Range<Int>) -> Int { 0 }

  /// The different values of a column chunk.
  struct Dictionary: LeafDictionary {
    private var table = ByteTable()
    private let width: Int
    private let isDecimal: Bool

    init(for values: FixedValues) {
      width = values.width
      isDecimal = values.isDecimal
    }

    var count: Int { table.strings.count }
    var byteCount: Int { table.strings.data.count }
    var values: FixedValues {
      var values = FixedValues(width: width, isDecimal: isDecimal)
      values.data = table.strings.data
      values.count = table.strings.count
      return values
    }

    mutating func indices(
      of values: FixedValues, at range: Range<Int>, limit: Int
    ) -> [UInt32]? {
      values.data.withUnsafeBytes { data in
        table.indices(in: data, count: range.count, overhead: 0, limit: limit) {
          let start = (range.lowerBound &+ $0) &* width
          return start..<start &+ width
        }
      }
    }
  }
}
