public import IcebergBytes

/// The header in front of every page. Spec: Parquet, "Data Pages".
public struct PageHeader: Hashable, Sendable {
  /// What kind of page follows.
  public enum Kind: Int32, Hashable, Sendable {
    case data = 0
    case index, dictionary, dataV2
  }

  /// The fields that only one kind of page has.
  public enum Content: Hashable, Sendable {
    case data(DataPage)
    case dataV2(DataPageV2)
    case dictionary(DictionaryPage)
    /// A page of a kind that readers skip.
    case other(Int32)
  }

  /// A data page of the first form: levels and values compressed together.
  public struct DataPage: Hashable, Sendable {
    /// The number of values, nulls and empty lists included.
    public var valueCount: Int32
    /// The encoding of the values.
    public var encoding: Encoding
    /// The encoding of the definition levels.
    public var definitionLevelEncoding: Encoding
    /// The encoding of the repetition levels.
    public var repetitionLevelEncoding: Encoding
    /// What the writer noted about the values.
    public var statistics: ColumnStatistics?

    /// The header of a data page.
    public init(
      valueCount: Int32, encoding: Encoding, definitionLevelEncoding: Encoding = .rle,
      repetitionLevelEncoding: Encoding = .rle, statistics: ColumnStatistics? = nil
    ) {
      self.valueCount = valueCount
      self.encoding = encoding
      self.definitionLevelEncoding = definitionLevelEncoding
      self.repetitionLevelEncoding = repetitionLevelEncoding
      self.statistics = statistics
    }
  }

  /// A data page of the second form: levels uncompressed, in front of the values.
  public struct DataPageV2: Hashable, Sendable {
    /// The number of values, nulls and empty lists included.
    public var valueCount: Int32
    /// The number of nulls.
    public var nullCount: Int32
    /// The number of rows, which all begin and end in the page.
    public var rowCount: Int32
    /// The encoding of the values.
    public var encoding: Encoding
    /// The size of the definition levels in bytes.
    public var definitionLevelsSize: Int32
    /// The size of the repetition levels in bytes.
    public var repetitionLevelsSize: Int32
    /// Whether the values are compressed with the codec of the column.
    public var isCompressed: Bool
    /// What the writer noted about the values.
    public var statistics: ColumnStatistics?

    /// The header of a data page.
    public init(
      valueCount: Int32, nullCount: Int32, rowCount: Int32, encoding: Encoding,
      definitionLevelsSize: Int32, repetitionLevelsSize: Int32, isCompressed: Bool = true,
      statistics: ColumnStatistics? = nil
    ) {
      self.valueCount = valueCount
      self.nullCount = nullCount
      self.rowCount = rowCount
      self.encoding = encoding
      self.definitionLevelsSize = definitionLevelsSize
      self.repetitionLevelsSize = repetitionLevelsSize
      self.isCompressed = isCompressed
      self.statistics = statistics
    }
  }

  /// A dictionary page.
  public struct DictionaryPage: Hashable, Sendable {
    /// The number of values.
    public var valueCount: Int32
    /// The encoding of the values.
    public var encoding: Encoding
    /// Whether the values are in ascending order.
    public var isSorted: Bool?

    /// The header of a dictionary page.
    public init(valueCount: Int32, encoding: Encoding = .plain, isSorted: Bool? = nil) {
      self.valueCount = valueCount
      self.encoding = encoding
      self.isSorted = isSorted
    }
  }

  /// The size of the page after decompression, without this header.
  public var uncompressedSize: Int32
  /// The size of the page as it follows this header.
  public var compressedSize: Int32
  /// The CRC-32 of the page as it follows this header, or nil when the writer made none.
  public var checksum: UInt32?
  /// What follows.
  public var content: Content

  /// A header.
  public init(
    uncompressedSize: Int32, compressedSize: Int32, checksum: UInt32? = nil, content: Content
  ) {
    self.uncompressedSize = uncompressedSize
    self.compressedSize = compressedSize
    self.checksum = checksum
    self.content = content
  }

  /// Reads the header at the beginning of `bytes`; `size` is how many bytes it takes.
  public static func parse(
    _ bytes: RawSpan
  ) throws(FormatError) -> (header: PageHeader, size: Int) {
    var reader = ThriftReader(bytes)
    let header = try PageHeader(parsing: &reader)
    return (header, reader.offset)
  }

  /// The header in the form that stands in front of a page.
  public func encoded() -> [UInt8] {
    var writer = ThriftWriter()
    encode(to: &writer)
    return writer.bytes
  }
}

extension PageHeader {
  init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var kind: Int32?
    var uncompressed: Int32?
    var compressed: Int32?
    var checksum: UInt32?
    var data: DataPage?
    var dataV2: DataPageV2?
    var dictionary: DictionaryPage?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: kind = try reader.readInt32(field)
      case 2: uncompressed = try reader.readInt32(field)
      case 3: compressed = try reader.readInt32(field)
      case 4: checksum = try reader.readInt64(field).map { UInt32(truncatingIfNeeded: $0) }
      case 5 where field.type == .struct: data = try DataPage(parsing: &reader)
      case 7 where field.type == .struct: dictionary = try DictionaryPage(parsing: &reader)
      case 8 where field.type == .struct: dataV2 = try DataPageV2(parsing: &reader)
      default: try reader.skip(field)
      }
    }
    guard let kind, let uncompressed, let compressed else {
      throw FormatError(.badValue, at: start, "page header lacks a required field")
    }
    guard uncompressed >= 0, compressed >= 0 else {
      throw FormatError(.badValue, at: start, "page of negative size")
    }
    let content: Content? =
      switch Kind(rawValue: kind) {
      case .data: data.map(Content.data)
      case .dataV2: dataV2.map(Content.dataV2)
      case .dictionary: dictionary.map(Content.dictionary)
      case .index, nil: .other(kind)
      }
    guard let content else {
      throw FormatError(.badValue, at: start, "page header without the fields of its kind")
    }
    self.init(
      uncompressedSize: uncompressed, compressedSize: compressed, checksum: checksum,
      content: content)
  }

  func encode(to writer: inout ThriftWriter) {
    let kind: Int32 =
      switch content {
      case .data: Kind.data.rawValue
      case .dataV2: Kind.dataV2.rawValue
      case .dictionary: Kind.dictionary.rawValue
      case .other(let number): number
      }
    writer.beginStruct()
    writer.write(1, kind)
    writer.write(2, uncompressedSize)
    writer.write(3, compressedSize)
    writer.write(4, checksum.map { Int32(bitPattern: $0) })
    switch content {
    case .data(let page):
      writer.beginStruct(5)
      writer.write(1, page.valueCount)
      writer.write(2, page.encoding.rawValue)
      writer.write(3, page.definitionLevelEncoding.rawValue)
      writer.write(4, page.repetitionLevelEncoding.rawValue)
      page.statistics?.encode(5, to: &writer)
      writer.endStruct()
    case .dataV2(let page):
      writer.beginStruct(8)
      writer.write(1, page.valueCount)
      writer.write(2, page.nullCount)
      writer.write(3, page.rowCount)
      writer.write(4, page.encoding.rawValue)
      writer.write(5, page.definitionLevelsSize)
      writer.write(6, page.repetitionLevelsSize)
      writer.write(7, page.isCompressed)
      page.statistics?.encode(8, to: &writer)
      writer.endStruct()
    case .dictionary(let page):
      writer.beginStruct(7)
      writer.write(1, page.valueCount)
      writer.write(2, page.encoding.rawValue)
      writer.write(3, page.isSorted)
      writer.endStruct()
    case .other: break
    }
    writer.endStruct()
  }
}

extension PageHeader.DataPage {
  fileprivate init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var numbers = [Int32?](repeating: nil, count: 5)
    var statistics: ColumnStatistics?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1, 2, 3, 4: numbers[Int(field.id)] = try reader.readInt32(field)
      case 5 where field.type == .struct: statistics = try ColumnStatistics(parsing: &reader)
      default: try reader.skip(field)
      }
    }
    guard let count = numbers[1], count >= 0, let encoding = numbers[2],
      let definition = numbers[3], let repetition = numbers[4]
    else { throw FormatError(.badValue, at: start, "malformed header of a data page") }
    self.init(
      valueCount: count, encoding: Encoding(rawValue: encoding),
      definitionLevelEncoding: Encoding(rawValue: definition),
      repetitionLevelEncoding: Encoding(rawValue: repetition), statistics: statistics)
  }
}

extension PageHeader.DataPageV2 {
  fileprivate init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var numbers = [Int32?](repeating: nil, count: 7)
    var isCompressed = true
    var statistics: ColumnStatistics?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1, 2, 3, 4, 5, 6: numbers[Int(field.id)] = try reader.readInt32(field)
      case 7: isCompressed = try reader.readBool(field) ?? true
      case 8 where field.type == .struct: statistics = try ColumnStatistics(parsing: &reader)
      default: try reader.skip(field)
      }
    }
    guard let count = numbers[1], count >= 0, let nulls = numbers[2], let rows = numbers[3],
      let encoding = numbers[4], let definition = numbers[5], definition >= 0,
      let repetition = numbers[6], repetition >= 0
    else { throw FormatError(.badValue, at: start, "malformed header of a data page") }
    self.init(
      valueCount: count, nullCount: nulls, rowCount: rows, encoding: Encoding(rawValue: encoding),
      definitionLevelsSize: definition, repetitionLevelsSize: repetition,
      isCompressed: isCompressed, statistics: statistics)
  }
}

extension PageHeader.DictionaryPage {
  fileprivate init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var count: Int32?
    var encoding: Int32?
    var isSorted: Bool?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: count = try reader.readInt32(field)
      case 2: encoding = try reader.readInt32(field)
      case 3: isSorted = try reader.readBool(field)
      default: try reader.skip(field)
      }
    }
    guard let count, count >= 0, let encoding else {
      throw FormatError(.badValue, at: start, "malformed header of a dictionary page")
    }
    self.init(valueCount: count, encoding: Encoding(rawValue: encoding), isSorted: isSorted)
  }
}
