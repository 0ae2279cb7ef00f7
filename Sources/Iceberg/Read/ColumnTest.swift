internal import IcebergColumns
internal import IcebergModel

/// One test of one column, with its constant in the form in which columns hold their values.
struct ColumnTest: Sendable {
  private let term: BoundTerm
  private let question: Question
  /// Whether null passes.
  private let takesNull: Bool

  private enum Question: Sendable {
    /// Whether there is a value at all.
    case notNull
    case isNull
    case isNaN
    case notNaN
    case boolean(whenFalse: Bool, whenTrue: Bool)
    case int(NumberTest<Int32>)
    case long(NumberTest<Int64>)
    case float(NumberTest<Float>)
    case double(NumberTest<Double>)
    case decimal(NumberTest<Int128>)
    case bytes(ByteStringTest)
  }

  init(_ predicate: BoundPredicate) throws(IcebergError) {
    term = predicate.term
    takesNull = try predicate.test.isPassed(by: nil)
    question = try Self.question(predicate.test, predicate.term)
  }

  private static func question(
    _ test: BoundPredicate.Test, _ term: BoundTerm
  ) throws(IcebergError) -> Question {
    switch test {
    case .isNull: return .isNull
    case .notNull: return .notNull
    case .isNaN: return .isNaN
    case .notNaN: return .notNaN
    case .startsWith(let prefix):
      guard let bytes = prefix.byteString else { break }
      return .bytes(.prefix(bytes, isStart: true))
    case .notStartsWith(let prefix):
      guard let bytes = prefix.byteString else { break }
      return .bytes(.prefix(bytes, isStart: false))
    case .comparison, .isIn, .notIn:
      switch term.resultType {
      case .boolean:
        return .boolean(
          whenFalse: try test.isPassed(by: .boolean(false)),
          whenTrue: try test.isPassed(by: .boolean(true)))
      case .int, .date: return .int(try NumberTest(test, of: term) { $0.int })
      case .long, .time, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos:
        return .long(try NumberTest(test, of: term) { $0.long })
      case .float: return .float(try NumberTest(test, of: term) { $0.float })
      case .double: return .double(try NumberTest(test, of: term) { $0.double })
      case .decimal: return .decimal(try NumberTest(test, of: term) { $0.unscaled })
      case .string, .uuid, .fixed, .binary: return .bytes(try ByteStringTest(test, of: term))
      case .unknown, .variant, .geometry, .geography, .struct, .list, .map: break
      }
    }
    throw IcebergError(
      .invalidArgument, "column '\(term.name)' of type \(term.resultType) cannot be tested so",
      context: .init(fieldID: term.fieldID))
  }

  /// A bit for each row: whether its value passes.
  func matches(in columns: [Column], rowCount: Int) throws(IcebergError) -> Bitmap {
    let column = try self.column(in: columns)
    if case .null = column.values { return Bitmap(repeating: takesNull, count: rowCount) }
    switch question {
    case .notNull: return column.validity ?? Bitmap(repeating: true, count: rowCount)
    case .isNull: return column.validity.map { ~$0 } ?? Bitmap(repeating: false, count: rowCount)
    default: break
    }
    guard let bits = matches(try values(of: column), rowCount) else { throw mismatch }
    guard let validity = column.validity else { return bits }
    return takesNull ? bits | ~validity : bits & validity
  }

  /// The column that the term names; what is inside a null struct is null.
  private func column(in columns: [Column]) throws(IcebergError) -> Column {
    guard let first = term.path.first, first < columns.count else { throw mismatch }
    var column = columns[first]
    for position in term.path.dropFirst() {
      if case .null = column.values { return column }
      guard case .struct(let fields) = column.values, position < fields.count else {
        throw mismatch
      }
      var field = fields[position]
      if let outer = column.validity { field.validity = field.validity.map { $0 & outer } ?? outer }
      column = field
    }
    return column
  }

  /// The values of the term, nulls among them: what they are is of no interest.
  private func values(of column: Column) throws(IcebergError) -> Column.Values {
    if term.transform == .identity { return column.values }
    guard var batch = column.transformBatch else { throw mismatch }
    if case .fixed(width: 0, _) = batch {
      // Without bytes there is nothing to count the values by.
      batch = .bytes(offsets: [Int32](repeating: 0, count: column.count + 1), data: [])
    }
    return switch try term.transform.apply(to: batch, of: term.sourceType) {
    case .boolean(let values): .boolean(Bitmap(values))
    case .int(let values): .int(values)
    case .long(let values): .long(values)
    case .float(let values): .float(values)
    case .double(let values): .double(values)
    case .decimal(let values): .decimal(values)
    case .bytes(let offsets, let data): .bytes(offsets: offsets, data: data)
    case .fixed(let width, let data): .fixed(width: width, data: data)
    }
  }

  /// Which values pass; nil when they are of another kind than the constant.
  private func matches(_ values: Column.Values, _ rowCount: Int) -> Bitmap? {
    switch (question, values) {
    case (.boolean(let whenFalse, let whenTrue), .boolean(let bits)):
      switch (whenFalse, whenTrue) {
      case (false, true): bits
      case (true, false): ~bits
      case (let same, _): Bitmap(repeating: same, count: bits.count)
      }
    case (.int(let test), .int(let values)): test.matches(in: values)
    case (.long(let test), .long(let values)): test.matches(in: values)
    case (.float(let test), .float(let values)): test.matches(in: values)
    case (.double(let test), .double(let values)): test.matches(in: values)
    case (.decimal(let test), .decimal(let values)): test.matches(in: values)
    case (.bytes(let test), .bytes(let offsets, let data)):
      test.matches(offsets: offsets, data: data)
    case (.bytes(let test), .fixed(let width, let data)):
      test.matches(width: width, data: data, count: rowCount)
    case (.isNaN, .float(let values)): Bitmap(count: values.count) { values[$0].isNaN }
    case (.isNaN, .double(let values)): Bitmap(count: values.count) { values[$0].isNaN }
    case (.notNaN, .float(let values)): Bitmap(count: values.count) { !values[$0].isNaN }
    case (.notNaN, .double(let values)): Bitmap(count: values.count) { !values[$0].isNaN }
    default: nil
    }
  }

  private var mismatch: IcebergError {
    IcebergError(
      .invalidArgument,
      "the rows to be filtered have no column '\(term.name)' of type \(term.sourceType)",
      context: .init(fieldID: term.fieldID))
  }
}

extension Literal {
  fileprivate var int: Int32? {
    switch self {
    case .int(let value), .date(let value): value
    default: nil
    }
  }

  fileprivate var long: Int64? {
    switch self {
    case .long(let value), .time(let value), .timestamp(let value), .timestamptz(let value),
      .timestampNanos(let value), .timestamptzNanos(let value):
      value
    default: nil
    }
  }

  fileprivate var float: Float? {
    if case .float(let value) = self { value } else { nil }
  }

  fileprivate var double: Double? {
    if case .double(let value) = self { value } else { nil }
  }

  fileprivate var unscaled: Int128? {
    if case .decimal(let value, _) = self { value } else { nil }
  }
}
