internal import IcebergColumns

extension ColumnStatistics {
  /// The statistics of a column chunk of `leaf`: its nulls, and bounds in the order that the type
  /// defines. Byte strings longer than `length` are cut.
  ///
  /// Spec: Parquet, `ColumnOrder` and `Statistics`.
  init(of leaf: ParquetLeaf, nullCount: Int64, bounds: ColumnBounds?, length: Int) {
    self.init()
    self.nullCount = nullCount
    guard let bounds,
      let low = Self.plain(bounds.minimum, leaf, isMinimum: true),
      let high = Self.plain(bounds.maximum, leaf, isMinimum: false)
    else { return }
    minimum = low
    maximum = high
    isMinimumExact = true
    isMaximumExact = true
    guard leaf.physicalType == .byteArray else { return }
    let isText = leaf.logicalType == .string || leaf.logicalType == .json
    if low.count > length {
      minimum = Array(low[..<Self.cut(low, at: length, isText: isText)])
      isMinimumExact = false
    }
    if high.count > length {
      if let bound = Self.upperBound(of: high, length: length, isText: isText) {
        maximum = bound
        isMaximumExact = false
      } else if high.count > 4096 {
        // Nothing short is above it, and a footer is no place for it.
        (minimum, maximum, isMinimumExact, isMaximumExact) = (nil, nil, nil, nil)
      }
    }
  }

  /// A bound in plain encoding; nil for one that such a leaf cannot have.
  private static func plain(
    _ value: Column.Value, _ leaf: ParquetLeaf, isMinimum: Bool
  ) -> [UInt8]? {
    func bytes<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    switch (value, leaf.physicalType) {
    case (.boolean(let value), .boolean): return [value ? 1 : 0]
    case (.int(let value), .int32): return bytes(value)
    case (.long(let value), .int64): return bytes(value)
    // Readers may not know the order of zeros: the minimum is the negative one, the maximum not.
    case (.float(let value), .float):
      return bytes((value == 0 ? (isMinimum ? -0.0 : 0.0) : value).bitPattern)
    case (.double(let value), .double):
      return bytes((value == 0 ? (isMinimum ? -0.0 : 0.0) : value).bitPattern)
    case (.decimal(let value), .int32): return bytes(Int32(truncatingIfNeeded: value))
    case (.decimal(let value), .int64): return bytes(Int64(truncatingIfNeeded: value))
    case (.decimal(let value), .fixedLengthByteArray):
      let sign: UInt8 = value < 0 ? 0xff : 0
      let all = withUnsafeBytes(of: value.bigEndian) { Array($0) }
      let missing = max(0, leaf.typeLength - all.count)
      return [UInt8](repeating: sign, count: missing) + all.suffix(leaf.typeLength)
    case (.bytes(let value), .byteArray), (.bytes(let value), .fixedLengthByteArray): return value
    default: return nil
    }
  }

  /// The greatest number of bytes, at most `length`, that ends between two characters of a text.
  private static func cut(_ bytes: [UInt8], at length: Int, isText: Bool) -> Int {
    var end = length
    if isText {
      while end > 0, bytes[end] & 0xc0 == 0x80 { end -= 1 }
    }
    return end
  }

  /// A value of at most `length` bytes that is greater than all that begin as `bytes` does; nil
  /// when there is none.
  private static func upperBound(of bytes: [UInt8], length: Int, isText: Bool) -> [UInt8]? {
    var end = cut(bytes, at: length, isText: isText)
    if !isText {
      while end > 0, bytes[end - 1] == 0xff { end -= 1 }
      guard end > 0 else { return nil }
      return bytes[..<(end - 1)] + [bytes[end - 1] + 1]
    }
    guard let text = String(validating: bytes[..<end], as: UTF8.self) else { return nil }
    var scalars = Array(text.unicodeScalars)
    while let last = scalars.popLast() {
      // Behind the last scalar before the surrogates come those after them.
      let next = last.value == 0xd7ff ? 0xe000 : last.value + 1
      guard let raised = Unicode.Scalar(next) else { continue }
      scalars.append(raised)
      var bound: [UInt8] = []
      for scalar in scalars { bound += Array(String(Character(scalar)).utf8) }
      if bound.count <= length { return bound }
      scalars.removeLast()
    }
    return nil
  }
}
