import IcebergBytes

/// The column metrics of one entry of a manifest, in memory that the next entry uses again.
///
/// Most files of a large table are left out by them, and for those nothing else is made.
package struct EntryMetrics: Sendable {
  /// Values by column id, as they stand in the manifest.
  struct Map<Value: Sendable>: Sendable {
    private var items: [(id: Int, value: Value)] = []
    private var isPresent = false

    /// The value of a column; of several the last, as in a dictionary.
    subscript(id: Int) -> Value? {
      var index = items.count
      while index > 0 {
        index -= 1
        if items[index].id == id { return items[index].value }
      }
      return nil
    }

    /// Begins a map, which has no values yet.
    mutating func begin() { isPresent = true }

    mutating func append(_ id: Int, _ value: Value) { items.append((id, value)) }

    mutating func clear() {
      isPresent = false
      if !items.isEmpty { items.removeAll(keepingCapacity: true) }
    }

    /// The map as a value of its own; nil when there was none.
    func dictionary(_ transform: (Value) -> Value) -> [Int: Value]? {
      guard isPresent else { return nil }
      var result: [Int: Value] = [:]
      result.reserveCapacity(items.count)
      for (id, value) in items { result[id] = transform(value) }
      return result
    }
  }

  var format = FileFormat.parquet
  var recordCount: Int64 = 0
  var splitOffsets: [Int64] = []
  var columnSizes = Map<Int64>()
  var valueCounts = Map<Int64>()
  var nullValueCounts = Map<Int64>()
  var nanValueCounts = Map<Int64>()
  var lowerBounds = Map<Bytes>()
  var upperBounds = Map<Bytes>()

  mutating func clear() {
    splitOffsets.removeAll(keepingCapacity: true)
    columnSizes.clear()
    valueCounts.clear()
    nullValueCounts.clear()
    nanValueCounts.clear()
    lowerBounds.clear()
    upperBounds.clear()
  }
}
