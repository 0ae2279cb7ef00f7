// Bytes compared, eight at a time.
extension UnsafeRawBufferPointer {
  /// Whether both hold the same bytes.
  @inlinable
  package func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let left = baseAddress, let right = other.baseAddress, left != right else { return true }
    var index = 0
    while count &- index >= 8 {
      guard
        left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
          == right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      else { return false }
      index &+= 8
    }
    while index < count {
      guard
        left.load(fromByteOffset: index, as: UInt8.self)
          == right.load(fromByteOffset: index, as: UInt8.self)
      else { return false }
      index &+= 1
    }
    return true
  }

  /// Less than zero when these bytes come before others as unsigned numbers from the first on, zero when
  /// both are the same, else greater than zero.
  @inlinable
  package func order(to other: UnsafeRawBufferPointer) -> Int {
    let shared = Swift.min(count, other.count)
    guard shared > 0, let left = baseAddress, let right = other.baseAddress else {
      return count &- other.count
    }
    var index = 0
    while shared &- index >= 8 {
      let a = UInt64(bigEndian: left.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let b = UInt64(bigEndian: right.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      if a != b { return a < b ? -1 : 1 }
      index &+= 8
    }
    while index < shared {
      let a = left.load(fromByteOffset: index, as: UInt8.self)
      let b = right.load(fromByteOffset: index, as: UInt8.self)
      if a != b { return a < b ? -1 : 1 }
      index &+= 1
    }
    return count &- other.count
  }
}

extension Bytes {
  /// Less than zero when these bytes come before others as unsigned numbers from the first on, zero when
  /// both are the same, else greater than zero.
  @inlinable
  package func order(to other: Bytes) -> Int {
    withUnsafeBytes { left in other.withUnsafeBytes { left.order(to: $0) } }
  }
}
