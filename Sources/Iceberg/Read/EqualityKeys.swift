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
    if columns.count == 1, let keys = EqualityKeys(single: columns[0]) { return keys }
    return try EqualityKeys(joining: columns, rowCount: rowCount)
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
    case integers([UInt64])
    /// Bytes of any length for each row: row `i` is `data[offsets[i]..<offsets[i + 1]]`.
    case bytes(offsets: [Int32], data: [UInt8])
  }

  /// The values; what stands for nulls is without meaning.
  var values: Values
  /// Which keys are not null; nil when none is null. Keys of several columns are never null.
  var validity: Bitmap?
  /// The number of rows.
  var count: Int

  /// The keys that are one column; nil when its values take another form.
  init?(single column: Column) {
    count = column.count
    validity = column.validity
    if case .null = column.values {
      values = .integers([UInt64](repeating: 0, count: count))
      validity = Bitmap(repeating: false, count: count)
    } else if let integers = column.integerKeys {
      values = .integers(integers)
    } else if case .bytes(let offsets, let data) = column.values {
      values = .bytes(offsets: offsets, data: data)
    } else {
      return nil
    }
  }

  /// Keys of several columns: their values one after the other, each behind a byte that says whether
  /// there is one.
  init(joining columns: [Column], rowCount: Int) throws(IcebergError) {
    count = rowCount
    var lengths = [Int](repeating: columns.count, count: rowCount)
    let parts = columns.map { KeyPart($0) }
    for part in parts { part.addLengths(to: &lengths) }
    var offsets: [Int32] = [0]
    offsets.reserveCapacity(rowCount + 1)
    var total = 0
    for length in lengths {
      total += length
      guard total <= Int(Int32.max) else {
        throw IcebergError(.unsupported, "equality deletes by values of more than 2 GiB at once")
      }
      offsets.append(Int32(truncatingIfNeeded: total))
    }
    var ends = offsets.map { Int($0) }
    var data = [UInt8](repeating: 0, count: total)
    for part in parts { part.write(to: &data, at: &ends) }
    values = .bytes(offsets: offsets, data: data)
  }
}

/// One column of keys that are made of several.
private struct KeyPart {
  enum Values {
    case nothing
    case integers([UInt64])
    case fixed(width: Int, [UInt8])
    case bytes([Int32], [UInt8])
  }

  let values: Values
  let validity: Bitmap?

  init(_ column: Column) {
    if let integers = column.integerKeys {
      values = .integers(integers)
    } else {
      switch column.values {
      case .decimal(let array):
        var bytes: [UInt8] = []
        bytes.reserveCapacity(array.count * 16)
        for value in array {
          withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
        values = .fixed(width: 16, bytes)
      case .fixed(let width, let data): values = .fixed(width: width, data)
      case .bytes(let offsets, let data): values = .bytes(offsets, data)
      default: values = .nothing
      }
    }
    if case .nothing = values {
      validity = Bitmap(repeating: false, count: column.count)
    } else {
      validity = column.validity
    }
  }

  /// Adds the length of each value, without the byte in front of it.
  func addLengths(to lengths: inout [Int]) {
    for row in lengths.indices where validity?[row] ?? true {
      switch values {
      case .nothing: break
      case .integers: lengths[row] += 8
      case .fixed(let width, _): lengths[row] += width
      case .bytes(let offsets, _): lengths[row] += 4 + Int(offsets[row + 1] - offsets[row])
      }
    }
  }

  /// Writes each value at its end, which moves behind it.
  func write(to data: inout [UInt8], at ends: inout [Int]) {
    data.withUnsafeMutableBytes { data in
      func append(_ write: (_ row: Int, _ end: inout Int) -> Void) {
        for row in 0..<ends.count - 1 {
          let isValid = validity?[row] ?? true
          data[ends[row]] = isValid ? 1 : 0
          ends[row] += 1
          if isValid { write(row, &ends[row]) }
        }
      }
      func copy(_ bytes: ArraySlice<UInt8>, to end: inout Int) {
        let place = data[end..<end + bytes.count]
        UnsafeMutableRawBufferPointer(rebasing: place).copyBytes(from: bytes)
        end = place.endIndex
      }
      switch values {
      case .nothing: append { _, _ in }
      case .integers(let array):
        append { row, end in
          data.storeBytes(of: array[row], toByteOffset: end, as: UInt64.self)
          end += 8
        }
      case .fixed(let width, let bytes):
        append { row, end in copy(bytes[row * width..<(row + 1) * width], to: &end) }
      case .bytes(let offsets, let bytes):
        append { row, end in
          let range = Int(offsets[row])..<Int(offsets[row + 1])
          data.storeBytes(
            of: UInt32(truncatingIfNeeded: range.count), toByteOffset: end, as: UInt32.self)
          end += 4
          copy(bytes[range], to: &end)
        }
      }
    }
  }
}

extension Column {
  /// The values as numbers that are equal when the values are; nil for values of other forms.
  fileprivate var integerKeys: [UInt64]? {
    switch values {
    case .boolean(let bits): (0..<count).map { bits[$0] ? 1 : 0 }
    case .int(let array): array.map { UInt64(bitPattern: Int64($0)) }
    case .long(let array): array.map { UInt64(bitPattern: $0) }
    case .float(let array):
      array.map { UInt64($0.isNaN ? Float.nan.bitPattern : $0.bitPattern) }
    case .double(let array): array.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }
    case .decimal, .bytes, .fixed, .null, .list, .map, .struct: nil
    }
  }
}
