import IcebergBytes

extension Literal {
  /// The hash that the bucket transform is made of; nil for values of types that have none.
  ///
  /// Spec: Appendix B, "32-bit Hash Requirements".
  public var bucketHash: Int32? {
    switch self {
    case .boolean(let value): Murmur3.hash32(value ? 1 : 0)
    case .int(let value), .date(let value): Murmur3.hash32(Int64(value))
    case .long(let value), .time(let value), .timestamp(let value), .timestamptz(let value):
      Murmur3.hash32(value)
    case .timestampNanos(let value), .timestamptzNanos(let value):
      // Nanoseconds hash as the microseconds that they are in, so that a promoted column keeps its
      // buckets.
      Murmur3.hash32(CivilDate.floorDivide(value, 1_000))
    case .float(let value): Self.hash(Double(value))
    case .double(let value): Self.hash(value)
    case .decimal(let unscaled, _): Murmur3.hash32(Self.minimalBigEndian(unscaled))
    case .string(let value): Murmur3.hash32(value)
    case .uuid(let bytes), .fixed(let bytes), .binary(let bytes): Murmur3.hash32(bytes)
    case .geometry, .geography, .variant, .struct, .list, .map: nil
    }
  }

  private static func hash(_ value: Double) -> Int32 {
    // All NaN are one value, and so are the two zeros.
    let bits = value.isNaN ? 0x7ff8_0000_0000_0000 : value == 0 ? 0 : value.bitPattern
    return Murmur3.hash32(Int64(bitPattern: bits))
  }
}
