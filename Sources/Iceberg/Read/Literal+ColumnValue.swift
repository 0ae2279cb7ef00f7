internal import IcebergBytes
package import IcebergColumns
package import IcebergModel

extension Literal {
  /// A value of a column whose type is primitive; nil for null, for a value of another kind than the
  /// type's, and for text that is no UTF-8.
  package init?(_ value: Column.Value, type: FieldType) {
    switch (value, type) {
    case (.boolean(let value), .boolean): self = .boolean(value)
    case (.int(let value), .int): self = .int(value)
    case (.int(let value), .date): self = .date(value)
    case (.long(let value), .long): self = .long(value)
    case (.long(let value), .time): self = .time(value)
    case (.long(let value), .timestamp): self = .timestamp(value)
    case (.long(let value), .timestamptz): self = .timestamptz(value)
    case (.long(let value), .timestampNanos): self = .timestampNanos(value)
    case (.long(let value), .timestamptzNanos): self = .timestamptzNanos(value)
    case (.float(let value), .float): self = .float(value)
    case (.double(let value), .double): self = .double(value)
    case (.decimal(let unscaled), .decimal(_, let scale)):
      self = .decimal(unscaled: unscaled, scale: scale)
    case (.bytes(let bytes), .string):
      guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
      self = .string(text)
    case (.bytes(let bytes), .binary): self = .binary(Bytes(bytes))
    case (.bytes(let bytes), .uuid): self = .uuid(Bytes(bytes))
    case (.bytes(let bytes), .fixed): self = .fixed(Bytes(bytes))
    default: return nil
    }
  }
}
