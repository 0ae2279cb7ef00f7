package import IcebergBytes

extension DeltaBinaryPacked {
  /// Appends integers in blocks of 128, each of four miniblocks, as parquet-java does.
  package static func encode<T: FixedWidthInteger & SignedInteger & FixedWidthBits>(
    _ values: UnsafeBufferPointer<T>, into writer: inout ByteWriter
  ) {
    let blockSize = 128
    let miniblocks = 4
    writer.writeVarint(UInt64(blockSize))
    writer.writeVarint(UInt64(miniblocks))
    writer.writeVarint(UInt64(values.count))
    if let first = values.first { writer.writeZigZag(Int64(first)) } else { writer.writeZigZag(0) }
    let perMiniblock = blockSize / miniblocks
    var deltas = [T](repeating: 0, count: blockSize)
    var next = 1
    while next < values.count {
      let number = min(blockSize, values.count &- next)
      var least = T.max
      for index in 0..<number {
        deltas[index] = values[next &+ index] &- values[next &+ index &- 1]
        least = min(least, deltas[index])
      }
      for index in 0..<number { deltas[index] = deltas[index] &- least }
      for index in number..<blockSize { deltas[index] = 0 }
      writer.writeZigZag(Int64(least))
      let used = (number &+ perMiniblock &- 1) / perMiniblock
      deltas.withUnsafeBufferPointer { deltas in
        var widths = [Int](repeating: 0, count: miniblocks)
        for miniblock in 0..<used {
          var all: T.Bits = 0
          for index in 0..<perMiniblock { all |= deltas[miniblock &* perMiniblock &+ index].bits }
          widths[miniblock] = T.bitWidth &- all.leadingZeroBitCount
        }
        for width in widths { writer.write(UInt8(truncatingIfNeeded: width)) }
        guard let base = deltas.baseAddress else { return }
        for miniblock in 0..<used where widths[miniblock] > 0 {
          packBits(
            base + miniblock &* perMiniblock, count: perMiniblock, width: widths[miniblock],
            paddedTo: 1, into: &writer)
        }
      }
      next &+= number
    }
  }
}
