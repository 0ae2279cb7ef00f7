internal import IcebergBytes
internal import IcebergColumns

/// The levels of one kind of a page, handed out in pieces.
struct PageLevels: Sendable {
  private let maximum: UInt8
  /// Where the levels come from: runs, or an array where the old bit packing was used.
  private var runs: RunLengthDecoder?
  private var packed: [UInt8] = []
  private var next = 0

  /// Levels that are all zero.
  init() { maximum = 0 }

  /// The levels at `offset` of a data page of the first form, which moves behind them.
  init(
    _ bytes: Bytes, at offset: inout Int, encoding: Encoding, maximum: UInt8, count: Int
  ) throws(FormatError) {
    self.maximum = maximum
    if maximum == 0 { return }
    switch encoding {
    case .rle:
      runs = try RunLengthDecoder(
        lengthPrefixed: bytes, at: &offset, width: Self.bitWidth(of: maximum))
    case .bitPacked:
      try BitPackedLevels.decode(
        bytes, at: &offset, width: Self.bitWidth(of: maximum), count: count, into: &packed)
      try check(packed, from: 0)
    default:
      throw FormatError(.unsupported, at: offset, "levels in encoding \(encoding.rawValue)")
    }
  }

  /// The levels of a data page of the second form.
  init(_ bytes: Bytes, maximum: UInt8) throws(FormatError) {
    self.maximum = maximum
    if maximum == 0 { return }
    runs = try RunLengthDecoder(bytes, width: Self.bitWidth(of: maximum))
  }

  /// Appends the next `count` levels. There are none where the maximum is zero.
  mutating func decode(_ count: Int, into levels: inout [UInt8]) throws(FormatError) {
    if maximum == 0 { return }
    if runs != nil {
      let start = levels.count
      try runs?.decode(count, into: &levels)
      try check(levels, from: start)
    } else {
      guard count <= packed.count &- next else { throw PlainEncoding.truncated(next) }
      levels.append(contentsOf: packed[next..<next &+ count])
      next &+= count
    }
  }

  /// Appends the next `count` levels, none above one, as bits.
  mutating func decode(_ count: Int, into bits: inout Bitmap) throws(FormatError) {
    if runs != nil {
      try runs?.decode(count, into: &bits)
    } else {
      guard count <= packed.count &- next else { throw PlainEncoding.truncated(next) }
      for level in packed[next..<next &+ count] { bits.append(level != 0) }
      next &+= count
    }
  }

  private func check(_ levels: [UInt8], from start: Int) throws(FormatError) {
    // A width of whole bits leaves room for levels that cannot be, but not where all ones is one.
    if maximum & (maximum &+ 1) == 0 { return }
    var highest: UInt8 = 0
    for level in levels[start...] { highest = max(highest, level) }
    guard highest <= maximum else {
      throw FormatError(.badValue, "level above the maximum of its column")
    }
  }

  private static func bitWidth(of maximum: UInt8) -> Int {
    UInt8.bitWidth &- maximum.leadingZeroBitCount
  }
}
