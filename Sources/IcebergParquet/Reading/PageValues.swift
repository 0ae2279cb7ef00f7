internal import IcebergBytes
internal import IcebergColumns

/// The values of a data page, without nulls, handed out in pieces.
struct PageValues: Sendable {
  private let bytes: Bytes
  private let encoding: Encoding
  /// At most so many values are in the page.
  private let limit: Int
  /// Where the next plain value begins.
  private var offset: Int
  private var indices: DictionaryDecoder?
  private var runs: RunLengthDecoder?
  /// The whole page, in encodings that are decoded at once, and the next value to hand out.
  private var whole: ValueBuffer?
  private var next = 0

  /// The values that begin at `offset` of a page of `limit` values, nulls included.
  init(
    _ bytes: Bytes, at offset: Int, encoding: Encoding, limit: Int, kind: ValueBuffer.Kind
  ) throws(FormatError) {
    self.bytes = bytes
    self.offset = offset
    self.limit = limit
    self.encoding = encoding
    switch (encoding, kind) {
    case (.rleDictionary, .boolean), (.plainDictionary, .boolean):
      throw Self.unsupported(encoding, kind)
    case (.rleDictionary, _), (.plainDictionary, _):
      // A page of nulls only may have no bytes at all for its values.
      if offset < bytes.count { indices = try DictionaryDecoder(bytes[offset..<bytes.count]) }
    case (.rle, .boolean):
      if offset < bytes.count {
        runs = try RunLengthDecoder(lengthPrefixed: bytes, at: &self.offset, width: 1)
      }
    case (.plain, _), (.deltaBinaryPacked, .int), (.deltaBinaryPacked, .long),
      (.deltaLengthByteArray, .bytes), (.deltaByteArray, .bytes), (.deltaByteArray, .fixed),
      (.byteStreamSplit, .int), (.byteStreamSplit, .long), (.byteStreamSplit, .float),
      (.byteStreamSplit, .double), (.byteStreamSplit, .fixed):
      break
    default: throw Self.unsupported(encoding, kind)
    }
  }

  /// Appends the next `count` values. `isLast` says that no more are wanted of this page.
  mutating func decode(
    _ count: Int, isLast: Bool, dictionary: ValueBuffer?, into values: inout ValueBuffer
  ) throws(FormatError) {
    if count == 0, !isLast || whole == nil { return }
    if encoding.isDictionary {
      guard let dictionary else {
        throw FormatError(.badValue, "dictionary indices without a dictionary page")
      }
      try decodeIndices(count, dictionary, into: &values)
    } else if encoding == .rle {
      guard runs != nil else { throw PlainEncoding.truncated(offset) }
      try runs?.decode(count, into: &values.booleans)
    } else if encoding == .plain, values.kind != .boolean {
      try decodePlain(count, into: &values)
    } else if isLast, whole == nil, encoding != .plain {
      let before = values.count
      try decodeWhole(limit: count, into: &values)
      guard values.count &- before == count else { throw wrongCount() }
    } else {
      try decodeFromWhole(count, isLast: isLast, into: &values)
    }
  }

  /// Appends all values of a plain page, as a dictionary page holds them.
  static func decodeDictionary(
    _ bytes: Bytes, count: Int, leaf: ParquetLeaf
  ) throws(FormatError) -> ValueBuffer {
    var values = ValueBuffer(leaf)
    guard values.kind != .boolean else { throw unsupported(.plainDictionary, .boolean) }
    var page = try PageValues(bytes, at: 0, encoding: .plain, limit: count, kind: values.kind)
    try page.decodePlain(count, into: &values)
    return values
  }

  private mutating func decodeIndices(
    _ count: Int, _ dictionary: ValueBuffer, into values: inout ValueBuffer
  ) throws(FormatError) {
    guard indices != nil else { throw PlainEncoding.truncated(offset) }
    switch values.kind {
    case .boolean: throw Self.unsupported(encoding, values.kind)
    case .int: try indices?.decode(count, of: dictionary.ints, into: &values.ints)
    case .long: try indices?.decode(count, of: dictionary.longs, into: &values.longs)
    case .float: try indices?.decode(count, of: dictionary.floats, into: &values.floats)
    case .double: try indices?.decode(count, of: dictionary.doubles, into: &values.doubles)
    case .bytes: try indices?.decode(count, of: dictionary.strings, into: &values.strings)
    case .fixed(let width):
      try indices?.decode(count, of: dictionary.fixed, width: width, into: &values.fixed)
      values.fixedCount &+= count
    }
  }

  private mutating func decodePlain(
    _ count: Int, into values: inout ValueBuffer
  ) throws(FormatError) {
    switch values.kind {
    case .boolean:
      try PlainEncoding.decode(bytes, at: &offset, count: count, into: &values.booleans)
    case .int: try PlainEncoding.decode(bytes, at: &offset, count: count, into: &values.ints)
    case .long: try PlainEncoding.decode(bytes, at: &offset, count: count, into: &values.longs)
    case .float: try PlainEncoding.decode(bytes, at: &offset, count: count, into: &values.floats)
    case .double:
      try PlainEncoding.decode(bytes, at: &offset, count: count, into: &values.doubles)
    case .bytes:
      try PlainEncoding.decode(bytes, at: &offset, count: count, into: &values.strings)
    case .fixed(let width):
      try PlainEncoding.decode(
        bytes, at: &offset, count: count, width: width, into: &values.fixed)
      values.fixedCount &+= count
    }
  }

  /// Hands out of a page that is decoded as a whole when the first value is asked for.
  private mutating func decodeFromWhole(
    _ count: Int, isLast: Bool, into values: inout ValueBuffer
  ) throws(FormatError) {
    if whole == nil {
      var page = ValueBuffer(like: values)
      if encoding == .plain {
        // Bits: the page has more of them than values, up to the end of its last byte.
        let bits = min(limit, (bytes.count &- offset) &<< 3)
        try PlainEncoding.decode(bytes, at: &offset, count: bits, into: &page.booleans)
      } else {
        try decodeWhole(limit: limit, into: &page)
      }
      whole = page
    }
    guard let page = whole, count <= page.count &- next else {
      throw PlainEncoding.truncated(offset)
    }
    try values.append(page, at: next..<next &+ count)
    next &+= count
    if isLast, encoding != .plain, next < page.count { throw wrongCount() }
  }

  private mutating func decodeWhole(
    limit: Int, into values: inout ValueBuffer
  ) throws(FormatError) {
    switch (encoding, values.kind) {
    case (.deltaBinaryPacked, .int):
      try DeltaBinaryPacked.decode(bytes, at: &offset, limit: limit, into: &values.ints)
    case (.deltaBinaryPacked, .long):
      try DeltaBinaryPacked.decode(bytes, at: &offset, limit: limit, into: &values.longs)
    case (.deltaLengthByteArray, .bytes):
      try DeltaLengthByteArray.decode(bytes, at: &offset, limit: limit, into: &values.strings)
    case (.deltaByteArray, .bytes):
      try DeltaByteArray.decode(bytes, at: &offset, limit: limit, into: &values.strings)
    case (.deltaByteArray, .fixed(let width)):
      let before = values.fixed.count
      try DeltaByteArray.decode(
        bytes, at: &offset, limit: limit, width: width, into: &values.fixed)
      values.fixedCount &+= width == 0 ? limit : (values.fixed.count &- before) / width
    case (.byteStreamSplit, .int): try decodeSplit(limit, into: &values.ints)
    case (.byteStreamSplit, .long): try decodeSplit(limit, into: &values.longs)
    case (.byteStreamSplit, .float): try decodeSplit(limit, into: &values.floats)
    case (.byteStreamSplit, .double): try decodeSplit(limit, into: &values.doubles)
    case (.byteStreamSplit, .fixed(let width)):
      let count = try splitCount(limit, width: width)
      try ByteStreamSplit.decode(
        bytes, at: &offset, count: count, width: width, into: &values.fixed)
      values.fixedCount &+= count
    default: throw Self.unsupported(encoding, values.kind)
    }
  }

  private mutating func decodeSplit<T: FixedWidthBits>(
    _ limit: Int, into values: inout [T]
  ) throws(FormatError) {
    let count = try splitCount(limit, width: MemoryLayout<T>.size)
    try ByteStreamSplit.decode(bytes, at: &offset, count: count, into: &values)
  }

  /// How many values the split streams hold: their page does not say.
  private func splitCount(_ limit: Int, width: Int) throws(FormatError) -> Int {
    let size = bytes.count &- offset
    guard width > 0 else { return limit }
    guard size % width == 0, size / width <= limit else { throw wrongCount() }
    return size / width
  }

  private func wrongCount() -> FormatError {
    FormatError(.badValue, at: offset, "page with another number of values than its levels say")
  }

  private static func unsupported(_ encoding: Encoding, _ kind: ValueBuffer.Kind) -> FormatError {
    FormatError(.unsupported, "encoding \(encoding.rawValue) for values of type \(kind)")
  }
}
