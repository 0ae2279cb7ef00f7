import IcebergAvro
import IcebergBytes
import Testing

@Suite struct AvroDecoderTests {
  @Test("integers of every length come back")
  func integers() throws {
    var encoder = AvroEncoder()
    var values: [Int64] = [0, .min, .max]
    for shift in 0..<63 { values += [1 << shift, -(1 << shift), (1 << shift) - 1, ~(1 << shift)] }
    for value in values { encoder.write(value) }
    let bytes = Bytes(encoder.output.bytes)
    var decoder = AvroDecoder(bytes)
    for value in values { #expect(try decoder.readLong() == value) }
    try decoder.finish()
  }

  @Test("the examples of the Avro specification")
  func specification() throws {
    var encoder = AvroEncoder()
    for value in [0, -1, 1, -2, 2, -64, 64, 8_192, -8_193] as [Int64] { encoder.write(value) }
    encoder.write("foo")
    #expect(
      encoder.output.bytes == [
        0, 1, 2, 3, 4, 0x7f, 0x80, 1, 0x80, 0x80, 1, 0x81, 0x80, 1, 6, 0x66, 0x6f, 0x6f,
      ])
  }

  /// A plan of one field `written` read as `wanted`, the field's node, and the bytes of `value`.
  static func plan(
    _ written: AvroSchema, _ wanted: AvroSchema, _ value: AvroValue
  ) throws -> (AvroReadPlan.Node, Bytes) {
    let plan = try AvroReadPlan(writer: written, reader: wanted, matching: .fieldIDs)
    var encoder = AvroEncoder()
    try encoder.write(value, as: written)
    return (plan.root, Bytes(encoder.output.bytes))
  }

  @Test("values are widened to the wanted type")
  func promotion() throws {
    let (int, seven) = try Self.plan(.int, .double, .int(7))
    var decoder = AvroDecoder(seven)
    #expect(try decoder.readDouble(int) == 7)
    decoder = AvroDecoder(seven)
    #expect(try decoder.readLong(int) == 7)
    decoder = AvroDecoder(seven)
    #expect(try decoder.readFloat(int) == 7)
    decoder = AvroDecoder(seven)
    #expect(throws: FormatError.self) { try AvroDecoder.string(seven, int) }
    let (long, big) = try Self.plan(.long, .int, .long(1 << 40))
    #expect(throws: FormatError.self) { try AvroDecoder.int(big, long) }
    let (text, plain) = try Self.plan(.string, .bytes, .string("abc"))
    decoder = AvroDecoder(plain)
    #expect(try decoder.readBytes(text) == Bytes(utf8: "abc"))
  }

  @Test("null is nil wherever it stands in the union", arguments: [0, 1])
  func nulls(branch: Int) throws {
    let schema = AvroSchema(.union(branch == 0 ? [.null, .long] : [.long, .null]))
    let (node, null) = try Self.plan(schema, .optional(.long), .null)
    #expect(null == [UInt8(branch * 2)])
    var decoder = AvroDecoder(null)
    #expect(try decoder.readLong(node) == nil)
    let (_, five) = try Self.plan(schema, .optional(.long), .long(5))
    decoder = AvroDecoder(five)
    #expect(try decoder.readLong(node) == 5)
    try decoder.finish()
  }

  @Test("arrays in several runs, with and without their size in bytes, are one array")
  func runs() throws {
    var encoder = AvroEncoder()
    encoder.writeItems(2)
    for value in [1, 2] as [Int64] { encoder.write(value) }
    // A run of -1 items and 2 bytes.
    encoder.write(-1 as Int64)
    encoder.write(2 as Int64)
    encoder.write(1_000 as Int64)
    encoder.writeItemsEnd()
    let bytes = Bytes(encoder.output.bytes)
    let plan = try AvroReadPlan(reading: AvroSchema(.array(.long)))
    var decoder = AvroDecoder(bytes)
    #expect(
      try decoder.readValue(plan.root, in: plan) == .array([.long(1), .long(2), .long(1_000)]))
    try decoder.finish()
    decoder = AvroDecoder(bytes)
    try decoder.skip(plan.root, in: plan)
    try decoder.finish()
  }

  @Test("numbers of every length are passed, wherever they end")
  func passedNumbers() throws {
    let plan = try AvroReadPlan(reading: AvroSchema(.array(.long)))
    for count in 1...40 {
      for shift in stride(from: 0, to: 64, by: 7) {
        var encoder = AvroEncoder()
        encoder.writeItems(count)
        for index in 0..<count {
          encoder.write(Int64(bitPattern: 1 << UInt64((shift + index * 13) % 64)))
        }
        encoder.writeItemsEnd()
        encoder.write(7 as Int64)
        let bytes = Bytes(encoder.output.bytes)
        var decoder = AvroDecoder(bytes)
        try decoder.skip(plan.root, in: plan)
        let after = try decoder.readLong()
        #expect(after == 7)
        try decoder.finish()
        for end in 0..<(bytes.count - 2) {
          #expect(throws: FormatError.self) { try Self.skip(bytes[0..<end], plan) }
        }
      }
    }
  }

  // A decoder may not be captured by the closure of an expectation.
  private static func skip(_ bytes: Bytes, _ plan: AvroReadPlan) throws {
    var decoder = AvroDecoder(bytes)
    try decoder.skip(plan.root, in: plan)
  }

  @Test("bytes share the storage of the block, spans too")
  func sharing() throws {
    var encoder = AvroEncoder()
    encoder.write(Bytes([1, 2, 3]))
    encoder.write("xy")
    let bytes = Bytes(encoder.output.bytes)
    var decoder = AvroDecoder(bytes)
    #expect(try decoder.readBytes() == [1, 2, 3])
    let span = try decoder.readSpan()
    #expect(span.byteCount == 2)
  }
}

extension AvroDecoder {
  // A decoder may not be captured by the closure of an expectation.
  fileprivate static func string(_ bytes: Bytes, _ node: AvroReadPlan.Node) throws -> String? {
    var decoder = AvroDecoder(bytes)
    return try decoder.readString(node)
  }

  fileprivate static func int(_ bytes: Bytes, _ node: AvroReadPlan.Node) throws -> Int32? {
    var decoder = AvroDecoder(bytes)
    return try decoder.readInt(node)
  }
}
