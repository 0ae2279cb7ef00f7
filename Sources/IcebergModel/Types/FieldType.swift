/// The type of a column, a list element, a map key or a map value.
///
/// Spec: Schemas and Data Types.
public indirect enum FieldType: Hashable, Sendable {
  case boolean
  case int
  case long
  case float
  case double
  /// Fixed-point: at most 38 digits, `scale` of them after the point.
  case decimal(precision: Int, scale: Int)
  /// Days since 1970-01-01.
  case date
  /// Microseconds since midnight.
  case time
  /// Microseconds since 1970-01-01, without zone.
  case timestamp
  /// Microseconds since 1970-01-01 UTC.
  case timestamptz
  /// Nanoseconds since 1970-01-01, without zone (v3).
  case timestampNanos
  /// Nanoseconds since 1970-01-01 UTC (v3).
  case timestamptzNanos
  case string
  case uuid
  /// Byte arrays of `length` bytes.
  case fixed(length: Int)
  case binary
  /// Null whatever is written (v3).
  case unknown
  /// A semi-structured value (v3).
  case variant
  /// Geospatial shapes on a plane as WKB (v3); a nil `crs` is `OGC:CRS84`.
  case geometry(crs: String?)
  /// Geospatial shapes on an ellipsoid as WKB (v3); a nil `crs` is `OGC:CRS84`, a nil algorithm is
  /// spherical.
  case geography(crs: String?, algorithm: EdgeAlgorithm?)
  case `struct`([Field])
  case list(element: Field)
  case map(key: Field, value: Field)

  /// How the edges of a geography are drawn between their points.
  public enum EdgeAlgorithm: String, Hashable, Sendable, CaseIterable {
    case spherical, vincenty, thomas, andoyer, karney
  }

  /// Whether the type has no parts.
  public var isPrimitive: Bool {
    switch self {
    case .struct, .list, .map, .variant: false
    default: true
    }
  }
}
