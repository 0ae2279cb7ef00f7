public import IcebergBytes

extension Column {
  /// The rows at `range`.
  public func slice(_ range: Range<Int>) -> Column {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "range out of bounds")
    return range == 0..<count ? self : gather([range])
  }

  /// The rows whose bit is set in `selection`, which has a bit for each row.
  public func keep(where selection: Bitmap) -> Column {
    precondition(selection.count == count, "a bit for each row")
    return selection.allSet ? self : gather(selection.setRanges)
  }

  /// The rows at `ranges`, one after the other.
  package func keep(at ranges: [Range<Int>]) -> Column {
    precondition(
      ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= count }, "range out of bounds")
    return gather(ranges)
  }

  /// The rows at `indices`, in that order.
  ///
  /// Byte strings and elements must not come to more than 2^31 - 1 together.
  public func take(_ indices: [Int]) -> Column {
    precondition(indices.allSatisfy { $0 >= 0 && $0 < count }, "index out of range")
    let taken: Values
    switch values {
    case .boolean(let bits): taken = .boolean(bits.take(indices))
    case .int(let array): taken = .int(indices.map { array[$0] })
    case .long(let array): taken = .long(indices.map { array[$0] })
    case .float(let array): taken = .float(indices.map { array[$0] })
    case .double(let array): taken = .double(indices.map { array[$0] })
    case .decimal(let array): taken = .decimal(indices.map { array[$0] })
    case .null: taken = .null
    case .struct(let fields): taken = .struct(fields.map { $0.take(indices) })
    case .bytes, .fixed, .list, .map:
      return gather(indices.map { $0..<$0 + 1 })
    }
    return Column(taken, validity: validity?.take(indices), count: indices.count)
      .withoutIdleValidity
  }

  /// The rows of all columns, one after the other; nil for no columns.
  ///
  /// The columns must be of one kind. Throws when byte strings or elements come to more than
  /// 2^31 - 1.
  public static func concatenate(_ columns: [Column]) throws(FormatError) -> Column? {
    guard var result = columns.first else { return nil }
    if columns.count == 1 { return result }
    let rest = columns.dropFirst()
    let count = columns.reduce(0) { $0 + $1.count }
    switch result.values {
    case .boolean(var bits):
      for case .boolean(let more) in rest.lazy.map(\.values) { bits.append(more) }
      result.values = .boolean(bits)
    case .int(var array):
      array.reserveCapacity(count)
      for case .int(let more) in rest.lazy.map(\.values) { array += more }
      result.values = .int(array)
    case .long(var array):
      array.reserveCapacity(count)
      for case .long(let more) in rest.lazy.map(\.values) { array += more }
      result.values = .long(array)
    case .float(var array):
      array.reserveCapacity(count)
      for case .float(let more) in rest.lazy.map(\.values) { array += more }
      result.values = .float(array)
    case .double(var array):
      array.reserveCapacity(count)
      for case .double(let more) in rest.lazy.map(\.values) { array += more }
      result.values = .double(array)
    case .decimal(var array):
      array.reserveCapacity(count)
      for case .decimal(let more) in rest.lazy.map(\.values) { array += more }
      result.values = .decimal(array)
    case .null: break
    case .fixed(let width, var data):
      data.reserveCapacity(count * width)
      for case .fixed(width, let more) in rest.lazy.map(\.values) { data += more }
      result.values = .fixed(width: width, data: data)
    case .bytes(var offsets, var data):
      offsets.reserveCapacity(count + 1)
      for case .bytes(let ends, let more) in rest.lazy.map(\.values) {
        try append(ends, behind: data.count, to: &offsets)
        data += more
      }
      result.values = .bytes(offsets: offsets, data: data)
    case .list(var offsets, let element):
      var parts = [element]
      var size = element.count
      for case .list(let ends, let more) in rest.lazy.map(\.values) {
        try append(ends, behind: size, to: &offsets)
        parts.append(more)
        size += more.count
      }
      result.values = .list(offsets: offsets, element: try concatenate(parts) ?? element)
    case .map(var offsets, let key, let value):
      var (keys, values, size) = ([key], [value], key.count)
      for case .map(let ends, let moreKeys, let moreValues) in rest.lazy.map(\.values) {
        try append(ends, behind: size, to: &offsets)
        keys.append(moreKeys)
        values.append(moreValues)
        size += moreKeys.count
      }
      result.values = .map(
        offsets: offsets, key: try concatenate(keys) ?? key, value: try concatenate(values) ?? value
      )
    case .struct(let fields):
      var joined: [Column] = []
      for index in fields.indices {
        var parts = [fields[index]]
        for case .struct(let more) in rest.lazy.map(\.values) {
          precondition(more.count == fields.count, "columns of one kind")
          parts.append(more[index])
        }
        joined.append(try concatenate(parts) ?? fields[index])
      }
      result.values = .struct(joined)
    }
    result.count = count
    if columns.contains(where: { $0.validity != nil }) {
      var validity = Bitmap()
      validity.reserveCapacity(count)
      for column in columns {
        if let more = column.validity {
          validity.append(more)
        } else {
          validity.append(repeating: true, count: column.count)
        }
      }
      result.validity = validity
    }
    precondition(result.slotCount == count, "columns of one kind")
    return result
  }

  /// The number of slots that the values have, which is ``count`` in a sound column.
  var slotCount: Int {
    switch values {
    case .boolean(let bits): bits.count
    case .int(let array): array.count
    case .long(let array): array.count
    case .float(let array): array.count
    case .double(let array): array.count
    case .decimal(let array): array.count
    case .fixed(let width, let data): width == 0 ? count : data.count / width
    case .bytes(let offsets, _), .list(let offsets, _), .map(let offsets, _, _): offsets.count - 1
    case .null, .struct: count
    }
  }

  private static func append(
    _ ends: [Int32], behind size: Int, to offsets: inout [Int32]
  ) throws(FormatError) {
    guard size + Int(ends.last ?? 0) <= Int(Int32.max) else {
      throw FormatError(.tooLarge, "more than 2^31 - 1 bytes or elements in a column")
    }
    let shift = Int32(size)
    offsets.append(contentsOf: ends.dropFirst().lazy.map { $0 &+ shift })
  }

  /// The rows at `ranges`, one after the other.
  private func gather(_ ranges: [Range<Int>]) -> Column {
    let total = ranges.reduce(0) { $0 + $1.count }
    func pick<T: BitwiseCopyable>(_ array: [T]) -> [T] {
      Self.pick(array, at: ranges, count: total)
    }
    func pick(_ bits: Bitmap) -> Bitmap {
      var result = Bitmap()
      result.reserveCapacity(total)
      for range in ranges { result.append(bits, at: range) }
      return result
    }
    let picked: Values
    switch values {
    case .boolean(let bits): picked = .boolean(pick(bits))
    case .int(let array): picked = .int(pick(array))
    case .long(let array): picked = .long(pick(array))
    case .float(let array): picked = .float(pick(array))
    case .double(let array): picked = .double(pick(array))
    case .decimal(let array): picked = .decimal(pick(array))
    case .null: picked = .null
    case .struct(let fields): picked = .struct(fields.map { $0.gather(ranges) })
    case .fixed(let width, let data):
      let parts = ranges.map { $0.lowerBound * width..<$0.upperBound * width }
      picked = .fixed(width: width, data: Self.pick(data, at: parts, count: total * width))
    case .bytes(let offsets, let data):
      let (ends, parts) = Self.pickOffsets(offsets, at: ranges, rows: total)
      picked = .bytes(offsets: ends, data: Self.pick(data, at: parts, count: Int(ends[total])))
    case .list(let offsets, let element):
      let (ends, parts) = Self.pickOffsets(offsets, at: ranges, rows: total)
      picked = .list(offsets: ends, element: element.gather(parts))
    case .map(let offsets, let key, let value):
      let (ends, parts) = Self.pickOffsets(offsets, at: ranges, rows: total)
      picked = .map(offsets: ends, key: key.gather(parts), value: value.gather(parts))
    }
    return Column(picked, validity: validity.map(pick), count: total).withoutIdleValidity
  }

  /// The items at `ranges`, `count` altogether, one after the other.
  ///
  /// Runs are often short, so they are copied some words at a time, beyond their ends where there is
  /// room: what is too much is overwritten by the next run.
  private static func pick<T: BitwiseCopyable>(
    _ items: [T], at ranges: [Range<Int>], count: Int
  ) -> [T] {
    let size = MemoryLayout<T>.stride
    let width = MemoryLayout<SIMD4<UInt64>>.size
    return [T](unsafeUninitializedCapacity: count) { target, initializedCount in
      items.withUnsafeBytes { items in
        let target = UnsafeMutableRawBufferPointer(target)
        guard let source = items.baseAddress, let base = target.baseAddress else { return }
        var end = 0
        for range in ranges {
          let (start, length) = (range.lowerBound &* size, range.count &* size)
          precondition(
            start >= 0 && length <= items.count &- start && length <= target.count &- end,
            "range out of bounds")
          let room = Swift.min(items.count &- start, target.count &- end)
          if length <= 8 &* width, length &+ width <= room {
            var offset = 0
            while offset < length {
              (base + end + offset).storeBytes(
                of: (source + start + offset).loadUnaligned(as: SIMD4<UInt64>.self),
                as: SIMD4<UInt64>.self)
              offset &+= width
            }
          } else {
            (base + end).copyMemory(from: source + start, byteCount: length)
          }
          end &+= length
        }
        initializedCount = end / size
      }
    }
  }

  /// The offsets of the rows at `ranges`, counted from zero, and what they cover, a range for each
  /// range.
  private static func pickOffsets(
    _ offsets: [Int32], at ranges: [Range<Int>], rows: Int
  ) -> (offsets: [Int32], parts: [Range<Int>]) {
    var ends = [Int32](repeating: 0, count: rows + 1)
    var parts: [Range<Int>] = []
    parts.reserveCapacity(ranges.count)
    var (row, size) = (0, Int32(0))
    for range in ranges where !range.isEmpty {
      let (first, last) = (offsets[range.lowerBound], offsets[range.upperBound])
      let shift = size &- first
      for index in range {
        row &+= 1
        ends[row] = offsets[index &+ 1] &+ shift
      }
      size += last - first
      parts.append(Int(first)..<Int(last))
    }
    return (ends, parts)
  }
}

extension Bitmap {
  /// The ranges of set bits, ascending, each as long as can be.
  public var setRanges: [Range<Int>] { setRanges(in: 0..<count) }

  /// The ranges of set bits that lie in `range`, ascending, each as long as can be.
  public func setRanges(in range: Range<Int>) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var start: Int?
    var base = range.lowerBound
    while base < range.upperBound {
      let bits = min(64, range.upperBound - base)
      let word = word(at: base, bits: bits)
      // Where the bits change from clear to set or back, turn by turn.
      var index = 0
      while index < bits {
        let rest = word &>> UInt64(index)
        let change = (start == nil ? rest : ~rest).trailingZeroBitCount
        index += change
        if index >= bits { break }
        if let begun = start {
          ranges.append(begun..<base + index)
          start = nil
        } else {
          start = base + index
        }
      }
      base += bits
    }
    if let start { ranges.append(start..<range.upperBound) }
    return ranges
  }
}
