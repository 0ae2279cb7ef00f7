internal import IcebergBytes
internal import IcebergColumns

/// Byte strings of any length.
struct ByteStringValues: LeafValues {
  var strings = ByteArrays()

  var count: Int { strings.count }

  mutating func append(_ column: Column, at rows: [Range<Int>]) throws(FormatError) {
    switch column.values {
    case .bytes(let offsets, let data):
      for range in rows {
        let first = Int(offsets[range.lowerBound])
        let last = Int(offsets[range.upperBound])
        try ByteArrays.checkRoom(for: last - first, behind: strings.data.count, at: 0)
        let shift = Int32(truncatingIfNeeded: strings.data.count &- first)
        if range.count == 1 {
          strings.offsets.append(offsets[range.upperBound] &+ shift)
        } else {
          offsets.withUnsafeBufferPointer { offsets in
            strings.offsets.append(
              contentsOf: offsets[range.lowerBound &+ 1...range.upperBound].lazy.map { $0 &+ shift }
            )
          }
        }
        data.withUnsafeBufferPointer { strings.data.append(contentsOf: $0[first..<last]) }
      }
    case .null where rows.isEmpty: break
    default: throw Self.mismatch
    }
  }

  mutating func removeFirst(_ number: Int) {
    if number == 0 { return }
    let start = strings.offsets[number]
    strings.data.removeFirst(Int(start))
    strings.offsets = strings.offsets[number...].map { $0 &- start }
  }

  func plainSize(of range: Range<Int>) -> Int {
    Int(strings.offsets[range.upperBound] &- strings.offsets[range.lowerBound])
      &+ 4 &* range.count
  }

  func encode(
    _ range: Range<Int>, as encoding: ParquetWriteOptions.ValueEncoding,
    into writer: inout ByteWriter
  ) {
    switch encoding {
    case .deltaLengthByteArray: DeltaLengthByteArray.encode(strings, at: range, into: &writer)
    case .deltaByteArray: DeltaByteArray.encode(strings, at: range, into: &writer)
    case .plain, .dictionary, .deltaBinaryPacked, .byteStreamSplit, .runLength:
      PlainEncoding.encode(strings, at: range, into: &writer)
    }
  }

  func widen(_ bounds: inout ByteBounds, by range: Range<Int>) {
    strings.offsets.withUnsafeBufferPointer { offsets in
      strings.data.withUnsafeBytes { data in
        bounds.widen(data, count: range.count) {
          let index = range.lowerBound &+ $0
          return Int(offsets[index])..<Int(offsets[index &+ 1])
        }
      }
    }
  }

  func nanCount(in range: Range<Int>) -> Int { 0 }

  /// The different byte strings of a column chunk.
  struct Dictionary: LeafDictionary {
    private var table = ByteTable()

    init(for values: ByteStringValues) {}

    var count: Int { table.strings.count }
    var byteCount: Int { table.strings.data.count &+ 4 &* count }
    var values: ByteStringValues { ByteStringValues(strings: table.strings) }

    mutating func indices(
      of values: ByteStringValues, at range: Range<Int>, limit: Int
    ) -> [UInt32]? {
      values.strings.offsets.withUnsafeBufferPointer { offsets in
        values.strings.data.withUnsafeBytes { data in
          table.indices(in: data, count: range.count, overhead: 4, limit: limit) {
            let index = range.lowerBound &+ $0
            return Int(offsets[index])..<Int(offsets[index &+ 1])
          }
        }
      }
    }
  }
}
