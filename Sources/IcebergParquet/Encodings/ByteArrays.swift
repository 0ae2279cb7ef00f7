internal import IcebergBytes

/// Byte strings of any length, one after the other: value `i` is `data[offsets[i]..<offsets[i + 1]]`.
package struct ByteArrays: Hashable, Sendable {
  /// Where each value begins, and where the last one ends.
  package var offsets: [Int32]
  /// The bytes of all values.
  package var data: [UInt8]

  /// No values.
  package init() {
    offsets = [0]
    data = []
  }

  /// The values that `offsets`, one more than there are values, cut out of `data`.
  package init(offsets: [Int32], data: [UInt8]) {
    precondition(!offsets.isEmpty)
    self.offsets = offsets
    self.data = data
  }

  /// The given values.
  package init(_ values: [[UInt8]]) {
    self.init()
    for value in values {
      data.append(contentsOf: value)
      offsets.append(Int32(data.count))
    }
  }

  /// The number of values.
  package var count: Int { offsets.count &- 1 }

  /// The value at `index`.
  package subscript(index: Int) -> ArraySlice<UInt8> {
    data[Int(offsets[index])..<Int(offsets[index + 1])]
  }

  /// Throws unless `more` bytes behind `size` others can be reached by 31-bit offsets.
  static func checkRoom(for more: Int, behind size: Int, at offset: Int) throws(FormatError) {
    if more > Int(Int32.max) &- size {
      throw FormatError(.tooLarge, at: offset, "more than 2 GiB of byte strings in a column")
    }
  }
}

extension Array where Element: BitwiseCopyable {
  /// Appends `number` elements, which `fill` writes to raw memory; when it throws nothing is
  /// appended.
  @inline(__always)
  mutating func appendRaw(
    _ number: Int, _ fill: (UnsafeMutablePointer<Element>) throws(FormatError) -> Void
  ) throws(FormatError) {
    if number == 0 { return }
    try append(addingCapacity: number) { (room) throws(FormatError) in
      try room.withUnsafeMutableBufferPointer { (buffer, filled) throws(FormatError) in
        guard let base = buffer.baseAddress else { return }
        try fill(base + filled)
        filled &+= number
      }
    }
  }
}
