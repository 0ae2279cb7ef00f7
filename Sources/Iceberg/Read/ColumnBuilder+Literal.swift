package import IcebergColumns
package import IcebergModel

extension ColumnBuilder {
  /// Appends one value to a column of the kind of `type`; nil is null. Returns false when the value
  /// is of another type: the builder is of no use then.
  ///
  /// The value may be of a type that was promoted since it was written. Fields that a struct value
  /// does not have take their initial defaults.
  ///
  /// Spec: Default values; Schema Evolution.
  package mutating func append(_ value: Literal?, as type: FieldType) -> Bool {
    guard let value else {
      appendNull()
      return true
    }
    switch (value, type) {
    case (.boolean(let value), .boolean): append(value)
    case (.int(let value), .int), (.date(let value), .date): append(value)
    case (.int(let value), .long): append(Int64(value))
    case (.long(let value), .long), (.time(let value), .time),
      (.timestamp(let value), .timestamp), (.timestamptz(let value), .timestamptz),
      (.timestampNanos(let value), .timestampNanos),
      (.timestamptzNanos(let value), .timestamptzNanos):
      append(value)
    case (.date(let days), .timestamp): append(Int64(days) * 86_400_000_000)
    case (.date(let days), .timestampNanos):
      let (nanos, overflow) = Int64(days).multipliedReportingOverflow(by: 86_400_000_000_000)
      if overflow { return false }
      append(nanos)
    case (.float(let value), .float): append(value)
    case (.float(let value), .double): append(Double(value))
    case (.double(let value), .double): append(value)
    case (.decimal(let unscaled, let scale), .decimal(_, let wanted)) where scale == wanted:
      append(unscaled)
    case (.string(let text), .string): append(utf8: text)
    case (.binary(let bytes), .binary), (.geometry(let bytes), .geometry),
      (.geography(let bytes), .geography):
      append(bytes: bytes)
    case (.uuid(let bytes), .uuid) where bytes.count == 16: append(bytes: bytes)
    case (.fixed(let bytes), .fixed(let length)) where bytes.count == length: append(bytes: bytes)
    case (.variant(let metadata, let value), .variant):
      children[0].append(bytes: metadata)
      children[1].append(bytes: value)
      closeRow()
    case (.struct(let value), .struct(let fields)): return appendStruct(value, as: fields)
    case (.list(let elements), .list(let element)):
      for value in elements where !children[0].append(value, as: element.type) { return false }
      closeRow()
    case (.map(let entries), .map(let key, let value)):
      for entry in entries {
        guard children[0].append(entry.key, as: key.type),
          children[1].append(entry.value, as: value.type)
        else { return false }
      }
      closeRow()
    default: return false
    }
    return true
  }

  private mutating func appendStruct(_ value: StructValue, as fields: [Field]) -> Bool {
    for (index, field) in fields.enumerated() {
      let given = index < value.values.count ? value.values[index] : nil
      guard children[index].append(given ?? field.initialDefault, as: field.type) else {
        return false
      }
    }
    closeRow()
    return true
  }
}

extension Column {
  /// `count` rows of one value; nil is null. Returns nil when the value does not fit the type, or
  /// when the rows would take more than a column can hold.
  package init?(repeating value: Literal?, as type: FieldType, count: Int) {
    guard value != nil else {
      self.init(nulls: type.columnKind, count: count)
      return
    }
    var builder = ColumnBuilder(type.columnKind)
    guard builder.append(value, as: type) else { return nil }
    let one = builder.finish()
    let (size, overflow) = one.widestRun.multipliedReportingOverflow(by: count)
    guard !overflow, size <= Int(Int32.max) else { return nil }
    self = one.take([Int](repeating: 0, count: count))
  }

  /// The largest number of bytes or elements in any one array of the column.
  private var widestRun: Int {
    switch values {
    case .bytes(_, let data), .fixed(_, let data): data.count
    case .list(_, let element): max(element.count, element.widestRun)
    case .map(_, let key, let value): max(key.count, key.widestRun, value.widestRun)
    case .struct(let fields): fields.map(\.widestRun).max() ?? 1
    default: 1
    }
  }
}
