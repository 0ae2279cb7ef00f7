public import IcebergBytes

/// Writes values in Avro's binary form, one after the other. What comes when is the caller's affair:
/// nothing of the schema is written.
public struct AvroEncoder: Sendable {
  /// What has been written so far.
  public var output: ByteWriter

  /// An encoder with room for `capacity` bytes before it grows.
  @inlinable
  public init(capacity: Int = 0) { output = ByteWriter(capacity: capacity) }

  /// A boolean.
  @inlinable
  public mutating func write(_ value: Bool) { output.write(value ? 1 : 0) }

  /// An int.
  @inlinable
  public mutating func write(_ value: Int32) { output.writeZigZag(Int64(value)) }

  /// A long.
  @inlinable
  public mutating func write(_ value: Int64) { output.writeZigZag(value) }

  /// A float.
  @inlinable
  public mutating func write(_ value: Float) { output.writeLittleEndian(value.bitPattern) }

  /// A double.
  @inlinable
  public mutating func write(_ value: Double) { output.writeLittleEndian(value.bitPattern) }

  /// A string.
  @inlinable
  public mutating func write(_ value: String) {
    output.writeZigZag(Int64(value.utf8.count))
    output.write(utf8: value)
  }

  /// Bytes, with their length.
  @inlinable
  public mutating func write(_ value: Bytes) {
    output.writeZigZag(Int64(value.count))
    write(fixed: value)
  }

  /// Bytes of a fixed type, without a length.
  @inlinable
  public mutating func write(fixed value: Bytes) {
    value.withUnsafeBytes { output.bytes.append(contentsOf: $0) }
  }

  /// Bytes, with their length.
  @inlinable
  public mutating func write(_ value: Span<UInt8>) {
    output.writeZigZag(Int64(value.count))
    value.withUnsafeBufferPointer { output.bytes.append(contentsOf: $0) }
  }

  /// Bytes of a fixed type, without a length.
  @inlinable
  public mutating func write(fixed value: Span<UInt8>) {
    value.withUnsafeBufferPointer { output.bytes.append(contentsOf: $0) }
  }

  /// The branch of a union, whose value comes next.
  @inlinable
  public mutating func write(branch: Int) { output.writeZigZag(Int64(branch)) }

  /// The beginning of an array or a map of `count` items; they come next, then ``writeItemsEnd()``.
  @inlinable
  public mutating func writeItems(_ count: Int) {
    if count > 0 { output.writeZigZag(Int64(count)) }
  }

  /// The end of an array or a map.
  @inlinable
  public mutating func writeItemsEnd() { output.write(0) }
}
