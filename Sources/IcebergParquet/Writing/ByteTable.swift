/// Different byte strings, each with its index, in a table of open addressing.
struct ByteTable: Sendable {
  /// The strings, in the order of their indices.
  private(set) var strings = ByteArrays()
  private var hashes: [UInt32] = []
  /// The hash in the high half; in the low half one more than an index, or zero.
  private var slots = [UInt64](repeating: 0, count: 1 << 10)

  /// The indices of `count` strings, which lie in `data` at the given places, new ones added; nil
  /// when all strings, with `overhead` bytes for each, would come to more than `limit` bytes, and
  /// then nothing is added.
  @inline(__always)
  mutating func indices(
    in data: UnsafeRawBufferPointer, count: Int, overhead: Int, limit: Int,
    at place: (Int) -> Range<Int>
  ) -> [UInt32]? {
    let known = strings.count
    var size = strings.data.count &+ overhead &* known
    var fits = true
    var indices: [UInt32] = []
    indices.append(addingCapacity: count) { room in
      room.withUnsafeMutableBufferPointer { target, filled in
        for position in 0..<count {
          let value = UnsafeRawBufferPointer(rebasing: data[place(position)])
          let before = strings.count
          target[position] = index(of: value)
          if strings.count > before {
            size &+= value.count &+ overhead
            if size > limit {
              fits = false
              break
            }
          }
        }
        filled = count
      }
    }
    if fits { return indices }
    truncate(to: known)
    return nil
  }

  @inline(__always)
  private mutating func index(of value: UnsafeRawBufferPointer) -> UInt32 {
    if strings.count &* 2 >= slots.count { rebuild(slots.count &* 2) }
    let mask = slots.count &- 1
    let hash = Self.hash(value)
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
      let entry = slots[slot]
      if entry == 0 {
        strings.data.append(contentsOf: value)
        strings.offsets.append(Int32(truncatingIfNeeded: strings.data.count))
        hashes.append(hash)
        slots[slot] = UInt64(hash) &<< 32 | UInt64(strings.count)
        return UInt32(truncatingIfNeeded: strings.count &- 1)
      }
      if UInt32(truncatingIfNeeded: entry &>> 32) == hash {
        let index = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
        let range = Int(strings.offsets[index])..<Int(strings.offsets[index &+ 1])
        let isEqual = strings.data.withUnsafeBytes {
          ByteOrder.areEqual(UnsafeRawBufferPointer(rebasing: $0[range]), value)
        }
        if isEqual { return UInt32(truncatingIfNeeded: index) }
      }
      slot = (slot &+ 1) & mask
    }
  }

  private mutating func truncate(to count: Int) {
    strings.data.removeSubrange(Int(strings.offsets[count])...)
    strings.offsets.removeSubrange((count + 1)...)
    hashes.removeSubrange(count...)
    rebuild(slots.count)
  }

  private mutating func rebuild(_ size: Int) {
    slots = [UInt64](repeating: 0, count: size)
    for index in hashes.indices {
      var slot = Int(truncatingIfNeeded: hashes[index]) & (size &- 1)
      while slots[slot] != 0 { slot = (slot &+ 1) & (size &- 1) }
      slots[slot] = UInt64(hashes[index]) &<< 32 | UInt64(index &+ 1)
    }
  }

  /// Eight bytes at a time are mixed in by a full multiplication.
  @inline(__always)
  private static func hash(_ value: UnsafeRawBufferPointer) -> UInt32 {
    let count = value.count
    var state = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    func mix(_ word: UInt64) {
      let product = (state ^ word).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
      state = product.high ^ product.low
    }
    if count >= 8 {
      var index = 0
      while index &+ 8 <= count {
        mix(value.loadUnaligned(fromByteOffset: index, as: UInt64.self))
        index &+= 8
      }
      if index < count { mix(value.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)) }
    } else if count >= 4 {
      let first = UInt64(value.loadUnaligned(as: UInt32.self))
      let last = UInt64(value.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
      mix(first &<< 32 | last)
    } else if count > 0 {
      mix(UInt64(value[0]) &<< 16 | UInt64(value[count / 2]) &<< 8 | UInt64(value[count &- 1]))
    }
    return UInt32(truncatingIfNeeded: state ^ state &>> 32)
  }
}
