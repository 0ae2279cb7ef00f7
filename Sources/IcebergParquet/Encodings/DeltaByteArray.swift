package import IcebergBytes

/// Byte strings with all lengths first. Spec: Parquet, Encodings, "Delta-length byte array".
package enum DeltaLengthByteArray {
  /// Decodes byte strings in pieces.
  package struct Decoder: Sendable {
    private let bytes: Bytes
    private var lengths: DeltaBinaryPacked.Decoder<Int32>
    private var pending: [Int32] = []
    /// Where the bytes of the next value begin.
    private var position: Int

    /// A decoder for the values that begin at `offset`. Throws when there are more than `limit`.
    package init(_ bytes: Bytes, at offset: Int, limit: Int) throws(FormatError) {
      self.bytes = bytes
      lengths = try DeltaBinaryPacked.Decoder(bytes, at: offset, limit: limit)
      position = try lengths.end()
    }

    /// The number of values that have not been decoded.
    package var remaining: Int { lengths.remaining }

    /// Appends the next `count` values. Throws when there are fewer.
    package mutating func decode(
      _ count: Int, into values: inout ByteArrays
    ) throws(FormatError) {
      pending.removeAll(keepingCapacity: true)
      try lengths.decode(count, into: &pending)
      let start = position
      let room = bytes.count &- start
      let first = values.data.count
      var total = 0
      try values.offsets.appendRaw(count) { ends throws(FormatError) in
        for index in 0..<count {
          let length = Int(pending[index])
          guard length >= 0, length <= room &- total else { throw PlainEncoding.truncated(start) }
          total &+= length
          ends[index] = Int32(truncatingIfNeeded: first &+ total)
        }
        try ByteArrays.checkRoom(for: total, behind: first, at: start)
      }
      bytes[start..<start &+ total].withUnsafeBytes { values.data.append(contentsOf: $0) }
      position = start &+ total
    }
  }
}

/// Byte strings without what they share with the beginning of their forerunner. Spec: Parquet,
/// Encodings, "Delta Strings".
package enum DeltaByteArray {
  /// Decodes byte strings in pieces.
  package struct Decoder: Sendable {
    private var prefixes: DeltaBinaryPacked.Decoder<Int32>
    private var suffixes: DeltaLengthByteArray.Decoder
    private var pendingPrefixes: [Int32] = []
    private var pendingSuffixes = ByteArrays()
    /// The value decoded last.
    private var previous: [UInt8] = []

    /// A decoder for the values that begin at `offset`. Throws when there are more than `limit`.
    package init(_ bytes: Bytes, at offset: Int, limit: Int) throws(FormatError) {
      prefixes = try DeltaBinaryPacked.Decoder(bytes, at: offset, limit: limit)
      suffixes = try DeltaLengthByteArray.Decoder(bytes, at: try prefixes.end(), limit: limit)
      guard prefixes.remaining == suffixes.remaining else {
        throw FormatError(.badValue, at: offset, "not as many prefixes as suffixes")
      }
    }

    /// The number of values that have not been decoded.
    package var remaining: Int { prefixes.remaining }

    /// Appends the next `count` values. Throws when there are fewer.
    ///
    /// Throws `tooLarge` when more than `sizeLimit` bytes come out: prefixes of prefixes make few
    /// bytes into very many.
    package mutating func decode(
      _ count: Int, sizeLimit: Int = Int(Int32.max), into values: inout ByteArrays
    ) throws(FormatError) {
      pendingPrefixes.removeAll(keepingCapacity: true)
      try prefixes.decode(count, into: &pendingPrefixes)
      pendingSuffixes.offsets.removeLast(pendingSuffixes.count)
      pendingSuffixes.data.removeAll(keepingCapacity: true)
      try suffixes.decode(count, into: &pendingSuffixes)
      let total = try appendOffsets(count, sizeLimit: sizeLimit, to: &values)
      try values.data.appendRaw(total) { target throws(FormatError) in
        copyValues(count, into: target)
      }
      guard count > 0 else { return }
      let from = Int(values.offsets[values.count &- 1])
      previous.removeAll(keepingCapacity: true)
      previous.append(contentsOf: values.data[from...])
    }

    /// Appends values of `width` bytes each, as ``decode(_:sizeLimit:into:)`` does.
    package mutating func decode(
      _ count: Int, width: Int, into values: inout [UInt8]
    ) throws(FormatError) {
      let (size, overflow) = count.multipliedReportingOverflow(by: width)
      var strings = ByteArrays()
      try decode(count, sizeLimit: overflow ? Int(Int32.max) : size, into: &strings)
      for index in 0..<count
      where Int(strings.offsets[index &+ 1] &- strings.offsets[index]) != width {
        throw FormatError(.badValue, "value is not as long as its type")
      }
      values.append(contentsOf: strings.data)
    }

    /// The sizes first: all that is wrong is found before the bytes are copied.
    private func appendOffsets(
      _ count: Int, sizeLimit: Int, to values: inout ByteArrays
    ) throws(FormatError) -> Int {
      let first = values.data.count
      var total = 0
      var before = previous.count
      try values.offsets.appendRaw(count) { ends throws(FormatError) in
        for index in 0..<count {
          let prefix = Int(pendingPrefixes[index])
          guard prefix >= 0, prefix <= before else {
            throw FormatError(.badValue, "prefix longer than the value before")
          }
          before =
            prefix
            &+ Int(
              pendingSuffixes.offsets[index &+ 1] &- pendingSuffixes.offsets[index])
          total &+= before
          guard total <= sizeLimit else {
            throw FormatError(.tooLarge, "byte strings beyond the size allowed")
          }
          ends[index] = Int32(truncatingIfNeeded: first &+ total)
        }
        try ByteArrays.checkRoom(for: total, behind: first, at: 0)
      }
      return total
    }

    private func copyValues(_ count: Int, into target: UnsafeMutablePointer<UInt8>) {
      previous.withUnsafeBufferPointer { previous in
        pendingSuffixes.data.withUnsafeBufferPointer { source in
          var forerunner = previous.baseAddress
          var next = target
          for index in 0..<count {
            let prefix = Int(pendingPrefixes[index])
            if let forerunner { next.update(from: forerunner, count: prefix) }
            let from = Int(pendingSuffixes.offsets[index])
            let length = Int(pendingSuffixes.offsets[index &+ 1]) &- from
            if let base = source.baseAddress {
              (next + prefix).update(from: base + from, count: length)
            }
            forerunner = UnsafePointer(next)
            next += prefix &+ length
          }
        }
      }
    }
  }
}
