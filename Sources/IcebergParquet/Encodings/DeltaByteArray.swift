package import IcebergBytes

/// Byte strings with all lengths first. Spec: Parquet, Encodings, "Delta-length byte array".
package enum DeltaLengthByteArray {
  /// Appends the byte strings that are encoded at `offset`, and moves it behind them.
  ///
  /// Throws when there are more than `limit`.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, limit: Int, into values: inout ByteArrays
  ) throws(FormatError) {
    var lengths: [Int32] = []
    try DeltaBinaryPacked.decode(bytes, at: &offset, limit: limit, into: &lengths)
    let start = offset
    let room = bytes.count &- start
    let first = values.data.count
    var total = 0
    try values.offsets.appendRaw(lengths.count) { ends throws(FormatError) in
      for index in lengths.indices {
        let length = Int(lengths[index])
        guard length >= 0, length <= room &- total else { throw PlainEncoding.truncated(start) }
        total &+= length
        ends[index] = Int32(truncatingIfNeeded: first &+ total)
      }
      try ByteArrays.checkRoom(for: total, behind: first, at: start)
    }
    bytes[start..<start &+ total].withUnsafeBytes { values.data.append(contentsOf: $0) }
    offset = start &+ total
  }
}

/// Byte strings without what they share with the beginning of their forerunner. Spec: Parquet,
/// Encodings, "Delta Strings".
package enum DeltaByteArray {
  /// Appends the byte strings that are encoded at `offset`, and moves it behind them.
  ///
  /// Throws when there are more than `limit`, or more than `sizeLimit` bytes come out: prefixes of
  /// prefixes make few bytes into very many.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, limit: Int, sizeLimit: Int = Int(Int32.max),
    into values: inout ByteArrays
  ) throws(FormatError) {
    let start = offset
    var prefixes: [Int32] = []
    try DeltaBinaryPacked.decode(bytes, at: &offset, limit: limit, into: &prefixes)
    var suffixes = ByteArrays()
    try DeltaLengthByteArray.decode(bytes, at: &offset, limit: limit, into: &suffixes)
    guard prefixes.count == suffixes.count else {
      throw FormatError(.badValue, at: start, "not as many prefixes as suffixes")
    }
    // The sizes first: all that is wrong is found before the bytes are copied.
    let first = values.data.count
    var total = 0
    var before = 0
    try values.offsets.appendRaw(prefixes.count) { ends throws(FormatError) in
      for index in prefixes.indices {
        let prefix = Int(prefixes[index])
        guard prefix >= 0, prefix <= before else {
          throw FormatError(.badValue, at: start, "prefix longer than the value before")
        }
        before = prefix &+ Int(suffixes.offsets[index + 1] &- suffixes.offsets[index])
        total &+= before
        guard total <= sizeLimit else {
          throw FormatError(.tooLarge, at: start, "byte strings beyond the size allowed")
        }
        ends[index] = Int32(truncatingIfNeeded: first &+ total)
      }
      try ByteArrays.checkRoom(for: total, behind: first, at: start)
    }
    try values.data.appendRaw(total) { target throws(FormatError) in
      suffixes.data.withUnsafeBufferPointer { source in
        var previous = target
        var next = target
        for index in prefixes.indices {
          let prefix = Int(prefixes[index])
          next.update(from: previous, count: prefix)
          let from = Int(suffixes.offsets[index])
          let length = Int(suffixes.offsets[index + 1]) &- from
          if let base = source.baseAddress {
            (next + prefix).update(from: base + from, count: length)
          }
          previous = next
          next += prefix &+ length
        }
      }
    }
  }

  /// Appends values of `width` bytes each, as ``decode(_:at:limit:sizeLimit:into:)`` does.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, limit: Int, width: Int, into values: inout [UInt8]
  ) throws(FormatError) {
    let start = offset
    let (size, overflow) = limit.multipliedReportingOverflow(by: width)
    var strings = ByteArrays()
    try decode(
      bytes, at: &offset, limit: limit, sizeLimit: overflow ? .max : size, into: &strings)
    for index in 0..<strings.count
    where Int(strings.offsets[index + 1] &- strings.offsets[index]) != width {
      throw FormatError(.badValue, at: start, "value is not as long as its type")
    }
    values.append(contentsOf: strings.data)
  }
}
