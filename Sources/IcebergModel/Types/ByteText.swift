package import IcebergBytes

extension Bytes {
  /// The bytes that pairs of hexadecimal digits stand for, or nil when the text is anything else.
  package init?(hexText text: String) {
    let digits = text.utf8
    guard digits.count % 2 == 0 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(digits.count / 2)
    var high: UInt8?
    for digit in digits {
      guard let value = Self.hexValue(digit) else { return nil }
      if let first = high {
        bytes.append(first << 4 | value)
        high = nil
      } else {
        high = value
      }
    }
    self.init(bytes)
  }

  /// Two lower-case hexadecimal digits per byte.
  package var hexText: String {
    var digits: [UInt8] = []
    digits.reserveCapacity(count * 2)
    for byte in self {
      digits.append(Self.hexDigit(byte >> 4))
      digits.append(Self.hexDigit(byte & 0xf))
    }
    return String(decoding: digits, as: UTF8.self)
  }

  /// The sixteen bytes of a UUID in the form `f79c3e09-677c-4bbd-a479-3f349cb785e7`, in either case;
  /// nil when the text is anything else.
  package init?(uuidText text: String) {
    let characters = Array(text.utf8)
    guard characters.count == 36 else { return nil }
    var digits: [UInt8] = []
    for (index, character) in characters.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard character == UInt8(ascii: "-") else { return nil }
      } else {
        digits.append(character)
      }
    }
    self.init(hexText: String(decoding: digits, as: UTF8.self))
  }

  /// Sixteen bytes as a UUID in lower case; other lengths as plain hexadecimal digits.
  package var uuidText: String {
    let digits = hexText
    guard count == 16 else { return digits }
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index == 8 || index == 12 || index == 16 || index == 20 { text.append("-") }
      text.append(digit)
    }
    return text
  }

  private static func hexValue(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  /// The bytes in Base64 with padding.
  package var base64Text: String {
    var text: [UInt8] = []
    text.reserveCapacity((count + 2) / 3 * 4)
    for start in stride(from: 0, to: count, by: 3) {
      let length = Swift.min(3, count - start)
      var group: UInt32 = 0
      for index in 0..<3 { group = group << 8 | (index < length ? UInt32(self[start + index]) : 0) }
      for index in 0..<4 {
        let sextet = Int(group >> UInt32(18 - 6 * index) & 0x3f)
        text.append(index <= length ? Self.base64Digits[sextet] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }

  private static let base64Digits = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
}
