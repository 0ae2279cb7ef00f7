package import IcebergBytes

/// Levels packed from the highest bit of each byte downwards, without runs. Deprecated, and read
/// only. Spec: Parquet, Encodings, "Bit-packed (Deprecated)".
package enum BitPackedLevels {
  /// Appends the `count` levels of `width` bits, 0 to 32, at `offset`, and moves it behind them.
  package static func decode<T: FixedWidthInteger & BitwiseCopyable>(
    _ bytes: Bytes, at offset: inout Int, width: Int, count: Int, into values: inout [T]
  ) throws(FormatError) {
    guard width >= 0, width <= 32 else {
      throw FormatError(.badValue, at: offset, "bit width beyond 32")
    }
    let (bits, overflow) = count.multipliedReportingOverflow(by: width)
    guard count >= 0, !overflow, bits <= Int.max &- 7 else {
      throw PlainEncoding.truncated(offset)
    }
    let size = try PlainEncoding.checkedSize(
      bytes, at: offset, count: (bits &+ 7) &>> 3, width: 1)
    let start = offset
    try bytes.withUnsafeBytes { (raw) throws(FormatError) in
      try values.appendRaw(count) { target throws(FormatError) in
        var waiting: UInt64 = 0
        var waitingBits = 0
        var next = start
        let mask: UInt64 = (1 &<< UInt64(width)) &- 1
        for index in 0..<count {
          while waitingBits < width {
            waiting = waiting &<< 8 | UInt64(raw[next])
            next &+= 1
            waitingBits &+= 8
          }
          waitingBits &-= width
          target[index] = T(truncatingIfNeeded: waiting &>> UInt64(waitingBits) & mask)
        }
      }
    }
    offset &+= size
  }
}
