internal import IcebergBytes

/// Byte strings that others are looked up among, without a copy of any.
struct ByteStringSet: Sendable {
  /// The strings, one after the other.
  private var data: [UInt8] = []
  private var ranges: [Range<Int>] = []
  /// A power of two of places, at most half of them taken: the position of a string, or -1.
  private var slots: [Int32]

  init(_ strings: [[UInt8]]) {
    var size = 16
    while size < strings.count * 2 { size *= 2 }
    slots = [Int32](repeating: -1, count: size)
    for string in strings { string.withUnsafeBytes { insert($0) } }
  }

  private mutating func insert(_ string: UnsafeRawBufferPointer) {
    let slot = slot(of: string)
    guard slots[slot] < 0 else { return }
    slots[slot] = Int32(truncatingIfNeeded: ranges.count)
    ranges.append(data.count..<data.count + string.count)
    data += string
  }

  /// Whether `string` is one of the set.
  func contains(_ string: UnsafeRawBufferPointer) -> Bool { slots[slot(of: string)] >= 0 }

  /// The place of the string, or the free one that it would take.
  private func slot(of string: UnsafeRawBufferPointer) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: string.hash) & mask
    data.withUnsafeBytes { data in
      while slots[slot] >= 0,
        !UnsafeRawBufferPointer(rebasing: data[ranges[Int(slots[slot])]]).isEqual(to: string)
      {
        slot = (slot + 1) & mask
      }
    }
    return slot
  }
}

extension UnsafeRawBufferPointer {
  /// A number that is the same for equal bytes.
  fileprivate var hash: UInt64 {
    var hash = UInt64(truncatingIfNeeded: count) &+ 0x9e37_79b9_7f4a_7c15
    var index = 0
    while count - index >= 8 {
      hash.mix(loadUnaligned(fromByteOffset: index, as: UInt64.self))
      index += 8
    }
    var rest: UInt64 = 0
    while index < count {
      rest = rest &<< 8 | UInt64(self[index])
      index += 1
    }
    hash.mix(rest)
    return hash
  }
}

extension UInt64 {
  fileprivate mutating func mix(_ word: UInt64) {
    let product = (self ^ word).multipliedFullWidth(by: 0xbf58_476d_1ce4_e5b9)
    self = product.high ^ product.low
  }
}
