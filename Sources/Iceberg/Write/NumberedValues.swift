internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// The values of a column, each different one with a number.
struct NumberedValues: Sendable {
  /// The number of the value of each row.
  var numbers: [Int]
  /// The values by number; nil is null.
  var literals: [Literal?]

  init(numbers: [Int], literals: [Literal?]) {
    self.numbers = numbers
    self.literals = literals
  }

  /// Numbers the results of a transform, which are null where `source` is.
  init(_ results: Transform.Batch, _ type: FieldType, _ source: Column) {
    numbers = []
    literals = []
    numbers.reserveCapacity(source.count)
    switch results {
    case .boolean(let values): number(values, source) { .boolean($0) }
    case .int(let values):
      number(values, source) { type == .date ? .date($0) : .int($0) }
    case .long(let values): number(values, source) { Self.literal($0, type) }
    // By their bits: NaN equals itself, and zeros of different sign differ.
    case .float(let values):
      number(values.map { ($0.isNaN ? .nan : $0).bitPattern }, source) {
        .float(Float(bitPattern: $0))
      }
    case .double(let values):
      number(values.map { ($0.isNaN ? .nan : $0).bitPattern }, source) {
        .double(Double(bitPattern: $0))
      }
    case .decimal(let values):
      var scale = 0
      if case .decimal(_, let digits) = type { scale = digits }
      number(values, source) { .decimal(unscaled: $0, scale: scale) }
    case .bytes(let offsets, let data):
      number(source, Bytes(data), type) { Int(offsets[$0])..<Int(offsets[$0 + 1]) }
    case .fixed(let width, let data):
      number(source, Bytes(data), type) { ($0 * width)..<(($0 + 1) * width) }
    }
  }

  private mutating func number<T: Hashable>(
    _ values: [T], _ source: Column, _ literal: (T) -> Literal
  ) {
    var known: [T: Int] = [:]
    var null: Int?
    // Rows often repeat the value before them.
    var last: (value: T, number: Int)?
    for row in 0..<source.count {
      if source.isNull(at: row) {
        let number = null ?? literals.count
        if null == nil { literals.append(nil) }
        null = number
        numbers.append(number)
        continue
      }
      let value = values[row]
      if let last, last.value == value {
        numbers.append(last.number)
        continue
      }
      let number = known[value] ?? literals.count
      if number == literals.count {
        known[value] = number
        literals.append(literal(value))
      }
      last = (value, number)
      numbers.append(number)
    }
  }

  private mutating func number(
    _ source: Column, _ data: Bytes, _ type: FieldType, _ place: (Int) -> Range<Int>
  ) {
    let values = (0..<source.count).map { data[place($0)] }
    number(values, source) { bytes in
      // A copy of its own: the literal must not keep the whole column alive.
      let copy = Bytes(Array(bytes))
      return switch type {
      case .string: .string(String(decoding: bytes, as: UTF8.self))
      case .uuid: .uuid(copy)
      case .fixed: .fixed(copy)
      default: .binary(copy)
      }
    }
  }

  private static func literal(_ value: Int64, _ type: FieldType) -> Literal {
    switch type {
    case .time: .time(value)
    case .timestamp: .timestamp(value)
    case .timestamptz: .timestamptz(value)
    case .timestampNanos: .timestampNanos(value)
    case .timestamptzNanos: .timestamptzNanos(value)
    default: .long(value)
    }
  }
}

extension Column {
  /// The values in the form in which transforms take them; nil for columns that have no such form.
  var transformBatch: Transform.Batch? {
    switch values {
    case .boolean(let bits): .boolean((0..<count).map { bits[$0] })
    case .int(let values): .int(values)
    case .long(let values): .long(values)
    case .float(let values): .float(values)
    case .double(let values): .double(values)
    case .decimal(let values): .decimal(values)
    case .bytes(let offsets, let data): .bytes(offsets: offsets, data: data)
    case .fixed(let width, let data): .fixed(width: width, data: data)
    case .null, .list, .map, .struct: nil
    }
  }
}
