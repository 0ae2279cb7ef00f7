extension Transform {
  /// Some of the results of a transform: those up to a value, from a value on, or one alone.
  package enum ResultRange: Hashable, Sendable {
    case atMost(Literal)
    case atLeast(Literal)
    case exactly(Literal)
  }

  /// Where the results of all values up to `value` are found, in any of several ranges; nil when
  /// that could be anywhere.
  ///
  /// The results of the values next to the limits of a type are not where the others are: those of
  /// `truncate` and `hour` wrap around. And a time before 1970 may be found one unit too late, where
  /// a writer of Iceberg Java before 0.11 put it.
  ///
  /// Spec: Scan Planning, "inclusive projection".
  package func results(ofValuesUpTo value: Literal) -> [ResultRange]? {
    switch self {
    case .identity:
      return [.atMost(value)]
    case .truncate(let width):
      switch value {
      case .int(let number):
        guard let width = Int32(exactly: width), width > 0 else { return nil }
        return Self.truncated(upTo: number, width, Literal.int)
      case .long(let number):
        guard width > 0 else { return nil }
        return Self.truncated(upTo: number, Int64(width), Literal.long)
      default:
        return value.truncated(to: width).map { [.atMost($0)] }
      }
    case .year, .month, .day, .hour:
      guard let scale = CalendarScale(self, of: value), let unit = scale.unit(of: value),
        let limit = Int32(exactly: unit < 0 ? unit + scale.delay : unit),
        Int32(exactly: unit) != nil
      else { return nil }
      let range = ResultRange.atMost(scale.result(Int64(limit)))
      guard scale.least < Int32.min else { return [range] }
      return [range, .atLeast(scale.result(scale.least))]
    case .bucket, .void, .unknown:
      return nil
    }
  }

  /// Where the results of all values from `value` on are found, in any of several ranges; nil when
  /// that could be anywhere.
  package func results(ofValuesFrom value: Literal) -> [ResultRange]? {
    switch self {
    case .identity:
      return [.atLeast(value)]
    case .truncate(let width):
      switch value {
      case .int(let number):
        guard let width = Int32(exactly: width), width > 0 else { return nil }
        return Literal.exactFloor(number, toMultipleOf: width).map { [.atLeast(.int($0))] }
      case .long(let number):
        guard width > 0 else { return nil }
        return Literal.exactFloor(number, toMultipleOf: Int64(width)).map { [.atLeast(.long($0))] }
      default:
        return value.truncated(to: width).map { [.atLeast($0)] }
      }
    case .year, .month, .day, .hour:
      guard let scale = CalendarScale(self, of: value), let unit = scale.unit(of: value),
        Int32(exactly: unit) != nil
      else { return nil }
      let range = ResultRange.atLeast(scale.result(unit))
      guard scale.greatest > Int32.max else { return [range] }
      return [range, .atMost(scale.result(scale.greatest))]
    case .bucket, .void, .unknown:
      return nil
    }
  }

  /// The results under which a value may be found, usually one; nil when they are not known.
  package func results(of value: Literal) -> [Literal]? {
    switch self {
    case .identity:
      return [value]
    case .year, .month, .day, .hour:
      guard let scale = CalendarScale(self, of: value), let unit = scale.unit(of: value) else {
        return nil
      }
      let isLate = unit < 0 && scale.delay > 0
      return isLate ? [scale.result(unit), scale.result(unit + 1)] : [scale.result(unit)]
    case .bucket, .truncate:
      guard let result = try? apply(to: value) else { return nil }
      return [result]
    case .void, .unknown:
      return nil
    }
  }

  private static func truncated<T: FixedWidthInteger & SignedInteger>(
    upTo value: T, _ width: T, _ literal: (T) -> Literal
  ) -> [ResultRange] {
    let least = Literal.floor(T.min, toMultipleOf: width)
    guard let limit = Literal.exactFloor(value, toMultipleOf: width) else {
      return [.exactly(literal(least))]
    }
    return least <= limit
      ? [.atMost(literal(limit))] : [.atMost(literal(limit)), .exactly(literal(least))]
  }
}

extension Transform {
  /// Bounds of the results for values between two bounds; nil for a bound that is not known.
  ///
  /// This is of values as they are transformed now: nothing is put where old writers put it.
  package func resultBounds(
    lower: Literal?, upper: Literal?
  ) -> (lower: Literal?, upper: Literal?) {
    switch self {
    case .identity:
      return (lower, upper)
    case .truncate(let width):
      switch lower ?? upper {
      case .int, .long:
        // Where a value may be truncated to one that wraps around, it may become anything.
        guard let lower, !lower.wraps(whenTruncatedTo: width) else { return (nil, nil) }
        return (lower.truncated(to: width), upper?.truncated(to: width))
      default:
        return (lower?.truncated(to: width), upper?.truncated(to: width))
      }
    case .year, .month, .day, .hour:
      guard let some = lower ?? upper, let scale = CalendarScale(self, of: some) else {
        return (nil, nil)
      }
      let least = lower.flatMap(scale.unit(of:))
      let greatest = upper.flatMap(scale.unit(of:))
      guard Int32(exactly: least ?? scale.least) != nil,
        Int32(exactly: greatest ?? scale.greatest) != nil
      else { return (nil, nil) }
      return (least.map(scale.result), greatest.map(scale.result))
    case .bucket, .void, .unknown:
      return (nil, nil)
    }
  }
}

extension Literal {
  /// What comes right before or after a value of its type.
  package enum Neighbour: Hashable, Sendable {
    case value(Literal)
    /// The value is the first or the last one.
    case missing
    /// The values of the type cannot be counted.
    case unknown
  }

  /// The greatest value that is less.
  package var predecessor: Neighbour { neighbour(-1) }

  /// The least value that is greater.
  package var successor: Neighbour { neighbour(1) }

  private func neighbour(_ step: Int8) -> Neighbour {
    func next<T: FixedWidthInteger & SignedInteger>(
      _ value: T, _ literal: (T) -> Literal
    ) -> Neighbour {
      let (sum, overflow) = value.addingReportingOverflow(T(step))
      return overflow ? .missing : .value(literal(sum))
    }
    return switch self {
    case .int(let value): next(value, Literal.int)
    case .long(let value): next(value, Literal.long)
    case .date(let value): next(value, Literal.date)
    case .time(let value): next(value, Literal.time)
    case .timestamp(let value): next(value, Literal.timestamp)
    case .timestamptz(let value): next(value, Literal.timestamptz)
    case .timestampNanos(let value): next(value, Literal.timestampNanos)
    case .timestamptzNanos(let value): next(value, Literal.timestamptzNanos)
    case .decimal(let unscaled, let scale):
      next(unscaled) { .decimal(unscaled: $0, scale: scale) }
    case .boolean, .float, .double, .string, .uuid, .fixed, .binary, .geometry, .geography,
      .variant, .struct, .list, .map:
      .unknown
    }
  }

  /// The greatest multiple of `width` that is not greater than `value`; nil when the type has none.
  fileprivate static func exactFloor<T: FixedWidthInteger & SignedInteger>(
    _ value: T, toMultipleOf width: T
  ) -> T? {
    let result = floor(value, toMultipleOf: width)
    return result <= value ? result : nil
  }

  fileprivate func wraps(whenTruncatedTo width: Int) -> Bool {
    guard let result = truncated(to: width) else { return true }
    return result.ordering(to: self) == .greater
  }
}

/// How the values of one type are counted by a calendar unit.
private struct CalendarScale {
  /// The counts of the least and greatest value of the type. Counts beyond 32 bits wrap around.
  let least: Int64
  let greatest: Int64
  /// How many units too late a value before 1970 may be found.
  let delay: Int64
  private let part: CalendarPart
  private let isDay: Bool
  private let unitsPerSecond: Int64?

  /// Nil when the transform cannot be applied to the value.
  init?(_ transform: Transform, of value: Literal) {
    guard let part = transform.calendarPart else { return nil }
    self.part = part
    isDay = part == .day
    switch value {
    case .date:
      guard part != .hour else { return nil }
      unitsPerSecond = nil
      delay = part == .day ? 0 : 1
      least = Int64(part.count(days: Int(Int32.min)))
      greatest = Int64(part.count(days: Int(Int32.max)))
    case .timestamp, .timestamptz, .timestampNanos, .timestamptzNanos:
      let units: Int64
      switch value {
      case .timestamp, .timestamptz: units = 1_000_000
      default: units = 1_000_000_000
      }
      unitsPerSecond = units
      delay = 1
      least = Int64(part.count(timestamp: .min, unitsPerSecond: units))
      greatest = Int64(part.count(timestamp: .max, unitsPerSecond: units))
    default:
      return nil
    }
  }

  /// The count of a value, before it wraps around; nil for a value of another type.
  func unit(of value: Literal) -> Int64? {
    switch (value, unitsPerSecond) {
    case (.date(let days), nil):
      Int64(part.count(days: Int(days)))
    case (.timestamp(let number), let units?), (.timestamptz(let number), let units?),
      (.timestampNanos(let number), let units?), (.timestamptzNanos(let number), let units?):
      Int64(part.count(timestamp: number, unitsPerSecond: units))
    default: nil
    }
  }

  /// The result of the transform for a count.
  func result(_ unit: Int64) -> Literal {
    let wrapped = Int32(truncatingIfNeeded: unit)
    return isDay ? .date(wrapped) : .int(wrapped)
  }
}
