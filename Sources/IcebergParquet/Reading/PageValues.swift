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
  private var ints: DeltaBinaryPacked.Decoder<Int32>?
  private var longs: DeltaBinaryPacked.Decoder<Int64>?
  private var strings: DeltaLengthByteArray.Decoder?
  private var prefixed: DeltaByteArray.Decoder?
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
    // The delta encodings have a header even where there are no values, but not in every file.
    case (.deltaBinaryPacked, .int):
      if offset < bytes.count { ints = try .init(bytes, at: offset, limit: limit) }
    case (.deltaBinaryPacked, .long):
      if offset < bytes.count { longs = try .init(bytes, at: offset, limit: limit) }
    case (.deltaLengthByteArray, .bytes):
      if offset < bytes.count { strings = try .init(bytes, at: offset, limit: limit) }
    case (.deltaByteArray, .bytes), (.deltaByteArray, .fixed):
      if offset < bytes.count { prefixed = try .init(bytes, at: offset, limit: limit) }
    case (.plain, _), (.byteStreamSplit, .int), (.byteStreamSplit, .long),
      (.byteStreamSplit, .float), (.byteStreamSplit, .double), (.byteStreamSplit, .fixed):
      break
    default: throw Self.unsupported(encoding, kind)
    }
  }

  /// Appends the next `count` values. `isLast` says that no more are wanted of this page;
  /// `sizeLimit` is the most bytes that byte strings may take together.
  mutating func decode(
    _ count: Int, isLast: Bool, dictionary: ValueBuffer?, sizeLimit: Int,
    into values: inout ValueBuffer
  ) throws(FormatError) {
    switch encoding {
    case .plain where values.kind != .boolean: try decodePlain(count, into: &values)
    case .plain, .byteStreamSplit: try decodeFromWhole(count, into: &values)
    case .plainDictionary, .rleDictionary:
      if count > 0 { try decodeIndices(count, dictionary, into: &values) }
    case .rle:
      guard runs != nil || count == 0 else { throw PlainEncoding.truncated(offset) }
      try runs?.decode(count, into: &values.booleans)
    default: try decodeDeltas(count, sizeLimit: sizeLimit, into: &values)
    }
    if isLast, (remaining ?? 0) != 0 {
      throw FormatError(.badValue, at: offset, "page with more values than its levels say")
    }
  }

  /// How many values the page still has, where it says so.
  private var remaining: Int? {
    ints?.remaining ?? longs?.remaining ?? strings?.remaining ?? prefixed?.remaining
      ?? (encoding == .byteStreamSplit ? whole.map { $0.count &- next } : nil)
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
    _ count: Int, _ dictionary: ValueBuffer?, into values: inout ValueBuffer
  ) throws(FormatError) {
    guard let dictionary else {
      throw FormatError(.badValue, "dictionary indices without a dictionary page")
    }
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

  private mutating func decodeDeltas(
    _ count: Int, sizeLimit: Int, into values: inout ValueBuffer
  ) throws(FormatError) {
    if count == 0 { return }
    guard remaining != nil else { throw PlainEncoding.truncated(offset) }
    try ints?.decode(count, into: &values.ints)
    try longs?.decode(count, into: &values.longs)
    try strings?.decode(count, into: &values.strings)
    if case .fixed(let width) = values.kind {
      try prefixed?.decode(count, width: width, into: &values.fixed)
      values.fixedCount &+= count
    } else {
      let room = max(0, sizeLimit &- values.strings.data.count)
      try prefixed?.decode(count, sizeLimit: min(room, Int(Int32.max)), into: &values.strings)
    }
  }

  /// Hands out of a page that is decoded as a whole when the first value is asked for.
  private mutating func decodeFromWhole(
    _ count: Int, into values: inout ValueBuffer
  ) throws(FormatError) {
    if whole == nil {
      var page = ValueBuffer(like: values)
      if encoding == .plain {
        // Bits: the page has more of them than values, up to the end of its last byte.
        let bits = min(limit, (bytes.count &- offset) &<< 3)
        try PlainEncoding.decode(bytes, at: &offset, count: bits, into: &page.booleans)
      } else {
        try decodeStreams(into: &page)
      }
      if count == page.count, values.count == 0 {
        values = page
        whole = ValueBuffer(like: page)
        return
      }
      whole = page
    }
    guard let page = whole, count <= page.count &- next else {
      throw PlainEncoding.truncated(offset)
    }
    try values.append(page, at: next..<next &+ count)
    next &+= count
  }

  private mutating func decodeStreams(into values: inout ValueBuffer) throws(FormatError) {
    switch values.kind {
    case .int: try decodeSplit(limit, into: &values.ints)
    case .long: try decodeSplit(limit, into: &values.longs)
    case .float: try decodeSplit(limit, into: &values.floats)
    case .double: try decodeSplit(limit, into: &values.doubles)
    case .fixed(let width):
      let count = try splitCount(limit, width: width)
      try ByteStreamSplit.decode(
        bytes, at: &offset, count: count, width: width, into: &values.fixed)
      values.fixedCount &+= count
    case .boolean, .bytes: throw Self.unsupported(encoding, values.kind)
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
    guard size % width == 0, size / width <= limit else {
      throw FormatError(.badValue, at: offset, "split streams of another length than the page")
    }
    return size / width
  }

  private static func unsupported(_ encoding: Encoding, _ kind: ValueBuffer.Kind) -> FormatError {
    FormatError(.unsupported, "encoding \(encoding.rawValue) for values of type \(kind)")
  }
}
