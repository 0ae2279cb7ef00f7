public import IcebergBytes
public import IcebergColumns
public import IcebergParquet

/// Rows like those of a real fact table: ids, moments, names that repeat, names that do not, numbers with
/// nulls, lists. The same on every run.
public struct TripRows: Sendable {
  /// The columns, in the order of ``schema``.
  public let columns: [Column]
  /// How many rows there are.
  public let count: Int

  /// `count` rows.
  public init(count: Int) {
    self.count = count
    var random = Numbers()
    let towns = (0..<1_000).map {
      "town-\($0 * 7_919 % 1_000)-\(String(repeating: "x", count: $0 % 9))"
    }
    let rows = 0..<count
    var moment: Int64 = 1_718_000_000_000_000
    let moments = rows.map { _ in
      moment += Int64(random.next(1_000_000))
      return moment
    }
    let validity = Bitmap(rows.map { _ in random.next(10) != 0 })
    var offsets: [Int32] = [0]
    for _ in rows { offsets.append((offsets.last ?? 0) + Int32(random.next(4))) }
    let elements = (0..<Int(offsets[count])).map { _ in Int32(random.next(100)) }
    columns = [
      Column(.long(rows.map { Int64($0) }), count: count),
      Column(.long(moments), count: count),
      Column(.int(rows.map { _ in Int32(random.next(5)) }), count: count),
      Column(.double(rows.map { _ in Double(random.next(100_000)) / 1_000 }), count: count),
      Column(.decimal(rows.map { _ in Int128(random.next(1_000_000)) }), count: count),
      Column(
        .double(rows.map { _ in Double(random.next(500)) / 4 }), validity: validity, count: count),
      Self.text(rows.map { _ in towns[random.next(towns.count)] }),
      Self.text(rows.map { "order-\($0)-\(random.next(1_000_000_000))" }),
      Column(.boolean(Bitmap(rows.map { _ in random.next(2) == 0 })), count: count),
      Column(
        .list(offsets: offsets, element: Column(.int(elements), count: elements.count)),
        count: count),
    ]
  }

  /// The schema of a Parquet file of these rows.
  public static func schema() throws(FormatError) -> ParquetSchema {
    func field(
      _ name: String, _ type: PhysicalType, _ id: Int32, _ meaning: LogicalType? = nil,
      _ repetition: Repetition = .required
    ) -> SchemaElement {
      SchemaElement(
        name: name, repetition: repetition, physicalType: type, logicalType: meaning, fieldID: id)
    }
    return try ParquetSchema(elements: [
      SchemaElement(name: "table", repetition: nil, childCount: 10),
      field("id", .int64, 1),
      field("at", .int64, 2, .timestamp(isAdjustedToUTC: true, unit: .microseconds)),
      field("vendor", .int32, 3),
      field("distance", .double, 4),
      field("fare", .int32, 5, .decimal(precision: 9, scale: 2)),
      field("tip", .double, 6, nil, .optional),
      field("town", .byteArray, 7, .string),
      field("reference", .byteArray, 8, .string),
      field("shared", .boolean, 9),
      SchemaElement(
        name: "stops", repetition: .required, childCount: 1, logicalType: .list, fieldID: 10),
      SchemaElement(name: "list", repetition: .repeated, childCount: 1),
      field("element", .int32, 11),
    ])
  }

  /// A Parquet file of the rows.
  public func encoded(_ options: ParquetWriteOptions) throws(FormatError) -> [UInt8] {
    var encoder = try ParquetFileEncoder(schema: Self.schema(), options: options)
    var file: [UInt8] = []
    for chunk in try encoder.write(columns, rowCount: count) { file += chunk }
    for chunk in try encoder.finish().bytes { file += chunk }
    return file
  }

  private static func text(_ values: [String]) -> Column {
    var offsets: [Int32] = [0]
    var data: [UInt8] = []
    for value in values {
      data += Array(value.utf8)
      offsets.append(Int32(data.count))
    }
    return Column(.bytes(offsets: offsets, data: data), count: values.count)
  }
}

/// Numbers that look random and are the same on every run.
private struct Numbers {
  private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func next(_ limit: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(limit))
  }
}
