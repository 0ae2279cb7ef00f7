/// Decimal numbers as text: `14.20`, and `2E+20` where the scale is negative.
///
/// Spec: Appendix D, "JSON single-value serialization".
package enum DecimalText {
  /// The text of `unscaled / 10^scale`, with exactly `scale` digits after the point; in scientific
  /// form when the scale is negative.
  package static func text(unscaled: Int128, scale: Int) -> String {
    let sign = unscaled < 0 ? "-" : ""
    var digits = String(unscaled.magnitude)
    if scale > 0 {
      let missing = scale + 1 - digits.utf8.count
      if missing > 0 { digits = String(repeating: "0", count: missing) + digits }
      let point = digits.utf8.index(digits.endIndex, offsetBy: -scale)
      return sign + digits[..<point] + "." + digits[point...]
    }
    if scale == 0 { return sign + digits }
    let exponent = digits.utf8.count - 1 - scale
    let rest = digits.dropFirst()
    let mantissa = rest.isEmpty ? digits : "\(digits.prefix(1)).\(rest)"
    return "\(sign)\(mantissa)E+\(exponent)"
  }

  /// The number that a text such as `14.20`, `-3` or `2E+20` stands for, with the scale that it is
  /// written in; nil when it is no number, or has more than 38 digits or an exponent
  /// beyond 1000.
  package static func parse(_ text: String) -> (unscaled: Int128, scale: Int)? {
    var rest = text.utf8[...]
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var magnitude: Int128 = 0
    var digits = 0
    var significant = 0
    var scale = 0
    var isAfterPoint = false
    while let byte = rest.first {
      if byte == UInt8(ascii: "."), !isAfterPoint {
        isAfterPoint = true
      } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        digits += 1
        if significant > 0 || byte != UInt8(ascii: "0") { significant += 1 }
        guard significant <= 38 else { return nil }
        magnitude = magnitude * 10 + Int128(byte - UInt8(ascii: "0"))
        if isAfterPoint { scale += 1 }
      } else {
        break
      }
      rest = rest.dropFirst()
    }
    guard digits > 0 else { return nil }
    if let byte = rest.first {
      guard byte == UInt8(ascii: "E") || byte == UInt8(ascii: "e"),
        let exponent = Int(String(Substring(rest.dropFirst()))), (-1_000...1_000).contains(exponent)
      else { return nil }
      scale -= exponent
    }
    return (isNegative ? -magnitude : magnitude, scale)
  }

  /// `unscaled / 10^scale` written with another scale, or nil when digits would be lost or there
  /// would be more than 38 of them.
  package static func rescale(_ unscaled: Int128, from scale: Int, to wanted: Int) -> Int128? {
    if unscaled == 0 { return 0 }
    guard abs(wanted - scale) <= 38 else { return nil }
    let factor = powerOfTen(abs(wanted - scale))
    if wanted >= scale {
      let (product, overflow) = unscaled.multipliedReportingOverflow(by: factor)
      return overflow || product.magnitude >= powerOfTen(38).magnitude ? nil : product
    }
    let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: factor)
    return remainder == 0 ? quotient : nil
  }

  /// Whether the number has at most `precision` digits.
  package static func fits(_ unscaled: Int128, precision: Int) -> Bool {
    precision > 38 || unscaled.magnitude < powerOfTen(max(0, precision)).magnitude
  }

  /// 10 to the power of `exponent`, which is 0 to 38.
  package static func powerOfTen(_ exponent: Int) -> Int128 {
    var result: Int128 = 1
    for _ in 0..<min(exponent, 38) { result *= 10 }
    return result
  }
}
