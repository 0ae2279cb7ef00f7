import Iceberg
import IcebergBytes
import IcebergTestSupport

extension SeededRandom {
  /// Random rows of a table: values of the types' full ranges, with extremes and nulls.
  mutating func batch(_ fields: [Field], count: Int) -> RecordBatch {
    RecordBatch(
      names: fields.map(\.name), columns: fields.map { column($0, count: count) }, rowCount: count)
  }

  /// A random column of a field.
  mutating func column(_ field: Field, count: Int) -> Column {
    Column((0..<count).map { _ in value(of: field) }, as: field.type)
  }

  /// A random value of a type; nil where it has none but null.
  mutating func literal(_ type: FieldType) -> Literal? {
    let isExtreme = Int.random(in: 0..<8, using: &self) == 0
    func pick<T: FixedWidthInteger>(_ extremes: [T], _ plain: ClosedRange<T>) -> T {
      isExtreme
        ? extremes.randomElement(using: &self) ?? 0 : T.random(in: plain, using: &self)
    }
    let long = pick([Int64.min, .max, 0, -1], -1_000_000_000_000_000...4_000_000_000_000_000)
    let int = pick([Int32.min, .max, 0, -1], -100_000...100_000)
    switch type {
    case .boolean: return .boolean(Bool.random(using: &self))
    case .int: return .int(int)
    case .long: return .long(long)
    case .float:
      return .float(isExtreme ? [Float.nan, -0.0, .infinity][abs(Int(int)) % 3] : Float(int) / 8)
    case .double:
      return .double(
        isExtreme ? [Double.nan, -0.0, -.infinity][abs(Int(int)) % 3] : Double(long) / 3)
    case .decimal(let precision, let scale):
      let limit = (0..<precision).reduce(1 as Int128) { power, _ in power * 10 }
      let value = isExtreme ? limit - 1 : Int128(long) % limit
      return .decimal(unscaled: int < 0 ? -value : value, scale: scale)
    case .date: return .date(pick([-719_162, 2_932_896], -10_000...30_000))
    case .time: return .time(pick([0, 86_399_999_999], 0...86_399_999_999))
    case .timestamp: return .timestamp(long)
    case .timestamptz: return .timestamptz(long)
    case .timestampNanos: return .timestampNanos(long)
    case .timestamptzNanos: return .timestamptzNanos(long)
    case .string:
      let words = [
        "", "a", "zebra", "Grüße", "日本語", "🦢🦢", "tab\tquote\"",
        String(repeating: "long ", count: 9),
      ]
      return .string(words.randomElement(using: &self) ?? "")
    case .uuid: return .uuid(Bytes(bytes(16)))
    case .fixed(let length): return .fixed(Bytes(bytes(length)))
    case .binary: return .binary(Bytes(bytes(Int.random(in: 0...30, using: &self))))
    case .unknown: return nil
    // An object without fields, and the number 34.
    case .variant: return .variant(metadata: [1, 0, 0], value: isExtreme ? [2, 0, 0] : [12, 34])
    case .geometry: return .geometry([1, 2, 3])
    case .geography: return .geography([1, 2, 3])
    case .struct(let fields):
      return .struct(StructValue(fields.map { value(of: $0) }))
    case .list(let element):
      return .list((0..<Int.random(in: 0...4, using: &self)).map { _ in value(of: element) })
    case .map(let key, let value):
      var entries: [Literal.MapEntry] = []
      for _ in 0..<Int.random(in: 0...3, using: &self) {
        guard let name = literal(key.type), !entries.contains(where: { $0.key == name }) else {
          continue
        }
        entries.append(Literal.MapEntry(key: name, value: self.value(of: value)))
      }
      return .map(entries)
    }
  }

  private mutating func value(of field: Field) -> Literal? {
    !field.isRequired && Int.random(in: 0..<5, using: &self) == 0 ? nil : literal(field.type)
  }
}
