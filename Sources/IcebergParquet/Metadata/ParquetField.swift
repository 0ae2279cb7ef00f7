/// A field of a Parquet schema as its readers see it: the groups that only carry repetition are
/// folded into lists and maps.
///
/// A value, so that a projection is simply a copy with fewer children.
public struct ParquetField: Hashable, Sendable {
  /// What a field holds.
  public enum Shape: Hashable, Sendable {
    /// Values, in a column of their own.
    case leaf(ParquetLeaf)
    /// Fields side by side. A variant is such a group with ``LogicalType/variant(specificationVersion:)``.
    indirect case group([ParquetField])
    /// Any number of elements.
    indirect case list(element: ParquetField)
    /// Any number of entries; without a value field all values are null.
    indirect case map(key: ParquetField, value: ParquetField?)
  }

  /// The name of the field.
  public var name: String
  /// The Iceberg field id.
  public var fieldID: Int32?
  /// What the values mean.
  public var logicalType: LogicalType?
  /// Whether the field may be null.
  public var isOptional: Bool
  /// The definition level from which on the field is not null.
  public var definitionLevel: UInt8
  /// The number of lists and maps around the field.
  public var repetitionLevel: UInt8
  /// What the field holds.
  public var shape: Shape
  /// The leaves below the field in the file, whether or not ``shape`` still names them.
  public var leaves: Range<Int>

  /// The definition level from which on a list or map has an element at a position.
  public var elementDefinitionLevel: UInt8 { definitionLevel + 1 }

  /// The direct children: of a group its fields, of a list its element, of a map key and value.
  public var children: [ParquetField] {
    switch shape {
    case .leaf: []
    case .group(let fields): fields
    case .list(let element): [element]
    case .map(let key, let value): value.map { [key, $0] } ?? [key]
    }
  }

  /// The leaf, when the field holds values itself.
  public var leaf: ParquetLeaf? {
    if case .leaf(let leaf) = shape { leaf } else { nil }
  }

  /// The field with only those leaves below it that `keep` accepts, or nil when none is left.
  ///
  /// Of a map the key always stays.
  public func pruned(to keep: (ParquetLeaf) -> Bool) -> ParquetField? {
    var result = self
    switch shape {
    case .leaf(let leaf): return keep(leaf) ? self : nil
    case .group(let fields):
      let kept = fields.compactMap { $0.pruned(to: keep) }
      if kept.isEmpty { return nil }
      result.shape = .group(kept)
    case .list(let element):
      guard let kept = element.pruned(to: keep) else { return nil }
      result.shape = .list(element: kept)
    case .map(let key, let value):
      let keptValue = value?.pruned(to: keep)
      guard keptValue != nil || key.pruned(to: keep) != nil else { return nil }
      result.shape = .map(key: key, value: keptValue ?? value)
    }
    return result
  }
}

/// A column of a file: the end of a path through the schema.
public struct ParquetLeaf: Hashable, Sendable {
  /// The position among the columns of every row group.
  public var ordinal: Int
  /// The names from the top of the schema down, without the root.
  public var path: [String]
  /// How values are stored.
  public var physicalType: PhysicalType
  /// The width of a fixed-length value in bytes; zero for other types.
  public var typeLength: Int
  /// What the values mean.
  public var logicalType: LogicalType?
  /// The Iceberg field id.
  public var fieldID: Int32?
  /// The definition level of a value that is there.
  public var maximumDefinitionLevel: UInt8
  /// The number of repeated fields on the path.
  public var maximumRepetitionLevel: UInt8
}
