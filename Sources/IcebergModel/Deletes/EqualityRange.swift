import IcebergBytes

/// Which columns of a table can be compared by their metrics.
struct EqualityColumns {
  struct Column: Hashable, Sendable {
    let id: Int
    let type: FieldType
    /// Whether neither the field nor a struct that it is inside of can be null.
    let isRequired: Bool
  }

  private var columns: [Int: Column] = [:]

  /// The columns of `schemas`; of fields with the same id the first counts.
  init(_ schemas: [Schema]) {
    for schema in schemas {
      let index = schema.index
      for field in index.fields where columns[field.id] == nil {
        columns[field.id] = Column(
          id: field.id, type: field.type,
          isRequired: field.isRequired && index.parents(of: field.id).allSatisfy(\.isRequired))
      }
    }
  }

  subscript(id: Int) -> Column? { columns[id] }
}

/// What the metrics of an equality delete file tell about the values that it deletes.
struct EqualityRange: Hashable, Sendable {
  /// One delete column.
  struct Column: Hashable, Sendable {
    let id: Int
    let type: FieldType
    /// Nil unless both bounds are known and comparable.
    let bounds: ClosedBounds?
    let nulls: NullPresence
    /// Whether NaN may be among the values.
    let mayHaveNaN: Bool
  }

  /// The columns about which something is known.
  let columns: [Column]

  /// Nil when the metrics of the file can rule out no data file.
  init?(of file: DataFile, _ known: EqualityColumns) {
    var columns: [Column] = []
    for id in file.equalityIDs ?? [] {
      // A column that no schema has may still match: whoever reads the file sees to it.
      guard let column = known[id], column.type.hasMetrics else { continue }
      let entry = Column(
        id: id, type: column.type, bounds: ClosedBounds(of: id, column.type, in: file),
        nulls: NullPresence(of: id, in: file, isRequired: column.isRequired),
        mayHaveNaN: column.type.mayHaveNaN(id, in: file))
      if entry.bounds != nil || entry.nulls != .some { columns.append(entry) }
    }
    if columns.isEmpty { return nil }
    self.columns = columns
  }

  /// The id of a column by which no row of the data file can be deleted; nil when some may be.
  ///
  /// A row is deleted when all delete columns are equal, so one column that cannot be is enough.
  func columnWithoutOverlap(_ values: inout DataFileValues) -> Int? {
    columns.first { column in
      let data = values.column(column)
      if column.nulls != .none, data.nulls != .none {
        // Null is equal to null; unless known otherwise, there are some on both sides.
        return false
      }
      if column.nulls == .all || data.nulls == .all { return true }
      if column.mayHaveNaN, data.mayHaveNaN { return false }
      guard let deleted = column.bounds, let bounds = data.bounds else { return false }
      return !deleted.mayOverlap(bounds)
    }?.id
  }
}

/// What the metrics of one data file tell about the values of its columns, decoded on demand.
struct DataFileValues {
  /// One column of the file.
  struct Column {
    let bounds: ClosedBounds?
    let nulls: NullPresence
    let mayHaveNaN: Bool
  }

  private let file: DataFile
  private var columns: [Int: Column] = [:]

  init(_ file: DataFile) { self.file = file }

  mutating func column(_ wanted: EqualityRange.Column) -> Column {
    if let column = columns[wanted.id] { return column }
    // A file that was written before a column became required is one of a table whose rows are not
    // what its schema says; the counts of the file itself are believed.
    let column = Column(
      bounds: ClosedBounds(of: wanted.id, wanted.type, in: file),
      nulls: NullPresence(of: wanted.id, in: file, isRequired: false),
      mayHaveNaN: wanted.type.mayHaveNaN(wanted.id, in: file))
    columns[wanted.id] = column
    return column
  }
}

/// Whether a column of a file has nulls.
enum NullPresence: Hashable, Sendable {
  case none
  /// There may be nulls, and values.
  case some
  case all

  init(of id: Int, in file: DataFile, isRequired: Bool) {
    if isRequired {
      self = .none
      return
    }
    guard let nulls = file.nullValueCounts?[id] else {
      self = .some
      return
    }
    if nulls <= 0 {
      self = .none
    } else {
      self = file.valueCounts?[id] == nulls ? .all : .some
    }
  }
}

/// The least and greatest value of a column, as far as known.
struct ClosedBounds: Hashable, Sendable {
  private let lower: Literal
  private let upper: Literal

  /// Nil when a bound is missing or cannot be decoded: then nothing is known.
  init?(of id: Int, _ type: FieldType, in file: DataFile) {
    guard let lower = file.lowerBounds?[id], let upper = file.upperBounds?[id],
      let lower = try? Literal(singleValue: lower, type: type),
      let upper = try? Literal(singleValue: upper, type: type)
    else { return nil }
    self.lower = lower
    self.upper = upper
  }

  /// Whether some value may lie within both.
  func mayOverlap(_ other: ClosedBounds) -> Bool {
    lower.ordering(to: other.upper) != .greater && other.lower.ordering(to: upper) != .greater
  }
}

extension FieldType {
  /// Whether bounds and counts of a column of this type say which values it has.
  fileprivate var hasMetrics: Bool {
    switch self {
    case .boolean, .int, .long, .float, .double, .decimal, .date, .time, .timestamp, .timestamptz,
      .timestampNanos, .timestamptzNanos, .string, .fixed, .binary:
      true
    // Writers do not agree on the order of UUIDs: some compare their halves as signed numbers.
    case .uuid, .geometry, .geography, .variant, .unknown, .struct, .list, .map: false
    }
  }

  /// Whether NaN, which no bound counts, may be among the values of a column of this type.
  fileprivate func mayHaveNaN(_ id: Int, in file: DataFile) -> Bool {
    switch self {
    case .float, .double: file.nanValueCounts?[id] != 0
    default: false
    }
  }
}
