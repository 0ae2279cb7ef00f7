internal import IcebergBytes

/// A pair that a writer keeps in the footer.
public struct KeyValue: Hashable, Sendable {
  /// The name.
  public var key: String
  /// The value, if any.
  public var value: String?

  /// A pair.
  public init(key: String, value: String?) {
    self.key = key
    self.value = value
  }
}

extension KeyValue {
  static func parseList(
    _ field: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(FormatError) -> [KeyValue]? {
    guard let count = try reader.beginList(field, of: .struct) else { return nil }
    var list: [KeyValue] = []
    for _ in 0..<count {
      let start = reader.offset
      var key: String?
      var value: String?
      var id: Int16 = 0
      while let field = try reader.nextField(after: &id) {
        switch field.id {
        case 1: key = try reader.readLenientString(field)
        case 2: value = try reader.readLenientString(field)
        default: try reader.skip(field)
        }
      }
      guard let key else { throw FormatError(.badValue, at: start, "key-value pair without a key") }
      list.append(KeyValue(key: key, value: value))
    }
    return list
  }

  static func write(_ id: Int16, _ pairs: [KeyValue]?, to writer: inout ThriftWriter) {
    guard let pairs else { return }
    writer.beginList(id, of: .struct, count: pairs.count)
    for pair in pairs {
      writer.beginStruct()
      writer.write(1, pair.key)
      writer.write(2, pair.value)
      writer.endStruct()
    }
  }
}
