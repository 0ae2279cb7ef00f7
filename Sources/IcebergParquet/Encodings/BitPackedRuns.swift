internal import IcebergBytes

/// Appends `count` integers of `width` bits, 1 to 64, packed from the lowest bit of each byte
/// upwards, and zeros up to a multiple of `multiple` integers.
@inline(__always)
func packBits<T: FixedWidthInteger>(
  _ values: UnsafePointer<T>, count: Int, width: Int, paddedTo multiple: Int,
  into writer: inout ByteWriter
) {
  let padded = (count &+ multiple &- 1) / multiple &* multiple
  let size = (padded &* width &+ 7) &>> 3
  writer.bytes.append(addingCapacity: size &+ 8) { room in
    room.withUnsafeMutableBufferPointer { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      let start = UnsafeMutableRawPointer(base + filled)
      start.initializeMemory(as: UInt8.self, repeating: 0, count: size &+ 8)
      let mask = UInt64.max &>> UInt64(64 &- width)
      var target = start
      var held: UInt64 = 0
      var heldBits = 0
      for index in 0..<count {
        let bits = UInt64(truncatingIfNeeded: values[index]) & mask
        held |= bits &<< UInt64(heldBits)
        heldBits &+= width
        if heldBits >= 64 {
          target.storeBytes(of: held.littleEndian, as: UInt64.self)
          target += 8
          heldBits &-= 64
          // A shift by 64 would keep the bits.
          held = heldBits == 0 ? 0 : bits &>> UInt64(width &- heldBits)
        }
      }
      target.storeBytes(of: held.littleEndian, as: UInt64.self)
      filled &+= size
    }
  }
}
