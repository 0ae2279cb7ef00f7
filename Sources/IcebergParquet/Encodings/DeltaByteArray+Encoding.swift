package import IcebergBytes

extension DeltaLengthByteArray {
  /// Appends the values at `range`.
  package static func encode(
    _ values: ByteArrays, at range: Range<Int>, into writer: inout ByteWriter
  ) {
    let lengths = range.map { values.offsets[$0 + 1] &- values.offsets[$0] }
    lengths.withUnsafeBufferPointer { DeltaBinaryPacked.encode($0, into: &writer) }
    let bytes = Int(values.offsets[range.lowerBound])..<Int(values.offsets[range.upperBound])
    values.data.withUnsafeBytes { writer.bytes.append(contentsOf: $0[bytes]) }
  }
}

extension DeltaByteArray {
  /// Appends the values at `range`.
  package static func encode(
    _ values: ByteArrays, at range: Range<Int>, into writer: inout ByteWriter
  ) {
    var prefixes: [Int32] = []
    prefixes.reserveCapacity(range.count)
    var suffixes = ByteArrays()
    suffixes.offsets.reserveCapacity(range.count + 1)
    var previous = 0..<0
    values.data.withUnsafeBufferPointer { data in
      for index in range {
        let value = Int(values.offsets[index])..<Int(values.offsets[index + 1])
        let limit = min(previous.count, value.count)
        var shared = 0
        while shared < limit,
          data[previous.lowerBound &+ shared] == data[value.lowerBound &+ shared]
        {
          shared &+= 1
        }
        prefixes.append(Int32(truncatingIfNeeded: shared))
        suffixes.data.append(contentsOf: data[value.lowerBound &+ shared..<value.upperBound])
        suffixes.offsets.append(Int32(truncatingIfNeeded: suffixes.data.count))
        previous = value
      }
    }
    prefixes.withUnsafeBufferPointer { DeltaBinaryPacked.encode($0, into: &writer) }
    DeltaLengthByteArray.encode(suffixes, at: 0..<suffixes.count, into: &writer)
  }
}
