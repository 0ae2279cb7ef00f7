extension Transform {
  /// Whether the transform can be applied to values of `type`. Void and unknown transforms can be
  /// applied to every type, as far as can be told.
  ///
  /// Spec: Partitioning, "Partition Transforms".
  public func canBeApplied(to type: FieldType) -> Bool {
    switch self {
    case .identity:
      switch type {
      case .variant, .geometry, .geography, .struct, .list, .map: false
      default: true
      }
    case .bucket:
      switch type {
      case .int, .long, .decimal, .date, .time, .timestamp, .timestamptz, .timestampNanos,
        .timestamptzNanos, .string, .uuid, .fixed, .binary:
        true
      default: false
      }
    case .truncate:
      switch type {
      case .int, .long, .decimal, .string, .binary: true
      default: false
      }
    case .year, .month, .day:
      switch type {
      case .date, .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos: true
      default: false
      }
    case .hour:
      switch type {
      case .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos: true
      default: false
      }
    case .void, .unknown: true
    }
  }

  /// The type of the results for a column of type `source`; `unknown` stands for the type of a column
  /// that was dropped. What an unknown transform gives is read as text.
  public func resultType(for source: FieldType) -> FieldType {
    switch self {
    case .identity, .truncate, .void: source
    case .bucket, .year, .month, .hour: .int
    case .day: .date
    case .unknown: .string
    }
  }

  /// Whether results are in order where source values are: then a range of values is a range of
  /// results.
  public var preservesOrder: Bool {
    switch self {
    case .identity, .truncate, .year, .month, .day, .hour: true
    case .bucket, .void, .unknown: false
    }
  }

  /// Whether values of `type` that are sorted by this transform are sorted by `other` too.
  public func satisfiesOrder(of other: Transform, for type: FieldType) -> Bool {
    if self == other { return true }
    switch (self, other) {
    case (.identity, _):
      return other.preservesOrder
    case (.truncate(let width), .truncate(let otherWidth)):
      switch type {
      case .string, .binary: return width >= otherWidth
      default: return otherWidth % width == 0
      }
    default:
      guard let part = calendarPart, let otherPart = other.calendarPart else { return false }
      return part.rawValue >= otherPart.rawValue
    }
  }

  /// The calendar unit of a time transform; nil for the others.
  package var calendarPart: CalendarPart? {
    switch self {
    case .year: .year
    case .month: .month
    case .day: .day
    case .hour: .hour
    case .identity, .bucket, .truncate, .void, .unknown: nil
    }
  }
}

extension Transform {
  /// Whether the results for values of a column stay the same when the column's type is promoted, as
  /// they must where the column is the source of a partition field.
  ///
  /// Spec: Schema Evolution, "Type promotion".
  public func isUnchanged(byPromoting type: FieldType, to other: FieldType) -> Bool {
    switch (type, other) {
    case (.date, .timestamp), (.date, .timestampNanos):
      calendarPart != nil || self == .void
    case (.unknown, _):
      // All values so far are null.
      true
    default:
      switch self {
      case .unknown: false
      default: true
      }
    }
  }
}
