internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel
internal import IcebergParquet

/// Makes bounds of a column of the table from the statistics of a Parquet column.
///
/// What cannot be trusted gives no bounds: the deprecated ones of types that are not ordered as signed
/// numbers, those of unsigned numbers and of 96-bit timestamps, and any with NaN in them.
struct StatisticsBounds {
  private let kind: FileColumn.Kind
  private let physicalType: PhysicalType
  private let conversion: ValueConversion
  /// Whether the deprecated order, that of signed numbers, is the order of the type.
  private let hasSignedOrder: Bool

  /// The way from a column of a file to bounds of `type`; nil when there is none.
  init?(of kind: FileColumn.Kind, _ physicalType: PhysicalType, as type: FieldType) {
    guard let conversion = ValueConversion(from: kind, to: type) else { return nil }
    if case .integer(_, isSigned: false) = kind { return nil }
    switch (physicalType, kind) {
    case (.boolean, _), (.int32, _), (.int64, _): hasSignedOrder = true
    case (.float, .float), (.double, .double): hasSignedOrder = true
    case (.byteArray, _): hasSignedOrder = false
    case (.fixedLengthByteArray, .float): return nil
    case (.fixedLengthByteArray, _): hasSignedOrder = false
    default: return nil
    }
    self.kind = kind
    self.physicalType = physicalType
    self.conversion = conversion
  }

  /// What no value is less or greater than, NaN aside, in the single-value form of the type; nil when
  /// that is not known.
  func callAsFunction(
    _ statistics: ColumnStatistics, hasTypeOrder: Bool
  ) -> (lower: Bytes, upper: Bytes)? {
    let (low, high): ([UInt8]?, [UInt8]?)
    if hasTypeOrder || hasSignedOrder, statistics.minimum != nil || statistics.maximum != nil {
      (low, high) = (statistics.minimum, statistics.maximum)
    } else if hasSignedOrder {
      (low, high) = (statistics.legacyMinimum, statistics.legacyMaximum)
    } else {
      return nil
    }
    guard let low, let high, let lower = bound(low, isLower: true),
      let upper = bound(high, isLower: false)
    else { return nil }
    return (lower, upper)
  }

  private func bound(_ bytes: [UInt8], isLower: Bool) -> Bytes? {
    guard let column = column(bytes, isLower: isLower),
      let converted = try? conversion(column), converted.count == 1
    else { return nil }
    switch converted.value(at: 0) {
    case .boolean(let value): return [value ? 1 : 0]
    case .int(let value): return Self.littleEndian(value)
    case .long(let value): return Self.littleEndian(value)
    case .float(let value): return Self.littleEndian(value.bitPattern)
    case .double(let value): return Self.littleEndian(value.bitPattern)
    case .decimal(let value): return Literal.minimalBigEndian(value)
    case .bytes(let value): return Bytes(value)
    case .null, .list, .map, .struct: return nil
    }
  }

  /// A plainly encoded value as the one row of a column as the decoder makes it.
  private func column(_ bytes: [UInt8], isLower: Bool) -> Column? {
    let isDecimal = if case .decimal = kind { true } else { false }
    switch physicalType {
    case .boolean:
      return bytes.count == 1 ? Column(.boolean(Bitmap([bytes[0] != 0])), count: 1) : nil
    case .int32:
      guard let value: UInt32 = Self.number(bytes) else { return nil }
      let signed = Int32(bitPattern: value)
      return Column(isDecimal ? .decimal([Int128(signed)]) : .int([signed]), count: 1)
    case .int64:
      guard let value: UInt64 = Self.number(bytes) else { return nil }
      let signed = Int64(bitPattern: value)
      return Column(isDecimal ? .decimal([Int128(signed)]) : .long([signed]), count: 1)
    case .float:
      guard let bits: UInt32 = Self.number(bytes) else { return nil }
      let value = Float(bitPattern: bits)
      // Writers do not tell zeros apart in statistics.
      if value == 0 { return Column(.float([isLower ? -0.0 : 0]), count: 1) }
      return value.isNaN ? nil : Column(.float([value]), count: 1)
    case .double:
      guard let bits: UInt64 = Self.number(bytes) else { return nil }
      let value = Double(bitPattern: bits)
      if value == 0 { return Column(.double([isLower ? -0.0 : 0]), count: 1) }
      return value.isNaN ? nil : Column(.double([value]), count: 1)
    case .byteArray, .fixedLengthByteArray:
      if isDecimal {
        guard (1...16).contains(bytes.count) else { return nil }
        let start: Int128 = bytes[0] & 0x80 == 0 ? 0 : -1
        let value = bytes.reduce(start) { $0 &<< 8 | Int128($1) }
        return Column(.decimal([value]), count: 1)
      }
      if physicalType == .fixedLengthByteArray {
        return Column(.fixed(width: bytes.count, data: bytes), count: 1)
      }
      guard let end = Int32(exactly: bytes.count) else { return nil }
      return Column(.bytes(offsets: [0, end], data: bytes), count: 1)
    case .int96: return nil
    }
  }

  private static func number<T: FixedWidthInteger>(_ bytes: [UInt8]) -> T? {
    guard bytes.count == MemoryLayout<T>.size else { return nil }
    return bytes.withUnsafeBytes { T(littleEndian: $0.loadUnaligned(as: T.self)) }
  }

  private static func littleEndian<T: FixedWidthInteger>(_ value: T) -> Bytes {
    withUnsafeBytes(of: value.littleEndian) { Bytes(copying: $0) }
  }
}
