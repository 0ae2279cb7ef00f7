import CDeflate
import CZlib

/// Deflate, raw (RFC 1951) or in gzip's wrapping (RFC 1952).
///
/// Inflating uses libdeflate where it was built in, about twice as fast as zlib; deflating is
/// always zlib's, so that the same input gives the same file everywhere.
package enum DeflateCodec {
  /// What stands around the deflate stream.
  package enum Wrapping: Sendable {
    case raw
    case gzip

    fileprivate var windowBits: Int32 { self == .raw ? -15 : 31 }
  }

  /// The library that inflates.
  package enum Inflater: Sendable, CaseIterable {
    case libdeflate
    case zlib

    /// libdeflate where it was built in, else zlib.
    package static var preferred: Inflater { cdeflate_available() ? .libdeflate : .zlib }
  }

  /// No deflate stream grows more than this, rounded up: 258 bytes from two bits.
  private static let maximumRatio = 1040

  /// The plain bytes of a stream, or of all members of a gzip file.
  package static func decompress(
    _ input: Bytes, _ wrapping: Wrapping, _ size: PlainSize, using inflater: Inflater
  ) throws(FormatError) -> Bytes {
    let most = input.count.multipliedReportingOverflow(by: maximumRatio)
    try size.check(possible: most.overflow ? .max : most.partialValue)
    var output = GrowingOutput(
      capacity: guess(input, wrapping, size), limit: size.bound, overflow: size.overflow)
    try input.withUnsafeBytes { source throws(FormatError) in
      var position = 0
      repeat {
        let rest = UnsafeRawBufferPointer(rebasing: source[position...])
        switch inflater {
        case .libdeflate:
          position += try inflateWithLibdeflate(rest, at: position, wrapping, into: &output)
        case .zlib: position += try inflateWithZlib(rest, at: position, wrapping, into: &output)
        }
        guard position < source.count else { break }
        if wrapping == .raw {
          // Writers that cut zlib's wrapping off leave some of its four bytes of checksum.
          guard source.count - position <= 4 else {
            throw FormatError(.badValue, at: position, "data after the end of the deflate stream")
          }
          break
        }
        // Zeros after the last member are padding, as gzip itself takes them.
      } while source[position...].contains { $0 != 0 }
    }
    return output.bytes()
  }

  /// The memory to begin with. Untouched memory costs nothing, a second attempt costs time; what is
  /// taken never exceeds a small multiple of the input.
  private static func guess(_ input: Bytes, _ wrapping: Wrapping, _ size: PlainSize) -> Int {
    if case .exactly(let size) = size { return size }
    let likely = max(1 << 16, input.count.multipliedReportingOverflow(by: 16).partialValue)
    guard wrapping == .gzip, input.count > 18 else { return min(size.bound, likely) }
    // A gzip member ends with its plain size modulo 2^32.
    let stated = (1...4).reduce(0) { $0 << 8 | Int(input[input.count - $1]) }
    return min(size.bound, stated <= likely * 8 ? stated : likely)
  }

  private static func inflateWithLibdeflate(
    _ source: UnsafeRawBufferPointer, at position: Int, _ wrapping: Wrapping,
    into output: inout GrowingOutput
  ) throws(FormatError) -> Int {
    let inflate = wrapping == .gzip ? cdeflate_gunzip : cdeflate_inflate
    while true {
      var used = 0
      var written = 0
      let result = output.withSpace { space in
        inflate(source.baseAddress, source.count, space.baseAddress, space.count, &used, &written)
      }
      switch result {
      case 0:
        output.advance(written)
        return used
      case 3: try output.grow(by: 8)
      case 4: throw FormatError(.tooLarge, at: position, "no memory to inflate")
      default: throw FormatError(.badValue, at: position, "damaged deflate stream")
      }
    }
  }

  private static func inflateWithZlib(
    _ source: UnsafeRawBufferPointer, at position: Int, _ wrapping: Wrapping,
    into output: inout GrowingOutput
  ) throws(FormatError) -> Int {
    var stream = z_stream()
    guard czlib_inflate_init(&stream, wrapping.windowBits) == Z_OK else {
      throw FormatError(.tooLarge, at: position, "no memory to inflate")
    }
    defer { inflateEnd(&stream) }
    var consumed = 0
    while true {
      // zlib counts in 32 bits.
      let chunk = source[consumed...].prefix(1 << 30)
      stream.next_in = UnsafeMutablePointer(
        mutating: UnsafeRawBufferPointer(rebasing: chunk).assumingMemoryBound(to: UInt8.self)
          .baseAddress)
      stream.avail_in = UInt32(chunk.count)
      // A byte of its own tells a full output from a stream that has not ended.
      var spill: UInt8 = 0
      let (result, written, isSpilled) = output.withSpace { space in
        withUnsafeMutablePointer(to: &spill) { spill in
          let room = space.prefix(1 << 30)
          let start = UnsafeMutableRawBufferPointer(rebasing: room)
            .assumingMemoryBound(to: UInt8.self).baseAddress
          stream.next_out = room.isEmpty ? spill : start
          stream.avail_out = room.isEmpty ? 1 : UInt32(room.count)
          let before = Int(stream.avail_out)
          let result = CZlib.inflate(&stream, Z_NO_FLUSH)
          return (result, before - Int(stream.avail_out), room.isEmpty)
        }
      }
      consumed += chunk.count - Int(stream.avail_in)
      if isSpilled, written > 0 {
        try output.grow(by: 8)
        output.append(spill)
      } else if !isSpilled {
        output.advance(written)
      }
      switch result {
      case Z_STREAM_END: return consumed
      case Z_OK, Z_BUF_ERROR:
        if written == 0, consumed == source.count {
          throw FormatError(.truncated, at: position + consumed, "deflate stream ends early")
        }
      case Z_MEM_ERROR: throw FormatError(.tooLarge, at: position, "no memory to inflate")
      default: throw FormatError(.badValue, at: position + consumed, "damaged deflate stream")
      }
    }
  }

  /// The compressed form, one member.
  static func compress(
    _ input: Bytes, _ wrapping: Wrapping, level: Int?
  ) throws(FormatError) -> Bytes {
    let level = level.map { Int32(max(0, min(9, $0))) } ?? Z_DEFAULT_COMPRESSION
    var stream = z_stream()
    guard czlib_deflate_init(&stream, level, wrapping.windowBits) == Z_OK else {
      throw FormatError(.tooLarge, "no memory to deflate")
    }
    defer { deflateEnd(&stream) }
    let bound = Int(deflateBound(&stream, UInt(input.count)))
    return try Bytes(capacity: bound) { space throws(FormatError) in
      try input.withUnsafeBytes { source throws(FormatError) in
        var consumed = 0
        var written = 0
        while true {
          let chunk = source[consumed...].prefix(1 << 30)
          let room = space[written...].prefix(1 << 30)
          stream.next_in = UnsafeMutablePointer(
            mutating: UnsafeRawBufferPointer(rebasing: chunk).assumingMemoryBound(to: UInt8.self)
              .baseAddress)
          stream.avail_in = UInt32(chunk.count)
          stream.next_out =
            UnsafeMutableRawBufferPointer(rebasing: room).assumingMemoryBound(to: UInt8.self)
            .baseAddress
          stream.avail_out = UInt32(room.count)
          let isLast = consumed + chunk.count == source.count
          let result = deflate(&stream, isLast ? Z_FINISH : Z_NO_FLUSH)
          consumed += chunk.count - Int(stream.avail_in)
          written += room.count - Int(stream.avail_out)
          if result == Z_STREAM_END { return written }
          guard result == Z_OK, written < space.count else {
            throw FormatError(.badValue, "deflate failed")
          }
        }
      }
    }
  }
}
