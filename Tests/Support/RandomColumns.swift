package import IcebergColumns

extension SeededRandom {
  /// A random kind of column, nested at most `depth` deep.
  package mutating func columnKind(depth: Int = 2) -> Column.Kind {
    switch Int.random(in: 0..<(depth > 0 ? 12 : 9), using: &self) {
    case 0: .boolean
    case 1: .int
    case 2: .long
    case 3: .float
    case 4: .double
    case 5: .decimal
    case 6, 7: .bytes
    case 8: .fixed(width: Int.random(in: 1...20, using: &self))
    case 9: .list(columnKind(depth: depth - 1))
    case 10: .map(key: columnKind(depth: 0), value: columnKind(depth: depth - 1))
    default:
      .struct((0..<Int.random(in: 1...3, using: &self)).map { _ in columnKind(depth: depth - 1) })
    }
  }

  /// A random column; each value is null with a probability of `nulls`, which map keys never are.
  ///
  /// Values come from a pool of `variety` different ones where that is given.
  package mutating func column(
    _ kind: Column.Kind, count: Int, nulls: Double = 0.2, variety: Int? = nil
  ) -> Column {
    var builder = ColumnBuilder(kind)
    for _ in 0..<count { append(to: &builder, nulls: nulls, variety: variety) }
    return builder.finish()
  }

  private mutating func append(to builder: inout ColumnBuilder, nulls: Double, variety: Int?) {
    if Double.random(in: 0..<1, using: &self) < nulls { return builder.appendNull() }
    let number = Int64(bitPattern: number(variety))
    switch builder.kind {
    case .boolean: builder.append(number & 1 == 0)
    case .int: builder.append(Int32(truncatingIfNeeded: number))
    case .long: builder.append(number)
    case .float: builder.append(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
    case .double: builder.append(Double(bitPattern: UInt64(bitPattern: number)))
    case .decimal: builder.append(Int128(number))
    case .bytes:
      var pool = SeededRandom(seed: UInt64(bitPattern: number))
      let length = Int.random(in: 0...(number & 15 == 0 ? 60 : 10), using: &pool)
      builder.append(bytes: pool.bytes(length))
    case .fixed(let width):
      var pool = SeededRandom(seed: UInt64(bitPattern: number))
      builder.append(bytes: pool.bytes(width))
    case .null: builder.appendNull()
    case .list:
      for _ in 0..<Int.random(in: 0...4, using: &self) {
        append(to: &builder.children[0], nulls: nulls, variety: variety)
      }
      builder.closeRow()
    case .map:
      for _ in 0..<Int.random(in: 0...3, using: &self) {
        append(to: &builder.children[0], nulls: 0, variety: variety)
        append(to: &builder.children[1], nulls: nulls, variety: variety)
      }
      builder.closeRow()
    case .struct:
      for index in builder.children.indices {
        append(to: &builder.children[index], nulls: nulls, variety: variety)
      }
      builder.closeRow()
    }
  }

  private mutating func number(_ variety: Int?) -> UInt64 {
    guard let variety else { return next() }
    var pool = SeededRandom(seed: UInt64.random(in: 0..<UInt64(variety), using: &self))
    return pool.next()
  }
}
