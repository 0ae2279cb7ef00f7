internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Puts rows into the sort order of a table.
///
/// Spec: Sorting.
struct RowSorter: Sendable {
  /// The id of the order.
  let orderID: Int
  private let keys: [Key]

  private struct Key: Sendable {
    var transform: Transform
    /// Where the source column is: its place among the columns, then in each struct on the way.
    var path: [Int]
    var sourceType: FieldType
    var isDescending: Bool
    var nullsFirst: Bool
  }

  /// A sorter of rows with the columns of `schema`; nil for the order that demands nothing.
  ///
  /// Throws `unsupported` for transforms that are not known or have several arguments.
  init?(_ order: TableSortOrder, schema: Schema) throws(IcebergError) {
    guard order.isSorted else { return nil }
    let index = schema.index
    var keys: [Key] = []
    for field in order.fields {
      if field.transform == .void { continue }
      guard field.sourceIDs.count == 1, let id = field.sourceIDs.first,
        let source = index.field(id: id), let path = index.path(to: id),
        field.transform.canBeApplied(to: source.type)
      else {
        throw IcebergError(
          .unsupported,
          """
          the table is sorted by \(field.transform) of columns \(field.sourceIDs), which cannot be \
          worked out: write with sorting .asGiven, or give the table another sort order
          """, context: IcebergError.Context(fieldID: field.sourceIDs.first))
      }
      keys.append(
        Key(
          transform: field.transform, path: path, sourceType: source.type,
          isDescending: field.direction == .descending,
          nullsFirst: field.nullOrder == .nullsFirst))
    }
    self.keys = keys
    orderID = order.id
  }

  /// A sorter by the columns of `schema` themselves, ascending; its order has no id.
  init(byAllOf schema: Schema, ids: [Int]) {
    let index = schema.index
    orderID = 0
    keys = ids.compactMap { id in
      guard let path = index.path(to: id), let field = index.field(id: id) else { return nil }
      return Key(
        transform: .identity, path: path, sourceType: field.type, isDescending: false,
        nullsFirst: true)
    }
  }

  /// The positions of the rows in their order; nil when they are in order already. Equal rows stay as
  /// they are.
  func order(of columns: [Column], rowCount: Int) throws(IcebergError) -> [Int]? {
    var ranks: [Ranks] = []
    for key in keys {
      guard let column = columns.column(at: key.path) else { continue }
      // Nothing but nulls has no order.
      guard let batch = column.transformBatch else { continue }
      let values = try key.transform.apply(to: batch, of: key.sourceType)
      ranks.append(
        Ranks(
          values, validity: column.validity, isDescending: key.isDescending,
          nullsFirst: key.nullsFirst))
    }
    if ranks.isEmpty { return nil }
    func compare(_ left: Int, _ right: Int) -> Int {
      for rank in ranks {
        let result = rank.compare(left, right)
        if result != 0 { return result }
      }
      return 0
    }
    if (1..<max(1, rowCount)).allSatisfy({ compare($0 - 1, $0) <= 0 }) { return nil }
    var order = Array(0..<rowCount)
    order.sort { left, right in
      let result = compare(left, right)
      return result == 0 ? left < right : result < 0
    }
    return order
  }
}

/// The values of one sort key, in a form that is quickly compared.
private struct Ranks {
  private enum Values {
    case numbers([Int64])
    case wide([Int128])
    /// Of each value the first eight bytes as well, as a number with the first byte on top: most are
    /// told apart by it.
    case bytes(starts: [UInt64], offsets: [Int32], data: [UInt8])
    case fixed(width: Int, data: [UInt8])
  }

  private let values: Values
  private let validity: Bitmap?
  private let isDescending: Bool
  private let nullsFirst: Bool

  init(_ batch: Transform.Batch, validity: Bitmap?, isDescending: Bool, nullsFirst: Bool) {
    switch batch {
    case .boolean(let values): self.values = .numbers(values.map { $0 ? 1 : 0 })
    case .int(let values): self.values = .numbers(values.map { Int64($0) })
    case .long(let values): self.values = .numbers(values)
    // -NaN < -infinity < ... < -0 < 0 < ... < infinity < NaN: the bits, with those of negative numbers
    // turned round.
    case .float(let values):
      self.values = .numbers(
        values.map { value in
          let bits = Int32(bitPattern: value.bitPattern)
          return Int64(bits < 0 ? bits ^ .max : bits)
        })
    case .double(let values):
      self.values = .numbers(
        values.map { value in
          let bits = Int64(bitPattern: value.bitPattern)
          return bits < 0 ? bits ^ .max : bits
        })
    case .decimal(let values): self.values = .wide(values)
    case .bytes(let offsets, let data):
      let starts = data.withUnsafeBytes { data in
        zip(offsets, offsets.dropFirst()).map { start, end in
          data[Int(start)..<min(Int(end), Int(start) + 8)].enumerated().reduce(UInt64(0)) {
            $0 | UInt64($1.element) &<< UInt64(56 - 8 * $1.offset)
          }
        }
      }
      self.values = .bytes(starts: starts, offsets: offsets, data: data)
    case .fixed(let width, let data): self.values = .fixed(width: width, data: data)
    }
    self.validity = validity
    self.isDescending = isDescending
    self.nullsFirst = nullsFirst
  }

  /// Below zero when the row at `left` comes first, above when the other one does.
  func compare(_ left: Int, _ right: Int) -> Int {
    if let validity {
      switch (validity[left], validity[right]) {
      case (true, true): break
      case (false, false): return 0
      case (false, true): return nullsFirst ? -1 : 1
      case (true, false): return nullsFirst ? 1 : -1
      }
    }
    let result: Int
    switch values {
    case .numbers(let values):
      result = values[left] < values[right] ? -1 : values[left] == values[right] ? 0 : 1
    case .wide(let values):
      result = values[left] < values[right] ? -1 : values[left] == values[right] ? 0 : 1
    case .bytes(let starts, let offsets, let data):
      let (a, b) = (starts[left], starts[right])
      if a != b { return (a < b) == isDescending ? 1 : -1 }
      result = Self.compare(
        data, Int(offsets[left])..<Int(offsets[left + 1]),
        Int(offsets[right])..<Int(offsets[right + 1]))
    case .fixed(let width, let data):
      result = Self.compare(
        data, left * width..<(left + 1) * width, right * width..<(right + 1) * width)
    }
    return isDescending ? -result : result
  }

  private static func compare(_ data: [UInt8], _ left: Range<Int>, _ right: Range<Int>) -> Int {
    data.withUnsafeBytes { data in
      UnsafeRawBufferPointer(rebasing: data[left])
        .order(to: UnsafeRawBufferPointer(rebasing: data[right]))
    }
  }
}
