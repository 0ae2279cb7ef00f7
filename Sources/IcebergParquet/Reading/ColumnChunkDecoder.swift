internal import IcebergBytes
internal import IcebergColumns

/// What a column chunk gives for some rows, before it is brought into the shape of a column.
struct LeafBatch: Sendable {
  /// The levels, where the column needs them: below an optional group, or repeated.
  var levels = Levels()
  /// The rows that are not null, in columns without levels that may have nulls.
  var validity: Bitmap?
  /// The values, without nulls. Empty when only levels were asked for.
  var values: ValueBuffer
  /// The number of values with nulls and empty lists.
  var count = 0
}

/// Decodes a column chunk, some rows at a time.
///
/// A page is decompressed when its first value is needed, and let go with its last one.
struct ColumnChunkDecoder: Sendable {
  /// What is decoded of a chunk.
  enum Part: Sendable {
    case everything
    /// Only the levels, to know where groups above the column are null.
    case levels
  }

  let leaf: ParquetLeaf
  private let part: Part
  private let valueCount: Int64
  private var pages: PageReader
  private var dictionary: ValueBuffer?
  private var page: OpenPage?
  /// The number of values in the pages opened so far.
  private var openedCount: Int64 = 0
  /// Levels that have been decoded but not handed out, of repeated columns.
  private var ahead = Levels()
  private var aheadStart = 0
  /// The least definition level that can come with each repetition level.
  private let leastDefinition: [UInt8]
  /// Whether a level above that of the column itself is asked for.
  private let needsLevels: Bool
  /// How many values are decoded before the size of a batch is looked at again.
  private var pieceSize = 1 << 16

  /// A page being read.
  private struct OpenPage: Sendable {
    var definition: PageLevels
    var repetition: PageLevels
    var values: PageValues?
    /// The number of values, nulls included, that have not been handed out.
    var remaining: Int
  }

  /// How many levels are decoded at once.
  private static let blockSize = 1 << 16

  /// A decoder for `bytes`, the pages of `chunk`. `leastDefinition` has a definition level for each
  /// repetition level: below it nothing can be repeated. `needsLevels` says whether a field around
  /// the column can be null.
  init(
    leaf: ParquetLeaf, chunk: ColumnChunk, bytes: Bytes, part: Part, leastDefinition: [UInt8],
    needsLevels: Bool
  ) {
    self.leaf = leaf
    self.part = part
    self.leastDefinition = leastDefinition
    self.needsLevels = needsLevels
    valueCount = chunk.valueCount
    pages = PageReader(bytes, compression: chunk.compression)
  }

  /// Whether all values have been handed out.
  var isAtEnd: Bool {
    openedCount == valueCount && (page?.remaining ?? 0) == 0 && aheadStart == ahead.count
  }

  /// Decodes the next `rows` rows. Throws `tooLarge` when they take more than `sizeLimit` bytes.
  mutating func read(rows: Int, sizeLimit: Int) throws(FormatError) -> LeafBatch {
    var batch = LeafBatch(values: ValueBuffer(leaf))
    if leaf.maximumRepetitionLevel > 0 {
      try readRepeated(rows: rows, sizeLimit: sizeLimit, into: &batch)
    } else {
      try readFlat(rows: rows, sizeLimit: sizeLimit, into: &batch)
    }
    return batch
  }

  private mutating func readFlat(
    rows: Int, sizeLimit: Int, into batch: inout LeafBatch
  ) throws(FormatError) {
    let isOptional = leaf.maximumDefinitionLevel == 1 && !needsLevels
    if isOptional { batch.validity = Bitmap() }
    while batch.count < rows {
      try openPageIfNeeded()
      guard page != nil else { throw fewerRows() }
      let number = min(rows &- batch.count, page?.remaining ?? 0, Self.blockSize)
      var present = number
      if isOptional {
        var bits = Bitmap()
        try page?.definition.decode(number, into: &bits)
        present = bits.setCount
        batch.validity?.append(bits)
      } else if leaf.maximumDefinitionLevel > 0 {
        let start = batch.levels.count
        try page?.definition.decode(number, into: &batch.levels.definition)
        batch.levels.count &+= number
        present = count(of: leaf.maximumDefinitionLevel, in: batch.levels.definition, from: start)
      }
      try takeValues(present, of: number, into: &batch, sizeLimit: sizeLimit)
    }
  }

  private mutating func readRepeated(
    rows: Int, sizeLimit: Int, into batch: inout LeafBatch
  ) throws(FormatError) {
    var begun = 0
    while true {
      if aheadStart == ahead.count {
        try openPageIfNeeded()
        guard page != nil else { break }
        try decodeAhead()
      }
      // The row that begins beyond the wanted ones ends the batch.
      var end = ahead.count
      let beginnings = count(of: 0, in: ahead.repetition, from: aheadStart)
      if beginnings <= rows &- begun {
        begun &+= beginnings
      } else {
        end = aheadStart
        while ahead.repetition[end] != 0 || begun < rows {
          if ahead.repetition[end] == 0 { begun &+= 1 }
          end &+= 1
        }
      }
      let number = end &- aheadStart
      guard number > 0 else { return }
      guard batch.count > 0 || ahead.repetition[aheadStart] == 0 else {
        throw FormatError(.badValue, "column chunk begins within a row")
      }
      let start = batch.levels.count
      batch.levels.repetition.append(contentsOf: ahead.repetition[aheadStart..<end])
      batch.levels.definition.append(contentsOf: ahead.definition[aheadStart..<end])
      batch.levels.count &+= number
      aheadStart = end
      let present = count(
        of: leaf.maximumDefinitionLevel, in: batch.levels.definition, from: start)
      try takeValues(present, of: number, into: &batch, sizeLimit: sizeLimit)
    }
    guard begun == rows else { throw fewerRows() }
  }

  private mutating func decodeAhead() throws(FormatError) {
    ahead.repetition.removeAll(keepingCapacity: true)
    ahead.definition.removeAll(keepingCapacity: true)
    let number = min(page?.remaining ?? 0, Self.blockSize)
    try page?.repetition.decode(number, into: &ahead.repetition)
    try page?.definition.decode(number, into: &ahead.definition)
    for index in 0..<number
    where ahead.definition[index] < leastDefinition[Int(ahead.repetition[index])] {
      throw FormatError(.badValue, "an element of a list that is null or empty")
    }
    ahead.count = number
    aheadStart = 0
  }

  /// Decodes the `present` values that belong to the `number` levels just taken.
  private mutating func takeValues(
    _ present: Int, of number: Int, into batch: inout LeafBatch, sizeLimit: Int
  ) throws(FormatError) {
    batch.count &+= number
    let remaining = (page?.remaining ?? 0) &- number
    page?.remaining = remaining
    var left = part == .everything ? present : 0
    repeat {
      let piece = min(left, pieceSize)
      left &-= piece
      if part == .everything {
        try page?.values?.decode(
          piece, isLast: remaining == 0 && left == 0, dictionary: dictionary,
          sizeLimit: sizeLimit, into: &batch.values)
      }
      guard batch.values.byteCount &+ batch.levels.count <= sizeLimit else {
        throw FormatError(.tooLarge, "values beyond the size of a batch")
      }
    } while left > 0
  }

  private mutating func openPageIfNeeded() throws(FormatError) {
    while (page?.remaining ?? 0) == 0 {
      page = nil
      // Bytes behind the last value are none of ours.
      guard openedCount < valueCount else { return }
      guard let next = try pages.next() else {
        throw FormatError(.truncated, at: pages.position, "column chunk ends before its values")
      }
      try use(next)
    }
  }

  private mutating func use(_ next: PageReader.Page) throws(FormatError) {
    switch next.content {
    case .dictionary(let header):
      guard dictionary == nil, openedCount == 0 else {
        throw FormatError(.badValue, "dictionary page that is not the first page")
      }
      guard header.encoding == .plain || header.encoding == .plainDictionary else {
        throw FormatError(
          .unsupported, "dictionary page in encoding \(header.encoding.rawValue)")
      }
      if part == .everything {
        dictionary = try PageValues.decodeDictionary(
          next.bytes, count: Int(header.valueCount), leaf: leaf)
        // Indices of few bits can stand for very long texts.
        let longest = dictionary?.longestString ?? 0
        pieceSize = max(1, min(pieceSize, (1 << 26) / max(1, longest)))
      }
    case .data(let header):
      let count = Int(header.valueCount)
      var offset = 0
      let repetition = try PageLevels(
        next.bytes, at: &offset, encoding: header.repetitionLevelEncoding,
        maximum: leaf.maximumRepetitionLevel, count: count)
      let definition = try PageLevels(
        next.bytes, at: &offset, encoding: header.definitionLevelEncoding,
        maximum: leaf.maximumDefinitionLevel, count: count)
      try begin(
        OpenPage(definition: definition, repetition: repetition, remaining: count),
        values: next.bytes, at: offset, encoding: header.encoding)
    case .dataV2(let header):
      let count = Int(header.valueCount)
      let split = Int(header.repetitionLevelsSize)
      let repetition = try PageLevels(
        next.levels[0..<split], maximum: leaf.maximumRepetitionLevel)
      let definition = try PageLevels(
        next.levels[split..<next.levels.count], maximum: leaf.maximumDefinitionLevel)
      try begin(
        OpenPage(definition: definition, repetition: repetition, remaining: count),
        values: next.bytes, at: 0, encoding: header.encoding)
    case .other: break
    }
  }

  private mutating func begin(
    _ next: OpenPage, values: Bytes, at offset: Int, encoding: Encoding
  ) throws(FormatError) {
    openedCount &+= Int64(next.remaining)
    guard openedCount <= valueCount else {
      throw FormatError(.badValue, "pages have more values than their column chunk")
    }
    page = next
    if part == .everything, next.remaining > 0 {
      page?.values = try PageValues(
        values, at: offset, encoding: encoding, limit: next.remaining,
        kind: ValueBuffer(leaf).kind)
    }
  }

  private func count(of level: UInt8, in levels: [UInt8], from start: Int) -> Int {
    levels.withUnsafeBufferPointer { levels in
      // Few enough at once for sums of a byte, many of which are counted by one instruction.
      var number = 0
      for first in stride(from: start, to: levels.count, by: 255) {
        var part: UInt8 = 0
        for index in first..<min(first &+ 255, levels.count) {
          part &+= levels[index] == level ? 1 : 0
        }
        number &+= Int(part)
      }
      return number
    }
  }

  private func fewerRows() -> FormatError {
    FormatError(.badValue, "column chunk has fewer rows than its row group")
  }
}
