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
      for range in rows { try appendBigEndian(array[range]) }
    case .null where rows.isEmpty: break
    default: throw Self.mismatch
    }
    for range in rows { count &+= range.count }
  }

  /// Appends integers as big-endian ones of `width` bytes. Throws when one needs more.
  private mutating func appendBigEndian(_ integers: ArraySlice<Int128>) throws(FormatError) {
    let extra = max(0, width &- 16)
    let kept = width &- extra
    // What an integer loses at the left when `kept` bytes hold it; all of it when there are none.
    let dropped = Int128(truncatingIfNeeded: 128 &- 8 &* max(1, kept))
    try data.appendRaw(integers.count &* width) { (target) throws(FormatError) in
      var target = UnsafeMutableRawPointer(target)
      for value in integers {
        guard kept > 0, (value &<< dropped) &>> dropped == value else {
          throw FormatError(.badValue, "decimal of more digits than its column has")
        }
        for _ in 0..<extra {
          target.storeBytes(of: value < 0 ? 0xff : 0, as: UInt8.self)
          target += 1
        }
        let bytes = value.bigEndian
        withUnsafeBytes(of: bytes) { bytes in
          guard let source = bytes.baseAddress else { return }
          target.copyMemory(from: source + (16 &- kept), byteCount: kept)
        }
        target += kept
      }
    }
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
