public import IcebergBytes

/// What the footer of a Parquet file says. Spec: Parquet, "File format".
public struct FileMetadata: Hashable, Sendable {
  /// The order in which minimum and maximum of a column were found.
  public enum ColumnOrder: Hashable, Sendable {
    /// The order of the logical type.
    case typeDefined
    /// A member of the union that is not used here, by its number.
    case other(Int16)
  }

  /// The version of the format: 1 or 2.
  public var version: Int32
  /// The schema.
  public var schema: ParquetSchema
  /// The number of rows as the writer noted it; old writers got it wrong, so that readers count those
  /// of the row groups.
  public var rowCount: Int64
  /// The row groups, in order.
  public var rowGroups: [RowGroup]
  /// Key-value pairs of the writer.
  public var keyValueMetadata: [KeyValue]?
  /// The application that wrote the file.
  public var createdBy: String?
  /// The order of each column, or nil in files whose statistics have only the deprecated order.
  public var columnOrders: [ColumnOrder]?

  /// Metadata to be written.
  public init(
    version: Int32, schema: ParquetSchema, rowCount: Int64, rowGroups: [RowGroup],
    keyValueMetadata: [KeyValue]? = nil, createdBy: String? = nil,
    columnOrders: [ColumnOrder]? = nil
  ) {
    self.version = version
    self.schema = schema
    self.rowCount = rowCount
    self.rowGroups = rowGroups
    self.keyValueMetadata = keyValueMetadata
    self.createdBy = createdBy
    self.columnOrders = columnOrders
  }

  /// The number of bytes at the end of a file that ``footerLength(ofTail:)`` needs.
  public static let tailLength = 8
  /// What a file begins and ends with.
  public static let magic: [UInt8] = Array("PAR1".utf8)

  /// The length of the metadata, which ends where the last eight bytes of the file, `tail`, begin.
  ///
  /// Throws `badMagic` when the file is no Parquet file, `unsupported` when its footer is encrypted.
  public static func footerLength(ofTail tail: Bytes) throws(FormatError) -> Int {
    guard tail.count == tailLength else {
      throw FormatError(.truncated, at: 0, "file too short for Parquet")
    }
    guard !tail.suffix(4).elementsEqual("PARE".utf8) else {
      throw FormatError(.unsupported, at: 4, "encrypted Parquet footer")
    }
    guard tail.suffix(4).elementsEqual(magic) else {
      throw FormatError(.badMagic, at: 4, "not a Parquet file")
    }
    var reader = ByteReader(tail.span)
    return Int(try reader.readLittleEndian(UInt32.self))
  }

  /// Reads the metadata. `footer` is what lies in front of the last eight bytes of the file.
  ///
  /// Throws `unsupported` when columns are encrypted.
  public init(parsing footer: Bytes) throws(FormatError) {
    var reader = ThriftReader(footer.span)
    try self.init(parsing: &reader)
  }

  /// The metadata of a whole file in memory.
  public init(ofFile file: Bytes) throws(FormatError) {
    guard let tail = file.slice(max(0, file.count - Self.tailLength)..<file.count) else {
      throw FormatError(.truncated, "file too short for Parquet")
    }
    let length = try Self.footerLength(ofTail: tail)
    let end = file.count - Self.tailLength
    guard let footer = file.slice((end - length)..<end) else {
      throw FormatError(.truncated, at: end, "footer longer than the file")
    }
    try self.init(parsing: footer)
  }

  /// The metadata as it stands in a file, without its length and the closing magic.
  public func encoded() -> [UInt8] {
    var writer = ThriftWriter()
    encode(to: &writer)
    return writer.bytes
  }
}

extension FileMetadata {
  private init(parsing reader: inout ThriftReader) throws(FormatError) {
    var version: Int32?
    var elements: [SchemaElement]?
    var rowCount: Int64?
    var groups: [RowGroup]?
    var pairs: [KeyValue]?
    var createdBy: String?
    var orders: [ColumnOrder]?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: version = try reader.readInt32(field)
      case 2:
        guard let count = try reader.beginList(field, of: .struct) else { continue }
        var list: [SchemaElement] = []
        for _ in 0..<count { list.append(try SchemaElement(parsing: &reader)) }
        elements = list
      case 3: rowCount = try reader.readInt64(field)
      case 4:
        guard let count = try reader.beginList(field, of: .struct) else { continue }
        var list: [RowGroup] = []
        for _ in 0..<count { list.append(try RowGroup(parsing: &reader)) }
        groups = list
      case 5: pairs = try KeyValue.parseList(field, &reader)
      case 6: createdBy = try reader.readLenientString(field)
      case 7: orders = try ColumnOrder.parseList(field, &reader)
      case 8: throw FormatError(.unsupported, at: reader.offset, "encrypted Parquet columns")
      default: try reader.skip(field)
      }
    }
    guard let version, let elements, let rowCount, let groups else {
      throw FormatError(.badValue, "file metadata lacks a required field")
    }
    let schema = try ParquetSchema(elements: elements)
    for group in groups where group.columns.count != schema.leaves.count {
      throw FormatError(.badValue, "row group with a wrong number of columns")
    }
    self.init(
      version: version, schema: schema, rowCount: rowCount, rowGroups: groups,
      keyValueMetadata: pairs, createdBy: createdBy, columnOrders: orders)
  }

  private func encode(to writer: inout ThriftWriter) {
    writer.beginStruct()
    writer.write(1, version)
    writer.beginList(2, of: .struct, count: schema.elements.count)
    for element in schema.elements { element.encode(to: &writer) }
    writer.write(3, rowCount)
    writer.beginList(4, of: .struct, count: rowGroups.count)
    for group in rowGroups { group.encode(to: &writer) }
    KeyValue.write(5, keyValueMetadata, to: &writer)
    writer.write(6, createdBy)
    if let columnOrders {
      writer.beginList(7, of: .struct, count: columnOrders.count)
      for order in columnOrders {
        writer.beginStruct()
        switch order {
        case .typeDefined: writer.writeEmptyStruct(1)
        case .other(let number): writer.writeEmptyStruct(number)
        }
        writer.endStruct()
      }
    }
    writer.endStruct()
  }
}

extension FileMetadata.ColumnOrder {
  fileprivate static func parseList(
    _ field: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(FormatError) -> [Self]? {
    guard let count = try reader.beginList(field, of: .struct) else { return nil }
    var list: [Self] = []
    for _ in 0..<count {
      var order = Self.other(0)
      var id: Int16 = 0
      while let field = try reader.nextField(after: &id) {
        order = field.id == 1 ? .typeDefined : .other(field.id)
        try reader.skip(field)
      }
      list.append(order)
    }
    return list
  }
}
