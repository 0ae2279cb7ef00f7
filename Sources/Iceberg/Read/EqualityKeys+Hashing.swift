extension EqualityKeys {
  /// What makes hashes differ from one process to the next, so that nobody can write a file whose
  /// keys all fall into one place.
  private static let seed = UInt64.random(in: .min ... .max)

  /// The hash of a key that is a number.
  static func hash(of number: UInt64) -> UInt64 { mix(number, seed) }

  /// A hash of each key; those of nulls are without meaning.
  var hashes: [UInt64] {
    let seed = Self.seed
    switch values {
    case .integers(let numbers): return numbers.map { Self.mix($0, seed) }
    case .bytes(let offsets, let data):
      var hashes = [UInt64](repeating: 0, count: count)
      data.withUnsafeBytes { bytes in
        for row in 0..<count { hashes[row] = Self.hash(bytes.string(row, offsets), seed) }
      }
      return hashes
    }
  }

  /// The product of two numbers folded to half its width, which spreads every bit of them.
  @inline(__always)
  private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = (left ^ 0x9e37_79b9_7f4a_7c15).multipliedFullWidth(by: right | 1)
    return product.high ^ product.low
  }

  /// A hash of some bytes, eight at a time.
  @inline(__always)
  private static func hash(_ bytes: UnsafeRawBufferPointer, _ seed: UInt64) -> UInt64 {
    var hash = mix(UInt64(bytes.count), seed)
    var offset = 0
    while bytes.count - offset >= 8 {
      hash = mix(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), seed)
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest &<< 8 | UInt64(bytes[offset])
      offset += 1
    }
    return mix(hash ^ rest, seed)
  }
}
