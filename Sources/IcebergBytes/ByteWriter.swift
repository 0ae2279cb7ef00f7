/// A growing run of bytes, written in the forms that ``ByteReader`` reads.
public struct ByteWriter: Sendable {
  /// What has been written so far.
  public var bytes: [UInt8]

  /// A writer with room for `capacity` bytes before it grows.
  @inlinable
  public init(capacity: Int = 0) {
    bytes = []
    bytes.reserveCapacity(capacity)
  }

  /// The number of bytes written so far.
  @inlinable public var count: Int { bytes.count }

  /// Appends one byte.
  @inlinable
  public mutating func write(_ byte: UInt8) { bytes.append(byte) }

  /// Appends bytes as they are.
  @inlinable
  public mutating func write(_ other: some Collection<UInt8>) { bytes.append(contentsOf: other) }

  /// Appends the UTF-8 form of a string, without a length.
  @inlinable
  public mutating func write(utf8 string: String) { bytes.append(contentsOf: string.utf8) }

  /// Appends a fixed-width integer in little-endian order.
  @inlinable
  public mutating func writeLittleEndian<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends a fixed-width integer in big-endian order.
  @inlinable
  public mutating func writeBigEndian<T: FixedWidthInteger>(_ value: T) {
    withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
  }

  /// Appends an unsigned LEB128 integer.
  @inlinable
  public mutating func writeVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest &>>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Appends a zig-zag LEB128 integer.
  @inlinable
  public mutating func writeZigZag(_ value: Int64) {
    writeVarint(UInt64(bitPattern: (value &<< 1) ^ (value &>> 63)))
  }
}
