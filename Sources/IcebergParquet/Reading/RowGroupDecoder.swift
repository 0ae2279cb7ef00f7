public import IcebergBytes
public import IcebergColumns

/// Decodes some columns of a row group.
///
/// It reads nothing itself: ``byteRanges`` says which bytes of the file it needs; whoever has them
/// passes them on to ``rows(of:sizeLimit:)`` or ``decode(_:)``.
///
/// Values come out in the physical form of their type: 8 to 32-bit integers, dates and times in
/// milliseconds as `int`; 64-bit integers, unsigned 32-bit ones and timestamps of every unit as
/// `long`, INT96 timestamps as `long` microseconds; unsigned 64-bit integers as `decimal` of scale
/// zero; half-precision numbers as `float`; decimals of every storage as `decimal`, unscaled;
/// columns of logical type unknown as `null`; all else as it is stored. The unit is told by
/// ``ParquetField/logicalType``.
public struct RowGroupDecoder: Sendable {
  /// The number of rows.
  public let rowCount: Int
  /// The bytes of the file that are needed, one range for each column, in ascending order of the
  /// columns.
  public let byteRanges: [Range<Int64>]

  let projection: [ParquetField]
  let columns: [NeededColumn]
  let witnesses: [Range<Int>: Int]

  /// A column that has to be decoded.
  struct NeededColumn: Sendable {
    let leaf: ParquetLeaf
    let chunk: ColumnChunk
    let part: ColumnChunkDecoder.Part
    let leastDefinition: [UInt8]
    let needsLevels: Bool
  }

  /// A decoder for the row group at `rowGroup`.
  ///
  /// `projection` are fields of the schema of the file, or copies of them with fewer children. A
  /// group without children gives a struct without fields that tells which rows are null.
  /// Throws `unsupported` for columns that lie elsewhere, are encrypted or compressed in a way that
  /// is not supported here.
  public init(
    metadata: FileMetadata, rowGroup: Int, projection: [ParquetField]
  ) throws(FormatError) {
    guard metadata.rowGroups.indices.contains(rowGroup) else {
      throw FormatError(.badValue, "no row group \(rowGroup)")
    }
    let group = metadata.rowGroups[rowGroup]
    var plan = DecodingPlan(metadata: metadata, group: group)
    for field in projection { try plan.add(field, Ancestors()) }
    self.projection = projection
    rowCount = Int(group.rowCount)
    columns = plan.columns.keys.sorted().compactMap { plan.columns[$0] }
    witnesses = plan.witnesses
    var ranges: [Range<Int64>] = []
    for column in columns {
      ranges.append(try column.chunk.byteRange(writtenBy: metadata.createdBy))
    }
    byteRanges = ranges
  }

  /// The rows, to be decoded in batches. `chunks` are the bytes at ``byteRanges``.
  ///
  /// A batch with more than `sizeLimit` bytes in one column is made smaller, down to one row.
  public func rows(
    of chunks: [Bytes], sizeLimit: Int = 256 << 20
  ) throws(FormatError) -> RowGroupRows {
    try RowGroupRows(self, chunks, sizeLimit: sizeLimit)
  }

  /// All rows at once: a column for each field of the projection.
  ///
  /// Throws `tooLarge` when a column has more than 2 GiB of text; ``rows(of:sizeLimit:)`` has no such limit.
  public func decode(_ chunks: [Bytes]) throws(FormatError) -> [Column] {
    var rows = try rows(of: chunks, sizeLimit: .max)
    return try rows.decodeAll()
  }
}

/// What is known of the fields around a column.
private struct Ancestors {
  /// The least definition level that can come with each repetition level.
  var leastDefinition: [UInt8] = [0]
  /// Whether one of them is a group that can be null.
  var needLevels = false
}

/// Finds the columns that a projection needs.
private struct DecodingPlan {
  let metadata: FileMetadata
  let group: RowGroup
  var columns: [Int: RowGroupDecoder.NeededColumn] = [:]
  var witnesses: [Range<Int>: Int] = [:]

  init(metadata: FileMetadata, group: RowGroup) {
    self.metadata = metadata
    self.group = group
  }

  mutating func add(_ field: ParquetField, _ above: Ancestors) throws(FormatError) {
    var above = above
    switch field.shape {
    case .leaf(let leaf): try add(leaf, .everything, above)
    case .group(let fields):
      if field.definitionLevel > 0 { above.needLevels = true }
      for child in fields { try add(child, above) }
      if fields.isEmpty { try addWitness(for: field, above) }
    case .list(let element):
      above.leastDefinition.append(field.elementDefinitionLevel)
      try add(element, above)
    case .map(let key, let value):
      above.leastDefinition.append(field.elementDefinitionLevel)
      try add(key, above)
      if let value { try add(value, above) }
    }
  }

  /// Takes the smallest column below a group to know where the group is null.
  private mutating func addWitness(
    for field: ParquetField, _ above: Ancestors
  ) throws(FormatError) {
    let candidates = field.leaves.filter { metadata.schema.leaves.indices.contains($0) }
    let best = candidates.min { left, right in
      let leaves = metadata.schema.leaves
      let byDepth = (
        leaves[left].maximumRepetitionLevel, leaves[right].maximumRepetitionLevel
      )
      if byDepth.0 != byDepth.1 { return byDepth.0 < byDepth.1 }
      return group.columns[left].compressedSize < group.columns[right].compressedSize
    }
    guard let best else { return }
    witnesses[field.leaves] = best
    let leaf = metadata.schema.leaves[best]
    // Lists below the group are of no interest, so nothing is asked of their levels.
    var above = above
    while above.leastDefinition.count <= Int(leaf.maximumRepetitionLevel) {
      above.leastDefinition.append(0)
    }
    try add(leaf, .levels, above)
  }

  private mutating func add(
    _ leaf: ParquetLeaf, _ part: ColumnChunkDecoder.Part, _ above: Ancestors
  ) throws(FormatError) {
    let ordinal = leaf.ordinal
    if case .levels = part, columns[ordinal] != nil { return }
    guard metadata.schema.leaves.indices.contains(ordinal),
      metadata.schema.leaves[ordinal].path == leaf.path,
      above.leastDefinition.count == Int(leaf.maximumRepetitionLevel) + 1
    else { throw FormatError(.badValue, "projection is not of this file") }
    let chunk = group.columns[ordinal]
    let name = leaf.path.joined(separator: ".")
    guard !chunk.isEncrypted else { throw FormatError(.unsupported, "encrypted column '\(name)'") }
    guard (chunk.filePath ?? "").isEmpty else {
      throw FormatError(.unsupported, "column '\(name)' lies in another file")
    }
    guard chunk.physicalType == leaf.physicalType, chunk.path == leaf.path else {
      throw FormatError(.badValue, "column '\(name)' is not what the schema says")
    }
    guard leaf.maximumRepetitionLevel > 0 || chunk.valueCount == group.rowCount else {
      throw FormatError(.badValue, "column '\(name)' with a wrong number of rows")
    }
    try chunk.compression.codec().checkAvailability()
    columns[ordinal] = RowGroupDecoder.NeededColumn(
      leaf: leaf, chunk: chunk, part: part, leastDefinition: above.leastDefinition,
      needsLevels: above.needLevels)
  }
}

extension ColumnChunk {
  /// The bytes of the pages, a little more where a writer is known to have noted too few.
  fileprivate func byteRange(writtenBy createdBy: String?) throws(FormatError) -> Range<Int64> {
    let range = try byteRange()
    guard Self.leavesOutDictionaryHeader(createdBy ?? "") else { return range }
    // The header takes less; behind the last column lies a footer that is longer.
    let (end, overflow) = range.upperBound.addingReportingOverflow(48)
    return overflow ? range : range.lowerBound..<end
  }

  /// Whether a writer counts the header of the dictionary page to the size of a chunk: parquet-mr
  /// does so since 1.2.9; those that tell no version are older.
  private static func leavesOutDictionaryHeader(_ createdBy: String) -> Bool {
    let name = "parquet-mr"
    guard createdBy.hasPrefix(name) else { return false }
    let version = " version "
    let rest = createdBy.dropFirst(name.count)
    guard rest.hasPrefix(version) else { return rest.allSatisfy { $0 == " " } }
    let parts = rest.dropFirst(version.count)
      .prefix { $0 == "." || $0.isASCII && $0.isNumber }
      .split(separator: ".").compactMap { Int($0) }
    return parts.count == 3 && parts.lexicographicallyPrecedes([1, 2, 9])
  }
}
