internal import IcebergBytes
internal import IcebergColumns

/// The values of one leaf that wait for their page, nulls left out, in the form in which they are
/// stored.
///
/// A conforming type stands for one way to store values; everything that is done per value is done
/// inside it, over whole runs.
protocol LeafValues: Sendable {
  /// The dictionary of such values.
  associatedtype Dictionary: LeafDictionary where Dictionary.Values == Self
  /// The smallest and largest of such values.
  associatedtype Bounds: LeafBounds

  /// The number of values.
  var count: Int { get }

  /// Appends the values of `column` at `rows`, none of which is null. Throws `badValue` when the
  /// column does not hold such values.
  mutating func append(_ column: Column, at rows: [Range<Int>]) throws(FormatError)

  /// Forgets the first `number` values.
  mutating func removeFirst(_ number: Int)

  /// The size in bytes of the values at `range` in plain encoding.
  func plainSize(of range: Range<Int>) -> Int

  /// Appends the values at `range` in an encoding other than the dictionary's.
  func encode(
    _ range: Range<Int>, as encoding: ParquetWriteOptions.ValueEncoding,
    into writer: inout ByteWriter)

  /// Widens `bounds` by the values at `range`.
  func widen(_ bounds: inout Bounds, by range: Range<Int>)

  /// The number of NaN values at `range`.
  func nanCount(in range: Range<Int>) -> Int
}

/// The different values of a column chunk, each with its index.
protocol LeafDictionary: Sendable {
  associatedtype Values: LeafValues

  /// No values; `values` say what kind they are.
  init(for values: Values)

  /// The number of different values.
  var count: Int { get }
  /// Their size in bytes in plain encoding.
  var byteCount: Int { get }

  /// The index of each of `values` at `range`, new ones added; nil when the dictionary would become
  /// larger than `limit` bytes, and then nothing is added.
  mutating func indices(
    of values: Values, at range: Range<Int>, limit: Int
  ) -> [UInt32]?

  /// The different values, in the order of their indices.
  var values: Values { get }
}

/// The smallest and largest of some values, in the order of their column.
protocol LeafBounds: Sendable {
  /// The bounds of no values.
  init()

  /// Widens these bounds to contain others.
  mutating func formUnion(_ other: Self)

  /// The bounds as values of a column, decimals where `isDecimal` says so; nil for those of no
  /// values.
  func summary(isDecimal: Bool) -> ColumnBounds?
}

extension LeafValues {
  /// The error of a column of another kind.
  static var mismatch: FormatError {
    FormatError(.badValue, "column is not of the kind of its field")
  }
}
