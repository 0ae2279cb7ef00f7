import IcebergBytes

/// What is recorded of the values of a column, or of a partition field: of one data file, or of all
/// files of a manifest.
///
/// Every answer is the careful one where nothing was recorded, or nothing that can be.
protocol ValueFacts {
  /// What no value is less than; NaN does not count.
  func lowerBound(of column: FactColumn) -> Bytes?
  /// What no value is greater than; NaN does not count.
  func upperBound(of column: FactColumn) -> Bytes?
  /// Whether a value may be null.
  func mayHaveNull(_ column: FactColumn) -> Bool
  /// Whether a value may be NaN.
  func mayHaveNaN(_ column: FactColumn) -> Bool
  /// Whether all values are known to be null.
  func hasOnlyNull(_ column: FactColumn) -> Bool
  /// Whether all values are known to be NaN, none of them null.
  func hasOnlyNaN(_ column: FactColumn) -> Bool
  /// Whether all values are known to be null or NaN.
  func hasNoComparable(_ column: FactColumn) -> Bool
}

/// The column that facts are asked about.
struct FactColumn: Sendable {
  /// The id of the column, or of the partition field.
  let id: Int
  /// The place of a partition field in the tuple; 0 for columns.
  let position: Int
  let isRequired: Bool
  let isFloating: Bool
  /// Whether a value may be null because a struct around it is: writers do not agree on whether
  /// counts tell of that.
  let isInOptional: Bool
  /// Whether values are UUIDs, which Iceberg Java puts in an order of its own.
  let isUUID: Bool

  init(_ term: BoundTerm) {
    id = term.fieldID
    position = term.path.last ?? 0
    isRequired = !term.isOptional
    isFloating = term.sourceType == .float || term.sourceType == .double
    isInOptional = term.isOptional && term.path.count > 1
    isUUID = term.sourceType == .uuid
  }
}

extension ManifestFile.FieldSummary: ValueFacts {
  func lowerBound(of column: FactColumn) -> Bytes? {
    column.isUUID ? boundOfEither(lowerBound, fill: 0x00) : lowerBound
  }

  func upperBound(of column: FactColumn) -> Bytes? {
    column.isUUID ? boundOfEither(upperBound, fill: 0xff) : upperBound
  }

  func mayHaveNull(_ column: FactColumn) -> Bool { containsNull }

  func mayHaveNaN(_ column: FactColumn) -> Bool {
    column.isFloating && containsNaN != false
  }

  func hasOnlyNull(_ column: FactColumn) -> Bool {
    hasNoComparable(column) && !mayHaveNaN(column)
  }

  func hasOnlyNaN(_ column: FactColumn) -> Bool {
    hasNoComparable(column) && !containsNull
  }

  func hasNoComparable(_ column: FactColumn) -> Bool {
    // A summary without bounds and without anything that has none was written by mistake.
    lowerBound == nil && upperBound == nil && (containsNull || mayHaveNaN(column))
  }

  /// A bound of UUIDs whether they were ordered as unsigned numbers or, as Iceberg Java does, as two
  /// signed ones: where both halves of the order agree, the first eight bytes are one.
  private func boundOfEither(_ bound: Bytes?, fill: UInt8) -> Bytes? {
    guard let lower = lowerBound, let upper = upperBound, lower.count == 16, upper.count == 16
    else { return nil }
    if lower == upper { return bound }
    guard lower[0] & 0x80 == upper[0] & 0x80, let bound else { return nil }
    return Bytes(bound[0..<8].array + [UInt8](repeating: fill, count: 8))
  }
}
