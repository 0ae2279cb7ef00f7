public import IcebergBytes

extension Variant {
  /// The value that `value` encodes with the names in `metadata`.
  ///
  /// Spec: Parquet's Variant Binary Encoding, "Metadata encoding", "Value encoding".
  public init(metadata: Bytes, value: Bytes) throws(FormatError) {
    let (dictionary, length) = try VariantDecoder.dictionary(metadata)
    guard length == metadata.count else {
      throw FormatError(.badValue, at: length, "bytes after the variant metadata")
    }
    self = try VariantDecoder.value(value, dictionary)
  }

  /// The value that follows its metadata in one run of bytes: a bound.
  ///
  /// Spec: Manifests, "Bounds for Variant".
  public init(concatenated bytes: Bytes) throws(FormatError) {
    let (dictionary, length) = try VariantDecoder.dictionary(bytes)
    self = try VariantDecoder.value(bytes[length..<bytes.count], dictionary)
  }

  /// The length of the metadata that `bytes` begin with: where the value begins.
  package static func metadataLength(_ bytes: Bytes) throws(FormatError) -> Int {
    try VariantDecoder.dictionary(bytes).length
  }
}

private struct VariantDecoder {
  private let bytes: Bytes
  private let dictionary: [String]
  /// The bytes that may still be decoded. Values do not overlap in sound data, so that together they
  /// have no more bytes than the whole; offsets that all point at one big value would otherwise make
  /// few bytes into very many values.
  private var budget: Int

  static func value(_ bytes: Bytes, _ dictionary: [String]) throws(FormatError) -> Variant {
    var decoder = VariantDecoder(bytes: bytes, dictionary: dictionary, budget: bytes.count)
    let (value, end) = try decoder.value(at: 0, end: bytes.count, depth: 0)
    guard end == bytes.count else {
      throw FormatError(.badValue, at: end, "bytes after the variant value")
    }
    return value
  }

  /// The names that metadata hold, and the number of bytes that they take.
  static func dictionary(
    _ bytes: Bytes
  ) throws(FormatError) -> (names: [String], length: Int) {
    guard let header = bytes.first else { throw FormatError(.truncated, "no variant metadata") }
    guard header & 0xf == 1 else {
      throw FormatError(.unsupported, "variant metadata of version \(header & 0xf)")
    }
    let width = Int(header >> 6) + 1
    let count = try unsigned(bytes, at: 1, width: width, end: bytes.count)
    let offsets = 1 + width
    guard count < (bytes.count - offsets) / width else {
      throw FormatError(.truncated, at: 1, "more variant names than bytes")
    }
    let names = offsets + (count + 1) * width
    var result: [String] = []
    result.reserveCapacity(count)
    var start = try unsigned(bytes, at: offsets, width: width, end: bytes.count)
    guard start == 0 else {
      throw FormatError(.badValue, at: offsets, "the first variant name does not begin at 0")
    }
    for index in 1..<(count + 1) {
      let place = offsets + index * width
      let end = try unsigned(bytes, at: place, width: width, end: bytes.count)
      guard end >= start, end <= bytes.count - names else {
        throw FormatError(.badValue, at: place, "offset of a variant name")
      }
      guard let name = bytes[(names + start)..<(names + end)].utf8String else {
        throw FormatError(.badValue, at: names + start, "a variant name is not UTF-8")
      }
      result.append(name)
      start = end
    }
    return (result, names + start)
  }

  private static func unsigned(
    _ bytes: Bytes, at place: Int, width: Int, end: Int
  ) throws(FormatError) -> Int {
    guard place >= 0, width <= end - place else {
      throw FormatError(.truncated, at: place, "the variant ends too early")
    }
    var value = 0
    for index in stride(from: width - 1, through: 0, by: -1) {
      value = value << 8 | Int(bytes[place + index])
    }
    return value
  }

  private mutating func spend(_ count: Int, at place: Int) throws(FormatError) {
    budget -= count
    guard budget >= 0 else {
      throw FormatError(.badValue, at: place, "values of a variant overlap")
    }
  }

  /// The value at `place` and the offset after it.
  private mutating func value(
    at place: Int, end: Int, depth: Int
  ) throws(FormatError) -> (Variant, end: Int) {
    guard depth <= Variant.depthLimit else {
      throw FormatError(.tooLarge, at: place, "a variant nested too deep")
    }
    let head = UInt8(try Self.unsigned(bytes, at: place, width: 1, end: end))
    let header = head >> 2
    switch head & 3 {
    case 0:
      return try primitive(header, at: place, end: end)
    case 1:
      let (text, next) = try text(at: place + 1, count: Int(header), end: end)
      try spend(next - place, at: place)
      return (.string(text), next)
    case 2:
      return try object(header, at: place, end: end, depth: depth)
    default:
      return try array(header, at: place, end: end, depth: depth)
    }
  }

  private func slice(at place: Int, count: Int, end: Int) throws(FormatError) -> Bytes {
    guard count >= 0, count <= end - place else {
      throw FormatError(.truncated, at: place, "the variant ends too early")
    }
    return bytes[place..<(place + count)]
  }

  private func text(
    at place: Int, count: Int, end: Int
  ) throws(FormatError) -> (String, end: Int) {
    guard let text = try slice(at: place, count: count, end: end).utf8String else {
      throw FormatError(.badValue, at: place, "text of a variant is not UTF-8")
    }
    return (text, place + count)
  }

  private func integer<T: FixedWidthInteger>(
    _ type: T.Type, at place: Int, end: Int
  ) throws(FormatError) -> T {
    var value: T = 0
    let slice = try slice(at: place, count: MemoryLayout<T>.size, end: end)
    for byte in slice.reversed() {
      value = value << 8 | T(truncatingIfNeeded: byte)
    }
    return value
  }

  private mutating func primitive(
    _ type: UInt8, at place: Int, end: Int
  ) throws(FormatError) -> (Variant, end: Int) {
    let data = place + 1
    let value: Variant
    let size: Int
    switch type {
    case 0: (value, size) = (.null, 0)
    case 1: (value, size) = (.boolean(true), 0)
    case 2: (value, size) = (.boolean(false), 0)
    case 3: (value, size) = (.int8(try integer(Int8.self, at: data, end: end)), 1)
    case 4: (value, size) = (.int16(try integer(Int16.self, at: data, end: end)), 2)
    case 5: (value, size) = (.int32(try integer(Int32.self, at: data, end: end)), 4)
    case 6: (value, size) = (.int64(try integer(Int64.self, at: data, end: end)), 8)
    case 7:
      (value, size) = (.double(Double(bitPattern: try integer(UInt64.self, at: data, end: end))), 8)
    case 8, 9, 10:
      let scale = try integer(UInt8.self, at: data, end: end)
      guard scale <= 38 else { throw FormatError(.badValue, at: data, "scale of a decimal") }
      (value, size) = try decimal(type, scale: Int(scale), at: data + 1, end: end)
    case 11: (value, size) = (.date(try integer(Int32.self, at: data, end: end)), 4)
    case 12: (value, size) = (.timestamptz(try integer(Int64.self, at: data, end: end)), 8)
    case 13: (value, size) = (.timestamp(try integer(Int64.self, at: data, end: end)), 8)
    case 14:
      (value, size) = (.float(Float(bitPattern: try integer(UInt32.self, at: data, end: end))), 4)
    case 15:
      let count = try Self.unsigned(bytes, at: data, width: 4, end: end)
      (value, size) = (.binary(try slice(at: data + 4, count: count, end: end)), count + 4)
    case 16:
      let count = try Self.unsigned(bytes, at: data, width: 4, end: end)
      (value, size) = (.string(try text(at: data + 4, count: count, end: end).0), count + 4)
    case 17: (value, size) = (.time(try integer(Int64.self, at: data, end: end)), 8)
    case 18: (value, size) = (.timestamptzNanos(try integer(Int64.self, at: data, end: end)), 8)
    case 19: (value, size) = (.timestampNanos(try integer(Int64.self, at: data, end: end)), 8)
    case 20: (value, size) = (.uuid(try slice(at: data, count: 16, end: end)), 16)
    default:
      throw FormatError(.unsupported, at: place, "variant type \(type)")
    }
    try spend(1 + size, at: place)
    return (value, data + size)
  }

  private func decimal(
    _ type: UInt8, scale: Int, at data: Int, end: Int
  ) throws(FormatError) -> (Variant, size: Int) {
    switch type {
    case 8:
      (.decimal4(unscaled: try integer(Int32.self, at: data, end: end), scale: scale), 5)
    case 9:
      (.decimal8(unscaled: try integer(Int64.self, at: data, end: end), scale: scale), 9)
    default:
      (.decimal16(unscaled: try integer(Int128.self, at: data, end: end), scale: scale), 17)
    }
  }

  /// Where the parts of an object or array lie.
  private struct Layout {
    var count: Int
    /// Of an object: where the ids of the names begin.
    var names: Int
    var offsets: Int
    var offsetWidth: Int
    var values: Int
    var end: Int
  }

  private mutating func layout(
    at place: Int, end: Int, isLarge: Bool, nameWidth: Int, offsetWidth: Int
  ) throws(FormatError) -> Layout {
    let countWidth = isLarge ? 4 : 1
    let count = try Self.unsigned(bytes, at: place + 1, width: countWidth, end: end)
    let names = place + 1 + countWidth
    guard count < (end - names - offsetWidth) / (nameWidth + offsetWidth) + 1 else {
      throw FormatError(.truncated, at: place, "more values in a variant than bytes")
    }
    let offsets = names + count * nameWidth
    let values = offsets + (count + 1) * offsetWidth
    let size = try Self.unsigned(
      bytes, at: offsets + count * offsetWidth, width: offsetWidth, end: end)
    guard values <= end, size <= end - values else {
      throw FormatError(.truncated, at: place, "the variant ends too early")
    }
    try spend(values - place, at: place)
    return Layout(
      count: count, names: names, offsets: offsets, offsetWidth: offsetWidth, values: values,
      end: values + size)
  }

  private mutating func element(
    _ index: Int, _ layout: Layout, depth: Int
  ) throws(FormatError) -> Variant {
    let place = layout.offsets + index * layout.offsetWidth
    let offset = try Self.unsigned(
      bytes, at: place, width: layout.offsetWidth, end: layout.values)
    guard offset < layout.end - layout.values else {
      throw FormatError(.badValue, at: place, "offset of a value in a variant")
    }
    return try value(at: layout.values + offset, end: layout.end, depth: depth + 1).0
  }

  private mutating func array(
    _ header: UInt8, at place: Int, end: Int, depth: Int
  ) throws(FormatError) -> (Variant, end: Int) {
    let layout = try layout(
      at: place, end: end, isLarge: header & 4 != 0, nameWidth: 0,
      offsetWidth: Int(header & 3) + 1)
    var elements: [Variant] = []
    elements.reserveCapacity(layout.count)
    for index in 0..<layout.count { elements.append(try element(index, layout, depth: depth)) }
    return (.array(elements), layout.end)
  }

  private mutating func object(
    _ header: UInt8, at place: Int, end: Int, depth: Int
  ) throws(FormatError) -> (Variant, end: Int) {
    let nameWidth = Int(header >> 2 & 3) + 1
    let layout = try layout(
      at: place, end: end, isLarge: header & 16 != 0, nameWidth: nameWidth,
      offsetWidth: Int(header & 3) + 1)
    var members: [Variant.Member] = []
    members.reserveCapacity(layout.count)
    for index in 0..<layout.count {
      let namePlace = layout.names + index * nameWidth
      let id = try Self.unsigned(bytes, at: namePlace, width: nameWidth, end: layout.offsets)
      guard id < dictionary.count else {
        throw FormatError(.badValue, at: namePlace, "id of a name in a variant")
      }
      members.append(Variant.Member(dictionary[id], try element(index, layout, depth: depth)))
    }
    do throws(IcebergError) {
      return (.object(try Variant.sorted(members)), layout.end)
    } catch {
      throw FormatError(.badValue, at: place, error.message)
    }
  }
}
