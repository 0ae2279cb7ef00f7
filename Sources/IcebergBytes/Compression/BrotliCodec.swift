import CBrotli

/// Brotli streams (RFC 7932), reading only.
enum BrotliCodec {
  static var isAvailable: Bool { cbrotli_available() }

  static func decompress(_ input: Bytes, _ size: PlainSize) throws(FormatError) -> Bytes {
    guard isAvailable else { throw .builtWithout("brotli", install: "libbrotli-dev") }
    // The stream does not state its size and nearly no ratio is impossible: memory grows with what
    // really comes out.
    let likely = max(1 << 16, input.count.multipliedReportingOverflow(by: 32).partialValue)
    var capacity = min(size.bound, likely)
    while true {
      var result: Int32 = 0
      let output = try Bytes(capacity: max(1, capacity)) { space throws(FormatError) in
        var written = capacity
        result = input.withUnsafeBytes { source in
          cbrotli_decompress(source.baseAddress, source.count, space.baseAddress, &written)
        }
        return written
      }
      switch result {
      case 0: return output
      case 2: throw FormatError(.truncated, at: input.count, "brotli stream ends early")
      case 3:
        guard capacity < size.bound else { throw size.overflow }
        let larger = capacity.multipliedReportingOverflow(by: 8)
        capacity = larger.overflow ? size.bound : min(size.bound, larger.partialValue)
      case 4: throw FormatError(.tooLarge, "no memory to decompress")
      default: throw FormatError(.badValue, "damaged brotli stream")
      }
    }
  }
}
