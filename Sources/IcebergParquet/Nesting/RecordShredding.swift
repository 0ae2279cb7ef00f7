package import IcebergBytes
package import IcebergColumns

/// The part that one leaf has in some rows: which of its values are there, and the levels that say
/// what stands in place of the others. Spec: Parquet, "Nested Encoding".
package struct LeafRecords: Sendable {
  /// The definition levels, in the shape in which they are known.
  package enum Definition: Sendable {
    /// The maximum throughout: no value is missing.
    case complete
    /// One bit for each value, set where it is there; the maximum level is one.
    case bits(Bitmap, Range<Int>)
    /// One level for each value.
    case levels([UInt8])
  }

  /// The number of values, nulls and empty lists included.
  package var count: Int
  /// The definition levels.
  package var definition: Definition
  /// One repetition level for each value; empty where the leaf is in no list or map.
  package var repetition: [UInt8]
  /// The column that holds the values.
  package var column: Column
  /// The rows of ``column`` whose values are there, in order.
  package var present: [Range<Int>]
}

/// Takes nested columns apart into the records of their leaves, level by level.
package struct RecordShredding {
  /// Where a value of the current level goes on downwards.
  private static let live: UInt8 = .max

  /// The values of the current level: those that ended above it, and those that go on.
  private struct Slots {
    var count: Int
    /// For each value the level at which it ended, or `live`; nil when all are live.
    var ends: [UInt8]?
    /// For each value its repetition level; empty outside of lists and maps.
    var repetition: [UInt8] = []
    /// The rows of the current column that the live values are, in order.
    var rows: [Range<Int>]

    /// Writes the levels of the elements of the lists that the live values are, and returns how many.
    ///
    /// `ends` and `repetition` hold the levels of an element that is not the first of its list.
    func expand(
      by offsets: UnsafeBufferPointer<Int32>, emptyLevel: UInt8,
      ends: UnsafeMutableBufferPointer<UInt8>, repetition: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
      var slot = 0
      var next = 0
      for range in rows + [0..<0] {
        var row = range.lowerBound
        while slot < count {
          let end = self.ends?[slot] ?? RecordShredding.live
          if end == RecordShredding.live, row == range.upperBound { break }
          repetition[next] = self.repetition.isEmpty ? 0 : self.repetition[slot]
          slot &+= 1
          if end != RecordShredding.live {
            ends[next] = end
            next &+= 1
            continue
          }
          let number = Int(offsets[row &+ 1] &- offsets[row])
          row &+= 1
          if number == 0 { ends[next] = emptyLevel }
          next &+= max(1, number)
        }
      }
      return next
    }
  }

  private let emit: (ParquetLeaf, LeafRecords) throws(FormatError) -> Void

  /// Calls `emit` for each leaf of `field` with the records of the given rows of `column`.
  ///
  /// Throws `badValue` when the column is not of the shape of the field, or has nulls where the
  /// field has none. The column must be sound.
  package static func shred(
    _ column: Column, as field: ParquetField, rows: Range<Int>,
    _ emit: (ParquetLeaf, LeafRecords) throws(FormatError) -> Void
  ) throws(FormatError) {
    if let leaf = field.leaf {
      return try emit(leaf, flat(column, as: field, rows: rows))
    }
    try withoutActuallyEscaping(emit) { (emit) throws(FormatError) in
      try RecordShredding(emit: emit).descend(
        field, column, Slots(count: rows.count, ends: nil, rows: [rows]))
    }
  }

  /// The records of a leaf at the top, whose validity is its definition levels.
  private static func flat(
    _ column: Column, as field: ParquetField, rows: Range<Int>
  ) throws(FormatError) -> LeafRecords {
    var records = LeafRecords(
      count: rows.count, definition: .complete, repetition: [], column: column, present: [rows])
    if case .null = column.values {
      guard field.isOptional || rows.isEmpty else { throw nullInRequired(field) }
      records.definition = .bits(Bitmap(repeating: false, count: rows.count), 0..<rows.count)
      records.present = []
    } else if let validity = column.validity {
      let present = validity.setRanges(in: rows)
      if present != [rows] {
        guard field.isOptional || rows.isEmpty else { throw nullInRequired(field) }
        records.definition = .bits(validity, rows)
        records.present = present
      }
    }
    return records
  }

  private func descend(
    _ field: ParquetField, _ column: Column, _ above: Slots
  ) throws(FormatError) {
    var slots = above
    try end(&slots, atNullsOf: column, field)
    switch (field.shape, column.values) {
    case (.leaf(let leaf), _):
      try emit(leaf, Self.records(leaf, column, slots))
    case (.group(let fields), .struct(let columns)):
      guard fields.count == columns.count else { throw Self.mismatch(field) }
      for (child, column) in zip(fields, columns) { try descend(child, column, slots) }
    case (.list(let element), .list(let offsets, let column)):
      try descend(element, column, Self.expand(slots, by: offsets, field))
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      let entries = Self.expand(slots, by: offsets, field)
      try descend(key, keys, entries)
      if let value { try descend(value, values, entries) }
    case (_, .null):
      // All of it ended above; what the columns below would be does not matter.
      for child in field.children { try descend(child, column, slots) }
    default: throw Self.mismatch(field)
    }
  }

  /// Ends the values that are null in `column`.
  private func end(
    _ slots: inout Slots, atNullsOf column: Column, _ field: ParquetField
  ) throws(FormatError) {
    let validity: Bitmap
    if case .null = column.values {
      validity = Bitmap(repeating: false, count: column.count)
    } else if let known = column.validity {
      validity = known
    } else {
      return
    }
    if slots.rows.allSatisfy({ validity.setCount(in: $0) == $0.count }) { return }
    guard field.isOptional else { throw Self.nullInRequired(field) }
    let level = field.definitionLevel &- 1
    var ends = slots.ends ?? [UInt8](repeating: Self.live, count: slots.count)
    var rows: [Range<Int>] = []
    var slot = 0
    for range in slots.rows {
      var kept = range.lowerBound
      for row in range {
        while ends[slot] != Self.live { slot &+= 1 }
        if !validity[row] {
          ends[slot] = level
          if kept < row { rows.append(kept..<row) }
          kept = row &+ 1
        }
        slot &+= 1
      }
      if kept < range.upperBound { rows.append(kept..<range.upperBound) }
    }
    slots.ends = ends
    slots.rows = rows
  }

  /// The elements or entries of lists or maps, and the values that ended before there are any.
  private static func expand(
    _ slots: Slots, by offsets: [Int32], _ field: ParquetField
  ) -> Slots {
    var result = Slots(count: 0, ends: nil, rows: [])
    var elementCount = 0
    for range in slots.rows {
      let elements = Int(offsets[range.lowerBound])..<Int(offsets[range.upperBound])
      elementCount += elements.count
      if elements.isEmpty { continue }
      if let last = result.rows.last, last.upperBound == elements.lowerBound {
        result.rows[result.rows.count - 1] = last.lowerBound..<elements.upperBound
      } else {
        result.rows.append(elements)
      }
    }
    // There is room for each list to be empty. All are elements but the first of their list, until
    // something else is known of them.
    var ends = [UInt8](repeating: live, count: slots.count + elementCount)
    var repetition = [UInt8](
      repeating: field.repetitionLevel &+ 1, count: slots.count + elementCount)
    let count = ends.withUnsafeMutableBufferPointer { ends in
      repetition.withUnsafeMutableBufferPointer { repetition in
        offsets.withUnsafeBufferPointer { offsets in
          slots.expand(
            by: offsets, emptyLevel: field.definitionLevel, ends: ends, repetition: repetition)
        }
      }
    }
    ends.removeLast(ends.count - count)
    repetition.removeLast(repetition.count - count)
    result.count = count
    // Only empty lists and what ended above take a place without an element.
    result.ends = count > elementCount ? ends : nil
    result.repetition = repetition
    return result
  }

  private static func records(
    _ leaf: ParquetLeaf, _ column: Column, _ slots: Slots
  ) -> LeafRecords {
    let maximum = leaf.maximumDefinitionLevel
    let definition: LeafRecords.Definition =
      if let ends = slots.ends {
        .levels(ends.map { $0 == live ? maximum : $0 })
      } else {
        .complete
      }
    return LeafRecords(
      count: slots.count, definition: definition, repetition: slots.repetition, column: column,
      present: slots.rows)
  }

  private static func nullInRequired(_ field: ParquetField) -> FormatError {
    FormatError(.badValue, "null in required field '\(field.name)'")
  }

  private static func mismatch(_ field: ParquetField) -> FormatError {
    FormatError(.badValue, "column is not of the shape of field '\(field.name)'")
  }
}
