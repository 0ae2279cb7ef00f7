internal import IcebergBytes

/// What a writer noted about the values of a column chunk or page.
public struct ColumnStatistics: Hashable, Sendable {
  /// The smallest value in its plain encoding (no length for texts), in the column's order.
  public var minimum: [UInt8]?
  /// The largest value, as ``minimum``.
  public var maximum: [UInt8]?
  /// The deprecated smallest value: compared as signed bytes, whatever the type.
  public var legacyMinimum: [UInt8]?
  /// The deprecated largest value, as ``legacyMinimum``.
  public var legacyMaximum: [UInt8]?
  /// The number of nulls.
  public var nullCount: Int64?
  /// The number of distinct values.
  public var distinctCount: Int64?
  /// Whether ``minimum`` occurs; false or nil when it may be a lower bound only.
  public var isMinimumExact: Bool?
  /// Whether ``maximum`` occurs; false or nil when it may be an upper bound only.
  public var isMaximumExact: Bool?
  /// The number of NaN values.
  public var nanCount: Int64?

  /// Statistics that say nothing.
  public init() {}
}

extension ColumnStatistics {
  init(parsing reader: inout ThriftReader) throws(FormatError) {
    self.init()
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: legacyMaximum = try reader.readBinary(field)
      case 2: legacyMinimum = try reader.readBinary(field)
      case 3: nullCount = try reader.readInt64(field)
      case 4: distinctCount = try reader.readInt64(field)
      case 5: maximum = try reader.readBinary(field)
      case 6: minimum = try reader.readBinary(field)
      case 7: isMaximumExact = try reader.readBool(field)
      case 8: isMinimumExact = try reader.readBool(field)
      case 9: nanCount = try reader.readInt64(field)
      default: try reader.skip(field)
      }
    }
  }

  func encode(_ id: Int16, to writer: inout ThriftWriter) {
    writer.beginStruct(id)
    writer.write(1, legacyMaximum)
    writer.write(2, legacyMinimum)
    writer.write(3, nullCount)
    writer.write(4, distinctCount)
    writer.write(5, maximum)
    writer.write(6, minimum)
    writer.write(7, isMaximumExact)
    writer.write(8, isMinimumExact)
    writer.write(9, nanCount)
    writer.endStruct()
  }
}
