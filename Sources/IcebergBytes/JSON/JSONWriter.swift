extension JSONValue {
  /// The value as JSON text in UTF-8: without any white space, or `pretty`: a line for every member
  /// and element, two spaces for every level.
  ///
  /// Only what must be escaped is. The text of a ``JSONValue/number(_:)`` is written as it is.
  public func serialized(pretty: Bool = false) -> Bytes {
    var writer = JSONWriter(isPretty: pretty)
    writer.write(self)
    return Bytes(writer.output.bytes)
  }
}

private struct JSONWriter {
  let isPretty: Bool
  var output = ByteWriter()
  private var depth = 0

  init(isPretty: Bool) { self.isPretty = isPretty }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: output.write(utf8: "null")
    case .bool(let value): output.write(utf8: value ? "true" : "false")
    case .integer(let value): output.write(utf8: String(value))
    case .number(let text): output.write(utf8: text)
    case .string(let text): write(text: text)
    case .array(let elements):
      write(elements, open: "[", close: "]") { writer, element in writer.write(element) }
    case .object(let object):
      write(object.members, open: "{", close: "}") { writer, member in
        writer.write(text: member.name)
        writer.output.write(utf8: writer.isPretty ? ": " : ":")
        writer.write(member.value)
      }
    }
  }

  private mutating func write<Element>(
    _ elements: [Element], open: String, close: String,
    each: (inout JSONWriter, Element) -> Void
  ) {
    output.write(utf8: open)
    depth += 1
    for (index, element) in elements.enumerated() {
      if index > 0 { output.write(UInt8(ascii: ",")) }
      startLine()
      each(&self, element)
    }
    depth -= 1
    if !elements.isEmpty { startLine() }
    output.write(utf8: close)
  }

  private mutating func startLine() {
    guard isPretty else { return }
    output.write(UInt8(ascii: "\n"))
    output.bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth * 2))
  }

  private mutating func write(text: String) {
    output.write(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { bytes in
      var first = 0
      while let special = JSONText.indexOfSpecial(in: bytes, from: first) {
        output.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[first..<special]))
        writeEscape(of: bytes[special])
        first = special + 1
      }
      output.bytes.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[first...]))
    }
    output.write(UInt8(ascii: "\""))
  }

  private mutating func writeEscape(of byte: UInt8) {
    output.write(UInt8(ascii: "\\"))
    switch byte {
    case 0x08: output.write(UInt8(ascii: "b"))
    case 0x09: output.write(UInt8(ascii: "t"))
    case 0x0a: output.write(UInt8(ascii: "n"))
    case 0x0c: output.write(UInt8(ascii: "f"))
    case 0x0d: output.write(UInt8(ascii: "r"))
    case 0..<0x20:
      let digits = String(byte, radix: 16)
      output.write(utf8: digits.utf8.count == 1 ? "u000" : "u00")
      output.write(utf8: digits)
    default: output.write(byte)
    }
  }
}
