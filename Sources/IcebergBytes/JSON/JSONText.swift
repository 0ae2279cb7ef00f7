/// The bytes of a JSON string between its quotes.
struct JSONText {
  private let source: UnsafeBufferPointer<UInt8>
  private let offset: Int

  /// The bytes at the given offset of the text, for errors.
  init(_ source: UnsafeBufferPointer<UInt8>, at offset: Int) {
    self.source = source
    self.offset = offset
  }

  /// The text of bytes without escapes.
  func plain() throws(FormatError) -> String {
    guard let text = String(checkedUTF8: UnsafeRawBufferPointer(source)) else {
      throw FormatError(.badValue, at: offset, "text is not UTF-8")
    }
    return text
  }

  /// The text of bytes with escapes in them.
  func unescaped() throws(FormatError) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(source.count)
    var index = 0
    while index < source.count {
      let byte = source[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        output.append(byte)
        continue
      }
      // The parser has seen that a byte follows every backslash.
      let escape = source[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): output.append(escape)
      case UInt8(ascii: "b"): output.append(0x08)
      case UInt8(ascii: "f"): output.append(0x0c)
      case UInt8(ascii: "n"): output.append(0x0a)
      case UInt8(ascii: "r"): output.append(0x0d)
      case UInt8(ascii: "t"): output.append(0x09)
      case UInt8(ascii: "u"):
        let scalar = try unicodeEscape(&index)
        output.append(contentsOf: scalar.utf8)
      default:
        throw FormatError(
          .badValue, at: offset + index - 1, "unknown escape in a string")
      }
    }
    return try output.withUnsafeBufferPointer { buffer throws(FormatError) in
      try JSONText(buffer, at: offset).plain()
    }
  }

  /// The scalar of the four digits at `index`, and of a second escape where the first is half of
  /// a pair.
  private func unicodeEscape(
    _ index: inout Int
  ) throws(FormatError) -> Unicode.Scalar {
    let first = try hexDigits(&index)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let here = offset + index
    guard first < 0xdc00, index + 1 < source.count, source[index] == UInt8(ascii: "\\"),
      source[index + 1] == UInt8(ascii: "u")
    else { throw FormatError(.badValue, at: here, "half of a surrogate pair") }
    index += 2
    let second = try hexDigits(&index)
    guard second >= 0xdc00, second < 0xe000,
      let scalar = Unicode.Scalar(0x1_0000 + (first & 0x3ff) << 10 + (second & 0x3ff))
    else { throw FormatError(.badValue, at: here, "half of a surrogate pair") }
    return scalar
  }

  private func hexDigits(
    _ index: inout Int
  ) throws(FormatError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard index < source.count, let digit = Self.hexDigit(source[index]) else {
        throw FormatError(
          .badValue, at: offset + index, "an escape needs four hex digits")
      }
      value = value << 4 | digit
      index += 1
    }
    return value
  }

  private static func hexDigit(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte) - 48
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte) - 87
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte) - 55
    default: nil
    }
  }
}

extension JSONText {
  /// A word whose lowest set bit lies in the first byte of `word` that is a quote, a backslash or a
  /// control character; zero when there is none.
  static func special(in word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let highs: UInt64 = 0x8080_8080_8080_8080
    let quote = word ^ ones &* 0x22
    let slash = word ^ ones &* 0x5c
    // A borrow can mark a byte too many, but only above the first that is right.
    let found =
      (quote &- ones) & ~quote | (slash &- ones) & ~slash | (word &- ones &* 0x20) & ~word
    return found & highs
  }

  /// The place of the first byte at or after `start` that must be escaped; nil when there is none.
  static func indexOfSpecial(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard let address = bytes.baseAddress.map({ UnsafeRawPointer($0) }) else { return nil }
    var index = start
    while bytes.count &- index >= 8 {
      let word = address.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      let found = special(in: UInt64(littleEndian: word))
      if found != 0 { return index &+ found.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
    while index < bytes.count {
      let byte = bytes[index]
      if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { return index }
      index &+= 1
    }
    return nil
  }
}
