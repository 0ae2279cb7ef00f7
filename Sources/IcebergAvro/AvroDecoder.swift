public import IcebergBytes

/// A cursor over the values of one block.
///
/// The functions without a node read one value of Avro's binary form. Those with a node of an
/// ``AvroReadPlan`` read what stands at that node, null included, and widen it to the wanted type.
/// The caller says what comes next, so nothing is looked up per value.
public struct AvroDecoder: ~Escapable {
  @usableFromInline var reader: ByteReader
  @usableFromInline let block: Bytes
  /// How many more items of no bytes at all, such as nulls, are read.
  @usableFromInline var emptyItemsLeft = 1 << 20

  /// A decoder at the beginning of `bytes`.
  @inlinable
  @_lifetime(borrow bytes)
  public init(_ bytes: borrowing Bytes) {
    block = copy bytes
    reader = ByteReader(bytes.span)
  }

  /// The offset of the next value from the beginning of the block.
  @inlinable public var offset: Int { reader.offset }
  /// The number of bytes not read yet.
  @inlinable public var remaining: Int { reader.remaining }
  /// Whether everything has been read.
  @inlinable public var isAtEnd: Bool { reader.isAtEnd }

  /// Throws when something is left: a block has no more bytes than its records.
  @inlinable
  public func finish() throws(FormatError) {
    guard isAtEnd else { throw bad("bytes after the last record of an Avro block") }
  }

  @inlinable
  func bad(_ reason: String) -> FormatError { FormatError(.badValue, at: reader.offset, reason) }

  // MARK: Plain values

  /// A boolean: one byte, 0 or 1.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readBoolean() throws(FormatError) -> Bool {
    let byte = try reader.readByte()
    guard byte < 2 else { throw bad("a boolean other than 0 and 1") }
    return byte == 1
  }

  /// An int.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readInt() throws(FormatError) -> Int32 {
    guard let value = Int32(exactly: try reader.readZigZag()) else {
      throw bad("an int of more than 32 bits")
    }
    return value
  }

  /// A long.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readLong() throws(FormatError) -> Int64 { try reader.readZigZag() }

  /// A float.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readFloat() throws(FormatError) -> Float {
    Float(bitPattern: try reader.readLittleEndian(UInt32.self))
  }

  /// A double.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readDouble() throws(FormatError) -> Double {
    Double(bitPattern: try reader.readLittleEndian(UInt64.self))
  }

  /// The length in front of bytes or a string, checked against what is left.
  @inlinable
  @_lifetime(self: copy self)
  mutating func readLength() throws(FormatError) -> Int {
    let length = try reader.readZigZag()
    guard length >= 0 else { throw bad("a negative length") }
    guard length <= Int64(reader.remaining) else {
      throw FormatError(.truncated, at: reader.offset, "a length beyond the end of the block")
    }
    return Int(truncatingIfNeeded: length)
  }

  /// Bytes, which share the block's storage.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readBytes() throws(FormatError) -> Bytes {
    try readFixed(try readLength())
  }

  /// A string.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readString() throws(FormatError) -> String {
    try reader.readString(try readLength())
  }

  /// Passes a string or bytes.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func skipBytes() throws(FormatError) { try reader.skip(try readLength()) }

  /// Moves to an offset from the beginning of the block, such as one that ``offset`` was.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func seek(to offset: Int) throws(FormatError) { try reader.seek(to: offset) }

  /// The bytes of a string or of bytes, without a copy.
  @inlinable
  @_lifetime(copy self)
  public mutating func readSpan() throws(FormatError) -> RawSpan {
    try reader.readSpan(try readLength())
  }

  /// `size` bytes, which share the block's storage.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readFixed(_ size: Int) throws(FormatError) -> Bytes {
    let start = reader.offset
    try reader.skip(size)
    return block[start..<reader.offset]
  }

  /// The branch of a union of `count` branches.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readBranch(of count: Int) throws(FormatError) -> Int {
    let branch = try reader.readZigZag()
    guard branch >= 0, branch < Int64(count) else {
      throw bad("a branch that the union does not have")
    }
    return Int(truncatingIfNeeded: branch)
  }

  /// The number of items in the next run of an array or map; 0 after the last one.
  ///
  /// - Parameter minimumSize: the fewest bytes of one item. A count that the bytes left cannot hold
  ///   is refused, and so are millions of items that take no bytes at all.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readItemCount(minimumSize: Int) throws(FormatError) -> Int {
    var count = try reader.readZigZag()
    if count < 0 {
      // The run's size in bytes follows, for readers that skip it.
      let size = try reader.readZigZag()
      guard count != .min, size >= 0, size <= Int64(reader.remaining) else {
        throw bad("a run of items beyond the end of the block")
      }
      count = -count
    }
    let most = minimumSize > 0 ? reader.remaining / minimumSize : emptyItemsLeft
    guard count <= Int64(most) else { throw bad("more items than the block can hold") }
    if minimumSize == 0 { emptyItemsLeft &-= Int(truncatingIfNeeded: count) }
    return Int(truncatingIfNeeded: count)
  }

  // MARK: Values of a plan

  /// Whether there is a value and not null at a node; the value comes next.
  ///
  /// For nodes with children; the functions that return a value look for null themselves.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readIsPresent(_ node: AvroReadPlan.Node) throws(FormatError) -> Bool {
    if node.nullBranch >= 0 {
      let branch = try readBranch(of: 2)
      return branch != Int(node.nullBranch)
    }
    return node.kind != .null
  }

  @inlinable
  func mismatch() -> FormatError {
    FormatError(.badValue, at: reader.offset, "a value of another type than the wanted one")
  }

  /// The boolean at a node; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readBoolean(_ node: AvroReadPlan.Node) throws(FormatError) -> Bool? {
    guard try readIsPresent(node) else { return nil }
    guard node.kind == .boolean else { throw mismatch() }
    return try readBoolean()
  }

  /// The int at a node, or the long when it fits; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readInt(_ node: AvroReadPlan.Node) throws(FormatError) -> Int32? {
    guard try readIsPresent(node) else { return nil }
    guard node.kind == .int || node.kind == .long else { throw mismatch() }
    return try readInt()
  }

  /// The int or long at a node; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readLong(_ node: AvroReadPlan.Node) throws(FormatError) -> Int64? {
    guard try readIsPresent(node) else { return nil }
    if node.kind == .int { return Int64(try readInt()) }
    guard node.kind == .long else { throw mismatch() }
    return try readLong()
  }

  /// The float at a node, or an int or long as the nearest float; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readFloat(_ node: AvroReadPlan.Node) throws(FormatError) -> Float? {
    guard try readIsPresent(node) else { return nil }
    switch node.kind {
    case .float: return try readFloat()
    case .int: return Float(try readInt())
    case .long: return Float(try readLong())
    default: throw mismatch()
    }
  }

  /// The float or double at a node, or an int or long as the nearest double; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readDouble(_ node: AvroReadPlan.Node) throws(FormatError) -> Double? {
    guard try readIsPresent(node) else { return nil }
    switch node.kind {
    case .double: return try readDouble()
    case .float: return Double(try readFloat())
    case .int: return Double(try readInt())
    case .long: return Double(try readLong())
    default: throw mismatch()
    }
  }

  /// The string at a node, or bytes that are UTF-8; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readString(_ node: AvroReadPlan.Node) throws(FormatError) -> String? {
    guard try readIsPresent(node) else { return nil }
    guard node.kind == .string || node.kind == .bytes else { throw mismatch() }
    return try readString()
  }

  /// The bytes, fixed bytes or string at a node, sharing the block's storage; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readBytes(_ node: AvroReadPlan.Node) throws(FormatError) -> Bytes? {
    guard try readIsPresent(node) else { return nil }
    switch node.kind {
    case .bytes, .string: return try readBytes()
    case .fixed: return try readFixed(Int(node.size))
    default: throw mismatch()
    }
  }

  /// The place of an enumeration's value among its symbols; nil for null.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readSymbol(_ node: AvroReadPlan.Node) throws(FormatError) -> Int? {
    guard try readIsPresent(node) else { return nil }
    guard node.kind == .enumeration else { throw mismatch() }
    let symbol = try readInt()
    guard symbol >= 0, symbol < node.size else { throw bad("a symbol that the enumeration lacks") }
    return Int(symbol)
  }

  /// The number of items in the next run of the array or map at a node; 0 after the last one.
  ///
  /// To be called, after ``readIsPresent(_:)``, until it returns 0. The items of an array are its one
  /// child, those of a map its two children one after the other.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func readItemCount(
    _ node: AvroReadPlan.Node, in plan: AvroReadPlan
  ) throws(FormatError) -> Int {
    guard node.kind == .array || node.kind == .map else { throw mismatch() }
    let first = Int(node.firstChild)
    var least = Int(plan.nodes[first].minimumSize)
    if node.kind == .map { least &+= Int(plan.nodes[first &+ 1].minimumSize) }
    return try readItemCount(minimumSize: least)
  }

  /// Passes the value at a node.
  @_lifetime(self: copy self)
  public mutating func skip(
    _ node: AvroReadPlan.Node, in plan: AvroReadPlan
  ) throws(FormatError) {
    if node.nullBranch >= 0 {
      let branch = try readBranch(of: 2)
      if branch == Int(node.nullBranch) { return }
    }
    if try skipScalar(node) { return }
    switch node.kind {
    case .null, .boolean, .int, .long, .float, .double, .bytes, .string, .fixed, .enumeration:
      break
    case .union:
      let branch = try readBranch(of: Int(node.childCount))
      try skip(plan.nodes[Int(node.firstChild) + branch], in: plan)
    case .record:
      for index in plan.children(of: node) { try skip(plan.nodes[index], in: plan) }
    case .array, .map:
      let items = plan.children(of: node)
      let first = plan.nodes[items.lowerBound]
      let last = plan.nodes[items.upperBound &- 1]
      // Most items are numbers, or a number and some bytes: no look at the plan for each of them.
      while case let count = try readItemCount(node, in: plan), count > 0 {
        if first.isVarint, last.isVarint {
          try reader.skipVarints(count &* items.count)
        } else if items.count == 2, first.isVarint, last.isBytes {
          for _ in 0..<count {
            _ = try reader.readVarint()
            try reader.skip(try readLength())
          }
        } else {
          for _ in 0..<count {
            for index in items { try skip(plan.nodes[index], in: plan) }
          }
        }
      }
    }
  }

  /// Passes a value without children, whose null has been dealt with; false when it has children.
  @inline(__always)
  @_lifetime(self: copy self)
  private mutating func skipScalar(_ node: AvroReadPlan.Node) throws(FormatError) -> Bool {
    switch node.kind {
    case .null: break
    case .boolean: try reader.skip(1)
    case .int, .long, .enumeration: _ = try reader.readVarint()
    case .float: try reader.skip(4)
    case .double: try reader.skip(8)
    case .bytes, .string: try reader.skip(try readLength())
    case .fixed: try reader.skip(Int(node.size))
    case .array, .map, .union, .record: return false
    }
    return true
  }
}

extension AvroReadPlan.Node {
  /// Whether values are one variable-length integer each, and never null.
  fileprivate var isVarint: Bool {
    nullBranch < 0 && (kind == .int || kind == .long || kind == .enumeration)
  }

  /// Whether values are a length and as many bytes, and never null.
  fileprivate var isBytes: Bool { nullBranch < 0 && (kind == .bytes || kind == .string) }
}
