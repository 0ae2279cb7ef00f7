import IcebergBytes
import IcebergParquet

// The decoders of the delta encodings hand out values in pieces; these take all of them, in pieces
// of seven, so that every test also meets the seams.

private let piece = 7

extension DeltaBinaryPacked {
  /// Appends the integers at `offset`, and moves it behind them.
  static func decode<T: FixedWidthInteger & SignedInteger & BitwiseCopyable & Sendable>(
    _ bytes: Bytes, at offset: inout Int, limit: Int, into values: inout [T]
  ) throws(FormatError) {
    var decoder = try Decoder<T>(bytes, at: offset, limit: limit)
    let end = try decoder.end()
    while decoder.remaining > 0 { try decoder.decode(min(piece, decoder.remaining), into: &values) }
    offset = end
  }
}

extension DeltaLengthByteArray {
  /// Appends the byte strings at `offset`.
  static func decode(
    _ bytes: Bytes, at offset: Int, limit: Int, into values: inout ByteArrays
  ) throws(FormatError) {
    var decoder = try Decoder(bytes, at: offset, limit: limit)
    while decoder.remaining > 0 { try decoder.decode(min(piece, decoder.remaining), into: &values) }
  }
}

extension DeltaByteArray {
  /// Appends the byte strings at `offset`.
  static func decode(
    _ bytes: Bytes, at offset: Int, limit: Int, sizeLimit: Int = Int(Int32.max),
    into values: inout ByteArrays
  ) throws(FormatError) {
    var decoder = try Decoder(bytes, at: offset, limit: limit)
    while decoder.remaining > 0 {
      try decoder.decode(min(piece, decoder.remaining), sizeLimit: sizeLimit, into: &values)
    }
  }

  /// Appends the values of `width` bytes at `offset`.
  static func decode(
    _ bytes: Bytes, at offset: Int, limit: Int, width: Int, into values: inout [UInt8]
  ) throws(FormatError) {
    var decoder = try Decoder(bytes, at: offset, limit: limit)
    while decoder.remaining > 0 {
      try decoder.decode(min(piece, decoder.remaining), width: width, into: &values)
    }
  }
}
