internal import IcebergBytes

/// An encoder of the chunks of one leaf, by the type of its values.
///
/// An enumeration and no protocol: methods of a generic type that are reached through a protocol are
/// not specialised, which made them ten times slower.
enum LeafEncoder: Sendable {
  case boolean(ColumnChunkEncoder<BooleanValues>)
  case int32(ColumnChunkEncoder<NumberValues<Int32>>)
  case int64(ColumnChunkEncoder<NumberValues<Int64>>)
  case float(ColumnChunkEncoder<NumberValues<Float>>)
  case double(ColumnChunkEncoder<NumberValues<Double>>)
  case byteArray(ColumnChunkEncoder<ByteStringValues>)
  case fixed(ColumnChunkEncoder<FixedValues>)
  /// While the encoder is at work: only then it is held once, and changed in place.
  case busy

  /// An encoder for the chunks of a leaf, with bounds where `hasOrder` says so.
  ///
  /// Throws `unsupported` for types and codecs that cannot be written.
  init(
    for leaf: ParquetLeaf, hasOrder: Bool, _ options: ParquetWriteOptions
  ) throws(FormatError) {
    func make<Values: LeafValues>(
      _ values: Values
    ) throws(FormatError) -> ColumnChunkEncoder<Values> {
      try ColumnChunkEncoder(leaf, values, hasOrder: hasOrder, options)
    }
    var isDecimal = false
    if case .decimal = leaf.logicalType { isDecimal = true }
    switch leaf.physicalType {
    case .boolean: self = .boolean(try make(BooleanValues()))
    case .int32: self = .int32(try make(NumberValues<Int32>()))
    case .int64: self = .int64(try make(NumberValues<Int64>()))
    case .float: self = .float(try make(NumberValues<Float>()))
    case .double: self = .double(try make(NumberValues<Double>()))
    case .byteArray: self = .byteArray(try make(ByteStringValues()))
    case .fixedLengthByteArray:
      self = .fixed(try make(FixedValues(width: leaf.typeLength, isDecimal: isDecimal)))
    case .int96: throw FormatError(.unsupported, "writing INT96, which is deprecated")
    }
  }

  /// Appends records of `rows`. Throws `badValue` when their column is of another kind.
  mutating func append(_ records: LeafRecords, rows: Range<Int>) throws(FormatError) {
    switch self {
    case .boolean(var encoder):
      self = .busy
      defer { self = .boolean(encoder) }
      try encoder.append(records, rows: rows)
    case .int32(var encoder):
      self = .busy
      defer { self = .int32(encoder) }
      try encoder.append(records, rows: rows)
    case .int64(var encoder):
      self = .busy
      defer { self = .int64(encoder) }
      try encoder.append(records, rows: rows)
    case .float(var encoder):
      self = .busy
      defer { self = .float(encoder) }
      try encoder.append(records, rows: rows)
    case .double(var encoder):
      self = .busy
      defer { self = .double(encoder) }
      try encoder.append(records, rows: rows)
    case .byteArray(var encoder):
      self = .busy
      defer { self = .byteArray(encoder) }
      try encoder.append(records, rows: rows)
    case .fixed(var encoder):
      self = .busy
      defer { self = .fixed(encoder) }
      try encoder.append(records, rows: rows)
    case .busy: break
    }
  }

  /// Ends the chunk; what follows belongs to the next one.
  mutating func finishChunk() throws(FormatError) -> EncodedChunk? {
    switch self {
    case .boolean(var encoder):
      self = .busy
      defer { self = .boolean(encoder) }
      return try encoder.finishChunk()
    case .int32(var encoder):
      self = .busy
      defer { self = .int32(encoder) }
      return try encoder.finishChunk()
    case .int64(var encoder):
      self = .busy
      defer { self = .int64(encoder) }
      return try encoder.finishChunk()
    case .float(var encoder):
      self = .busy
      defer { self = .float(encoder) }
      return try encoder.finishChunk()
    case .double(var encoder):
      self = .busy
      defer { self = .double(encoder) }
      return try encoder.finishChunk()
    case .byteArray(var encoder):
      self = .busy
      defer { self = .byteArray(encoder) }
      return try encoder.finishChunk()
    case .fixed(var encoder):
      self = .busy
      defer { self = .fixed(encoder) }
      return try encoder.finishChunk()
    case .busy: return nil
    }
  }

  /// About how many bytes the chunk has so far.
  var bufferedSize: Int {
    switch self {
    case .boolean(let encoder): encoder.bufferedSize
    case .int32(let encoder): encoder.bufferedSize
    case .int64(let encoder): encoder.bufferedSize
    case .float(let encoder): encoder.bufferedSize
    case .double(let encoder): encoder.bufferedSize
    case .byteArray(let encoder): encoder.bufferedSize
    case .fixed(let encoder): encoder.bufferedSize
    case .busy: 0
    }
  }

  /// What all chunks came to.
  var summary: ColumnSummary? {
    switch self {
    case .boolean(let encoder): encoder.summary
    case .int32(let encoder): encoder.summary
    case .int64(let encoder): encoder.summary
    case .float(let encoder): encoder.summary
    case .double(let encoder): encoder.summary
    case .byteArray(let encoder): encoder.summary
    case .fixed(let encoder): encoder.summary
    case .busy: nil
    }
  }
}
