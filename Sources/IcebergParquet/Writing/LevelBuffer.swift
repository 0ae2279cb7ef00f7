internal import IcebergBytes
internal import IcebergColumns

/// The levels of one leaf that wait for their page.
struct LevelBuffer: Sendable {
  private let maximumDefinition: UInt8
  private let maximumRepetition: UInt8
  /// Whether a definition level is one bit in ``bits``, else it is a byte in ``definition``.
  private let usesBits: Bool
  private var bits = Bitmap()
  private var definition: [UInt8] = []
  private var repetition: [UInt8] = []
  /// The number of values, nulls and empty lists included.
  private(set) var count = 0
  /// The number of rows that begin here.
  private(set) var rowCount = 0

  init(for leaf: ParquetLeaf) {
    maximumDefinition = leaf.maximumDefinitionLevel
    maximumRepetition = leaf.maximumRepetitionLevel
    usesBits = maximumDefinition == 1 && maximumRepetition == 0
  }

  /// Appends the levels of `records`, which are `rows` rows.
  mutating func append(_ records: LeafRecords, rows: Range<Int>) {
    count &+= records.count
    rowCount &+= rows.count
    repetition.append(contentsOf: records.repetition)
    if maximumDefinition == 0 { return }
    switch records.definition {
    case .complete where usesBits: bits.append(repeating: true, count: records.count)
    case .complete:
      definition.append(contentsOf: repeatElement(maximumDefinition, count: records.count))
    case .bits(let validity, let range) where usesBits: bits.append(validity, at: range)
    case .bits(let validity, let range):
      definition.append(contentsOf: range.lazy.map { validity[$0] ? 1 : 0 })
    case .levels(let levels) where usesBits: bits.append(contentsOf: levels.lazy.map { $0 == 1 })
    case .levels(let levels): definition.append(contentsOf: levels)
    }
  }

  /// The number of values that the first `rows` rows have.
  func count(ofRows rows: Int) -> Int {
    if rows >= rowCount { return count }
    if maximumRepetition == 0 { return rows }
    var begun = 0
    for index in repetition.indices where repetition[index] == 0 {
      if begun == rows { return index }
      begun &+= 1
    }
    return count
  }

  /// How many of the first `number` values are there.
  func presentCount(of number: Int) -> Int {
    if maximumDefinition == 0 { return number }
    if usesBits { return bits.setCount(in: 0..<number) }
    var sum = 0
    for level in definition[..<number] where level == maximumDefinition { sum &+= 1 }
    return sum
  }

  /// Appends the repetition levels of the first `number` values; nothing outside of lists and maps.
  func encodeRepetition(of number: Int, into writer: inout ByteWriter) {
    if maximumRepetition == 0 { return }
    repetition.withUnsafeBufferPointer {
      RunLengthEncoder.encode(
        UnsafeBufferPointer(rebasing: $0[..<number]), width: Self.width(of: maximumRepetition),
        into: &writer)
    }
  }

  /// Appends the definition levels of the first `number` values; nothing where none can be missing.
  func encodeDefinition(of number: Int, into writer: inout ByteWriter) {
    if maximumDefinition == 0 { return }
    if usesBits { return RunLengthEncoder.encode(bits, at: 0..<number, into: &writer) }
    definition.withUnsafeBufferPointer {
      RunLengthEncoder.encode(
        UnsafeBufferPointer(rebasing: $0[..<number]), width: Self.width(of: maximumDefinition),
        into: &writer)
    }
  }

  /// Whether there are definition levels.
  var hasDefinition: Bool { maximumDefinition > 0 }
  /// Whether there are repetition levels.
  var hasRepetition: Bool { maximumRepetition > 0 }

  /// Forgets the first `number` values, which begin `rows` rows.
  mutating func removeFirst(_ number: Int, rows: Int) {
    count &-= number
    rowCount &-= rows
    if usesBits {
      bits = bits.slice(number..<bits.count)
    } else if maximumDefinition > 0 {
      definition.removeFirst(number)
    }
    if maximumRepetition > 0 { repetition.removeFirst(number) }
  }

  /// The bits that levels up to `maximum` take.
  private static func width(of maximum: UInt8) -> Int { 8 &- maximum.leadingZeroBitCount }
}
