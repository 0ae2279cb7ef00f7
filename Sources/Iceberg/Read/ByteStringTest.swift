internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// A comparison of texts or bytes with a constant, with a set of them, or with a beginning.
///
/// Bytes compare as unsigned numbers, and texts by the bytes of their UTF-8 form.
enum ByteStringTest: Sendable {
  case comparison(Filter.Comparison, [UInt8])
  case membership(ByteStringSet, isMember: Bool)
  case prefix([UInt8], isStart: Bool)

  init(_ test: BoundPredicate.Test, of term: BoundTerm) throws(IcebergError) {
    switch test {
    case .comparison(let comparison, let constant):
      if let bytes = constant.byteString {
        self = .comparison(comparison, bytes)
        return
      }
    case .isIn(let constants):
      self = .membership(ByteStringSet(constants.compactMap(\.byteString)), isMember: true)
      return
    case .notIn(let constants):
      self = .membership(ByteStringSet(constants.compactMap(\.byteString)), isMember: false)
      return
    default: break
    }
    throw IcebergError(
      .invalidArgument, "column '\(term.name)' of type \(term.resultType) cannot be tested so",
      context: .init(fieldID: term.fieldID))
  }

  /// A bit for each value: whether it passes. Value `i` is `data[offsets[i]..<offsets[i + 1]]`.
  func matches(offsets: [Int32], data: [UInt8]) -> Bitmap {
    data.withUnsafeBytes { data in
      offsets.withUnsafeBufferPointer { offsets in
        matches(count: max(0, offsets.count - 1)) { index in
          UnsafeRawBufferPointer(rebasing: data[Int(offsets[index])..<Int(offsets[index + 1])])
        }
      }
    }
  }

  /// A bit for each of `count` values: whether it passes. Value `i` is the `width` bytes from
  /// `i * width`.
  func matches(width: Int, data: [UInt8], count: Int) -> Bitmap {
    data.withUnsafeBytes { data in
      matches(count: count) { index in
        UnsafeRawBufferPointer(rebasing: data[index * width..<(index + 1) * width])
      }
    }
  }

  @inline(__always)
  private func matches(count: Int, _ value: (Int) -> UnsafeRawBufferPointer) -> Bitmap {
    switch self {
    case .comparison(let comparison, let constant):
      return constant.withUnsafeBytes { constant in
        switch comparison {
        case .equal: Bitmap(count: count) { value($0).isEqual(to: constant) }
        case .notEqual: Bitmap(count: count) { !value($0).isEqual(to: constant) }
        case .lessThan: Bitmap(count: count) { value($0).order(to: constant) < 0 }
        case .lessThanOrEqual: Bitmap(count: count) { value($0).order(to: constant) <= 0 }
        case .greaterThanOrEqual: Bitmap(count: count) { value($0).order(to: constant) >= 0 }
        case .greaterThan: Bitmap(count: count) { value($0).order(to: constant) > 0 }
        }
      }
    case .membership(let set, let isMember):
      return Bitmap(count: count) { set.contains(value($0)) == isMember }
    case .prefix(let prefix, let isStart):
      return prefix.withUnsafeBytes { prefix in
        Bitmap(count: count) { index in
          let value = value(index)
          return isStart
            == (value.count >= prefix.count
              && UnsafeRawBufferPointer(rebasing: value.prefix(prefix.count)).isEqual(to: prefix))
        }
      }
    }
  }
}

extension Literal {
  /// The bytes that a column holds for the value; nil for values that are no bytes.
  var byteString: [UInt8]? {
    switch self {
    case .string(let text): Array(text.utf8)
    case .uuid(let bytes), .fixed(let bytes), .binary(let bytes): bytes.array
    default: nil
    }
  }
}
