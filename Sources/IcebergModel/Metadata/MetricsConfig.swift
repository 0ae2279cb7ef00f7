/// Which metrics of a column are kept in manifests.
public enum MetricsMode: Hashable, Sendable {
  /// Nothing but the size.
  case none
  /// The numbers of values, nulls and NaNs.
  case counts
  /// Counts and bounds; those of strings and binaries are cut to `length` code points or bytes.
  case truncate(length: Int)
  /// Counts and whole bounds.
  case full

  /// The mode of tables that do not set one: `truncate(16)`.
  public static let standard = MetricsMode.truncate(length: 16)

  /// Reads `none`, `counts`, `truncate(16)` or `full`, in any case; nil for anything else.
  public init?(parsing text: String) {
    let name = text.lowercased()
    switch name {
    case "none": self = .none
    case "counts": self = .counts
    case "full": self = .full
    default:
      guard name.hasPrefix("truncate("), name.hasSuffix(")") else { return nil }
      let digits = name.dropFirst("truncate(".count).dropLast()
      guard digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
        let length = Int32(digits), length > 0
      else { return nil }
      self = .truncate(length: Int(length))
    }
  }

  /// Whether bounds are kept.
  public var hasBounds: Bool {
    switch self {
    case .none, .counts: false
    case .truncate, .full: true
    }
  }
}

extension MetricsMode: CustomStringConvertible {
  public var description: String {
    switch self {
    case .none: "none"
    case .counts: "counts"
    case .truncate(let length): "truncate(\(length))"
    case .full: "full"
    }
  }
}

/// The metrics mode of every column of a table, from its properties.
///
/// A mode set for a column comes first. Then columns that the table is sorted by have at least
/// `truncate(16)`. Then the mode set for the table holds; where none is, the first hundred columns
/// have `truncate(16)` and the others `none`. A mode that cannot be read counts as not set.
public struct MetricsConfig: Hashable, Sendable {
  private let modes: [Int: MetricsMode]
  /// The mode of columns without one of their own.
  public let defaultMode: MetricsMode

  /// The modes of a table's columns.
  public init(
    properties: [String: String], schema: Schema, sortOrder: TableSortOrder = .unsorted
  ) {
    var modes: [Int: MetricsMode] = [:]
    if let text = properties[TableProperties.metricsDefault] {
      defaultMode = MetricsMode(parsing: text) ?? .standard
    } else {
      let limit = Self.inferenceLimit(properties)
      if Self.metricFieldIDs(schema.fields, limit: .max).count <= limit {
        defaultMode = .standard
      } else {
        defaultMode = .none
        for id in Self.metricFieldIDs(schema.fields, limit: limit) { modes[id] = .standard }
      }
    }
    let sortedMode = defaultMode.hasBounds ? defaultMode : .standard
    for field in sortOrder.fields where field.transform.preservesOrder {
      if let id = field.sourceIDs.first { modes[id] = sortedMode }
    }
    let prefix = TableProperties.metricsColumnPrefix
    let index = schema.index
    for (key, text) in properties where key.hasPrefix(prefix) {
      let name = String(key.dropFirst(prefix.count))
      guard let field = index.field(named: name) else { continue }
      modes[field.id] = MetricsMode(parsing: text) ?? defaultMode
    }
    self.modes = modes
  }

  /// The modes of a table's columns in its current schema.
  public init(_ metadata: TableMetadata) {
    self.init(
      properties: metadata.properties, schema: metadata.currentSchema,
      sortOrder: metadata.defaultSortOrder)
  }

  /// The mode of the column called `fieldID`.
  public func mode(of fieldID: Int) -> MetricsMode { modes[fieldID] ?? defaultMode }

  /// Checks that every column that `properties` set a mode for is there.
  ///
  /// Throws `invalidArgument` naming the first that is not.
  public static func validate(
    properties: [String: String], schema: Schema
  ) throws(IcebergError) {
    let prefix = TableProperties.metricsColumnPrefix
    let index = schema.index
    for key in properties.keys.sorted() where key.hasPrefix(prefix) {
      let name = String(key.dropFirst(prefix.count))
      if index.field(named: name) == nil {
        throw IcebergError(
          .invalidArgument, "table property '\(key)' sets a mode for '\(name)', which is no column")
      }
    }
  }

  private static func inferenceLimit(_ properties: [String: String]) -> Int {
    let property = TableProperties.metricsMaxInferredColumns
    guard let limit = try? property.value(in: properties), limit >= 0 else {
      return property.defaultValue
    }
    return limit
  }

  /// The first fields that have values of their own: those of a struct before what they contain.
  private static func metricFieldIDs(_ fields: [Field], limit: Int) -> [Int] {
    var ids: [Int] = []
    collect(fields, limit, &ids)
    return ids
  }

  private static func collect(_ fields: [Field], _ limit: Int, _ ids: inout [Int]) {
    for field in fields
    where ids.count < limit && (field.type.isPrimitive || field.type == .variant) {
      ids.append(field.id)
    }
    for field in fields where ids.count < limit {
      switch field.type {
      case .struct(let fields): collect(fields, limit, &ids)
      case .list(let element): collect([element], limit, &ids)
      case .map(let key, let value): collect([key, value], limit, &ids)
      default: break
      }
    }
  }
}
