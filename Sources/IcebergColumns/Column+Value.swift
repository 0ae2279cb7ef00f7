extension Column {
  /// One value of a column, for those who look at single rows.
  public enum Value: Hashable, Sendable {
    case null
    case boolean(Bool)
    case int(Int32)
    case long(Int64)
    case float(Float)
    case double(Double)
    /// The unscaled value.
    case decimal(Int128)
    /// Text, binary and fixed.
    case bytes([UInt8])
    case list([Value])
    /// The entries in their order, keys and values by turns.
    case map([Entry])
    /// The values of the fields, in their order.
    case `struct`([Value])

    /// One entry of a map.
    public struct Entry: Hashable, Sendable {
      /// The key, not null.
      public var key: Value
      /// The value.
      public var value: Value

      /// An entry of a map.
      public init(key: Value, value: Value) {
        self.key = key
        self.value = value
      }
    }
  }

  /// The value of row `index`.
  public func value(at index: Int) -> Value {
    precondition(index >= 0 && index < count, "index out of range")
    if isNull(at: index) { return .null }
    switch values {
    case .boolean(let bits): return .boolean(bits[index])
    case .int(let array): return .int(array[index])
    case .long(let array): return .long(array[index])
    case .float(let array): return .float(array[index])
    case .double(let array): return .double(array[index])
    case .decimal(let array): return .decimal(array[index])
    case .null: return .null
    case .bytes(let offsets, let data):
      return .bytes(Array(data[Int(offsets[index])..<Int(offsets[index + 1])]))
    case .fixed(let width, let data):
      return .bytes(Array(data[index * width..<(index + 1) * width]))
    case .list(let offsets, let element):
      return .list(
        (Int(offsets[index])..<Int(offsets[index + 1])).map { element.value(at: $0) })
    case .map(let offsets, let key, let value):
      return .map(
        (Int(offsets[index])..<Int(offsets[index + 1])).map {
          Value.Entry(key: key.value(at: $0), value: value.value(at: $0))
        })
    case .struct(let fields):
      return .struct(fields.map { $0.value(at: index) })
    }
  }

  /// Whether both columns have the same rows: what lies in the slots of nulls does not count, nor
  /// how a column without nulls says so. Floating-point values are compared by their bits.
  public func hasSameRows(as other: Column) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where value(at: index).bits != other.value(at: index).bits {
      return false
    }
    return true
  }
}

extension Column.Value {
  /// The value with floating-point numbers as integers of the same bits, so that NaN equals itself
  /// and zeros of different sign differ.
  fileprivate var bits: Column.Value {
    switch self {
    case .float(let value): .int(Int32(bitPattern: value.bitPattern))
    case .double(let value): .long(Int64(bitPattern: value.bitPattern))
    case .list(let elements): .list(elements.map(\.bits))
    case .map(let entries): .map(entries.map { Entry(key: $0.key.bits, value: $0.value.bits) })
    case .struct(let fields): .struct(fields.map(\.bits))
    case .null, .boolean, .int, .long, .decimal, .bytes: self
    }
  }
}
