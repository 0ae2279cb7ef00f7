/// One part of how a table is to be partitioned, by the name of the column: `.day("event_time")`,
/// `.bucket(16, "id")`, or just `"country"`.
///
/// The name of the partition field is made from the column's unless `named(_:)` gives it.
public struct PartitionTerm: Hashable, Sendable, ExpressibleByStringLiteral {
  /// How the value is made.
  public var transform: Transform
  /// The full name of the column.
  public var column: String
  /// The name of the partition field; nil when it is made from the column's.
  public var name: String?

  /// A term of the given parts.
  public init(_ transform: Transform, _ column: String, name: String? = nil) {
    self.transform = transform
    self.column = column
    self.name = name
  }

  /// The value of a column as it is.
  public init(stringLiteral column: String) { self.init(.identity, column) }

  /// The value of a column as it is.
  public static func identity(_ column: String) -> PartitionTerm { .init(.identity, column) }
  /// A hash of a column's value, modulo `count`.
  public static func bucket(_ count: Int, _ column: String) -> PartitionTerm {
    .init(.bucket(count: count), column)
  }
  /// The value of a column truncated to `width`.
  public static func truncate(_ width: Int, _ column: String) -> PartitionTerm {
    .init(.truncate(width: width), column)
  }
  /// The year of a date or timestamp.
  public static func year(_ column: String) -> PartitionTerm { .init(.year, column) }
  /// The month of a date or timestamp.
  public static func month(_ column: String) -> PartitionTerm { .init(.month, column) }
  /// The day of a date or timestamp.
  public static func day(_ column: String) -> PartitionTerm { .init(.day, column) }
  /// The hour of a timestamp.
  public static func hour(_ column: String) -> PartitionTerm { .init(.hour, column) }

  /// The term with a name for its partition field.
  public func named(_ name: String) -> PartitionTerm {
    PartitionTerm(transform, column, name: name)
  }

  /// The name of a partition field that is not given one, when a table is created: `id_bucket`.
  public func defaultName(column: String) -> String {
    switch transform {
    case .identity: column
    case .bucket: "\(column)_bucket"
    case .truncate: "\(column)_trunc"
    case .year, .month, .day, .hour: "\(column)_\(transform)"
    case .void: "\(column)_null"
    case .unknown: "\(column)_\(transform)"
    }
  }

  /// The name of a partition field that is not given one, when it is added to a table: here the
  /// parameter is part of it, `id_bucket_16`.
  public func defaultNameWhenAdded(column: String) -> String {
    switch transform {
    case .bucket(let count): "\(column)_bucket_\(count)"
    case .truncate(let width): "\(column)_trunc_\(width)"
    case .identity, .year, .month, .day, .hour, .void, .unknown: defaultName(column: column)
    }
  }
}

extension PartitionSpec {
  /// The spec of a new table that is partitioned by `terms`, with field ids from 1000 on.
  ///
  /// Throws when there is no column of a name, a transform cannot be applied to it, a name is used
  /// twice or is that of another column, or when a column is divided twice by time.
  public init(_ terms: [PartitionTerm], schema: Schema, id: Int = 0) throws(IcebergError) {
    let index = schema.index
    var fields: [PartitionField] = []
    var seen: Set<Division> = []
    for term in terms {
      guard let source = index.field(named: term.column) else {
        throw IcebergError(.invalidArgument, "there is no column '\(term.column)'")
      }
      let column = index.name(of: source.id) ?? source.name
      let field = PartitionField(
        sourceIDs: [source.id], fieldID: Self.firstFieldID + fields.count,
        name: term.name ?? term.defaultName(column: column), transform: term.transform)
      if term.transform != .identity, term.transform != .void,
        index.field(named: field.name) != nil
      {
        throw Self.refusal(field, "there is a column of that name")
      }
      if let division = Division(source.id, term.transform), !seen.insert(division).inserted {
        throw Self.refusal(field, "column '\(column)' is divided in this way already")
      }
      fields.append(field)
    }
    self.init(id: id, fields: fields)
    do throws(IcebergError) {
      try validate(against: schema)
    } catch {
      throw IcebergError(.invalidArgument, error.message, context: error.context)
    }
  }

  private static func refusal(_ field: PartitionField, _ text: String) -> IcebergError {
    IcebergError(.invalidArgument, "partition field '\(field.name)': \(text)")
  }
}

/// What must not be asked for twice: one column as it is, and one column by time, whatever the unit.
private struct Division: Hashable {
  var sourceID: Int
  var isByTime: Bool

  init?(_ sourceID: Int, _ transform: Transform) {
    guard transform == .identity || transform.calendarPart != nil else { return nil }
    self.sourceID = sourceID
    isByTime = transform.calendarPart != nil
  }
}
