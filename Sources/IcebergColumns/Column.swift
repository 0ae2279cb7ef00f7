/// The values of one column, in plain arrays.
///
/// What an `int` means - a date, a time, a number - is the business of the schema.
public struct Column: Hashable, Sendable {
  /// The values by physical kind. Slots of null rows hold zero, false or nothing.
  public enum Values: Hashable, Sendable {
    case boolean(Bitmap)
    case int([Int32])
    case long([Int64])
    case float([Float])
    case double([Double])
    /// Unscaled values.
    case decimal([Int128])
    /// Text and binary: row `i` is `data[offsets[i]..<offsets[i + 1]]`; there is one offset more than
    /// rows, the first is zero and the last is the size of the data.
    case bytes(offsets: [Int32], data: [UInt8])
    /// Values of `width` bytes, one after the other.
    case fixed(width: Int, data: [UInt8])
    /// Nothing but nulls.
    case null
    /// Row `i` has the elements `offsets[i]..<offsets[i + 1]`; the offsets are as those of bytes.
    indirect case list(offsets: [Int32], element: Column)
    /// Row `i` has the entries `offsets[i]..<offsets[i + 1]`; keys have no nulls.
    indirect case map(offsets: [Int32], key: Column, value: Column)
    /// One column per field, each as long as this one.
    indirect case `struct`([Column])
  }

  /// The values, one slot for each row.
  public var values: Values
  /// Which rows are not null; nil when none is null.
  public var validity: Bitmap?
  /// The number of rows.
  public var count: Int

  /// A column of `count` rows. The arrays must be as long as `count` demands, see ``validate()``.
  @inlinable
  public init(_ values: Values, validity: Bitmap? = nil, count: Int) {
    self.values = values
    self.validity = validity
    self.count = count
  }

  /// Whether row `index` is null.
  @inlinable
  public func isNull(at index: Int) -> Bool {
    if case .null = values { return true }
    guard let validity else { return false }
    return !validity[index]
  }

  /// The number of null rows.
  public var nullCount: Int {
    if case .null = values { return count }
    return validity.map { count - $0.setCount } ?? 0
  }
}
