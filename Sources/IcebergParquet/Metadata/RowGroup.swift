internal import IcebergBytes

/// Some rows of a file: a chunk of every column.
public struct RowGroup: Hashable, Sendable {
  /// A column by which the rows are sorted.
  public struct SortingColumn: Hashable, Sendable {
    /// The position of the column.
    public var column: Int32
    /// Whether larger values come first.
    public var isDescending: Bool
    /// Whether nulls come before all values.
    public var nullsFirst: Bool

    /// A column by which the rows are sorted.
    public init(column: Int32, isDescending: Bool, nullsFirst: Bool) {
      self.column = column
      self.isDescending = isDescending
      self.nullsFirst = nullsFirst
    }
  }

  /// The chunks, in the order of the leaves of the schema.
  public var columns: [ColumnChunk]
  /// The size of all column data, decompressed.
  public var byteSize: Int64
  /// The number of rows.
  public var rowCount: Int64
  /// How the rows are sorted, or nil.
  public var sortingColumns: [SortingColumn]?
  /// Where the first page begins in the file.
  public var fileOffset: Int64?
  /// The size of all column data as it lies in the file.
  public var compressedSize: Int64?
  /// The position among the row groups.
  public var ordinal: Int16?

  /// A row group.
  public init(
    columns: [ColumnChunk], byteSize: Int64, rowCount: Int64,
    sortingColumns: [SortingColumn]? = nil, fileOffset: Int64? = nil,
    compressedSize: Int64? = nil, ordinal: Int16? = nil
  ) {
    self.columns = columns
    self.byteSize = byteSize
    self.rowCount = rowCount
    self.sortingColumns = sortingColumns
    self.fileOffset = fileOffset
    self.compressedSize = compressedSize
    self.ordinal = ordinal
  }
}

extension RowGroup {
  init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var columns: [ColumnChunk]?
    var byteSize: Int64?
    var rowCount: Int64?
    var sorting: [SortingColumn]?
    var fileOffset: Int64?
    var compressedSize: Int64?
    var ordinal: Int16?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1:
        guard let count = try reader.beginList(field, of: .struct) else { continue }
        var list: [ColumnChunk] = []
        for _ in 0..<count { list.append(try ColumnChunk(parsing: &reader)) }
        columns = list
      case 2: byteSize = try reader.readInt64(field)
      case 3: rowCount = try reader.readInt64(field)
      case 4: sorting = try SortingColumn.parseList(field, &reader)
      case 5: fileOffset = try reader.readInt64(field)
      case 6: compressedSize = try reader.readInt64(field)
      case 7: ordinal = try reader.readInt64(field).map { Int16(truncatingIfNeeded: $0) }
      default: try reader.skip(field)
      }
    }
    guard let columns, let byteSize, let rowCount, rowCount >= 0 else {
      throw FormatError(.badValue, at: start, "malformed row group")
    }
    self.init(
      columns: columns, byteSize: byteSize, rowCount: rowCount, sortingColumns: sorting,
      fileOffset: fileOffset, compressedSize: compressedSize, ordinal: ordinal)
  }

  func encode(to writer: inout ThriftWriter) {
    writer.beginStruct()
    writer.beginList(1, of: .struct, count: columns.count)
    for column in columns { column.encode(to: &writer) }
    writer.write(2, byteSize)
    writer.write(3, rowCount)
    if let sortingColumns {
      writer.beginList(4, of: .struct, count: sortingColumns.count)
      for column in sortingColumns {
        writer.beginStruct()
        writer.write(1, column.column)
        writer.write(2, column.isDescending)
        writer.write(3, column.nullsFirst)
        writer.endStruct()
      }
    }
    writer.write(5, fileOffset)
    writer.write(6, compressedSize)
    writer.write(7, ordinal)
    writer.endStruct()
  }
}

extension RowGroup.SortingColumn {
  fileprivate static func parseList(
    _ field: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(FormatError) -> [Self]? {
    guard let count = try reader.beginList(field, of: .struct) else { return nil }
    var list: [Self] = []
    for _ in 0..<count {
      var column: Int32?
      var isDescending: Bool?
      var nullsFirst: Bool?
      var id: Int16 = 0
      while let field = try reader.nextField(after: &id) {
        switch field.id {
        case 1: column = try reader.readInt32(field)
        case 2: isDescending = try reader.readBool(field)
        case 3: nullsFirst = try reader.readBool(field)
        default: try reader.skip(field)
        }
      }
      if let column, let isDescending, let nullsFirst {
        list.append(Self(column: column, isDescending: isDescending, nullsFirst: nullsFirst))
      }
    }
    return list
  }
}
