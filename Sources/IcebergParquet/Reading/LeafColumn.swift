internal import IcebergBytes
internal import IcebergColumns

extension LeafBatch {
  /// The values as a column, with a slot for each value from the definition level `slotLevel` on.
  func column(leaf: ParquetLeaf, slotLevel: UInt8) throws(FormatError) -> Column {
    var validity = self.validity
    var slots = count
    if levels.count > 0 {
      let bits = levels.slots(of: leaf, slotLevel: slotLevel)
      slots = bits.count
      validity = bits
    }
    let present = values.count
    guard present == validity?.setCount ?? slots else {
      throw FormatError(.badValue, "column with another number of values than its levels say")
    }
    if leaf.logicalType == .unknown {
      guard present == 0 else { throw FormatError(.badValue, "values in a column of nulls") }
      return Column(.null, count: slots)
    }
    if present == slots { validity = nil }
    let plain = try values.physicalValues(leaf)
    guard let validity else { return Column(plain, count: slots) }
    return Column(plain.spread(over: validity), validity: validity, count: slots)
  }
}

extension Levels {
  /// Which slots of a leaf hold a value.
  fileprivate func slots(of leaf: ParquetLeaf, slotLevel: UInt8) -> Bitmap {
    let field = ParquetField(
      name: "", isOptional: true, definitionLevel: leaf.maximumDefinitionLevel,
      repetitionLevel: leaf.maximumRepetitionLevel, shape: .leaf(leaf), leaves: 0..<0)
    return validity(of: field, slotLevel: slotLevel)
  }
}

extension ValueBuffer {
  /// The values in the form that columns have for their type.
  fileprivate func physicalValues(_ leaf: ParquetLeaf) throws(FormatError) -> Column.Values {
    switch (kind, leaf.logicalType) {
    case (.boolean, _): return .boolean(booleans)
    case (.int, .decimal): return .decimal(ints.map { Int128($0) })
    case (.int, .integer(bitWidth: 32, isSigned: false)):
      return .long(ints.map { Int64(UInt32(bitPattern: $0)) })
    case (.int, _): return .int(ints)
    case (.long, .decimal): return .decimal(longs.map { Int128($0) })
    case (.long, .integer(bitWidth: 64, isSigned: false)):
      return .decimal(longs.map { Int128(UInt64(bitPattern: $0)) })
    case (.long, _): return .long(longs)
    case (.float, _): return .float(floats)
    case (.double, _): return .double(doubles)
    case (.bytes, .decimal): return .decimal(try BigEndianDecimal.decode(strings))
    case (.bytes, _): return .bytes(offsets: strings.offsets, data: strings.data)
    case (.fixed(let width), .decimal):
      return .decimal(try BigEndianDecimal.decode(fixed, width: width))
    case (.fixed, .float16): return .float(HalfPrecision.decode(fixed))
    case (.fixed(let width), _):
      if leaf.physicalType == .int96 { return .long(try Int96Timestamp.microseconds(fixed)) }
      return .fixed(width: width, data: fixed)
    }
  }
}

extension Column.Values {
  /// The values with a slot for each bit, those that are not set left empty.
  fileprivate func spread(over validity: Bitmap) -> Column.Values {
    switch self {
    case .boolean(let bits):
      var result = Bitmap(repeating: false, count: validity.count)
      var next = 0
      validity.forEachSetBit { index in
        if bits[next] { result[index] = true }
        next &+= 1
      }
      return .boolean(result)
    case .int(let values): return .int(values.spread(over: validity))
    case .long(let values): return .long(values.spread(over: validity))
    case .float(let values): return .float(values.spread(over: validity))
    case .double(let values): return .double(values.spread(over: validity))
    case .decimal(let values): return .decimal(values.spread(over: validity))
    case .bytes(let offsets, let data):
      return .bytes(offsets: Self.spread(offsets, over: validity), data: data)
    case .fixed(let width, let data):
      return .fixed(width: width, data: data.spread(over: validity, width: width))
    case .null, .list, .map, .struct: return self
    }
  }

  /// Offsets in which the rows that are not set have no bytes.
  private static func spread(_ offsets: [Int32], over validity: Bitmap) -> [Int32] {
    [Int32](unsafeUninitializedCapacity: validity.count &+ 1) { target, count in
      offsets.withUnsafeBufferPointer { offsets in
        var next = 0
        target[0] = offsets[0]
        for index in 0..<validity.count {
          let word = validity.words[index &>> 6]
          next &+= Int(word &>> UInt64(truncatingIfNeeded: index & 63) & 1)
          target[index &+ 1] = offsets[next]
        }
      }
      count = validity.count &+ 1
    }
  }
}

extension Array where Element: BitwiseCopyable & AdditiveArithmetic {
  /// The elements with a place for each bit, zero where it is not set.
  fileprivate func spread(over validity: Bitmap) -> [Element] {
    spread(over: validity, width: 1)
  }
}

extension Array where Element: BitwiseCopyable & AdditiveArithmetic {
  /// Groups of `width` elements with a place for each bit, zero where it is not set.
  fileprivate func spread(over validity: Bitmap, width: Int) -> [Element] {
    [Element](unsafeUninitializedCapacity: validity.count &* width) { target, count in
      withUnsafeBufferPointer { source in
        count = validity.count &* width
        guard let from = source.baseAddress, let to = target.baseAddress else {
          target.initialize(repeating: .zero)
          return
        }
        var next = 0
        for (position, word) in validity.words.enumerated() {
          let first = position &<< 6
          let bits = Swift.min(64, validity.count &- first)
          if word == UInt64.max {
            (to + first &* width).initialize(from: from + next &* width, count: 64 &* width)
            next &+= 64
            continue
          }
          (to + first &* width).initialize(repeating: .zero, count: bits &* width)
          var rest = word
          while rest != 0 {
            let index = first &+ rest.trailingZeroBitCount
            (to + index &* width).update(from: from + next &* width, count: width)
            next &+= 1
            rest &= rest &- 1
          }
        }
      }
    }
  }
}
