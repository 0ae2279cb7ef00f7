/// The 32-bit hash of MurmurHash3 for x86 with seed 0, as bucket partitioning uses it.
///
/// Spec: Appendix B, 32-bit Hash Requirements.
public enum Murmur3: Sendable {
  /// The hash of a run of bytes.
  public static func hash32(_ bytes: RawSpan) -> Int32 {
    var hash: UInt32 = 0
    var position = 0
    let wholeWords = bytes.byteCount & ~3
    while position < wholeWords {
      let word = unsafe bytes.unsafeLoadUnaligned(
        fromUncheckedByteOffset: position, as: UInt32.self)
      hash = mix(hash, UInt32(littleEndian: word))
      position &+= 4
    }
    var rest: UInt32 = 0
    var end = bytes.byteCount
    while end > position {
      end &-= 1
      rest =
        rest &<< 8
        | UInt32(unsafe bytes.unsafeLoad(fromUncheckedByteOffset: end, as: UInt8.self))
    }
    return finish(hash ^ scramble(rest), count: bytes.byteCount)
  }

  /// The hash of a run of bytes.
  @inlinable
  public static func hash32(_ bytes: Bytes) -> Int32 { hash32(bytes.span) }

  /// The hash of the UTF-8 form of a string.
  public static func hash32(_ string: String) -> Int32 {
    hash32(string.utf8.span.bytes)
  }

  /// The hash of the eight little-endian bytes of an integer: that of int, long, date, time and
  /// timestamp values.
  public static func hash32(_ value: Int64) -> Int32 {
    let bits = UInt64(bitPattern: value)
    let low = mix(0, UInt32(truncatingIfNeeded: bits))
    return finish(mix(low, UInt32(truncatingIfNeeded: bits &>> 32)), count: 8)
  }

  private static func scramble(_ word: UInt32) -> UInt32 {
    let word = word &* 0xcc9e_2d51
    return (word &<< 15 | word &>> 17) &* 0x1b87_3593
  }

  private static func mix(_ hash: UInt32, _ word: UInt32) -> UInt32 {
    let hash = hash ^ scramble(word)
    return (hash &<< 13 | hash &>> 19) &* 5 &+ 0xe654_6b64
  }

  private static func finish(_ hash: UInt32, count: Int) -> Int32 {
    var hash = hash ^ UInt32(truncatingIfNeeded: count)
    hash = (hash ^ hash &>> 16) &* 0x85eb_ca6b
    hash = (hash ^ hash &>> 13) &* 0xc2b2_ae35
    return Int32(bitPattern: hash ^ hash &>> 16)
  }
}
