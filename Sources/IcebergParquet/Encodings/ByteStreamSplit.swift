package import IcebergBytes

/// The first bytes of all values, then all second bytes, and so on. Spec: Parquet, Encodings, "Byte
/// Stream Split".
package enum ByteStreamSplit {
  /// Appends `count` numbers of fixed width, which take all bytes from `offset` on.
  package static func decode<T: FixedWidthBits>(
    _ bytes: Bytes, at offset: inout Int, count: Int, into values: inout [T]
  ) throws(FormatError) {
    let width = MemoryLayout<T>.size
    let size = try checkedSize(bytes, at: offset, count: count, width: width)
    let start = offset
    try bytes.withUnsafeBytes { (raw) throws(FormatError) in
      try values.appendRaw(count) { target throws(FormatError) in
        for index in 0..<count {
          var bits: T.Bits = 0
          for stream in 0..<width {
            bits |=
              T.Bits(truncatingIfNeeded: raw[start &+ stream &* count &+ index])
              &<< T.Bits(truncatingIfNeeded: stream &<< 3)
          }
          target[index] = T(bits: bits)
        }
      }
    }
    offset &+= size
  }

  /// Appends `count` values of `width` bytes, which take all bytes from `offset` on.
  package static func decode(
    _ bytes: Bytes, at offset: inout Int, count: Int, width: Int, into values: inout [UInt8]
  ) throws(FormatError) {
    let size = try checkedSize(bytes, at: offset, count: count, width: width)
    let start = offset
    try bytes.withUnsafeBytes { (raw) throws(FormatError) in
      try values.appendRaw(size) { target throws(FormatError) in
        for stream in 0..<width {
          for index in 0..<count {
            target[index &* width &+ stream] = raw[start &+ stream &* count &+ index]
          }
        }
      }
    }
    offset &+= size
  }

  /// Appends values of `width` bytes, which fill `values`.
  package static func encode(
    _ values: UnsafeRawBufferPointer, width: Int, into writer: inout ByteWriter
  ) {
    guard width > 0 else { return }
    let count = values.count / width
    writer.bytes.append(addingCapacity: count &* width) { room in
      room.withUnsafeMutableBufferPointer { buffer, filled in
        guard let base = buffer.baseAddress else { return }
        for stream in 0..<width {
          let target = base + filled + stream &* count
          for index in 0..<count { target[index] = values[index &* width &+ stream] }
        }
        filled &+= count &* width
      }
    }
  }

  /// The size of the values, which must be all that is left: the streams lie that far apart.
  private static func checkedSize(
    _ bytes: Bytes, at offset: Int, count: Int, width: Int
  ) throws(FormatError) -> Int {
    let size = try PlainEncoding.checkedSize(bytes, at: offset, count: count, width: width)
    guard size == bytes.count &- offset else {
      throw FormatError(.badValue, at: offset, "split streams do not fill their page")
    }
    return size
  }
}

/// A number that is kept as an unsigned integer of its width.
package protocol FixedWidthBits: BitwiseCopyable, Sendable {
  /// The unsigned integer of the same width.
  associatedtype Bits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable & Sendable
  /// The number with the given bits.
  init(bits: Bits)
  /// The bits of the number.
  var bits: Bits { get }
}

extension Int32: FixedWidthBits {
  package init(bits: UInt32) { self.init(bitPattern: bits) }
  package var bits: UInt32 { UInt32(bitPattern: self) }
}

extension Int64: FixedWidthBits {
  package init(bits: UInt64) { self.init(bitPattern: bits) }
  package var bits: UInt64 { UInt64(bitPattern: self) }
}

extension Float: FixedWidthBits {
  package init(bits: UInt32) { self.init(bitPattern: bits) }
  package var bits: UInt32 { bitPattern }
}

extension Double: FixedWidthBits {
  package init(bits: UInt64) { self.init(bitPattern: bits) }
  package var bits: UInt64 { bitPattern }
}
