internal import IcebergBytes
internal import IcebergColumns

/// Values of one physical type, without nulls: a dictionary, or what the pages of a column gave.
///
/// One of the arrays is in use, the one of the physical type; the others stay empty.
struct ValueBuffer: Sendable {
  /// Where values go. INT96 are fixed values of twelve bytes.
  enum Kind: Hashable, Sendable {
    case boolean, int, long, float, double, bytes
    case fixed(width: Int)
  }

  let kind: Kind
  var booleans = Bitmap()
  var ints: [Int32] = []
  var longs: [Int64] = []
  var floats: [Float] = []
  var doubles: [Double] = []
  var strings = ByteArrays()
  var fixed: [UInt8] = []
  /// The number of fixed values, which may be of no width.
  var fixedCount = 0

  init(_ leaf: ParquetLeaf) {
    kind =
      switch leaf.physicalType {
      case .boolean: .boolean
      case .int32: .int
      case .int64: .long
      case .int96: .fixed(width: 12)
      case .float: .float
      case .double: .double
      case .byteArray: .bytes
      case .fixedLengthByteArray: .fixed(width: leaf.typeLength)
      }
  }

  /// An empty buffer of the same kind as another.
  init(like other: ValueBuffer) { kind = other.kind }

  /// The number of values.
  var count: Int {
    switch kind {
    case .boolean: booleans.count
    case .int: ints.count
    case .long: longs.count
    case .float: floats.count
    case .double: doubles.count
    case .bytes: strings.count
    case .fixed: fixedCount
    }
  }

  /// The memory that the values take, about.
  var byteCount: Int {
    switch kind {
    case .boolean: booleans.count &>> 3
    case .int: ints.count &<< 2
    case .long: longs.count &<< 3
    case .float: floats.count &<< 2
    case .double: doubles.count &<< 3
    case .bytes: strings.data.count &+ strings.offsets.count &<< 2
    case .fixed: fixed.count
    }
  }

  /// The length of the longest byte string.
  var longestString: Int {
    var longest: Int32 = 0
    for index in 0..<strings.count {
      longest = max(longest, strings.offsets[index &+ 1] &- strings.offsets[index])
    }
    return Int(longest)
  }

  /// Appends the values of another buffer of the same kind at `range`.
  mutating func append(_ other: ValueBuffer, at range: Range<Int>) throws(FormatError) {
    switch kind {
    case .boolean: booleans.append(other.booleans, at: range)
    case .int: ints.append(contentsOf: other.ints[range])
    case .long: longs.append(contentsOf: other.longs[range])
    case .float: floats.append(contentsOf: other.floats[range])
    case .double: doubles.append(contentsOf: other.doubles[range])
    case .bytes:
      let start = other.strings.offsets[range.lowerBound]
      let end = other.strings.offsets[range.upperBound]
      let size = strings.data.count
      try ByteArrays.checkRoom(for: Int(end &- start), behind: size, at: 0)
      let shift = Int32(truncatingIfNeeded: size) &- start
      try strings.offsets.appendRaw(range.count) { ends throws(FormatError) in
        for (position, index) in range.enumerated() {
          ends[position] = other.strings.offsets[index &+ 1] &+ shift
        }
      }
      strings.data.append(contentsOf: other.strings.data[Int(start)..<Int(end)])
    case .fixed(let width):
      fixed.append(contentsOf: other.fixed[range.lowerBound &* width..<range.upperBound &* width])
      fixedCount &+= range.count
    }
  }
}
