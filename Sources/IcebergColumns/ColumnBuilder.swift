/// Builds a ``Column`` row by row.
///
/// The append to use is that of the kind; a row of a list, map or struct is made by appending to
/// ``children`` and then calling ``closeRow()``:
///
/// ```swift
/// var tags = ColumnBuilder(.list(.bytes))
/// tags.children[0].append(utf8: "a")
/// tags.children[0].append(utf8: "b")
/// tags.closeRow()                         // ["a", "b"]
/// tags.appendNull()
/// ```
public struct ColumnBuilder: Sendable {
  /// The kind of the column.
  public let kind: Column.Kind
  /// The number of rows so far.
  @inlinable public var count: Int { rows }
  /// The builders of what is inside: the element of a list, key and value of a map, the fields of a
  /// struct.
  public var children: [ColumnBuilder] = []

  @usableFromInline var rows = 0
  @usableFromInline var validity: Bitmap?
  @usableFromInline var bits = Bitmap()
  @usableFromInline var ints: [Int32] = []
  @usableFromInline var longs: [Int64] = []
  @usableFromInline var floats: [Float] = []
  @usableFromInline var doubles: [Double] = []
  @usableFromInline var decimals: [Int128] = []
  @usableFromInline var offsets: [Int32] = []
  @usableFromInline var data: [UInt8] = []

  /// A builder without rows.
  public init(_ kind: Column.Kind) {
    self.kind = kind
    switch kind {
    case .bytes: offsets = [0]
    case .list(let element):
      offsets = [0]
      children = [ColumnBuilder(element)]
    case .map(let key, let value):
      offsets = [0]
      children = [ColumnBuilder(key), ColumnBuilder(value)]
    case .struct(let fields): children = fields.map { ColumnBuilder($0) }
    case .boolean, .int, .long, .float, .double, .decimal, .null, .fixed: break
    }
  }

  /// Appends a row to a column of booleans.
  @inlinable
  public mutating func append(_ value: Bool) {
    bits.append(value)
    closeSlot()
  }

  /// Appends a row to a column of 32-bit integers.
  @inlinable
  public mutating func append(_ value: Int32) {
    ints.append(value)
    closeSlot()
  }

  /// Appends a row to a column of 64-bit integers.
  @inlinable
  public mutating func append(_ value: Int64) {
    longs.append(value)
    closeSlot()
  }

  /// Appends a row to a column of floats.
  @inlinable
  public mutating func append(_ value: Float) {
    floats.append(value)
    closeSlot()
  }

  /// Appends a row to a column of doubles.
  @inlinable
  public mutating func append(_ value: Double) {
    doubles.append(value)
    closeSlot()
  }

  /// Appends an unscaled value to a column of decimals.
  @inlinable
  public mutating func append(_ value: Int128) {
    decimals.append(value)
    closeSlot()
  }

  /// Appends a row to a column of byte strings or fixed values, which must have their width.
  @inlinable
  public mutating func append(bytes: some Collection<UInt8>) {
    data.append(contentsOf: bytes)
    closeBytes()
  }

  /// Appends text to a column of byte strings.
  @inlinable
  public mutating func append(utf8 text: String) {
    data.append(contentsOf: text.utf8)
    closeBytes()
  }

  /// Appends a null.
  public mutating func appendNull() {
    switch kind {
    case .boolean: bits.append(false)
    case .int: ints.append(0)
    case .long: longs.append(0)
    case .float: floats.append(0)
    case .double: doubles.append(0)
    case .decimal: decimals.append(0)
    case .bytes, .list, .map: offsets.append(offsets[count])
    case .fixed(let width): data.append(contentsOf: repeatElement(0, count: width))
    case .null:
      rows &+= 1
      return
    case .struct: for index in children.indices { children[index].appendNull() }
    }
    if validity == nil { validity = Bitmap(repeating: true, count: count) }
    validity?.append(false)
    rows &+= 1
  }

  /// Makes what was appended to ``children`` since the last row the next row: any number of
  /// elements or entries, or one value of each field.
  public mutating func closeRow() {
    switch kind {
    case .list: offsets.append(Int32(children[0].count))
    case .map:
      precondition(children[0].count == children[1].count, "a value for each key")
      offsets.append(Int32(children[0].count))
    case .struct:
      precondition(children.allSatisfy { $0.count == count + 1 }, "one value of each field")
    case .boolean, .int, .long, .float, .double, .decimal, .bytes, .null, .fixed:
      preconditionFailure("only rows of lists, maps and structs are closed")
    }
    closeSlot()
  }

  /// Makes room for `rows` rows altogether.
  public mutating func reserveCapacity(_ rows: Int) {
    switch kind {
    case .boolean: bits.reserveCapacity(rows)
    case .int: ints.reserveCapacity(rows)
    case .long: longs.reserveCapacity(rows)
    case .float: floats.reserveCapacity(rows)
    case .double: doubles.reserveCapacity(rows)
    case .decimal: decimals.reserveCapacity(rows)
    case .bytes, .list, .map: offsets.reserveCapacity(rows + 1)
    case .fixed(let width): data.reserveCapacity(rows * width)
    case .struct: for index in children.indices { children[index].reserveCapacity(rows) }
    case .null: break
    }
  }

  /// The column of all rows so far; the builder is empty afterwards.
  public mutating func finish() -> Column {
    let values: Column.Values
    switch kind {
    case .boolean: values = .boolean(bits)
    case .int: values = .int(ints)
    case .long: values = .long(longs)
    case .float: values = .float(floats)
    case .double: values = .double(doubles)
    case .decimal: values = .decimal(decimals)
    case .bytes: values = .bytes(offsets: offsets, data: data)
    case .null: values = .null
    case .fixed(let width): values = .fixed(width: width, data: data)
    case .list: values = .list(offsets: offsets, element: children[0].finish())
    case .map:
      values = .map(offsets: offsets, key: children[0].finish(), value: children[1].finish())
    case .struct:
      var fields: [Column] = []
      for index in children.indices { fields.append(children[index].finish()) }
      values = .struct(fields)
    }
    let column = Column(values, validity: validity, count: count)
    precondition(column.slotCount == count, "every row was appended as its kind")
    self = ColumnBuilder(kind)
    return column
  }

  @inlinable
  mutating func closeBytes() {
    if case .fixed(let width) = kind {
      precondition(data.count == (count + 1) * width, "a fixed value has its width")
    } else {
      precondition(data.count <= Int(Int32.max), "at most 2 GiB of byte strings in a column")
      offsets.append(Int32(truncatingIfNeeded: data.count))
    }
    closeSlot()
  }

  @inlinable
  mutating func closeSlot() {
    validity?.append(true)
    rows &+= 1
  }
}
