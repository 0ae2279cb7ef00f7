/// Reads `count` integers of `width` bits, 0 to 64, packed from the lowest bit of each byte upwards,
/// the first of which begins at the bit `start`.
///
/// The caller has checked that `(start + count * width + 7) / 8` bytes lie within `bytes`.
@inline(__always)
func unpackBits<T: FixedWidthInteger>(
  _ bytes: UnsafeRawBufferPointer, from start: Int = 0, width: Int, count: Int,
  into target: UnsafeMutablePointer<T>
) {
  guard width > 0, let base = bytes.baseAddress else {
    for index in 0..<count { target[index] = 0 }
    return
  }
  let mask: UInt64 = width == 64 ? .max : (1 &<< UInt64(width)) &- 1
  var bit = start
  var index = 0
  if width <= 57 {
    // One unaligned load holds a value whole, wherever it begins in its first byte.
    let safe = bytes.count &- 8
    while index < count, bit &>> 3 <= safe {
      let word = UInt64(littleEndian: (base + bit &>> 3).loadUnaligned(as: UInt64.self))
      target[index] = T(truncatingIfNeeded: word &>> UInt64(bit & 7) & mask)
      bit &+= width
      index &+= 1
    }
  }
  while index < count {
    let first = bit &>> 3
    let shift = bit & 7
    let last = (bit &+ width &- 1) &>> 3
    var low: UInt64 = 0
    for position in first...Swift.min(last, first &+ 7) {
      low |= UInt64(bytes[position]) &<< UInt64((position &- first) &<< 3)
    }
    var value = low &>> UInt64(shift)
    if last > first &+ 7 { value |= UInt64(bytes[last]) &<< UInt64(64 &- shift) }
    target[index] = T(truncatingIfNeeded: value & mask)
    bit &+= width
    index &+= 1
  }
}
