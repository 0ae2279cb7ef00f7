import IcebergBytes

/// The column metrics of one data file, whether they are in the memory of a ``DataFile`` or still in
/// that of a manifest's reader.
protocol FileFacts: ValueFacts {
  /// The lower bound of the column called `id`; nil where none is recorded (so for all of them).
  func recordedLowerBound(_ id: Int) -> Bytes?
  func recordedUpperBound(_ id: Int) -> Bytes?
  func valueCount(_ id: Int) -> Int64?
  func nullValueCount(_ id: Int) -> Int64?
  func nanValueCount(_ id: Int) -> Int64?
  /// Whether bounds cannot have been put together from those of several row groups.
  var hasOneRowGroup: Bool { get }
}

extension FileFacts {
  // Iceberg Java puts bounds of UUIDs together in the order of signed numbers, though those of a row
  // group are in the order of unsigned ones: then they bound nothing.
  func lowerBound(of column: FactColumn) -> Bytes? {
    column.isUUID && !hasOneRowGroup ? nil : recordedLowerBound(column.id)
  }

  func upperBound(of column: FactColumn) -> Bytes? {
    column.isUUID && !hasOneRowGroup ? nil : recordedUpperBound(column.id)
  }

  func mayHaveNull(_ column: FactColumn) -> Bool {
    if column.isRequired { return false }
    return column.isInOptional || nullValueCount(column.id) != 0
  }

  func mayHaveNaN(_ column: FactColumn) -> Bool {
    guard column.isFloating, nanValueCount(column.id) != 0 else { return false }
    return !hasOnlyNull(column)
  }

  func hasOnlyNull(_ column: FactColumn) -> Bool {
    guard let nulls = nullValueCount(column.id), nulls > 0 else { return false }
    return nulls == valueCount(column.id)
  }

  func hasOnlyNaN(_ column: FactColumn) -> Bool {
    guard column.isFloating, !column.isInOptional, let nans = nanValueCount(column.id), nans > 0
    else { return false }
    return nans == valueCount(column.id)
  }

  func hasNoComparable(_ column: FactColumn) -> Bool {
    guard let values = valueCount(column.id), values > 0 else { return false }
    let nulls = nullValueCount(column.id) ?? 0
    let nans = column.isFloating ? nanValueCount(column.id) ?? 0 : 0
    return nulls &+ nans == values
  }
}

extension DataFile: FileFacts {
  func recordedLowerBound(_ id: Int) -> Bytes? { lowerBounds?[id] }
  func recordedUpperBound(_ id: Int) -> Bytes? { upperBounds?[id] }
  func valueCount(_ id: Int) -> Int64? { valueCounts?[id] }
  func nullValueCount(_ id: Int) -> Int64? { nullValueCounts?[id] }
  func nanValueCount(_ id: Int) -> Int64? { nanValueCounts?[id] }
  var hasOneRowGroup: Bool { format == .parquet && splitOffsets?.count == 1 }
}

extension EntryMetrics: FileFacts {
  func recordedLowerBound(_ id: Int) -> Bytes? { lowerBounds[id] }
  func recordedUpperBound(_ id: Int) -> Bytes? { upperBounds[id] }
  func valueCount(_ id: Int) -> Int64? { valueCounts[id] }
  func nullValueCount(_ id: Int) -> Int64? { nullValueCounts[id] }
  func nanValueCount(_ id: Int) -> Int64? { nanValueCounts[id] }
  var hasOneRowGroup: Bool { format == .parquet && splitOffsets.count == 1 }
}
