import IcebergBytes

extension PartitionSpec {
  /// The relative path of a partition: `ts_day=2024-02-29/category=a%2Fb`.
  ///
  /// Names and values are encoded as in a URL's form data. A path is for people: readers take
  /// partition values from manifests. `partition` holds one value per field; what is missing is null.
  public func path(of partition: StructValue) -> String {
    var parts: [String] = []
    for (index, field) in fields.enumerated() {
      let value = index < partition.values.count ? partition.values[index] : nil
      let text = field.transform.text(of: value)
      parts.append("\(PartitionPath.encode(field.name))=\(PartitionPath.encode(text))")
    }
    return parts.joined(separator: "/")
  }
}

extension Transform {
  /// A result of the transform for people: the year `1969` for -1, the hour `2017-12-01-10`, bytes
  /// as Base64, and `null`.
  public func text(of value: Literal?) -> String {
    guard let value else { return "null" }
    switch (self, value) {
    case (.void, _):
      return "null"
    case (.year, .int(let years)):
      return PartitionPath.padded(1_970 + Int(years), to: 4)
    case (.month, .int(let months)):
      let year = CivilDate.floorDivide(Int(months), 12)
      let month = Int(months) - year * 12 + 1
      return "\(PartitionPath.padded(1_970 + year, to: 4))-\(ISOText.twoDigits(month))"
    case (.day, .int(let days)), (.day, .date(let days)):
      return PartitionPath.day(Int(days))
    case (.hour, .int(let hours)):
      let day = CivilDate.floorDivide(Int(hours), 24)
      return "\(PartitionPath.day(day))-\(ISOText.twoDigits(Int(hours) - day * 24))"
    default:
      return PartitionPath.text(of: value)
    }
  }
}

/// The texts of partition values in paths. They are those of the reference implementation, so that
/// the files of one partition lie together whoever wrote them.
private enum PartitionPath {
  static func text(of value: Literal) -> String {
    switch value {
    case .date(let days): day(Int(days))
    case .time(let micros): time(micros)
    case .float(let value): number(value, value.description)
    case .double(let value): number(value, value.description)
    case .decimal(let unscaled, let scale): decimal(unscaled, scale)
    case .fixed(let bytes), .binary(let bytes): bytes.base64Text
    default: value.text
    }
  }

  /// A year of more than four digits has no sign here, unlike in ISO 8601.
  static func day(_ days: Int) -> String {
    let date = CivilDate(daysSinceEpoch: days)
    let month = ISOText.twoDigits(date.month)
    return "\(padded(date.year, to: 4))-\(month)-\(ISOText.twoDigits(date.day))"
  }

  /// The number with zeros in front up to a width, which the sign counts for.
  static func padded(_ number: Int, to width: Int) -> String {
    let digits = String(number.magnitude)
    let sign = number < 0 ? "-" : ""
    let missing = width - sign.utf8.count - digits.utf8.count
    return sign + String(repeating: "0", count: max(0, missing)) + digits
  }

  /// The seconds are left out when they are zero, and a fraction has three or six digits.
  private static func time(_ micros: Int64) -> String {
    var text = ISOText.time(micros, .micros)
    if text.hasSuffix(":00"), text.utf8.count == 8 { return String(text.dropLast(3)) }
    guard let point = text.firstIndex(of: ".") else { return text }
    let digits = text.utf8.distance(from: point, to: text.endIndex) - 1
    text += String(repeating: "0", count: digits <= 3 ? 3 - digits : 6 - digits)
    return text
  }

  /// Scientific from 10^7 on and below 10^-3: `1.0E7`, `2.5E-4`.
  private static func number<T: BinaryFloatingPoint>(_ value: T, _ shortest: String) -> String {
    guard value.isFinite else {
      return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity"
    }
    guard value != 0 else { return value.sign == .minus ? "-0.0" : "0.0" }
    // The shortest digits and the place of the point are taken from Swift's own form.
    let parts = shortest.drop { $0 == "-" }.split(separator: "e", maxSplits: 1)
    let mantissa = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let fraction = mantissa.count > 1 ? mantissa[1] : ""
    var digits = Array(String(mantissa[0]) + fraction)
    var exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) + mantissa[0].count - 1
    while digits.first == "0", digits.count > 1 {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.last == "0", digits.count > 1 { digits.removeLast() }
    let sign = value < 0 ? "-" : ""
    guard (-3..<7).contains(exponent) else {
      let rest = digits.count > 1 ? String(digits[1...]) : "0"
      return "\(sign)\(digits[0]).\(rest)E\(exponent)"
    }
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + String(digits)
    }
    while digits.count < exponent + 2 { digits.append("0") }
    return sign + String(digits[...exponent]) + "." + String(digits[(exponent + 1)...])
  }

  /// Scientific when more than six zeros would stand after the point: `1E-8`.
  private static func decimal(_ unscaled: Int128, _ scale: Int) -> String {
    let digits = String(unscaled.magnitude)
    let exponent = digits.utf8.count - 1 - scale
    guard scale > 0, exponent < -6 else {
      return DecimalText.text(unscaled: unscaled, scale: scale)
    }
    let rest = digits.dropFirst()
    let mantissa = rest.isEmpty ? digits : "\(digits.prefix(1)).\(rest)"
    return "\(unscaled < 0 ? "-" : "")\(mantissa)E\(exponent)"
  }

  private static let hexDigits = Array("0123456789ABCDEF".utf8)

  /// `application/x-www-form-urlencoded`: a space is a plus sign.
  static func encode(_ text: String) -> String {
    var encoded: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "*"), UInt8(ascii: "_"):
        encoded.append(byte)
      case UInt8(ascii: " "):
        encoded.append(UInt8(ascii: "+"))
      default:
        encoded += [UInt8(ascii: "%"), hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 0xf)]]
      }
    }
    return String(decoding: encoded, as: UTF8.self)
  }
}
