/// The records of a CSV text (RFC 4180): quoted fields may hold commas, quotes and line ends.
public struct CSVReader: Sendable {
  /// One field and whether it stood in quotes: an empty one without quotes is null.
  public struct Cell: Equatable, Sendable {
    /// What stands in the field.
    public var text: String
    /// Whether it stood in quotes.
    public var isQuoted: Bool
  }

  private let bytes: [UInt8]
  private let delimiter: UInt8
  private var position = 0
  /// The line, from 1, on which the record read last begins.
  public private(set) var line = 0
  private var nextLine = 1

  /// A reader of `bytes`, which are UTF-8; a byte-order mark is passed over.
  public init(_ bytes: [UInt8], delimiter: UInt8 = UInt8(ascii: ",")) {
    self.bytes = bytes
    self.delimiter = delimiter
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  /// The next record, or nil at the end. Empty lines are passed over.
  public mutating func next() throws(CSVError) -> [Cell]? {
    while position < bytes.count, bytes[position] == 0x0A || bytes[position] == 0x0D {
      if bytes[position] == 0x0A { nextLine += 1 }
      position += 1
    }
    guard position < bytes.count else { return nil }
    line = nextLine
    var record: [Cell] = []
    while true {
      record.append(try cell())
      guard position < bytes.count, bytes[position] == delimiter else { break }
      position += 1
    }
    if position < bytes.count, bytes[position] == 0x0D { position += 1 }
    if position < bytes.count, bytes[position] == 0x0A {
      position += 1
      nextLine += 1
    }
    return record
  }

  private mutating func cell() throws(CSVError) -> Cell {
    guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
      let start = position
      while position < bytes.count, bytes[position] != delimiter, bytes[position] != 0x0A,
        bytes[position] != 0x0D
      {
        position += 1
      }
      return Cell(text: try text(bytes[start..<position]), isQuoted: false)
    }
    position += 1
    var content: [UInt8] = []
    while true {
      guard position < bytes.count else { throw CSVError("line \(line): a quote is not closed") }
      let byte = bytes[position]
      position += 1
      if byte != UInt8(ascii: "\"") {
        if byte == 0x0A { nextLine += 1 }
        content.append(byte)
      } else if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
        content.append(byte)
        position += 1
      } else {
        break
      }
    }
    if position < bytes.count, bytes[position] != delimiter, bytes[position] != 0x0A,
      bytes[position] != 0x0D
    {
      throw CSVError("line \(line): text after a closing quote")
    }
    return Cell(text: try text(content[...]), isQuoted: true)
  }

  private func text(_ slice: ArraySlice<UInt8>) throws(CSVError) -> String {
    guard let text = String(validating: slice, as: UTF8.self) else {
      throw CSVError("line \(line): not UTF-8")
    }
    return text
  }
}

/// What is wrong with a CSV text, and on which line.
public struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, for people.
  public let description: String

  init(_ description: String) { self.description = description }
}
