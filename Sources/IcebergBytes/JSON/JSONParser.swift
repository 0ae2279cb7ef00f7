extension JSONValue {
  /// The deepest nesting of arrays and objects that is read.
  public static let maximumDepth = 512

  /// The value that `bytes` hold as UTF-8 text, and nothing after it but white space.
  ///
  /// Strict: what RFC 8259 does not allow is refused, and so are two members of one object with the
  /// same name, a surrogate escape without its other half, text that is not UTF-8 and nesting beyond
  /// ``maximumDepth``.
  /// - Throws: `badValue` or `truncated` at the offset of the defect; `tooLarge` for the nesting.
  public init(parsing bytes: Bytes) throws(FormatError) {
    self = try bytes.withUnsafeBytes { buffer throws(FormatError) in
      var parser = JSONParser(buffer.assumingMemoryBound(to: UInt8.self))
      defer { parser.free() }
      return try parser.parseDocument()
    }
  }
}

/// One pass over the bytes of a JSON text.
///
/// Half of a table's metadata is member names, and the same few of them: names, and the text last
/// seen under each name, are kept and shared instead of made anew. Members and elements of open
/// objects and arrays lie on stacks, so that every array is made once with its final size.
private struct JSONParser {
  private let start: UnsafePointer<UInt8>
  private let end: UnsafePointer<UInt8>
  private var position: UnsafePointer<UInt8>
  private var depth = 0
  private var members = JSONStack<JSONObject.Member>()
  private var hashes = JSONStack<UInt64>()
  private var elements = JSONStack<JSONValue>()
  private let names: UnsafeMutablePointer<Name>
  private static let nameCount = 1024

  /// A member name seen before, and the last text under it, with the bytes they were made from.
  private struct Name {
    var hash: UInt64 = 0
    var source = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var text = ""
    var valueSource = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    var value = ""
  }

  init(_ bytes: UnsafeBufferPointer<UInt8>) {
    // An empty buffer may have no address; any will do, as nothing is read from it.
    start = bytes.baseAddress ?? UnsafePointer(bitPattern: 1)!
    end = start + bytes.count
    position = start
    names = .allocate(capacity: Self.nameCount)
    names.initialize(repeating: Name(), count: Self.nameCount)
  }

  mutating func free() {
    members.free()
    hashes.free()
    elements.free()
    names.deinitialize(count: Self.nameCount)
    names.deallocate()
  }

  mutating func parseDocument() throws(FormatError) -> JSONValue {
    let value = try parseValue(named: nil)
    skipSpace()
    guard position == end else { throw bad("text after the end of the JSON value") }
    return value
  }

  // MARK: Values

  private mutating func parseValue(
    named name: UnsafeMutablePointer<Name>?
  ) throws(FormatError) -> JSONValue {
    skipSpace()
    guard position < end else { throw truncated() }
    switch position.pointee {
    case UInt8(ascii: "\""): return .string(try parseText(named: name))
    case UInt8(ascii: "{"): return .object(try parseObject())
    case UInt8(ascii: "["): return .array(try parseArray())
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try parseNumber()
    case UInt8(ascii: "t"):
      try expect("true")
      return .bool(true)
    case UInt8(ascii: "f"):
      try expect("false")
      return .bool(false)
    case UInt8(ascii: "n"):
      try expect("null")
      return .null
    default: throw bad("not a JSON value")
    }
  }

  private mutating func parseObject() throws(FormatError) -> JSONObject {
    let objectStart = position
    try enter()
    let first = members.count
    skipSpace()
    if take(UInt8(ascii: "}")) {
      depth &-= 1
      return JSONObject()
    }
    while true {
      skipSpace()
      guard position < end else { throw truncated() }
      guard position.pointee == UInt8(ascii: "\"") else {
        throw bad("a member name must be a string")
      }
      let nameStart = position
      let (name, hash, known) = try parseName()
      try check(name, hash, since: first, at: nameStart)
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw missing("a colon must follow a member name") }
      let value = try parseValue(named: known)
      members.push(JSONObject.Member(name, value))
      hashes.push(hash)
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else {
        throw missing("a comma or a brace must follow a member")
      }
      break
    }
    depth &-= 1
    try checkAll(since: first, at: objectStart)
    hashes.drop(from: first)
    return JSONObject(members.pop(from: first))
  }

  private mutating func parseArray() throws(FormatError) -> [JSONValue] {
    try enter()
    let first = elements.count
    skipSpace()
    if take(UInt8(ascii: "]")) {
      depth &-= 1
      return []
    }
    while true {
      elements.push(try parseValue(named: nil))
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else {
        throw missing("a comma or a bracket must follow an element")
      }
      break
    }
    depth &-= 1
    return elements.pop(from: first)
  }

  private mutating func parseNumber() throws(FormatError) -> JSONValue {
    let first = position
    let isNegative = take(UInt8(ascii: "-"))
    guard position < end else { throw truncated() }
    let digits = position
    var value: UInt64 = 0
    while position < end, position.pointee &- 48 < 10 {
      // Wraps around for numbers of more than 19 digits, which are kept as text below.
      value = value &* 10 &+ UInt64(position.pointee &- 48)
      position += 1
    }
    let count = position - digits
    guard count > 0 else { throw bad("a digit is missing") }
    guard count == 1 || digits.pointee != 48 else {
      throw FormatError(.badValue, at: digits - start, "a number with a leading zero")
    }
    var isInteger = true
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try skipDigits()
    }
    if position < end, position.pointee | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      if position < end,
        position.pointee == UInt8(ascii: "+") || position.pointee == UInt8(ascii: "-")
      {
        position += 1
      }
      try skipDigits()
    }
    if isInteger, count <= 19 {
      // Minus zero has no integer form.
      if isNegative, value > 0, value <= 1 << 63 { return .integer(Int64(bitPattern: 0 &- value)) }
      if !isNegative, value < 1 << 63 { return .integer(Int64(bitPattern: value)) }
    }
    let text = UnsafeBufferPointer(start: first, count: position - first)
    return .number(String(decoding: text, as: UTF8.self))
  }

  private mutating func skipDigits() throws(FormatError) {
    let first = position
    while position < end, position.pointee &- 48 < 10 { position += 1 }
    guard position > first else { throw missing("a digit is missing") }
  }

  // MARK: Names and text

  /// A member name, its hash, and where the text last seen under it is kept.
  private mutating func parseName() throws(FormatError) -> (
    String, UInt64, UnsafeMutablePointer<Name>?
  ) {
    position += 1
    let (source, isPlain) = try scanText()
    guard isPlain else {
      let text = try unescape(source)
      let hash = [UInt8](text.utf8).withUnsafeBufferPointer { Self.hash($0) }
      return (text, hash, nil)
    }
    let hash = Self.hash(source)
    let slot = names + Int(truncatingIfNeeded: hash &>> 54)
    if slot.pointee.hash == hash, slot.pointee.source.isEqual(to: source) {
      return (slot.pointee.text, hash, slot)
    }
    let text = try makeText(source)
    slot.pointee = Name(hash: hash, source: source, text: text)
    return (text, hash, slot)
  }

  private mutating func parseText(
    named name: UnsafeMutablePointer<Name>?
  ) throws(FormatError) -> String {
    position += 1
    let (source, isPlain) = try scanText()
    guard isPlain else { return try unescape(source) }
    // Text of up to 15 bytes lies in the string itself.
    guard source.count > 15, let name else { return try makeText(source) }
    if name.pointee.valueSource.isEqual(to: source) { return name.pointee.value }
    let text = try makeText(source)
    name.pointee.valueSource = source
    name.pointee.value = text
    return text
  }

  /// The bytes up to the closing quote, which is passed, and whether they stand for themselves.
  private mutating func scanText() throws(FormatError) -> (UnsafeBufferPointer<UInt8>, Bool) {
    let first = position
    var isPlain = true
    while true {
      // Eight bytes at a time as long as none of them is a quote, a backslash or a control.
      while end - position >= 8 {
        let word = UInt64(
          littleEndian: UnsafeRawPointer(position).loadUnaligned(as: UInt64.self))
        let special = JSONText.special(in: word)
        if special != 0 {
          position += special.trailingZeroBitCount &>> 3
          break
        }
        position += 8
      }
      guard position < end else { throw truncated() }
      switch position.pointee {
      case UInt8(ascii: "\""):
        let source = UnsafeBufferPointer(start: first, count: position - first)
        position += 1
        return (source, isPlain)
      case UInt8(ascii: "\\"):
        isPlain = false
        guard end - position >= 2 else { throw truncated() }
        position += 2
      case 0..<0x20: throw bad("a control character in a string")
      default: position += 1
      }
    }
  }

  private func makeText(_ source: UnsafeBufferPointer<UInt8>) throws(FormatError) -> String {
    try JSONText(source, at: offset(of: source)).plain()
  }

  private func unescape(_ source: UnsafeBufferPointer<UInt8>) throws(FormatError) -> String {
    try JSONText(source, at: offset(of: source)).unescaped()
  }

  private func offset(of source: UnsafeBufferPointer<UInt8>) -> Int {
    source.baseAddress.map { $0 - start } ?? 0
  }

  // MARK: Equal names

  /// Objects of more members than this are looked at as a whole when they end.
  private static let pairwiseLimit = 24

  /// Throws when the open object that began at `first` has a member of this name already.
  private func check(
    _ name: String, _ hash: UInt64, since first: Int, at nameStart: UnsafePointer<UInt8>
  ) throws(FormatError) {
    guard hashes.count &- first <= Self.pairwiseLimit else { return }
    for index in first..<hashes.count where hashes[index] == hash {
      if members[index].name.utf8.elementsEqual(name.utf8) { throw duplicate(at: nameStart) }
    }
  }

  /// Throws when two members of a large object have the same name.
  private func checkAll(since first: Int, at objectStart: UnsafePointer<UInt8>) throws(FormatError)
  {
    guard hashes.count &- first > Self.pairwiseLimit else { return }
    let sorted = (first..<hashes.count).map { hashes[$0] }.sorted()
    guard (1..<sorted.count).contains(where: { sorted[$0 - 1] == sorted[$0] }) else { return }
    // Equal hashes may be made on purpose; the set's own are different in every process.
    var seen: Set<[UInt8]> = []
    for index in first..<members.count {
      guard seen.insert([UInt8](members[index].name.utf8)).inserted else {
        throw duplicate(at: objectStart)
      }
    }
  }

  private func duplicate(at place: UnsafePointer<UInt8>) -> FormatError {
    FormatError(.badValue, at: place - start, "two members of an object have the same name")
  }

  /// A hash that is quick for the few bytes of a name.
  private static func hash(_ source: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let factor: UInt64 = 0x9e37_79b9_7f4a_7c15
    var hash = UInt64(truncatingIfNeeded: source.count) &* factor
    guard let start = source.baseAddress.map({ UnsafeRawPointer($0) }) else { return hash }
    var index = 0
    while source.count &- index >= 8 {
      hash = (hash ^ start.loadUnaligned(fromByteOffset: index, as: UInt64.self)) &* factor
      hash ^= hash &>> 29
      index &+= 8
    }
    var rest: UInt64 = 0
    while index < source.count {
      rest = rest &<< 8 | UInt64(source[index])
      index &+= 1
    }
    hash = (hash ^ rest) &* factor
    return hash ^ hash &>> 32
  }

  // MARK: Steps

  private mutating func skipSpace() {
    while position < end {
      switch position.pointee {
      case 0x20, 0x0a, 0x0d, 0x09: position += 1
      default: return
      }
    }
  }

  /// Passes `byte` when it is next.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < end, position.pointee == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ word: StaticString) throws(FormatError) {
    for index in 0..<word.utf8CodeUnitCount {
      guard position < end else { throw truncated() }
      guard position.pointee == word.utf8Start[index] else { throw bad("not a JSON value") }
      position += 1
    }
  }

  /// Passes the first byte of an object or an array.
  private mutating func enter() throws(FormatError) {
    guard depth < JSONValue.maximumDepth else {
      throw FormatError(.tooLarge, at: position - start, "JSON nested too deeply")
    }
    depth &+= 1
    position += 1
  }

  private func truncated() -> FormatError {
    FormatError(.truncated, at: position - start, "JSON text ends early")
  }

  private func bad(_ reason: String) -> FormatError {
    FormatError(.badValue, at: position - start, reason)
  }

  private func missing(_ reason: String) -> FormatError {
    position < end ? bad(reason) : truncated()
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func isEqual(to other: Self) -> Bool {
    UnsafeRawBufferPointer(self).isEqual(to: UnsafeRawBufferPointer(other))
  }
}
