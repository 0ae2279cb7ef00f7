internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// What rows are sorted by, in a form that is quickly compared.
///
/// Most rows are told apart by one number of each, their lead: the first key as far as it fits into 64
/// bits, behind what all texts of the batch have in common.
struct SortKeys: Sendable {
  private let parts: [Part]
  private let leads: [UInt64]
  /// What the texts of the first key begin with, all of them; their leads begin behind it.
  private let commonStart: [UInt8]

  /// The keys of so many rows, the most important one first.
  init(_ parts: [Part], count: Int) {
    self.parts = parts
    commonStart = parts.first?.commonStart(count: count) ?? []
    leads = parts.first?.leads(behind: commonStart.count, count: count) ?? []
  }

  /// Whether the leads of rows of both can be compared with each other.
  func sharesLeads(with other: SortKeys) -> Bool { commonStart == other.commonStart }

  /// Whether a row stands before one of other keys, or after it, by the leads alone; nil when they do
  /// not tell.
  @inline(__always)
  func isBeforeByLead(_ row: Int, _ other: SortKeys, _ otherRow: Int) -> Bool? {
    if leads.isEmpty { return nil }
    let (a, b) = (leads[row], other.leads[otherRow])
    return a == b ? nil : a < b
  }

  /// Below zero when a row stands before one of other keys, above when it stands after it.
  func compare(_ row: Int, _ other: SortKeys, _ otherRow: Int) -> Int {
    for (part, otherPart) in zip(parts, other.parts) {
      let result = part.compare(row, otherPart, otherRow)
      if result != 0 { return result }
    }
    return 0
  }

  /// The positions of the rows in their order; nil when they are in order already. Equal rows stay as
  /// they are.
  func order() -> [Int]? {
    func isAfter(_ row: Int, _ next: Int) -> Bool {
      let (a, b) = (leads[row], leads[next])
      return a == b ? compare(row, self, next) > 0 : a > b
    }
    guard leads.count > 1, (1..<leads.count).contains(where: { isAfter($0 - 1, $0) }) else {
      return nil
    }
    var rows = leads.enumerated().map { Row(lead: $1, index: Int32(truncatingIfNeeded: $0)) }
    rows.sort { left, right in
      if left.lead != right.lead { return left.lead < right.lead }
      let result = compare(Int(left.index), self, Int(right.index))
      return result == 0 ? left.index < right.index : result < 0
    }
    return rows.map { Int($0.index) }
  }

  private struct Row {
    var lead: UInt64
    var index: Int32
  }
}

extension SortKeys {
  /// One key of rows.
  struct Part: Sendable {
    private enum Values {
      /// Nulls only.
      case nothing
      case numbers([Int64])
      case wide([Int128])
      case bytes(offsets: [Int32], data: [UInt8])
      case fixed(width: Int, data: [UInt8])
    }

    private let values: Values
    private let validity: Bitmap?
    private let isDescending: Bool
    private let nullsFirst: Bool

    /// The values of a key.
    ///
    /// - Parameter batch: the values; nil where all are null.
    init(
      _ batch: Transform.Batch?, validity: Bitmap?, isDescending: Bool, nullsFirst: Bool
    ) {
      values =
        switch batch {
        case nil: .nothing
        case .boolean(let values): .numbers(values.map { $0 ? 1 : 0 })
        case .int(let values): .numbers(values.map { Int64($0) })
        case .long(let values): .numbers(values)
        // -NaN < -infinity < ... < -0 < 0 < ... < infinity < NaN: the bits, with those of negative
        // numbers turned round.
        case .float(let values):
          .numbers(
            values.map { value in
              let bits = Int32(bitPattern: value.bitPattern)
              return Int64(bits < 0 ? bits ^ .max : bits)
            })
        case .double(let values):
          .numbers(
            values.map { value in
              let bits = Int64(bitPattern: value.bitPattern)
              return bits < 0 ? bits ^ .max : bits
            })
        case .decimal(let values): .wide(values)
        case .bytes(let offsets, let data): .bytes(offsets: offsets, data: data)
        case .fixed(let width, let data): .fixed(width: width, data: data)
        }
      self.validity = validity
      self.isDescending = isDescending
      self.nullsFirst = nullsFirst
    }

    private func isNull(_ row: Int) -> Bool {
      if case .nothing = values { return true }
      return validity.map { !$0[row] } ?? false
    }

    /// Below zero when the row stands before another one, above when it stands after it.
    func compare(_ row: Int, _ other: Part, _ otherRow: Int) -> Int {
      switch (isNull(row), other.isNull(otherRow)) {
      case (false, false): break
      case (true, true): return 0
      case (true, false): return nullsFirst ? -1 : 1
      case (false, true): return nullsFirst ? 1 : -1
      }
      let result: Int
      switch (values, other.values) {
      case (.numbers(let left), .numbers(let right)):
        result = Self.order(left[row], right[otherRow])
      case (.wide(let left), .wide(let right)):
        result = Self.order(left[row], right[otherRow])
      case (.bytes, .bytes), (.fixed, .fixed):
        result = withBytes(of: row) { left in
          other.withBytes(of: otherRow) { right in left.order(to: right) }
        }
      default: result = 0
      }
      return isDescending ? -result : result
    }

    @inline(__always)
    private static func order<T: Comparable>(_ left: T, _ right: T) -> Int {
      left < right ? -1 : left == right ? 0 : 1
    }

    /// The bytes of a row's value; none for a number.
    private func withBytes<R>(of row: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
      switch values {
      case .nothing, .numbers, .wide: body(UnsafeRawBufferPointer(start: nil, count: 0))
      case .bytes(let offsets, let data):
        data.withUnsafeBytes {
          body(UnsafeRawBufferPointer(rebasing: $0[Int(offsets[row])..<Int(offsets[row + 1])]))
        }
      case .fixed(let width, let data):
        data.withUnsafeBytes {
          body(UnsafeRawBufferPointer(rebasing: $0[row * width..<(row + 1) * width]))
        }
      }
    }
  }
}

// The leads.
extension SortKeys.Part {
  /// What all values begin with, of those that are bytes.
  fileprivate func commonStart(count: Int) -> [UInt8] {
    switch values {
    case .nothing, .numbers, .wide: return []
    case .bytes, .fixed: break
    }
    var start: [UInt8]?
    for row in 0..<count where !isNull(row) {
      withBytes(of: row) { bytes in
        guard let known = start else {
          start = Array(bytes)
          return
        }
        var shared = 0
        while shared < min(known.count, bytes.count), known[shared] == bytes[shared] { shared += 1 }
        if shared < known.count { start = Array(known.prefix(shared)) }
      }
      if start?.isEmpty ?? false { break }
    }
    return start ?? []
  }

  /// A number of each row, whose order is that of the values as far as it tells them apart: the highest
  /// bit for nulls, then 63 bits of the value.
  ///
  /// - Parameter start: how many bytes are left out in front.
  fileprivate func leads(behind start: Int, count: Int) -> [UInt64] {
    let (ofNulls, ofValues) =
      nullsFirst ? (UInt64(0), UInt64(1) << 63) : (UInt64(1) << 63, UInt64(0))
    func lead(_ number: UInt64) -> UInt64 { ofValues | (isDescending ? ~number : number) &>> 1 }
    func lead(_ number: Int64) -> UInt64 {
      lead(UInt64(bitPattern: number) ^ UInt64(1) << 63)
    }
    var leads: [UInt64]
    switch values {
    case .nothing: leads = [UInt64](repeating: ofNulls, count: count)
    case .numbers(let numbers): leads = numbers.map { lead($0) }
    case .wide(let numbers): leads = numbers.map { lead(Int64(clamping: $0)) }
    case .bytes, .fixed:
      leads = (0..<count).map { row in
        withBytes(of: row) { bytes in
          var number: UInt64 = 0
          for index in start..<max(start, min(bytes.count, start + 8)) {
            number |= UInt64(bytes[index]) &<< UInt64(truncatingIfNeeded: 56 - 8 * (index - start))
          }
          return lead(number)
        }
      }
    }
    if let validity {
      for row in 0..<count where !validity[row] { leads[row] = ofNulls }
    }
    return leads
  }
}
