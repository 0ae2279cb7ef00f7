import IcebergBytes
package import IcebergModel

extension SeededRandom {
  /// One of the types without parts that have values with a binary form.
  package mutating func primitiveType() -> FieldType {
    let precision = Int.random(in: 1...38, using: &self)
    let types: [FieldType] = [
      .boolean, .int, .long, .float, .double,
      .decimal(precision: precision, scale: Int.random(in: 0...precision, using: &self)),
      .date, .time, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos, .string, .uuid,
      .fixed(length: Int.random(in: 0...20, using: &self)), .binary,
    ]
    return types[Int.random(in: 0..<types.count, using: &self)]
  }

  /// A type with parts down to `depth`; the ids of fields are taken from `nextID` on.
  package mutating func type(depth: Int, nextID: inout Int) -> FieldType {
    guard depth > 0, Bool.random(using: &self) else { return primitiveType() }
    switch Int.random(in: 0..<3, using: &self) {
    case 0:
      return .struct(fields(Int.random(in: 1...4, using: &self), depth: depth, nextID: &nextID))
    case 1:
      return .list(element: field("element", depth: depth - 1, nextID: &nextID))
    default:
      var key = field("key", depth: 0, nextID: &nextID)
      key.isRequired = true
      return .map(key: key, value: field("value", depth: depth - 1, nextID: &nextID))
    }
  }

  /// A field of a random type.
  package mutating func field(_ name: String, depth: Int, nextID: inout Int) -> Field {
    let id = nextID
    nextID += 1
    let type = type(depth: depth, nextID: &nextID)
    return Field(id: id, name: name, type: type, isRequired: Bool.random(using: &self))
  }

  private mutating func fields(_ count: Int, depth: Int, nextID: inout Int) -> [Field] {
    (0..<count).map { field("f\($0)", depth: depth - 1, nextID: &nextID) }
  }

  /// A schema of a few columns with random types, nested down to `depth`.
  package mutating func schema(depth: Int = 3) -> Schema {
    var nextID = 1
    return Schema(fields(Int.random(in: 1...8, using: &self), depth: depth + 1, nextID: &nextID))
  }

  /// A value of a type: often one of its extremes.
  package mutating func literal(of type: FieldType) -> Literal {
    switch type {
    case .boolean: .boolean(Bool.random(using: &self))
    case .int: .int(integer())
    case .long: .long(integer())
    case .float: .float(float())
    case .double: .double(double())
    case .decimal(let precision, let scale):
      .decimal(unscaled: unscaled(precision), scale: scale)
    case .date: .date(integer())
    case .time: .time(Int64.random(in: 0..<86_400_000_000, using: &self))
    case .timestamp: .timestamp(integer())
    case .timestamptz: .timestamptz(integer())
    case .timestampNanos: .timestampNanos(integer())
    case .timestamptzNanos: .timestamptzNanos(integer())
    case .string: .string(text())
    case .uuid: .uuid(Bytes(bytes(16)))
    case .fixed(let length): .fixed(Bytes(bytes(length)))
    case .binary, .unknown, .variant, .geometry, .geography:
      .binary(Bytes(bytes(Int.random(in: 0...12, using: &self))))
    case .struct(let fields): .struct(StructValue(fields.map { value(of: $0) }))
    case .list(let element):
      .list((0..<Int.random(in: 0...4, using: &self)).map { _ in value(of: element) })
    case .map(let key, let value):
      .map(
        (0..<Int.random(in: 0...4, using: &self)).map { _ in
          Literal.MapEntry(key: literal(of: key.type), value: self.value(of: value))
        })
    }
  }

  /// A value of a field: null at times, where that is allowed.
  package mutating func value(of field: Field) -> Literal? {
    if !field.isRequired, Int.random(in: 0..<4, using: &self) == 0 { return nil }
    return literal(of: field.type)
  }

  private mutating func integer<T: FixedWidthInteger & SignedInteger>() -> T {
    let edges: [T] = [0, 1, -1, .min, .max, .min + 1]
    switch Int.random(in: 0..<4, using: &self) {
    case 0: return edges[Int.random(in: 0..<edges.count, using: &self)]
    case 1: return T.random(in: -10_000...10_000, using: &self)
    default: return T.random(in: .min ... .max, using: &self)
    }
  }

  private mutating func double() -> Double {
    let edges: [Double] = [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e300]
    return Bool.random(using: &self)
      ? edges[Int.random(in: 0..<edges.count, using: &self)]
      : Double.random(in: -1e6...1e6, using: &self)
  }

  private mutating func float() -> Float {
    let edges: [Float] = [0, -0.0, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, 1e30]
    return Bool.random(using: &self)
      ? edges[Int.random(in: 0..<edges.count, using: &self)]
      : Float.random(in: -1e6...1e6, using: &self)
  }

  private mutating func unscaled(_ precision: Int) -> Int128 {
    var limit: Int128 = 1
    for _ in 0..<precision { limit *= 10 }
    return Int128.random(in: (1 - limit)...(limit - 1), using: &self)
  }

  private mutating func text() -> String {
    let alphabet: [Unicode.Scalar] = [
      "a", "Z", "0", " ", "/", "=", "\"", "\\", "\n", "é", "房", "\u{1F600}", "\u{301}", "\u{7f}",
    ]
    var text = ""
    for _ in 0..<Int.random(in: 0...12, using: &self) {
      text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &self)])
    }
    return text
  }
}
