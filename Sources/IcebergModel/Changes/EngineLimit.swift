/// Something of the format that an engine is known not to have.
///
/// The table tells what the named versions lack, as read in their sources and manuals in August 2026:
/// Iceberg Java 1.11 (and with it Spark and Flink), PyIceberg 0.12, iceberg-rust 0.10, iceberg-cpp 0.3,
/// DuckDB's extension of that month, and Athena with Iceberg 1.4. What is not in it is either there or
/// not known.
public struct EngineLimit: Hashable, Sendable {
  /// A part of the format.
  public enum Feature: Hashable, Sendable {
    case formatVersion(Int)
    case timestampNanos
    case unknown
    case variant
    case geometry
    case geography
    /// Values of rows from before a column was added.
    case defaults
    /// A column of type `date` that becomes `timestamp`.
    case dateToTimestamp
    /// A table with more than one partition spec.
    case partitionEvolution
  }

  /// The engine and its version.
  public var engine: String
  /// What it lacks.
  public var feature: Feature
  /// What it does instead.
  public var consequence: String

  /// What is known.
  public static let all: [EngineLimit] = [
    .init("PyIceberg 0.12", .formatVersion(3), "reads it, does not write it"),
    .init(
      "iceberg-rust 0.10", .formatVersion(3), "only appends to it, and reads no deletion vectors"),
    .init("Athena", .formatVersion(3), "refuses it"),
    .init("DuckDB", .formatVersion(1), "does not write it"),
    .init("Athena", .formatVersion(1), "does not write it"),
    .init("Athena", .timestampNanos, "refuses the type"),
    .init("iceberg-rust 0.10", .unknown, "refuses the type"),
    .init("Athena", .unknown, "refuses the type"),
    .init("PyIceberg 0.12", .variant, "refuses the type"),
    .init("iceberg-rust 0.10", .variant, "does not read columns of the type"),
    .init("iceberg-cpp 0.3", .variant, "does not read files with the type"),
    .init("Athena", .variant, "refuses the type"),
    .init("iceberg-rust 0.10", .geometry, "refuses the type"),
    .init("Athena", .geometry, "refuses the type"),
    .init("iceberg-rust 0.10", .geography, "refuses the type"),
    .init("DuckDB", .geography, "refuses the type"),
    .init("Athena", .geography, "refuses the type"),
    .init("Athena", .defaults, "refuses the table"),
    .init("DuckDB", .defaults, "does not apply those of nested fields"),
    .init("Iceberg Java 1.11", .dateToTimestamp, "cannot make this promotion, and may not read it"),
    .init("Athena", .partitionEvolution, "cannot change the partitioning"),
    .init("iceberg-rust 0.10", .partitionEvolution, "cannot change the partitioning"),
  ]

  private init(_ engine: String, _ feature: Feature, _ consequence: String) {
    self.engine = engine
    self.feature = feature
    self.consequence = consequence
  }

  /// What engines lack of a feature.
  public static func limits(of feature: Feature) -> [EngineLimit] {
    all.filter { $0.feature == feature }
  }

  /// The feature that a column of a type needs; nil when every engine has it.
  static func feature(of type: FieldType) -> Feature? {
    switch type {
    case .timestampNanos, .timestamptzNanos: .timestampNanos
    case .unknown: .unknown
    case .variant: .variant
    case .geometry: .geometry
    case .geography: .geography
    default: nil
    }
  }
}
