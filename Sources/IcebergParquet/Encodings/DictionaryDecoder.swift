package import IcebergBytes

/// Values that stand in a dictionary, from the indices of a data page. Spec: Parquet, Encodings,
/// "Dictionary Encoding".
///
/// An index beyond the dictionary throws; the values appended before it are then of no use.
package struct DictionaryDecoder: Sendable {
  private var runs: RunLengthDecoder
  private var indices: [UInt32] = []

  /// A decoder for the bytes of a data page behind its levels: the bit width in one byte, then runs.
  package init(_ bytes: Bytes) throws(FormatError) {
    guard let width = bytes.first else { throw PlainEncoding.truncated(0) }
    runs = try RunLengthDecoder(bytes[1..<bytes.count], width: Int(width))
  }

  /// Appends the next `count` values, which are numbers.
  package mutating func decode<T: BitwiseCopyable>(
    _ count: Int, of dictionary: [T], into values: inout [T]
  ) throws(FormatError) {
    var left = count
    while left > 0 {
      switch try runs.nextRun(atMost: left) {
      case .repeated(let value, let number):
        guard Int(value) < dictionary.count else { throw badIndex() }
        values.append(contentsOf: repeatElement(dictionary[Int(value)], count: number))
        left &-= number
      case .packed(let bit, let number):
        try unpackIndices(fromBit: bit, count: number, below: dictionary.count)
        try values.appendRaw(number) { target throws(FormatError) in
          dictionary.withUnsafeBufferPointer { entries in
            indices.withUnsafeBufferPointer { indices in
              for index in 0..<number { target[index] = entries[Int(indices[index])] }
            }
          }
        }
        left &-= number
      }
    }
  }

  /// Appends the next `count` values, which are `width` bytes each.
  package mutating func decode(
    _ count: Int, of dictionary: [UInt8], width: Int, into values: inout [UInt8]
  ) throws(FormatError) {
    let entries = width == 0 ? 0 : dictionary.count / width
    var left = count
    while left > 0 {
      let number = try nextIndices(atMost: left, below: entries)
      try values.appendRaw(number &* width) { target throws(FormatError) in
        dictionary.withUnsafeBufferPointer { source in
          guard let source = source.baseAddress else { return }
          var target = target
          for index in indices {
            target.update(from: source + Int(index) &* width, count: width)
            target += width
          }
        }
      }
      left &-= number
    }
  }

  /// Appends the next `count` values, which are byte strings.
  package mutating func decode(
    _ count: Int, of dictionary: ByteArrays, into values: inout ByteArrays
  ) throws(FormatError) {
    var left = count
    while left > 0 {
      let number = try nextIndices(atMost: left, below: dictionary.count)
      try dictionary.append(at: indices, to: &values)
      left &-= number
    }
  }

  /// Appends the next `count` indices, each below `entries`.
  package mutating func decodeIndices(
    _ count: Int, below entries: Int, into values: inout [UInt32]
  ) throws(FormatError) {
    var left = count
    while left > 0 {
      let number = try nextIndices(atMost: left, below: entries)
      values.append(contentsOf: indices)
      left &-= number
    }
  }

  /// Reads the next one to `limit` indices, and returns how many.
  private mutating func nextIndices(
    atMost limit: Int, below entries: Int
  ) throws(FormatError) -> Int {
    switch try runs.nextRun(atMost: min(limit, 1 << 16)) {
    case .repeated(let value, let number):
      guard Int(value) < entries else { throw badIndex() }
      indices.removeAll(keepingCapacity: true)
      indices.append(contentsOf: repeatElement(value, count: number))
      return number
    case .packed(let bit, let number):
      try unpackIndices(fromBit: bit, count: number, below: entries)
      return number
    }
  }

  private mutating func unpackIndices(
    fromBit bit: Int, count: Int, below entries: Int
  ) throws(FormatError) {
    indices.removeAll(keepingCapacity: true)
    try runs.unpack(fromBit: bit, count: count, into: &indices)
    var highest: UInt32 = 0
    for index in indices { highest = max(highest, index) }
    guard Int(highest) < entries else { throw badIndex() }
  }

  private func badIndex() -> FormatError {
    FormatError(.badValue, at: runs.position, "index beyond the dictionary")
  }
}

extension ByteArrays {
  /// Appends the values at `indices`, all of which are there, to others.
  func append(at indices: [UInt32], to values: inout ByteArrays) throws(FormatError) {
    let first = values.data.count
    var total = 0
    let known = values.offsets.count
    try values.offsets.appendRaw(indices.count) { ends throws(FormatError) in
      offsets.withUnsafeBufferPointer { offsets in
        for position in indices.indices {
          let index = Int(indices[position])
          total &+= Int(offsets[index &+ 1] &- offsets[index])
          ends[position] = Int32(truncatingIfNeeded: first &+ total)
        }
      }
      try ByteArrays.checkRoom(for: total, behind: first, at: 0)
    }
    values.offsets.withUnsafeBufferPointer { ends in
      values.data.append(addingCapacity: total) { room in
        room.withUnsafeMutableBufferPointer { buffer, filled in
          data.withUnsafeBytes { source in
            guard let base = buffer.baseAddress, let from = source.baseAddress else { return }
            var target = UnsafeMutableRawPointer(base + filled)
            let targetEnd = target + total
            let lastWide = source.count &- 16
            for position in indices.indices {
              let start = Int(offsets[Int(indices[position])])
              let end = known &+ position
              let length = Int(ends[end] &- ends[end &- 1])
              if length <= 16, start <= lastWide, target + 16 <= targetEnd {
                target.storeBytes(
                  of: (from + start).loadUnaligned(as: SIMD2<UInt64>.self),
                  as: SIMD2<UInt64>.self)
              } else {
                target.copyMemory(from: from + start, byteCount: length)
              }
              target += length
            }
          }
          filled &+= total
        }
      }
    }
  }
}
