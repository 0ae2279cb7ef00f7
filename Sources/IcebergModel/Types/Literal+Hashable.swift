extension Literal: Hashable {
  public static func == (left: Literal, right: Literal) -> Bool {
    switch (left, right) {
    case (.boolean(let a), .boolean(let b)): a == b
    case (.int(let a), .int(let b)), (.date(let a), .date(let b)): a == b
    case (.long(let a), .long(let b)), (.time(let a), .time(let b)),
      (.timestamp(let a), .timestamp(let b)), (.timestamptz(let a), .timestamptz(let b)),
      (.timestampNanos(let a), .timestampNanos(let b)),
      (.timestamptzNanos(let a), .timestamptzNanos(let b)):
      a == b
    case (.float(let a), .float(let b)): (a.isNaN && b.isNaN) || a.bitPattern == b.bitPattern
    case (.double(let a), .double(let b)): (a.isNaN && b.isNaN) || a.bitPattern == b.bitPattern
    case (.decimal(let a, let i), .decimal(let b, let j)): a == b && i == j
    case (.string(let a), .string(let b)):
      // Swift's equality is canonical equivalence; the format compares bytes.
      a.utf8.elementsEqual(b.utf8)
    case (.uuid(let a), .uuid(let b)), (.fixed(let a), .fixed(let b)),
      (.binary(let a), .binary(let b)), (.geometry(let a), .geometry(let b)),
      (.geography(let a), .geography(let b)):
      a == b
    case (.variant(let a, let b), .variant(let c, let d)): a == c && b == d
    case (.struct(let a), .struct(let b)): a == b
    case (.list(let a), .list(let b)): a == b
    case (.map(let a), .map(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .boolean(let value): hasher.combine(value)
    case .int(let value), .date(let value): hasher.combine(value)
    case .long(let value), .time(let value), .timestamp(let value), .timestamptz(let value),
      .timestampNanos(let value), .timestamptzNanos(let value):
      hasher.combine(value)
    case .float(let value): hasher.combine(value.isNaN ? Float.nan.bitPattern : value.bitPattern)
    case .double(let value): hasher.combine(value.isNaN ? Double.nan.bitPattern : value.bitPattern)
    case .decimal(let unscaled, let scale):
      hasher.combine(unscaled)
      hasher.combine(scale)
    case .string(let text): text.hashBytes(into: &hasher)
    case .uuid(let bytes), .fixed(let bytes), .binary(let bytes), .geometry(let bytes),
      .geography(let bytes):
      hasher.combine(bytes)
    case .variant(let metadata, let value):
      hasher.combine(metadata)
      hasher.combine(value)
    case .struct(let value): hasher.combine(value)
    case .list(let values): hasher.combine(values)
    case .map(let entries): hasher.combine(entries)
    }
  }
}
