internal import IcebergBytes
internal import IcebergColumns

/// Builds columns of any shape from the levels and values of their leaves.
///
/// Every value of a leaf has a place: a slot in the column of each field on its path, unless a list
/// around it is null or empty there. Levels say which slots begin at a value, and which are null.
/// Spec: Parquet, "Nested Encoding".
struct RecordAssembly {
  /// The batches of the leaves, by ordinal.
  let batches: [Int: LeafBatch]
  /// For a field whose children are all left out, the leaf that tells where it is null.
  let witnesses: [Range<Int>: Int]

  /// The column of a field at the top of the schema.
  func column(of field: ParquetField, rowCount: Int) throws(FormatError) -> Column {
    let column = try self.column(of: field, slotLevel: 0, rowCount: rowCount)
    guard column.count == rowCount else {
      throw FormatError(.badValue, "field '\(field.name)' with a wrong number of rows")
    }
    return column
  }

  /// The column of a field. A value has a slot in it from the definition level `slotLevel` on.
  private func column(
    of field: ParquetField, slotLevel: UInt8, rowCount: Int
  ) throws(FormatError) -> Column {
    switch field.shape {
    case .leaf(let leaf):
      return try batch(leaf.ordinal).column(leaf: leaf, slotLevel: slotLevel)
    case .group(let fields):
      return try group(field, fields, slotLevel: slotLevel, rowCount: rowCount)
    case .list(let element):
      let structure = try listStructure(of: field, slotLevel: slotLevel)
      let elements = try self.column(
        of: element, slotLevel: field.elementDefinitionLevel, rowCount: 0)
      try check(elements, in: field, structure)
      return Column(
        .list(offsets: structure.offsets, element: elements), validity: structure.validity,
        count: structure.count)
    case .map(let key, let value):
      let structure = try listStructure(of: field, slotLevel: slotLevel)
      let level = field.elementDefinitionLevel
      let keys = try column(of: key, slotLevel: level, rowCount: 0)
      try check(keys, in: field, structure)
      guard keys.nullCount == 0 else {
        throw FormatError(.badValue, "map '\(field.name)' with a null key")
      }
      let values =
        try value.map { (value) throws(FormatError) in
          try column(of: value, slotLevel: level, rowCount: 0)
        } ?? Column(.null, count: keys.count)
      try check(values, in: field, structure)
      return Column(
        .map(offsets: structure.offsets, key: keys, value: values), validity: structure.validity,
        count: structure.count)
    }
  }

  private func group(
    _ field: ParquetField, _ fields: [ParquetField], slotLevel: UInt8, rowCount: Int
  ) throws(FormatError) -> Column {
    guard let witness = firstLeaf(of: field) else {
      // Without any column in the file only a group that is always there can be told.
      guard field.definitionLevel == 0, field.repetitionLevel == 0, field.leaves.isEmpty else {
        throw FormatError(.unsupported, "group '\(field.name)' without columns")
      }
      return Column(.struct([]), count: rowCount)
    }
    let batch = try batch(witness)
    let count: Int
    var validity: Bitmap?
    if batch.levels.count == 0, batch.count > 0 {
      // No group on the way down can be null.
      count = batch.count
    } else {
      let bits = batch.levels.validity(of: field, slotLevel: slotLevel)
      count = bits.count
      validity = bits.allSet ? nil : bits
    }
    var children: [Column] = []
    for child in fields {
      let column = try column(of: child, slotLevel: slotLevel, rowCount: rowCount)
      guard column.count == count else { throw disagreement(field) }
      children.append(column)
    }
    return Column(.struct(children), validity: validity, count: count)
  }

  /// Where the lists of a field begin and end, and which are null.
  private func listStructure(
    of field: ParquetField, slotLevel: UInt8
  ) throws(FormatError) -> ListStructure {
    guard let first = firstLeaf(of: field) else {
      throw FormatError(.unsupported, "list '\(field.name)' without columns")
    }
    let structure = try batch(first).levels.listStructure(of: field, slotLevel: slotLevel)
    // Keys and values, or the fields of an element, lie in columns of their own.
    for ordinal in field.leaves where ordinal != first {
      guard let other = batches[ordinal] else { continue }
      let again = try other.levels.listStructure(of: field, slotLevel: slotLevel)
      guard again == structure else { throw disagreement(field) }
    }
    return structure
  }

  private func firstLeaf(of field: ParquetField) -> Int? {
    field.leaves.first { batches[$0] != nil } ?? witnesses[field.leaves]
  }

  private func batch(_ ordinal: Int) throws(FormatError) -> LeafBatch {
    guard let batch = batches[ordinal] else {
      throw FormatError(.badValue, "column \(ordinal) was not decoded")
    }
    return batch
  }

  private func check(
    _ elements: Column, in field: ParquetField, _ structure: ListStructure
  ) throws(FormatError) {
    guard elements.count == Int(structure.offsets.last ?? 0) else { throw disagreement(field) }
  }

  private func disagreement(_ field: ParquetField) -> FormatError {
    FormatError(.badValue, "the columns of '\(field.name)' disagree on its structure")
  }
}

/// Where lists begin and end, and which are null.
struct ListStructure: Hashable {
  var offsets: [Int32]
  var validity: Bitmap?
  var count: Int
}

extension Levels {
  /// Which slots of `field` are not null. A slot begins at each value that repeats nothing within
  /// the field and lies in a list that is neither null nor empty there.
  func validity(of field: ParquetField, slotLevel: UInt8) -> Bitmap {
    var words = [UInt64](repeating: 0, count: (count &+ 63) &>> 6)
    var slots = 0
    let level = field.definitionLevel
    definition.withUnsafeBufferPointer { definition in
      words.withUnsafeMutableBufferPointer { words in
        if repetition.isEmpty {
          for index in 0..<count {
            let bit: UInt64 = definition[index] >= level ? 1 : 0
            words[index &>> 6] |= bit &<< UInt64(truncatingIfNeeded: index & 63)
          }
          slots = count
        } else {
          repetition.withUnsafeBufferPointer { repetition in
            let outer = field.repetitionLevel
            // Lists are as long as they like: no branch could be foreseen.
            var word: UInt64 = 0
            for index in 0..<count {
              let isSlot = Self.isSlot(definition[index], slotLevel, repetition[index], outer)
              let bit: UInt64 = definition[index] >= level ? 1 : 0
              word |= (bit & UInt64(isSlot)) &<< UInt64(truncatingIfNeeded: slots & 63)
              words[slots &>> 6] = word
              slots &+= isSlot
              word = isSlot == 1 && slots & 63 == 0 ? 0 : word
            }
          }
        }
      }
    }
    words.removeLast(words.count &- (slots &+ 63) &>> 6)
    return Bitmap(words: words, count: slots)
  }

  /// 1 when a slot begins at a value with the given levels, else 0.
  @inline(__always)
  private static func isSlot(
    _ definition: UInt8, _ slotLevel: UInt8, _ repetition: UInt8, _ outer: UInt8
  ) -> Int {
    (definition >= slotLevel ? 1 : 0) & (repetition <= outer ? 1 : 0)
  }

  /// Where the lists of `field`, a list or map, begin and end.
  func listStructure(
    of field: ParquetField, slotLevel: UInt8
  ) throws(FormatError) -> ListStructure {
    guard count <= Int(Int32.max) else {
      throw FormatError(.tooLarge, "more list elements than a column can hold")
    }
    let validity = validity(of: field, slotLevel: slotLevel)
    let outer = field.repetitionLevel
    let elementLevel = field.elementDefinitionLevel
    let offsets = [Int32](unsafeUninitializedCapacity: validity.count &+ 1) { offsets, slots in
      var elements: Int32 = 0
      definition.withUnsafeBufferPointer { definition in
        repetition.withUnsafeBufferPointer { repetition in
          for index in 0..<count {
            let (level, repeated) = (definition[index], repetition[index])
            offsets[slots] = elements
            slots &+= Self.isSlot(level, slotLevel, repeated, outer)
            elements &+= Int32(Self.isSlot(level, elementLevel, repeated, outer &+ 1))
          }
        }
      }
      offsets[slots] = elements
      slots &+= 1
    }
    return ListStructure(
      offsets: offsets, validity: validity.allSet ? nil : validity, count: validity.count)
  }
}
