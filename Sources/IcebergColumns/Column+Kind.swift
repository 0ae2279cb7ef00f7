public import IcebergBytes

extension Column {
  /// The physical kind of a column, without its values.
  public enum Kind: Hashable, Sendable {
    case boolean, int, long, float, double, decimal, bytes, null
    /// Values of so many bytes.
    case fixed(width: Int)
    indirect case list(Kind)
    indirect case map(key: Kind, value: Kind)
    indirect case `struct`([Kind])
  }

  /// The physical kind of this column.
  public var kind: Kind {
    switch values {
    case .boolean: .boolean
    case .int: .int
    case .long: .long
    case .float: .float
    case .double: .double
    case .decimal: .decimal
    case .bytes: .bytes
    case .null: .null
    case .fixed(let width, _): .fixed(width: width)
    case .list(_, let element): .list(element.kind)
    case .map(_, let key, let value): .map(key: key.kind, value: value.kind)
    case .struct(let fields): .struct(fields.map(\.kind))
    }
  }

  /// A column of `count` nulls.
  public init(nulls kind: Kind, count: Int) {
    precondition(count >= 0)
    let values: Values
    switch kind {
    case .boolean: values = .boolean(Bitmap(repeating: false, count: count))
    case .int: values = .int([Int32](repeating: 0, count: count))
    case .long: values = .long([Int64](repeating: 0, count: count))
    case .float: values = .float([Float](repeating: 0, count: count))
    case .double: values = .double([Double](repeating: 0, count: count))
    case .decimal: values = .decimal([Int128](repeating: 0, count: count))
    case .bytes: values = .bytes(offsets: [Int32](repeating: 0, count: count + 1), data: [])
    case .null: values = .null
    case .fixed(let width):
      values = .fixed(width: width, data: [UInt8](repeating: 0, count: width * count))
    case .list(let element):
      values = .list(
        offsets: [Int32](repeating: 0, count: count + 1), element: Column(nulls: element, count: 0))
    case .map(let key, let value):
      values = .map(
        offsets: [Int32](repeating: 0, count: count + 1), key: Column(nulls: key, count: 0),
        value: Column(nulls: value, count: 0))
    case .struct(let fields):
      values = .struct(fields.map { Column(nulls: $0, count: count) })
    }
    let hasNulls = kind != .null && count > 0
    self.init(
      values, validity: hasNulls ? Bitmap(repeating: false, count: count) : nil, count: count)
  }

  /// The same rows with a validity of nil when none of them is null.
  public var withoutIdleValidity: Column {
    guard let validity, validity.allSet else { return self }
    return Column(values, validity: nil, count: count)
  }

  /// Throws unless all arrays fit each other: as long as ``count`` demands, offsets that begin at
  /// zero, ascend and end where the data does, and keys without nulls.
  public func validate() throws(FormatError) {
    func check(_ condition: Bool, _ reason: String) throws(FormatError) {
      if !condition { throw FormatError(.badValue, reason) }
    }
    func check(_ offsets: [Int32], over size: Int) throws(FormatError) {
      try check(offsets.count == count + 1, "one offset more than rows")
      try check(offsets.first == 0, "offsets begin at zero")
      try check(offsets.last.map(Int.init) == size, "offsets end where the data does")
      var sorted = true
      for index in 0..<count where offsets[index] > offsets[index + 1] { sorted = false }
      try check(sorted, "offsets ascend")
    }
    try check(count >= 0, "a count below zero")
    try check(validity.map { $0.count == count } ?? true, "a validity as long as its column")
    switch values {
    case .boolean(let bits): try check(bits.count == count, "a bit for each row")
    case .int(let array): try check(array.count == count, "a value for each row")
    case .long(let array): try check(array.count == count, "a value for each row")
    case .float(let array): try check(array.count == count, "a value for each row")
    case .double(let array): try check(array.count == count, "a value for each row")
    case .decimal(let array): try check(array.count == count, "a value for each row")
    case .null: break
    case .bytes(let offsets, let data): try check(offsets, over: data.count)
    case .fixed(let width, let data):
      let (size, overflow) = width.multipliedReportingOverflow(by: count)
      try check(width >= 0 && !overflow && data.count == size, "so many bytes for each row")
    case .list(let offsets, let element):
      try check(offsets, over: element.count)
      try element.validate()
    case .map(let offsets, let key, let value):
      try check(offsets, over: key.count)
      try check(key.count == value.count, "a value for each key")
      try check(key.nullCount == 0, "keys without nulls")
      try key.validate()
      try value.validate()
    case .struct(let fields):
      for field in fields {
        try check(field.count == count, "fields as long as their struct")
        try field.validate()
      }
    }
  }
}
