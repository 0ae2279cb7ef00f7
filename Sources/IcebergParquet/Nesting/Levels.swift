/// The repetition and definition levels of a run of values of one column.
///
/// Spec: Parquet, "Nested Encoding".
public struct Levels: Hashable, Sendable {
  /// The definition level of each value; empty where the column's maximum is zero.
  public var definition: [UInt8]
  /// The repetition level of each value; empty where the column's maximum is zero.
  public var repetition: [UInt8]
  /// The number of values, nulls and empty lists included.
  public var count: Int

  /// The levels of `count` values.
  public init(definition: [UInt8] = [], repetition: [UInt8] = [], count: Int = 0) {
    self.definition = definition
    self.repetition = repetition
    self.count = count
  }
}
