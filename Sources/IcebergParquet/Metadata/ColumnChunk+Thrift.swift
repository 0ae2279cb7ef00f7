internal import IcebergBytes

extension ColumnChunk {
  init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var chunk: ColumnChunk?
    var filePath: String?
    var fileOffset: Int64 = 0
    var offsetIndex: (Int64?, Int32?)
    var columnIndex: (Int64?, Int32?)
    var isEncrypted = false
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: filePath = try reader.readString(field)
      case 2: fileOffset = try reader.readInt64(field) ?? 0
      case 3 where field.type == .struct: chunk = try ColumnChunk(parsingMetadata: &reader)
      case 4: offsetIndex.0 = try reader.readInt64(field)
      case 5: offsetIndex.1 = try reader.readInt32(field)
      case 6: columnIndex.0 = try reader.readInt64(field)
      case 7: columnIndex.1 = try reader.readInt32(field)
      case 8, 9:
        isEncrypted = true
        try reader.skip(field)
      default: try reader.skip(field)
      }
    }
    guard let chunk else {
      guard !isEncrypted else { throw FormatError(.unsupported, at: start, "encrypted column") }
      throw FormatError(.badValue, at: start, "column chunk without metadata")
    }
    self = chunk
    self.filePath = filePath
    self.fileOffset = fileOffset
    (offsetIndexOffset, offsetIndexLength) = offsetIndex
    (columnIndexOffset, columnIndexLength) = columnIndex
    self.isEncrypted = isEncrypted
  }

  private init(parsingMetadata reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var type: Int32?
    var encodings: [Encoding] = []
    var path: [String]?
    var codec: Int32?
    var valueCount: Int64?
    var uncompressedSize: Int64?
    var compressedSize: Int64?
    var dataPageOffset: Int64?
    var rest = ColumnChunk(
      physicalType: .boolean, encodings: [], path: [], compression: .uncompressed, valueCount: 0,
      uncompressedSize: 0, compressedSize: 0, dataPageOffset: 0)
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: type = try reader.readInt32(field)
      case 2:
        encodings = (try reader.readInt64List(field) ?? []).map {
          Encoding(rawValue: Int32(truncatingIfNeeded: $0))
        }
      case 3: path = try reader.readStringList(field)
      case 4: codec = try reader.readInt32(field)
      case 5: valueCount = try reader.readInt64(field)
      case 6: uncompressedSize = try reader.readInt64(field)
      case 7: compressedSize = try reader.readInt64(field)
      case 8: rest.keyValueMetadata = try KeyValue.parseList(field, &reader)
      case 9: dataPageOffset = try reader.readInt64(field)
      case 10: rest.indexPageOffset = try reader.readInt64(field)
      case 11: rest.dictionaryPageOffset = try reader.readInt64(field)
      case 12 where field.type == .struct:
        rest.statistics = try ColumnStatistics(parsing: &reader)
      case 13: rest.pageCounts = try PageCount.parseList(field, &reader)
      case 14: rest.bloomFilterOffset = try reader.readInt64(field)
      case 15: rest.bloomFilterLength = try reader.readInt32(field)
      case 16 where field.type == .struct:
        rest.sizeStatistics = try SizeStatistics(parsing: &reader)
      default: try reader.skip(field)
      }
    }
    guard let type, let path, let codec, let valueCount, let uncompressedSize, let compressedSize,
      let dataPageOffset
    else { throw FormatError(.badValue, at: start, "column metadata lacks a required field") }
    guard let physicalType = PhysicalType(rawValue: type) else {
      throw FormatError(.badValue, at: start, "unknown physical type \(type)")
    }
    guard valueCount >= 0 else {
      throw FormatError(.badValue, at: start, "column chunk with a negative number of values")
    }
    self = rest
    self.physicalType = physicalType
    self.encodings = encodings
    self.path = path
    self.compression = ColumnCompression(rawValue: codec)
    self.valueCount = valueCount
    self.uncompressedSize = uncompressedSize
    self.compressedSize = compressedSize
    self.dataPageOffset = dataPageOffset
  }

  func encode(to writer: inout ThriftWriter) {
    writer.beginStruct()
    writer.write(1, filePath)
    writer.write(2, fileOffset)
    writer.beginStruct(3)
    writer.write(1, physicalType.rawValue)
    writer.write(2, encodings.map(\.rawValue))
    writer.write(3, path)
    writer.write(4, compression.rawValue)
    writer.write(5, valueCount)
    writer.write(6, uncompressedSize)
    writer.write(7, compressedSize)
    KeyValue.write(8, keyValueMetadata, to: &writer)
    writer.write(9, dataPageOffset)
    writer.write(10, indexPageOffset)
    writer.write(11, dictionaryPageOffset)
    statistics?.encode(12, to: &writer)
    if let pageCounts {
      writer.beginList(13, of: .struct, count: pageCounts.count)
      for count in pageCounts {
        writer.beginStruct()
        writer.write(1, count.kind.rawValue)
        writer.write(2, count.encoding.rawValue)
        writer.write(3, count.count)
        writer.endStruct()
      }
    }
    writer.write(14, bloomFilterOffset)
    writer.write(15, bloomFilterLength)
    if let sizeStatistics {
      writer.beginStruct(16)
      writer.write(1, sizeStatistics.unencodedByteArrayBytes)
      writer.write(2, sizeStatistics.repetitionLevelHistogram)
      writer.write(3, sizeStatistics.definitionLevelHistogram)
      writer.endStruct()
    }
    writer.endStruct()
    writer.write(4, offsetIndexOffset)
    writer.write(5, offsetIndexLength)
    writer.write(6, columnIndexOffset)
    writer.write(7, columnIndexLength)
    writer.endStruct()
  }
}

extension ColumnChunk.SizeStatistics {
  fileprivate init(parsing reader: inout ThriftReader) throws(FormatError) {
    self.init()
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: unencodedByteArrayBytes = try reader.readInt64(field)
      case 2: repetitionLevelHistogram = try reader.readInt64List(field)
      case 3: definitionLevelHistogram = try reader.readInt64List(field)
      default: try reader.skip(field)
      }
    }
  }
}

extension ColumnChunk.PageCount {
  fileprivate static func parseList(
    _ field: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(FormatError) -> [Self]? {
    guard let count = try reader.beginList(field, of: .struct) else { return nil }
    var list: [Self] = []
    for _ in 0..<count {
      var kind: PageHeader.Kind?
      var encoding: Int32?
      var pages: Int32?
      var id: Int16 = 0
      while let field = try reader.nextField(after: &id) {
        switch field.id {
        case 1: kind = try reader.readInt32(field).flatMap { PageHeader.Kind(rawValue: $0) }
        case 2: encoding = try reader.readInt32(field)
        case 3: pages = try reader.readInt32(field)
        default: try reader.skip(field)
        }
      }
      if let kind, let encoding, let pages {
        list.append(Self(kind: kind, encoding: Encoding(rawValue: encoding), count: pages))
      }
    }
    return list
  }
}
