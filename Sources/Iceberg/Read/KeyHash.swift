/// A hash of keys, which differs from one process to the next, so that nobody can write a file whose keys
/// all fall into one place.
struct KeyHash: Sendable {
  private let seed: UInt64

  /// The hash that all keys of the process have.
  static let common = KeyHash(seed: .random(in: .min ... .max))

  /// The hash of a key that is a number.
  @inline(__always)
  func callAsFunction(_ number: Int64) -> UInt64 { mix(UInt64(bitPattern: number)) }

  /// The hash of a key that is some bytes.
  @inline(__always)
  func callAsFunction(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let count = bytes.count
    var hash = mix(UInt64(truncatingIfNeeded: count))
    if count >= 8 {
      // Eight at a time, of which the last ones may have been among those before.
      var offset = 0
      while offset < count &- 8 {
        hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        offset &+= 8
      }
      return mix(hash ^ bytes.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self))
    }
    var rest: UInt64 = 0
    if count >= 4 {
      rest = UInt64(bytes.loadUnaligned(as: UInt32.self))
      rest =
        rest &<< 32
        | UInt64(bytes.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
    } else if count > 0 {
      rest = UInt64(bytes[0]) &<< 16 | UInt64(bytes[count &>> 1]) &<< 8 | UInt64(bytes[count &- 1])
    }
    return mix(hash ^ rest)
  }

  /// The hash of a key of several parts, of which the last has the given hash and those before it `hash`.
  @inline(__always)
  func joined(_ hash: UInt64, _ last: UInt64) -> UInt64 { mix(hash &* 31 ^ last) }

  /// The product with a number of the process folded to half its width, which spreads every bit.
  @inline(__always)
  private func mix(_ bits: UInt64) -> UInt64 {
    let product = (bits ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: seed | 1)
    return product.high ^ product.low
  }
}
