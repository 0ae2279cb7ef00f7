internal import IcebergBytes
internal import IcebergColumns

/// A column chunk that is complete.
struct EncodedChunk: Sendable {
  /// The dictionary page, then the data pages.
  var pages: [EncodedPage]
  /// The metadata with offsets counted from the beginning of the chunk.
  var metadata: ColumnChunk
}

/// Cuts the records of one leaf into pages, and those into chunks.
struct ColumnChunkEncoder<Values: LeafValues>: Sendable {
  private let leaf: ParquetLeaf
  private let options: ParquetWriteOptions
  private let encoding: ParquetWriteOptions.ValueEncoding
  private let hasOrder: Bool
  private let pageEncoder: PageEncoder

  /// What waits for its page.
  private var levels: LevelBuffer
  private var values: Values
  /// The values without any, to begin dictionaries with.
  private let noValues: Values

  /// The dictionary of the chunk as long as new pages use it.
  private var dictionary: Values.Dictionary?
  /// The dictionary that earlier pages of the chunk used.
  private var closedDictionary: Values.Dictionary?
  private var pages: [EncodedPage] = []
  private var dictionaryPageCount: Int32 = 0
  private var valueCount = 0
  private var nullCount = 0
  private var nanCount = 0
  private var bounds = Values.Bounds()
  private var pageBytes = 0

  private var total: ColumnSummary
  private var totalBounds = Values.Bounds()

  init(
    _ leaf: ParquetLeaf, _ values: Values, hasOrder: Bool, _ options: ParquetWriteOptions
  ) throws(FormatError) {
    self.leaf = leaf
    self.options = options
    self.hasOrder = hasOrder
    self.values = values
    noValues = values
    encoding = options.encoding(of: leaf)
    pageEncoder = try PageEncoder(options)
    levels = LevelBuffer(for: leaf)
    total = ColumnSummary(leaf: leaf)
    dictionary = newDictionary
  }

  /// A dictionary without values; nil where the column has none.
  private var newDictionary: Values.Dictionary? {
    encoding == .dictionary && options.dictionarySize > 0 ? Values.Dictionary(for: noValues) : nil
  }

  /// About how many bytes the chunk has so far.
  var bufferedSize: Int { pageBytes &+ pendingSize }

  /// What all chunks came to.
  var summary: ColumnSummary {
    var summary = total
    summary.bounds = totalBounds.summary(isDecimal: isDecimal)
    return summary
  }

  private var pendingSize: Int { values.plainSize(of: 0..<values.count) }

  private var isDecimal: Bool {
    if case .decimal = leaf.logicalType { true } else { false }
  }

  /// Appends records of `rows`. Throws `badValue` when their column is of another kind.
  mutating func append(_ records: LeafRecords, rows: Range<Int>) throws(FormatError) {
    try values.append(records.column, at: records.present)
    levels.append(records, rows: rows)
    while levels.rowCount > 0 {
      let size = pendingSize
      if size >= options.pageSize, levels.rowCount > 1 {
        // Rows of even size are assumed; pages need not be exact.
        let share = Double(options.pageSize) / Double(size) * Double(levels.rowCount)
        try writePage(rows: min(options.pageRowLimit, max(1, Int(share))))
      } else if levels.rowCount >= options.pageRowLimit || size >= options.pageSize {
        try writePage(rows: options.pageRowLimit)
      } else {
        return
      }
    }
  }

  /// Makes a page of the first `wanted` rows that wait, or of all when there are fewer.
  private mutating func writePage(rows wanted: Int) throws(FormatError) {
    let rows = min(wanted, levels.rowCount)
    let count = levels.count(ofRows: rows)
    let present = levels.presentCount(of: count)
    let range = 0..<present
    let (body, pageEncoding) = encodeValues(range)
    let page = try pageEncoder.dataPage(
      levels, count: count, rows: rows, present: present, body, encoding: pageEncoding)
    pages.append(page)
    pageBytes &+= page.compressedSize
    if pageEncoding.isDictionary { dictionaryPageCount &+= 1 }
    if hasOrder, !pageEncoding.isDictionary { values.widen(&bounds, by: range) }
    valueCount &+= count
    nullCount &+= count &- present
    nanCount &+= values.nanCount(in: range)
    levels.removeFirst(count, rows: rows)
    values.removeFirst(present)
  }

  private mutating func encodeValues(_ range: Range<Int>) -> ([UInt8], Encoding) {
    var writer = ByteWriter(capacity: 0)
    if range.isEmpty { return ([], .plain) }
    let limit = options.dictionarySize
    let indices = dictionary?.indices(of: values, at: range, limit: limit)
    if let indices {
      encodeIndices(indices, into: &writer)
      let entries = dictionary?.byteCount ?? 0
      // The first page shows whether values repeat enough.
      if dictionaryPageCount > 0 || writer.count &+ entries < values.plainSize(of: range) {
        return (writer.bytes, .rleDictionary)
      }
      writer = ByteWriter()
    }
    if dictionary != nil {
      if dictionaryPageCount > 0 { closedDictionary = dictionary }
      dictionary = nil
    }
    values.encode(range, as: encoding, into: &writer)
    return (writer.bytes, encoding.pageEncoding)
  }

  private func encodeIndices(_ indices: [UInt32], into writer: inout ByteWriter) {
    let highest = UInt32(truncatingIfNeeded: (dictionary?.count ?? 1) &- 1)
    let width = max(1, 32 &- highest.leadingZeroBitCount)
    writer.write(UInt8(truncatingIfNeeded: width))
    indices.withUnsafeBufferPointer {
      RunLengthEncoder.encode($0, width: width, into: &writer)
    }
  }

  /// Ends the chunk; what follows belongs to the next one.
  mutating func finishChunk() throws(FormatError) -> EncodedChunk {
    if levels.rowCount > 0 { try writePage(rows: levels.rowCount) }
    var dictionarySize = 0
    var counts: [ColumnChunk.PageCount] = []
    if dictionaryPageCount > 0, let used = (dictionary ?? closedDictionary)?.values {
      if hasOrder { used.widen(&bounds, by: 0..<used.count) }
      var writer = ByteWriter()
      used.encode(0..<used.count, as: .plain, into: &writer)
      let page = try pageEncoder.dictionaryPage(writer.bytes, count: used.count)
      dictionarySize = page.compressedSize
      pages.insert(page, at: 0)
      counts.append(.init(kind: .dictionary, encoding: .plain, count: 1))
      counts.append(
        .init(kind: dataPageKind, encoding: .rleDictionary, count: dictionaryPageCount))
    }
    let others =
      Int32(truncatingIfNeeded: pages.count) &- dictionaryPageCount
      &- (dictionarySize > 0 ? 1 : 0)
    if others > 0 {
      counts.append(.init(kind: dataPageKind, encoding: encoding.pageEncoding, count: others))
    }
    var encodings: [Encoding] = levels.hasDefinition || levels.hasRepetition ? [.rle] : []
    for count in counts where !encodings.contains(count.encoding) {
      encodings.append(count.encoding)
    }
    var chunk = ColumnChunk(
      physicalType: leaf.physicalType, encodings: encodings, path: leaf.path,
      compression: options.compression, valueCount: Int64(valueCount),
      uncompressedSize: Int64(pages.reduce(0) { $0 + $1.uncompressedSize }),
      compressedSize: Int64(pages.reduce(0) { $0 + $1.compressedSize }),
      dataPageOffset: Int64(dictionarySize))
    if dictionarySize > 0 { chunk.dictionaryPageOffset = 0 }
    chunk.pageCounts = counts
    chunk.statistics = ColumnStatistics(
      of: leaf, nullCount: Int64(nullCount), bounds: bounds.summary(isDecimal: isDecimal),
      length: options.statisticsLength)
    let result = EncodedChunk(pages: pages, metadata: chunk)
    addToTotal(chunk)
    beginChunk()
    return result
  }

  private mutating func addToTotal(_ chunk: ColumnChunk) {
    total.compressedSize += chunk.compressedSize
    total.uncompressedSize += chunk.uncompressedSize
    total.valueCount += chunk.valueCount
    total.nullCount += Int64(nullCount)
    if leaf.physicalType == .float || leaf.physicalType == .double {
      total.nanCount = (total.nanCount ?? 0) + Int64(nanCount)
    }
    totalBounds.formUnion(bounds)
  }

  private mutating func beginChunk() {
    pages = []
    dictionary = newDictionary
    closedDictionary = nil
    (dictionaryPageCount, valueCount, nullCount, nanCount, pageBytes) = (0, 0, 0, 0, 0)
    bounds = Values.Bounds()
  }

  private var dataPageKind: PageHeader.Kind { options.pageVersion == .v1 ? .data : .dataV2 }
}

extension ParquetWriteOptions.ValueEncoding {
  /// How a page says that its values are so encoded, the dictionary's left aside.
  var pageEncoding: Encoding {
    switch self {
    case .plain, .dictionary: .plain
    case .deltaBinaryPacked: .deltaBinaryPacked
    case .deltaLengthByteArray: .deltaLengthByteArray
    case .deltaByteArray: .deltaByteArray
    case .byteStreamSplit: .byteStreamSplit
    case .runLength: .rle
    }
  }
}
