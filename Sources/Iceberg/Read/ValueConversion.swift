internal import IcebergColumns
internal import IcebergModel

/// How the values of a file column become values of a table type: the promotions of the format, and
/// the units and widths in which files may store the same thing.
///
/// Nothing is rounded, cut or wrapped: a value that the table type cannot hold is an error.
///
/// Spec: Schemas and Data Types, "Schema Evolution"; Appendix A.
enum ValueConversion: Hashable, Sendable {
  /// The values are what the table wants.
  case same
  case intToLong
  /// Unsigned 32-bit integers, which come as 64-bit ones.
  case unsignedInt
  /// Unsigned 64-bit integers, which come as decimals.
  case unsignedLong
  case floatToDouble
  /// Unscaled values of at most `limit` in absolute value.
  case decimal(limit: Int128)
  /// 32-bit or 64-bit times and days, times `factor`.
  case multiply(by: Int64)
  /// 64-bit times, which must be divisible by `divisor`.
  case divide(by: Int64)
}

extension ValueConversion {
  /// The way from a file column to a table type; nil when there is none.
  init?(from kind: FileColumn.Kind, to type: FieldType) {
    switch (kind, type) {
    case (.boolean, .boolean): self = .same
    case (.integer(let bits, let isSigned), .int) where bits <= 32:
      self = isSigned || bits < 32 ? .same : .unsignedInt
    case (.integer(let bits, let isSigned), .long):
      if bits < 32 || (bits == 32 && isSigned) {
        self = .intToLong
      } else {
        // Unsigned 32-bit integers come as 64-bit ones.
        self = bits == 32 || isSigned ? .same : .unsignedLong
      }
    case (.float, .float), (.double, .double): self = .same
    case (.float, .double): self = .floatToDouble
    case (.decimal(let precision, let scale), .decimal(let wanted, let wantedScale)):
      guard scale == wantedScale else { return nil }
      self =
        precision <= wanted || wanted >= 38
        ? .same : .decimal(limit: DecimalText.powerOfTen(wanted) - 1)
    case (.date, .date), (.integer(bits: 32, isSigned: true), .date): self = .same
    case (.time(let unit), .time): self = Self.scaling(unit, to: .micros)
    case (.timestamp(let unit), .timestamp), (.timestamp(let unit), .timestamptz):
      self = Self.scaling(unit, to: .micros)
    case (.timestamp(let unit), .timestampNanos), (.timestamp(let unit), .timestamptzNanos):
      self = Self.scaling(unit, to: .nanos)
    case (.date, .timestamp): self = .multiply(by: 86_400_000_000)
    case (.date, .timestampNanos): self = .multiply(by: 86_400_000_000_000)
    case (.text, .string), (.bytes, .string), (.text, .binary), (.bytes, .binary): self = .same
    case (.uuid, .uuid), (.fixed(length: 16), .uuid): self = .same
    case (.fixed(let length), .fixed(let wanted)) where length == wanted: self = .same
    case (.uuid, .fixed(length: 16)): self = .same
    default: return nil
    }
  }

  private static func scaling(
    _ unit: FileColumn.TimeUnit, to wanted: FileColumn.TimeUnit
  ) -> ValueConversion {
    let (from, to) = (unit.nanos, wanted.nanos)
    if from == to { return .same }
    return from > to ? .multiply(by: from / to) : .divide(by: to / from)
  }
}

extension FileColumn.TimeUnit {
  /// The length of the unit in nanoseconds.
  var nanos: Int64 {
    switch self {
    case .millis: 1_000_000
    case .micros: 1000
    case .nanos: 1
    }
  }
}

extension ValueConversion {
  /// What stops a conversion, in words that follow "column x: ".
  struct Failure: Error {
    var reason: String
  }

  /// The column in the form of the table type.
  func callAsFunction(_ column: Column) throws(Failure) -> Column {
    var result = column
    switch (self, column.values) {
    case (.same, _): return column
    case (.intToLong, .int(let values)): result.values = .long(values.map { Int64($0) })
    case (.unsignedInt, .long(let values)):
      result.values = .int(
        try Self.narrowed(values) { value in Int32(exactly: value) })
    case (.unsignedLong, .decimal(let values)):
      result.values = .long(
        try Self.narrowed(values) { value in Int64(exactly: value) })
    case (.floatToDouble, .float(let values)):
      result.values = .double(values.map { Double($0) })
    case (.decimal(let limit), .decimal(let values)):
      if values.contains(where: { $0 > limit || $0 < -limit }) {
        throw Failure(reason: "a decimal has more digits than the type of the table allows")
      }
    case (.multiply(let factor), .int(let values)):
      result.values = .long(try Self.multiplied(values, by: factor))
    case (.multiply(let factor), .long(let values)):
      result.values = .long(try Self.multiplied(values, by: factor))
    case (.divide(let divisor), .long(let values)):
      result.values = .long(try Self.divided(values, by: divisor))
    default: throw Failure(reason: "the values read are not what the file declares")
    }
    return result
  }

  private static func narrowed<T, U>(
    _ values: [T], _ narrow: (T) -> U?
  ) throws(Failure) -> [U] {
    var results: [U] = []
    results.reserveCapacity(values.count)
    for value in values {
      guard let narrowed = narrow(value) else {
        throw Failure(reason: "\(value) is out of range of the table's type")
      }
      results.append(narrowed)
    }
    return results
  }

  private static func multiplied<T: FixedWidthInteger & Sendable>(
    _ values: [T], by factor: Int64
  ) throws(Failure) -> [Int64] {
    var results = [Int64](repeating: 0, count: values.count)
    for index in values.indices {
      let (product, overflow) = Int64(values[index]).multipliedReportingOverflow(by: factor)
      if overflow { throw Failure(reason: "\(values[index]) is out of range in the table's unit") }
      results[index] = product
    }
    return results
  }

  private static func divided(
    _ values: [Int64], by divisor: Int64
  ) throws(Failure) -> [Int64] {
    var results = [Int64](repeating: 0, count: values.count)
    for index in values.indices {
      let (quotient, rest) = values[index].quotientAndRemainder(dividingBy: divisor)
      if rest != 0 {
        throw Failure(reason: "\(values[index]) cannot be held exactly in the table's unit")
      }
      results[index] = quotient
    }
    return results
  }
}
