import IcebergBytes

extension Transform {
  /// The values of a column without their nulls' meaning: what stands where a value is null is
  /// transformed like any other, and thrown away by who knows which are null.
  package enum Batch: Sendable, Equatable {
    case boolean([Bool])
    case int([Int32])
    case long([Int64])
    case float([Float])
    case double([Double])
    /// Unscaled values.
    case decimal([Int128])
    /// Value `i` is `data[offsets[i]..<offsets[i + 1]]`; strings are UTF-8.
    case bytes(offsets: [Int32], data: [UInt8])
    /// Value `i` is the `width` bytes from `i * width`.
    case fixed(width: Int, data: [UInt8])
  }

  /// The results for the values of a column of `type`, one for one.
  ///
  /// Throws when the transform cannot be applied to the type, or is not known. A void transform
  /// throws too: its results are all null, and a batch has none.
  package func apply(to batch: Batch, of type: FieldType) throws(IcebergError) -> Batch {
    switch self {
    case .identity:
      return batch
    case .bucket(let count):
      guard canBeApplied(to: type), let count = Int32(exactly: count), count > 0,
        let hashes = Self.hashes(of: batch, type)
      else { break }
      return .int(hashes.map { ($0 & .max) % count })
    case .truncate(let width):
      guard canBeApplied(to: type), let result = Self.truncate(batch, to: width, type) else {
        break
      }
      return result
    case .year, .month, .day, .hour:
      guard canBeApplied(to: type), let part = calendarPart,
        let result = Self.counts(part, of: batch, type)
      else { break }
      return .int(result)
    case .void:
      break
    case .unknown(let name):
      throw IcebergError(.unsupported, "the transform '\(name)' is not known: it cannot be applied")
    }
    throw IcebergError(.invalidArgument, "\(self) cannot be applied to a column of type \(type)")
  }

  private static func hashes(of batch: Batch, _ type: FieldType) -> [Int32]? {
    switch batch {
    case .int(let values):
      return values.map { Murmur3.hash32(Int64($0)) }
    case .long(let values):
      if type == .timestampNanos || type == .timestamptzNanos {
        return values.map { Murmur3.hash32(CivilDate.floorDivide($0, 1_000)) }
      }
      return values.map { Murmur3.hash32($0) }
    case .decimal(let values):
      return values.map { Murmur3.hash32(Literal.minimalBigEndian($0)) }
    case .bytes(let offsets, let data):
      guard isSound(offsets, data) else { return nil }
      let span = data.span.bytes
      return (0..<max(0, offsets.count - 1)).map {
        Murmur3.hash32(span.extracting(Int(offsets[$0])..<Int(offsets[$0 + 1])))
      }
    case .fixed(let width, let data):
      guard width > 0, data.count % width == 0 else { return nil }
      let span = data.span.bytes
      return stride(from: 0, to: data.count, by: width).map {
        Murmur3.hash32(span.extracting($0..<$0 + width))
      }
    case .boolean, .float, .double:
      return nil
    }
  }

  private static func truncate(_ batch: Batch, to width: Int, _ type: FieldType) -> Batch? {
    guard width > 0 else { return nil }
    switch batch {
    case .int(let values):
      guard let width = Int32(exactly: width) else { return nil }
      return .int(values.map { Literal.floor($0, toMultipleOf: width) })
    case .long(let values):
      return .long(values.map { Literal.floor($0, toMultipleOf: Int64(width)) })
    case .decimal(let values):
      return .decimal(values.map { Literal.floor($0, toMultipleOf: Int128(width)) })
    case .bytes(let offsets, let data):
      guard isSound(offsets, data) else { return nil }
      return truncate(offsets, data, to: width, isText: type == .string)
    case .boolean, .float, .double, .fixed:
      return nil
    }
  }

  private static func truncate(
    _ offsets: [Int32], _ data: [UInt8], to width: Int, isText: Bool
  ) -> Batch {
    var newOffsets: [Int32] = [0]
    newOffsets.reserveCapacity(offsets.count)
    var newData: [UInt8] = []
    for (start, end) in zip(offsets, offsets.dropFirst()) {
      let value = data[Int(start)..<Int(end)]
      newData += isText ? value.prefix(codePoints(width, in: value)) : value.prefix(width)
      newOffsets.append(Int32(truncatingIfNeeded: newData.count))
    }
    return .bytes(offsets: newOffsets, data: newData)
  }

  /// The bytes of the first `count` code points of a text.
  private static func codePoints(_ count: Int, in text: ArraySlice<UInt8>) -> Int {
    guard text.count > count else { return text.count }
    var seen = 0
    for (length, byte) in text.enumerated() where byte & 0xc0 != 0x80 {
      if seen == count { return length }
      seen += 1
    }
    return text.count
  }

  private static func counts(
    _ part: CalendarPart, of batch: Batch, _ type: FieldType
  ) -> [Int32]? {
    switch (batch, type) {
    case (.int(let days), .date):
      return days.map { Int32(truncatingIfNeeded: part.count(days: Int($0))) }
    case (.long(let values), .timestamp), (.long(let values), .timestamptz):
      return values.map {
        Int32(truncatingIfNeeded: part.count(timestamp: $0, unitsPerSecond: 1_000_000))
      }
    case (.long(let values), .timestampNanos), (.long(let values), .timestamptzNanos):
      return values.map {
        Int32(truncatingIfNeeded: part.count(timestamp: $0, unitsPerSecond: 1_000_000_000))
      }
    default:
      return nil
    }
  }

  private static func isSound(_ offsets: [Int32], _ data: [UInt8]) -> Bool {
    guard let first = offsets.first, let last = offsets.last else { return true }
    return first >= 0 && Int(last) <= data.count
      && zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }
  }
}
