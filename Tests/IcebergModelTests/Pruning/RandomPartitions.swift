import IcebergBytes
import IcebergModel
import IcebergTestSupport

/// A random table with rows, whose values are few and often next to the limits of their types.
struct RandomPartitions {
  var schema: Schema
  var spec: PartitionSpec
  /// Every column that can be looked at by itself: its path, and the values that rows take.
  var columns: [Column]
  var rows: [StructValue]

  struct Column {
    var field: Field
    var name: String
    var path: [Int]
    var isOptional: Bool
    var pool: [Literal]
  }

  init(_ random: inout SeededRandom) {
    schema = Schema([])
    spec = .unpartitioned
    columns = []
    rows = []
    addColumns(&random)
    addSpec(&random)
    let count = Int.random(in: 1...30, using: &random)
    rows = (0..<count).map { _ in row(&random) }
  }

  private mutating func addColumns(_ random: inout SeededRandom) {
    var id = 1
    func field(_ name: String) -> Field {
      defer { id += 1 }
      return Field(
        id: id, name: name, type: random.primitiveType(),
        isRequired: Int.random(in: 0..<3, using: &random) == 0)
    }
    var fields = (0..<Int.random(in: 1...4, using: &random)).map { field("c\($0)") }
    for (position, field) in fields.enumerated() { add(field, "", [position], false, &random) }
    if Bool.random(using: &random) {
      let inner = [field("x"), field("y")]
      let isRequired = Bool.random(using: &random)
      for (position, field) in inner.enumerated() {
        add(field, "s.", [fields.count, position], !isRequired, &random)
      }
      fields.append(Field(id: id, name: "s", type: .struct(inner), isRequired: isRequired))
    }
    schema = Schema(fields)
  }

  private mutating func add(
    _ field: Field, _ prefix: String, _ path: [Int], _ isInOptional: Bool,
    _ random: inout SeededRandom
  ) {
    columns.append(
      Column(
        field: field, name: prefix + field.name, path: path,
        isOptional: isInOptional || !field.isRequired, pool: random.pool(of: field.type)))
  }

  private mutating func addSpec(_ random: inout SeededRandom) {
    var fields: [PartitionField] = []
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let column = columns[Int.random(in: 0..<columns.count, using: &random)]
      let transform = random.transform(for: column.field.type, of: column.pool)
      let id = 1_000 + fields.count
      fields.append(
        PartitionField(
          sourceIDs: [column.field.id], fieldID: id, name: "p\(id)", transform: transform))
    }
    spec = PartitionSpec(fields: fields)
  }

  private func row(_ random: inout SeededRandom) -> StructValue {
    var values = [Literal?](repeating: nil, count: schema.fields.count)
    var inner: [Literal?] = []
    for column in columns {
      let isNull = !column.field.isRequired && Int.random(in: 0..<4, using: &random) == 0
      let value = isNull ? nil : column.pool[Int.random(in: 0..<column.pool.count, using: &random)]
      if column.path.count == 1 { values[column.path[0]] = value } else { inner.append(value) }
    }
    if let last = schema.fields.last, case .struct = last.type {
      let isNull = !last.isRequired && Int.random(in: 0..<4, using: &random) == 0
      values[schema.fields.count - 1] = isNull ? nil : .struct(StructValue(inner))
    }
    return StructValue(values)
  }

  /// The value of a column in a row.
  static func value(at path: [Int], in row: StructValue) -> Literal? {
    guard let value = row.values[path[0]] else { return nil }
    guard path.count > 1, case .struct(let inner) = value else { return value }
    return inner.values[path[1]]
  }

  /// The rows by the partition that a writer puts them in; partitions in the order of their rows.
  func partitions() throws -> [(tuple: StructValue, rows: [StructValue])] {
    var partitions: [(tuple: StructValue, rows: [StructValue])] = []
    var positions: [StructValue: Int] = [:]
    for row in rows {
      let tuple = try spec.fields.map { field -> Literal? in
        guard case .unknown = field.transform else {
          let column = columns.first { $0.field.id == field.sourceIDs[0] }
          return try column.flatMap {
            try field.transform.apply(to: Self.value(at: $0.path, in: row))
          }
        }
        return .string("?")
      }
      let position = positions[StructValue(tuple), default: partitions.count]
      if position == partitions.count { partitions.append((StructValue(tuple), [])) }
      positions[StructValue(tuple)] = position
      partitions[position].rows.append(row)
    }
    return partitions
  }

  /// A filter of a few tests with values that rows have, or nearly.
  func filter(_ random: inout SeededRandom, depth: Int = 2) -> Filter {
    guard depth > 0, Bool.random(using: &random) else { return test(&random) }
    let parts = (0..<Int.random(in: 2...3, using: &random)).map { _ in
      filter(&random, depth: depth - 1)
    }
    return switch Int.random(in: 0..<3, using: &random) {
    case 0: .and(parts)
    case 1: .or(parts)
    default: .not(parts[0])
    }
  }

  private func test(_ random: inout SeededRandom) -> Filter {
    let column = columns[Int.random(in: 0..<columns.count, using: &random)]
    var term = Filter.Term(column.name)
    var pool = column.pool
    if Int.random(in: 0..<3, using: &random) == 0 {
      // Often that of the spec.
      let fields = spec.fields.filter { $0.sourceIDs[0] == column.field.id }
      let transform =
        fields.randomElement(using: &random)?.transform
        ?? random.transform(for: column.field.type, of: pool)
      if transform != .void, transform != .unknown("zigzag") {
        term = Filter.Term(column.name, transform: transform)
        pool = pool.compactMap { try? transform.apply(to: $0) }
      }
    }
    func value() -> Literal {
      let value = pool.randomElement(using: &random) ?? .boolean(true)
      return random.neighbour(of: value)
    }
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return .test(term, .isNull)
    case 1: return .test(term, .notNull)
    case 2: return .test(term, Bool.random(using: &random) ? .isNaN : .notNaN)
    case 3: return .test(term, .isIn((0..<3).map { _ in value() }))
    case 4: return .test(term, .notIn((0..<3).map { _ in value() }))
    case 5:
      guard case .string(let text) = value() else { break }
      let scalars = String.UnicodeScalarView(
        text.unicodeScalars.prefix(Int.random(in: 0...8, using: &random)))
      let prefix = String(scalars)
      return .test(
        term, Bool.random(using: &random) ? .startsWith(prefix) : .notStartsWith(prefix))
    default: break
    }
    let comparison = Filter.Comparison.allCases.randomElement(using: &random) ?? .equal
    return .test(term, .comparison(comparison, value()))
  }
}

extension SeededRandom {
  /// A few values of a type, some of them close to each other or to its limits.
  fileprivate mutating func pool(of type: FieldType) -> [Literal] {
    var pool = (0..<Int.random(in: 1...5, using: &self)).map { _ in literal(of: type) }
    for value in pool where Bool.random(using: &self) { pool.append(neighbour(of: value)) }
    return pool
  }

  /// A value close to another, or the same.
  fileprivate mutating func neighbour(of value: Literal) -> Literal {
    func near<T: FixedWidthInteger & SignedInteger>(_ number: T) -> T {
      number &+ T(Int8.random(in: -20...20, using: &self))
    }
    guard Bool.random(using: &self) else { return value }
    switch value {
    case .int(let number): return .int(near(number))
    case .long(let number): return .long(near(number))
    case .date(let number): return .date(near(number))
    case .time(let number): return .time(Swift.max(0, near(number)))
    case .timestamp(let number): return .timestamp(far(near(number)))
    case .timestamptz(let number): return .timestamptz(far(near(number)))
    case .timestampNanos(let number): return .timestampNanos(far(near(number)))
    case .timestamptzNanos(let number): return .timestamptzNanos(far(near(number)))
    case .decimal(let unscaled, let scale):
      let (quotient, remainder) = unscaled.quotientAndRemainder(dividingBy: 2)
      return .decimal(
        unscaled: Bool.random(using: &self) ? quotient : quotient + remainder, scale: scale)
    case .string(let text):
      let view = text.unicodeScalars
      let cut = String(view.prefix(Int.random(in: 0...view.count, using: &self)))
      return .string(Bool.random(using: &self) ? cut : cut + "a")
    case .binary(let bytes):
      let cut = Bytes(copying: bytes.prefix(Int.random(in: 0...bytes.count, using: &self)))
      return .binary(Bool.random(using: &self) ? cut : Bytes(cut.array + [0xff]))
    case .double(let number): return .double(-number)
    case .float(let number): return .float(-number)
    default: return value
    }
  }

  /// Some hours away, at times.
  private mutating func far(_ number: Int64) -> Int64 {
    Bool.random(using: &self)
      ? number : number &+ Int64.random(in: -5...5, using: &self) &* 1_800_000_000
  }

  /// A transform that can be applied to a type.
  fileprivate mutating func transform(for type: FieldType, of pool: [Literal]) -> Transform {
    let width = Int.random(in: 0..<3, using: &self)
    let transforms: [Transform] = [
      .identity, .identity, .bucket(count: Int.random(in: 1...6, using: &self)), .year, .month,
      .day, .hour, .void, .unknown("zigzag"),
      .truncate(
        width: width == 0
          ? Int.random(in: 1...12, using: &self)
          : width == 1
            ? Int(Int32.random(in: 1 ... .max, using: &self))
            : [1, 2, 3, 7, 10, 1 << 20, Int(Int32.max)].randomElement(using: &self) ?? 1),
    ]
    let usable = transforms.filter { $0.canBeApplied(to: type) }
    return usable.randomElement(using: &self) ?? .void
  }
}
