package import IcebergBytes

extension Transform: CustomStringConvertible {
  /// The transform as specs write it: `bucket[16]`, `day`; an unknown one as it was written.
  public var description: String {
    switch self {
    case .identity: "identity"
    case .bucket(let count): "bucket[\(count)]"
    case .truncate(let width): "truncate[\(width)]"
    case .year: "year"
    case .month: "month"
    case .day: "day"
    case .hour: "hour"
    case .void: "void"
    case .unknown(let text): text
    }
  }

  /// The transform that a text names, in either case. A name that this library does not know gives
  /// ``Transform/unknown(_:)``; a bucket count or width that is not 1 to 2147483647 throws.
  ///
  /// Spec: Appendix C, "Partition Specs".
  public init(_ text: String) throws(IcebergError) {
    let lower = text.lowercased()
    switch lower {
    case "identity": self = .identity
    case "year": self = .year
    case "month": self = .month
    case "day": self = .day
    case "hour": self = .hour
    case "void": self = .void
    default:
      if let count = try Self.parameter(of: "bucket", in: lower) {
        self = .bucket(count: count)
      } else if let width = try Self.parameter(of: "truncate", in: lower) {
        self = .truncate(width: width)
      } else {
        self = .unknown(text)
      }
    }
  }

  /// The number of `name[number]`; nil when the text is of another form.
  private static func parameter(of name: String, in text: String) throws(IcebergError) -> Int? {
    guard text.hasPrefix(name + "["), text.hasSuffix("]") else { return nil }
    let digits = text.dropFirst(name.count + 1).dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    guard let number = Int32(digits), number > 0 else {
      throw IcebergError(.invalidMetadata, "'\(text)': the number must be 1 to 2147483647")
    }
    return Int(number)
  }

  /// The transform that a JSON string names.
  package init(json node: JSONNode) throws(IcebergError) {
    do throws(IcebergError) {
      self = try Transform(try node.string())
    } catch {
      throw error.context.jsonPath == nil ? node.invalid(error.message) : error
    }
  }
}

extension Transform {
  /// The ids of the columns of a partition or sort field: `source-id`, or `source-ids` where there
  /// are several.
  package static func sourceIDs(
    _ reader: inout JSONObjectReader
  ) throws(IcebergError) -> [Int] {
    let single = try reader.optional("source-id")?.int()
    if let list = reader.optional("source-ids") {
      let ids = try list.array { id throws(IcebergError) in try id.int() }
      guard !ids.isEmpty else { throw list.invalid("'source-ids' must not be empty") }
      if let single, ids != [single] {
        throw list.invalid("'source-id' and 'source-ids' must not both be given")
      }
      return ids
    }
    guard let single else { throw reader.invalid("missing 'source-id'") }
    return [single]
  }

  /// The members for ``sourceIDs(_:)``: one id is written as `source-id`.
  package static func write(sourceIDs: [Int], to object: inout JSONObject) {
    if sourceIDs.count == 1 {
      object.append("source-id", .integer(Int64(sourceIDs[0])))
    } else {
      object.append("source-ids", .array(sourceIDs.map { .integer(Int64($0)) }))
    }
  }
}
