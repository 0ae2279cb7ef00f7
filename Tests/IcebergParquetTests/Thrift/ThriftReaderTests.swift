import IcebergBytes
import IcebergParquet
import Testing

@Suite struct ThriftReaderTests {
  static let sample: [UInt8] = {
    var writer = ThriftWriter()
    writer.beginStruct()
    writer.write(1, true)
    writer.write(2, Int32.min)
    writer.write(3, Int64.max)
    writer.write(40, 2.5)
    writer.write(41, "naïve")
    writer.write(42, [Int64](0..<20))
    writer.write(43, ["a", ""])
    writer.write(44, [true, false])
    writer.beginStruct(45)
    writer.write(1, Int16(-3))
    writer.write(2, Int8(-4))
    writer.endStruct()
    writer.write(46, false)
    writer.endStruct()
    return writer.bytes
  }()

  @Test("reads back every kind of field")
  func roundTrip() throws {
    let bytes = Bytes(Self.sample)
    var reader = ThriftReader(bytes.span)
    var id: Int16 = 0
    var seen: [Int16] = []
    while let field = try reader.nextField(after: &id) {
      seen.append(field.id)
      switch field.id {
      case 1: #expect(try reader.readBool(field) == true)
      case 2: #expect(try reader.readInt32(field) == .min)
      case 3: #expect(try reader.readInt64(field) == .max)
      case 40: #expect(try reader.readDouble(field) == 2.5)
      case 41: #expect(try reader.readString(field) == "naïve")
      case 42: #expect(try reader.readInt64List(field) == [Int64](0..<20))
      case 43: #expect(try reader.readStringList(field) == ["a", ""])
      case 44: #expect(try reader.readBoolList(field) == [true, false])
      case 45:
        var inner: Int16 = 0
        let first = try #require(try reader.nextField(after: &inner))
        #expect(try reader.readInt64(first) == -3)
        let second = try #require(try reader.nextField(after: &inner))
        #expect(try reader.readInt64(second) == -4)
        #expect(try reader.nextField(after: &inner) == nil)
      case 46: #expect(try reader.readBool(field) == false)
      default: Issue.record("unexpected field \(field.id)")
      }
    }
    #expect(seen == [1, 2, 3, 40, 41, 42, 43, 44, 45, 46])
    #expect(reader.offset == Self.sample.count)
  }

  @Test("skips what it does not know")
  func skips() throws {
    let bytes = Bytes(Self.sample)
    var reader = ThriftReader(bytes.span)
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) { try reader.skip(field) }
    #expect(reader.offset == Self.sample.count)
  }

  @Test("a field of another type than expected is nil")
  func otherType() throws {
    let bytes = Bytes(Self.sample)
    var reader = ThriftReader(bytes.span)
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      if field.id == 41 {
        #expect(try reader.readInt64(field) == nil)
      } else {
        #expect(try reader.readString(field) == nil)
      }
    }
    #expect(reader.offset == Self.sample.count)
  }

  @Test("cut at every byte, it throws")
  func truncation() {
    for count in 0..<Self.sample.count {
      let bytes = Bytes(Array(Self.sample.prefix(count)))
      #expect(throws: FormatError.self, "cut at \(count)") {
        var reader = ThriftReader(bytes.span)
        var id: Int16 = 0
        while let field = try reader.nextField(after: &id) { try reader.skip(field) }
      }
    }
  }

  static let hostile: KeyValuePairs<String, [UInt8]> = [
    "a list longer than the bytes": [0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 0x7f],
    "a text longer than the bytes": [0x18, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f],
    "structs without end": [UInt8](repeating: 0x1c, count: 100_000),
    "lists without end": [0x19] + [UInt8](repeating: 0x19, count: 100_000),
    "a map longer than the bytes": [0x1b, 0xff, 0xff, 0x7f, 0x55],
    "a type that does not exist": [0x1e],
  ]

  @Test("refuses hostile input", arguments: hostile.map(\.key))
  func refuses(name: String) throws {
    let bytes = Bytes(try #require(Self.hostile.first { $0.key == name }).value)
    #expect(throws: FormatError.self) {
      var reader = ThriftReader(bytes.span)
      var id: Int16 = 0
      while let field = try reader.nextField(after: &id) { try reader.skip(field) }
    }
  }
}
