internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel
internal import IcebergParquet

/// The metrics of a data file, from what its encoder counted.
///
/// Of columns inside lists and maps only the sizes are kept: their counts are not those of rows.
///
/// Spec: Manifests, "Data File Fields"; Appendix D, "Bound serialization".
struct ParquetMetrics {
  private let config: MetricsConfig
  /// The types of the columns that are not inside lists and maps, by field id.
  private let types: [Int: FieldType]
  /// The ids of variants that are not inside lists and maps, by the path of their metadata in the
  /// file: the parts of a variant have no ids.
  private let variants: [[String]: Int]

  init(_ fields: [Field], _ config: MetricsConfig) {
    self.config = config
    var types: [Int: FieldType] = [:]
    var variants: [[String]: Int] = [:]
    func collect(_ fields: [Field], below path: [String]) {
      for field in fields {
        if case .struct(let children) = field.type { collect(children, below: path + [field.name]) }
        if field.type.isPrimitive { types[field.id] = field.type }
        if field.type == .variant { variants[path + [field.name, "metadata"]] = field.id }
      }
    }
    collect(fields, below: [])
    self.types = types
    self.variants = variants
  }

  /// Sets the metrics of `result`.
  func fill(_ result: inout DataFile, from file: WrittenFile) {
    var sizes: [Int: Int64] = [:]
    var values: [Int: Int64] = [:]
    var nulls: [Int: Int64] = [:]
    var nans: [Int: Int64] = [:]
    var lower: [Int: Bytes] = [:]
    var upper: [Int: Bytes] = [:]
    for column in file.columns {
      guard let id = column.leaf.fieldID.map(Int.init) else {
        // A variant is null where its metadata is.
        if let id = variants[column.leaf.path], config.mode(of: id) != .none {
          values[id] = column.valueCount
          nulls[id] = column.nullCount
        }
        continue
      }
      let mode = config.mode(of: id)
      if mode == .none { continue }
      sizes[id] = column.compressedSize
      guard let type = types[id] else { continue }
      values[id] = column.valueCount
      nulls[id] = column.nullCount
      nans[id] = column.nanCount
      guard mode.hasBounds, let bounds = column.bounds else { continue }
      lower[id] = Self.bound(bounds.minimum, type, mode, isUpper: false)
      upper[id] = Self.bound(bounds.maximum, type, mode, isUpper: true)
    }
    result.columnSizes = sizes
    result.valueCounts = values
    result.nullValueCounts = nulls
    result.nanValueCounts = nans
    result.lowerBounds = lower
    result.upperBounds = upper
  }

  /// A value as a bound, cut as the mode says; nil when there is no bound so short.
  private static func bound(
    _ value: Column.Value, _ type: FieldType, _ mode: MetricsMode, isUpper: Bool
  ) -> Bytes? {
    guard let literal = Literal(value, type: type) else { return nil }
    var width = Int.max
    if case .truncate(let length) = mode { width = length }
    let cut: Literal?
    switch literal {
    case .string(let text) where width < .max:
      cut =
        isUpper
        ? BoundTruncation.upperBound(of: text, width: width).map(Literal.string)
        : .string(BoundTruncation.lowerBound(of: text, width: width))
    case .binary(let bytes) where width < .max:
      cut =
        isUpper
        ? BoundTruncation.upperBound(of: bytes, width: width).map(Literal.binary)
        : .binary(BoundTruncation.lowerBound(of: bytes, width: width))
    default: cut = literal
    }
    return cut.flatMap { try? $0.singleValueBytes() }
  }
}
