internal import IcebergBytes

/// What the values of a column, or the children of a group, mean.
///
/// The newer `LogicalType` and the older `ConvertedType` of the format in one.
/// Spec: Parquet, "Logical Types".
public enum LogicalType: Hashable, Sendable {
  /// The unit of a time or timestamp.
  public enum TimeUnit: Hashable, Sendable {
    case milliseconds, microseconds, nanoseconds
  }

  /// How edges between points of a geography run.
  public enum EdgeInterpolation: Int32, Hashable, Sendable {
    case spherical = 0
    case vincenty, thomas, andoyer, karney
  }

  case string, map, list
  /// A text out of a fixed set.
  case enumeration
  /// An unscaled integer; the value is it times ten to the power of `-scale`.
  case decimal(precision: Int32, scale: Int32)
  case date
  case time(isAdjustedToUTC: Bool, unit: TimeUnit)
  case timestamp(isAdjustedToUTC: Bool, unit: TimeUnit)
  case integer(bitWidth: Int8, isSigned: Bool)
  /// Nothing but nulls.
  case unknown
  case json, bson, uuid, float16
  case variant(specificationVersion: Int8?)
  /// Well-known binary; nil means the default, OGC:CRS84.
  case geometry(crs: String?)
  /// Well-known binary; nil means the defaults, OGC:CRS84 and spherical.
  case geography(crs: String?, algorithm: EdgeInterpolation?)
  /// Twelve bytes: months, days and milliseconds, each little-endian.
  case interval
  /// A group that stands between a map and its keys and values in old files.
  case mapKeyValue
  /// A member of the union that this version does not know, by its number.
  case unrecognized(Int16)
}

extension LogicalType {
  /// The meaning that the deprecated `converted_type` gives, or nil for a number that is not known.
  init?(convertedType: Int32, scale: Int32?, precision: Int32?) {
    switch convertedType {
    case 0: self = .string
    case 1: self = .map
    case 2: self = .mapKeyValue
    case 3: self = .list
    case 4: self = .enumeration
    case 5: self = .decimal(precision: precision ?? 0, scale: scale ?? 0)
    case 6: self = .date
    case 7: self = .time(isAdjustedToUTC: true, unit: .milliseconds)
    case 8: self = .time(isAdjustedToUTC: true, unit: .microseconds)
    case 9: self = .timestamp(isAdjustedToUTC: true, unit: .milliseconds)
    case 10: self = .timestamp(isAdjustedToUTC: true, unit: .microseconds)
    case 11: self = .integer(bitWidth: 8, isSigned: false)
    case 12: self = .integer(bitWidth: 16, isSigned: false)
    case 13: self = .integer(bitWidth: 32, isSigned: false)
    case 14: self = .integer(bitWidth: 64, isSigned: false)
    case 15: self = .integer(bitWidth: 8, isSigned: true)
    case 16: self = .integer(bitWidth: 16, isSigned: true)
    case 17: self = .integer(bitWidth: 32, isSigned: true)
    case 18: self = .integer(bitWidth: 64, isSigned: true)
    case 19: self = .json
    case 20: self = .bson
    case 21: self = .interval
    default: return nil
    }
  }

  /// The number of the deprecated `converted_type` that says the same, or nil when there is none.
  var convertedType: Int32? {
    switch self {
    case .string: 0
    case .map: 1
    case .mapKeyValue: 2
    case .list: 3
    case .enumeration: 4
    case .decimal: 5
    case .date: 6
    case .time(_, unit: .milliseconds): 7
    case .time(_, unit: .microseconds): 8
    case .timestamp(_, unit: .milliseconds): 9
    case .timestamp(_, unit: .microseconds): 10
    case .integer(bitWidth: 8, isSigned: false): 11
    case .integer(bitWidth: 16, isSigned: false): 12
    case .integer(bitWidth: 32, isSigned: false): 13
    case .integer(bitWidth: 64, isSigned: false): 14
    case .integer(bitWidth: 8, isSigned: true): 15
    case .integer(bitWidth: 16, isSigned: true): 16
    case .integer(bitWidth: 32, isSigned: true): 17
    case .integer(bitWidth: 64, isSigned: true): 18
    case .json: 19
    case .bson: 20
    case .interval: 21
    case .time, .timestamp, .integer, .unknown, .uuid, .float16, .variant, .geometry, .geography,
      .unrecognized:
      nil
    }
  }

  /// Whether values of `physicalType`, `length` bytes wide when fixed, can have this meaning.
  func fits(_ physicalType: PhysicalType, length: Int) -> Bool {
    switch self {
    case .string, .enumeration, .json, .bson, .geometry, .geography: physicalType == .byteArray
    case .decimal:
      physicalType == .int32 || physicalType == .int64 || physicalType == .byteArray
        || physicalType == .fixedLengthByteArray
    case .date, .time(_, unit: .milliseconds): physicalType == .int32
    case .time, .timestamp: physicalType == .int64
    case .integer(let bitWidth, _): physicalType == (bitWidth == 64 ? .int64 : .int32)
    case .uuid: physicalType == .fixedLengthByteArray && length == 16
    case .float16: physicalType == .fixedLengthByteArray && length == 2
    case .interval: physicalType == .fixedLengthByteArray && length == 12
    case .unknown, .unrecognized: true
    case .map, .list, .mapKeyValue, .variant: false
    }
  }
}

extension LogicalType {
  /// Reads the union; nil when it is empty.
  static func parse(_ reader: inout ThriftReader) throws(FormatError) -> LogicalType? {
    var result: LogicalType?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      guard field.type == .struct else {
        try reader.skip(field)
        continue
      }
      result = try parseMember(field, &reader)
    }
    return result
  }

  private static func parseMember(
    _ member: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(FormatError) -> LogicalType {
    let start = reader.offset
    var flag: Bool?
    var first: Int32?
    var second: Int32?
    var unit: TimeUnit?
    var text: String?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch (member.id, field.id) {
      case (7, 1), (8, 1), (10, 2): flag = try reader.readBool(field)
      case (5, 1), (10, 1), (16, 1): first = try reader.readInt32(field)
      case (5, 2), (18, 2): second = try reader.readInt32(field)
      case (7, 2), (8, 2): unit = try parseUnit(field, &reader)
      case (17, 1), (18, 1): text = try reader.readString(field)
      default: try reader.skip(field)
      }
    }
    func missing() -> FormatError {
      FormatError(.badValue, at: start, "logical type lacks a required field")
    }
    switch member.id {
    case 1: return .string
    case 2: return .map
    case 3: return .list
    case 4: return .enumeration
    case 5:
      guard let first, let second else { throw missing() }
      return .decimal(precision: second, scale: first)
    case 6: return .date
    case 7:
      guard let flag, let unit else { throw missing() }
      return .time(isAdjustedToUTC: flag, unit: unit)
    case 8:
      guard let flag, let unit else { throw missing() }
      return .timestamp(isAdjustedToUTC: flag, unit: unit)
    case 10:
      guard let flag, let first else { throw missing() }
      guard [8, 16, 32, 64].contains(first) else {
        throw FormatError(.badValue, at: start, "integer of \(first) bits")
      }
      return .integer(bitWidth: Int8(first), isSigned: flag)
    case 11: return .unknown
    case 12: return .json
    case 13: return .bson
    case 14: return .uuid
    case 15: return .float16
    case 16: return .variant(specificationVersion: first.flatMap { Int8(exactly: $0) })
    case 17: return .geometry(crs: text)
    case 18:
      let algorithm = second.flatMap { EdgeInterpolation(rawValue: $0) }
      if let second, algorithm == nil {
        throw FormatError(.unsupported, at: start, "edge interpolation \(second)")
      }
      return .geography(crs: text, algorithm: algorithm)
    default: return .unrecognized(member.id)
    }
  }

  private static func parseUnit(
    _ field: ThriftReader.Field, _ reader: inout ThriftReader
  ) throws(FormatError) -> TimeUnit? {
    guard field.type == .struct else {
      try reader.skip(field)
      return nil
    }
    let start = reader.offset
    var unit: TimeUnit?
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1: unit = .milliseconds
      case 2: unit = .microseconds
      case 3: unit = .nanoseconds
      default: throw FormatError(.unsupported, at: start, "unknown unit of time")
      }
      try reader.skip(field)
    }
    return unit
  }

  /// Writes the union as field `id`; what only a converted type can say is left out.
  func write(_ id: Int16, to writer: inout ThriftWriter) {
    func member(_ number: Int16, _ body: (inout ThriftWriter) -> Void = { _ in }) {
      writer.beginStruct(id)
      writer.beginStruct(number)
      body(&writer)
      writer.endStruct()
      writer.endStruct()
    }
    switch self {
    case .string: member(1)
    case .map: member(2)
    case .list: member(3)
    case .enumeration: member(4)
    case .decimal(let precision, let scale):
      member(5) {
        $0.write(1, scale)
        $0.write(2, precision)
      }
    case .date: member(6)
    case .time(let isAdjustedToUTC, let unit):
      member(7) {
        $0.write(1, isAdjustedToUTC)
        $0.beginStruct(2)
        $0.writeEmptyStruct(unit.thriftID)
        $0.endStruct()
      }
    case .timestamp(let isAdjustedToUTC, let unit):
      member(8) {
        $0.write(1, isAdjustedToUTC)
        $0.beginStruct(2)
        $0.writeEmptyStruct(unit.thriftID)
        $0.endStruct()
      }
    case .integer(let bitWidth, let isSigned):
      member(10) {
        $0.write(1, bitWidth)
        $0.write(2, isSigned)
      }
    case .unknown: member(11)
    case .json: member(12)
    case .bson: member(13)
    case .uuid: member(14)
    case .float16: member(15)
    case .variant(let version): member(16) { $0.write(1, version) }
    case .geometry(let crs): member(17) { $0.write(1, crs) }
    case .geography(let crs, let algorithm):
      member(18) {
        $0.write(1, crs)
        $0.write(2, algorithm?.rawValue)
      }
    case .interval, .mapKeyValue, .unrecognized: break
    }
  }
}

extension LogicalType.TimeUnit {
  fileprivate var thriftID: Int16 {
    switch self {
    case .milliseconds: 1
    case .microseconds: 2
    case .nanoseconds: 3
    }
  }
}
