internal import IcebergColumns
internal import IcebergModel

/// The columns by whose values equality deletes choose rows.
struct EqualityKeyColumns: Sendable {
  /// The ids of the columns, ascending.
  let ids: [Int]
  /// The columns to read, with the structs that the compared ones are in.
  let fields: [Field]
  /// Where the compared columns are among ``fields``.
  let paths: [[Int]]

  /// The columns of the given ids, as the first of `schemas` has them that has them at all.
  ///
  /// Throws `invalidMetadata` for an id that no schema has, and `unsupported` for a type whose values
  /// are not compared, and for what is inside a list or map.
  init(ids: Set<Int>, in schemas: [Schema]) throws(IcebergError) {
    let read = try ReadSchema(selecting: [], needing: ids, from: schemas)
    self.ids = ids.sorted()
    fields = read.fields
    let index = SchemaIndex(fields)
    paths = self.ids.compactMap { index.path(to: $0) }
    for id in self.ids {
      guard let field = index.field(id: id), !field.type.isKeyType else { continue }
      throw IcebergError(
        .unsupported,
        "equality deletes by column \(index.name(of: id) ?? field.name) cannot be applied: values "
          + "of type \(field.type) are not compared",
        context: IcebergError.Context(fieldID: id))
    }
  }

  /// A task to read the compared columns of a delete file, which must have them.
  func task(of deletes: DeleteFile, nameMapping: NameMapping?) -> FileScanTask {
    deletes.scanTask(fields, nameMapping: nameMapping)
  }

  /// The keys of some rows, of which `columns` are the compared ones by ascending ids.
  func keys(of columns: [Column], rowCount: Int) throws(IcebergError) -> EqualityKeys {
    guard columns.count == ids.count, columns.allSatisfy({ $0.count == rowCount }) else {
      throw IcebergError(.invalidFile, "the columns of equality deletes differ in length")
    }
    return EqualityKeys(columns, rowCount: rowCount)
  }
}

extension FieldType {
  /// Whether equality deletes may compare values of the type.
  fileprivate var isKeyType: Bool {
    switch self {
    case .struct, .list, .map, .variant, .geometry, .geography: false
    default: true
    }
  }
}

/// What is compared of some rows, in a form in which equal values have equal bits.
///
/// As in the reference implementation, null equals null, NaN equals NaN, and -0.0 is not 0.0.
struct EqualityKeys: Sendable {
  /// The values of the rows.
  enum Values: Sendable {
    /// One number for each row.
    case integers([Int64])
    /// Bytes of any length for each row: row `i` is `data[offsets[i]..<offsets[i + 1]]`.
    case bytes(offsets: [Int32], data: [UInt8])
    /// Values of several columns for each row.
    case joined(JoinedKeys)
  }

  /// The values; what stands for nulls is without meaning.
  var values: Values
  /// Which keys are not null; nil when none is null. Keys of several columns are never null.
  var validity: Bitmap?
  /// The number of rows.
  var count: Int

  /// The keys of some rows, of which `columns` are compared.
  init(_ columns: [Column], rowCount: Int) {
    count = rowCount
    guard columns.count == 1 else {
      values = .joined(JoinedKeys(columns, rowCount: rowCount))
      return
    }
    validity = columns[0].validity
    if case .null = columns[0].values {
      values = .integers([Int64](repeating: 0, count: count))
      validity = Bitmap(repeating: false, count: count)
    } else if let integers = columns[0].integerKeys {
      values = .integers(integers)
    } else if case .bytes(let offsets, let data) = columns[0].values {
      values = .bytes(offsets: offsets, data: data)
    } else {
      values = .joined(JoinedKeys(columns, rowCount: rowCount))
      validity = nil
    }
  }
}

extension EqualityKeys {
  /// A hash of each key; those of nulls are without meaning.
  var hashes: [UInt64] {
    [UInt64](unsafeUninitializedCapacity: count) { hashes, initializedCount in
      hash(0..<count, into: hashes)
      initializedCount = count
    }
  }

  /// Puts a hash of the key of each of some rows into `hashes`.
  @inline(__always)
  func hash(_ rows: Range<Int>, into hashes: UnsafeMutableBufferPointer<UInt64>) {
    let hash = KeyHash.common
    let first = rows.lowerBound
    switch values {
    case .integers(let numbers):
      for row in rows { hashes.initializeElement(at: row &- first, to: hash(numbers[row])) }
    case .bytes(let offsets, let data):
      data.withUnsafeBytes { data in
        for row in rows {
          hashes.initializeElement(at: row &- first, to: hash(data.string(row, offsets)))
        }
      }
    case .joined(let joined): joined.hash(rows, into: hashes, hash)
    }
  }
}

extension Column {
  /// The values as numbers that are equal when the values are; nil for values of other forms.
  var integerKeys: [Int64]? {
    switch values {
    case .boolean(let bits): (0..<count).map { bits[$0] ? 1 : 0 }
    case .int(let array): array.map { Int64($0) }
    case .long(let array): array
    case .float(let array): array.map { Int64($0.isNaN ? Float.nan.bitPattern : $0.bitPattern) }
    case .double(let array):
      array.map { Int64(bitPattern: $0.isNaN ? Double.nan.bitPattern : $0.bitPattern) }
    case .decimal, .bytes, .fixed, .null, .list, .map, .struct: nil
    }
  }
}
