package import IcebergBytes

/// Shapes as text, `POINT (30 10)`, which is what their JSON form is, and as bytes.
///
/// Coordinates are written with as few digits as keep them. A shape with heights has ` Z` after its
/// name, one with measures ` M`, one with both ` ZM`.
///
/// Spec: Appendix D, "JSON single-value serialization"; Appendix G.
package enum WellKnownText {
  /// How deep collections may be nested.
  static let depthLimit = 32

  fileprivate enum Kind: UInt32, CaseIterable {
    case point = 1
    case lineString, polygon, multiPoint, multiLineString, multiPolygon, collection

    var name: String {
      switch self {
      case .point: "POINT"
      case .lineString: "LINESTRING"
      case .polygon: "POLYGON"
      case .multiPoint: "MULTIPOINT"
      case .multiLineString: "MULTILINESTRING"
      case .multiPolygon: "MULTIPOLYGON"
      case .collection: "GEOMETRYCOLLECTION"
      }
    }

    /// The kind of the parts of a shape that is made of whole shapes.
    var part: Kind? {
      switch self {
      case .multiPoint: .point
      case .multiLineString: .lineString
      case .multiPolygon: .polygon
      case .point, .lineString, .polygon, .collection: nil
      }
    }
  }

  /// The bytes of the shape that a text describes, little-endian; nil when it describes none.
  package static func binary(ofText text: String) -> Bytes? {
    var parser = WKTParser(text)
    guard let bytes = parser.shape(depth: 0), parser.isAtEnd else { return nil }
    return Bytes(bytes)
  }

  /// The text of the shape in `bytes`, in either byte order, with the dimension flags of ISO or of
  /// EWKB; throws when they hold none.
  package static func text(ofBinary bytes: Bytes) throws(FormatError) -> String {
    var reader = WKBReader(bytes: bytes)
    let text = try reader.shape(depth: 0)
    guard reader.position == bytes.count else {
      throw FormatError(.badValue, at: reader.position, "bytes after the shape")
    }
    return text
  }
}

private struct WKTParser {
  private let text: [UInt8]
  private var position = 0
  private var dimensions = 2

  init(_ text: String) { self.text = Array(text.utf8) }

  var isAtEnd: Bool {
    mutating get {
      skipSpaces()
      return position == text.count
    }
  }

  private mutating func skipSpaces() {
    while position < text.count, [9, 10, 13, 32].contains(text[position]) { position += 1 }
  }

  private mutating func take(_ character: Character) -> Bool {
    skipSpaces()
    guard position < text.count, text[position] == character.asciiValue else { return false }
    position += 1
    return true
  }

  private mutating func word() -> String {
    skipSpaces()
    let start = position
    while position < text.count, (65...90).contains(text[position] & 0xdf) { position += 1 }
    return String(decoding: text[start..<position], as: UTF8.self).uppercased()
  }

  private mutating func number() -> Double? {
    skipSpaces()
    let start = position
    while position < text.count, ![9, 10, 13, 32, 40, 41, 44].contains(text[position]) {
      position += 1
    }
    guard position - start <= 64 else { return nil }
    guard let value = Double(String(decoding: text[start..<position], as: UTF8.self)),
      value.isFinite
    else { return nil }
    return value
  }

  mutating func shape(depth: Int) -> [UInt8]? {
    guard depth < WellKnownText.depthLimit else { return nil }
    let name = word()
    guard let kind = WellKnownText.Kind.allCases.first(where: { $0.name == name }) else {
      return nil
    }
    var code = kind.rawValue
    let before = position
    switch word() {
    case "Z": (code, dimensions) = (code + 1_000, 3)
    case "M": (code, dimensions) = (code + 2_000, 3)
    case "ZM": (code, dimensions) = (code + 3_000, 4)
    default: (position, dimensions) = (before, 2)
    }
    return body(kind, code: code, depth: depth)
  }

  private static func header(_ code: UInt32) -> ByteWriter {
    var writer = ByteWriter()
    writer.write(1)
    writer.writeLittleEndian(code)
    return writer
  }

  private mutating func body(_ kind: WellKnownText.Kind, code: UInt32, depth: Int) -> [UInt8]? {
    var writer = Self.header(code)
    let before = position
    let isEmpty = word() == "EMPTY"
    if !isEmpty { position = before }
    switch kind {
    case .point:
      if isEmpty {
        for _ in 0..<dimensions { writer.writeLittleEndian(Double.nan.bitPattern) }
        return writer.bytes
      }
      guard take("("), let point = point(), take(")") else { return nil }
      writer.write(point)
    case .lineString:
      guard let points = isEmpty ? [] : list({ $0.point() }) else { return nil }
      Self.write(points, to: &writer)
    case .polygon:
      guard let rings = isEmpty ? [] : list({ $0.ring() }) else { return nil }
      Self.write(rings, to: &writer)
    case .multiPoint, .multiLineString, .multiPolygon:
      guard let part = kind.part else { return nil }
      let partCode = code - kind.rawValue + part.rawValue
      guard let parts = isEmpty ? [] : list({ $0.part(part, code: partCode, depth: depth) }) else {
        return nil
      }
      Self.write(parts, to: &writer)
    case .collection:
      guard let parts = isEmpty ? [] : list({ $0.shape(depth: depth + 1) }) else { return nil }
      Self.write(parts, to: &writer)
    }
    return writer.bytes
  }

  // The points of a multi-point may stand without parentheses.
  private mutating func part(_ kind: WellKnownText.Kind, code: UInt32, depth: Int) -> [UInt8]? {
    let before = position
    if kind == .point, !take("("), word() != "EMPTY" {
      position = before
      guard let point = point() else { return nil }
      var writer = Self.header(code)
      writer.write(point)
      return writer.bytes
    }
    position = before
    return body(kind, code: code, depth: depth)
  }

  private static func write(_ parts: [[UInt8]], to writer: inout ByteWriter) {
    writer.writeLittleEndian(UInt32(truncatingIfNeeded: parts.count))
    for part in parts { writer.write(part) }
  }

  private mutating func list(_ element: (inout Self) -> [UInt8]?) -> [[UInt8]]? {
    guard take("(") else { return nil }
    var elements: [[UInt8]] = []
    repeat {
      guard let next = element(&self) else { return nil }
      elements.append(next)
    } while take(",")
    return take(")") ? elements : nil
  }

  private mutating func point() -> [UInt8]? {
    var writer = ByteWriter()
    for _ in 0..<dimensions {
      guard let coordinate = number() else { return nil }
      writer.writeLittleEndian(coordinate.bitPattern)
    }
    return writer.bytes
  }

  private mutating func ring() -> [UInt8]? {
    guard let points = list({ $0.point() }) else { return nil }
    var writer = ByteWriter()
    Self.write(points, to: &writer)
    return writer.bytes
  }
}

private struct WKBReader {
  let bytes: Bytes
  var position = 0
  private var isLittleEndian = true
  private var dimensions = 2

  init(bytes: Bytes) { self.bytes = bytes }

  private mutating func integer<T: FixedWidthInteger>(_ type: T.Type) throws(FormatError) -> T {
    let size = MemoryLayout<T>.size
    guard bytes.count - position >= size else {
      throw FormatError(.truncated, at: position, "the shape ends too early")
    }
    var value: T = 0
    for index in 0..<size {
      let byte = bytes[position + (isLittleEndian ? size - 1 - index : index)]
      value = value << 8 | T(truncatingIfNeeded: byte)
    }
    position += size
    return value
  }

  mutating func shape(depth: Int) throws(FormatError) -> String {
    let (kind, suffix) = try header(depth: depth)
    let body = try body(kind, depth: depth)
    return "\(kind.name)\(suffix) \(body)"
  }

  private mutating func header(
    depth: Int
  ) throws(FormatError) -> (WellKnownText.Kind, suffix: String) {
    guard depth < WellKnownText.depthLimit else {
      throw FormatError(.tooLarge, at: position, "shapes are nested too deep")
    }
    let order = try integer(UInt8.self)
    guard order <= 1 else { throw FormatError(.badValue, at: position, "byte order of a shape") }
    isLittleEndian = order == 1
    let code = try integer(UInt32.self)
    var hasZ = code & 0x8000_0000 != 0
    var hasM = code & 0x4000_0000 != 0
    if code & 0x2000_0000 != 0 { _ = try integer(UInt32.self) }
    let plain = code & 0x1fff_ffff
    switch plain / 1_000 {
    case 0: break
    case 1: hasZ = true
    case 2: hasM = true
    case 3: (hasZ, hasM) = (true, true)
    default: throw FormatError(.badValue, at: position, "kind of shape")
    }
    guard let kind = WellKnownText.Kind(rawValue: plain % 1_000) else {
      throw FormatError(.badValue, at: position, "kind of shape")
    }
    dimensions = 2 + (hasZ ? 1 : 0) + (hasM ? 1 : 0)
    return (kind, hasZ && hasM ? " ZM" : hasZ ? " Z" : hasM ? " M" : "")
  }

  private mutating func body(
    _ kind: WellKnownText.Kind, depth: Int
  ) throws(FormatError) -> String {
    switch kind {
    case .point:
      return try point().map { "(\($0))" } ?? "EMPTY"
    case .lineString:
      return try points()
    case .polygon:
      return try list(leastSize: 4) { reader throws(FormatError) in try reader.points() }
    case .multiPoint, .multiLineString, .multiPolygon:
      return try list(leastSize: 9) { reader throws(FormatError) in
        let (part, _) = try reader.header(depth: depth + 1)
        guard part == kind.part else {
          throw FormatError(.badValue, at: reader.position, "kind of a part of a shape")
        }
        return try reader.body(part, depth: depth + 1)
      }
    case .collection:
      return try list(leastSize: 9) { reader throws(FormatError) in
        try reader.shape(depth: depth + 1)
      }
    }
  }

  private mutating func points() throws(FormatError) -> String {
    try list(leastSize: 16) { reader throws(FormatError) in try reader.point() ?? "nan nan" }
  }

  private mutating func list(
    leastSize: Int, _ element: (inout Self) throws(FormatError) -> String
  ) throws(FormatError) -> String {
    let count = try integer(UInt32.self)
    guard Int(count) <= (bytes.count - position) / leastSize else {
      throw FormatError(.tooLarge, at: position, "more parts of a shape than bytes")
    }
    if count == 0 { return "EMPTY" }
    var texts: [String] = []
    for _ in 0..<count { texts.append(try element(&self)) }
    return "(\(texts.joined(separator: ", ")))"
  }

  /// The coordinates; nil when all are NaN, which is how an empty point is written.
  private mutating func point() throws(FormatError) -> String? {
    var coordinates: [Double] = []
    for _ in 0..<dimensions {
      coordinates.append(Double(bitPattern: try integer(UInt64.self)))
    }
    if coordinates.allSatisfy(\.isNaN) { return nil }
    return coordinates.map(Self.text).joined(separator: " ")
  }

  private static func text(_ value: Double) -> String {
    let text = value.description
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
