import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

/// All records of a file, by its own schema.
func readAll(_ bytes: Bytes, limit: Int = 1 << 24) throws(FormatError) -> [AvroValue] {
  var file = try AvroFileReader(bytes)
  let plan = try AvroReadPlan(reading: file.schema)
  var records: [AvroValue] = []
  while let block = try file.nextBlock(limit: limit) {
    var decoder = AvroDecoder(block.bytes)
    for _ in 0..<block.count { records.append(try decoder.readValue(plan.root, in: plan)) }
    try decoder.finish()
  }
  return records
}

/// A value in the form of `Spec/Vectors/avro/kinds.json`.
func json(_ value: AvroValue) -> JSONValue {
  switch value {
  case .null: .null
  case .boolean(let value): .bool(value)
  case .int(let value): .integer(Int64(value))
  case .long(let value): .integer(value)
  case .float(let value): json(Double(value))
  case .double(let value): json(value)
  case .bytes(let value), .fixed(let value):
    .string(value.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
  case .string(let value): .string(value)
  case .enumeration(let symbol): .integer(Int64(symbol))
  case .array(let items): .array(items.map { json($0) })
  case .map(let entries): .array(entries.map { [json($0.key), json($0.value)] })
  case .union(let branch, let value): [.integer(Int64(branch)), json(value)]
  case .record(let values): .array(values.map { json($0) })
  }
}

private func json(_ value: Double) -> JSONValue {
  value.isFinite ? .number("\(value)") : .string("\(value)")
}

@Suite struct AvroFileReaderTests {
  static let codecs =
    ["null", "deflate", "snappy"] + (CompressionCodec.zstd.isAvailable ? ["zstandard"] : [])

  @Test("reads what fastavro wrote, with every codec", arguments: codecs)
  func vectors(codec: String) throws {
    let records = try readAll(Vectors.bytes("avro/kinds-\(codec).avro"))
    let expected = try JSONValue(parsing: Vectors.bytes("avro/kinds.json"))
    #expect(normalized(.array(records.map { json($0) })) == normalized(expected))
  }

  /// Numbers by value: Python and Swift write 5e-324 alike, but not 1e308.
  private func normalized(_ value: JSONValue) -> JSONValue {
    switch value {
    case .number(let text): .number("\(Double(text) ?? .nan)")
    case .array(let elements): .array(elements.map { normalized($0) })
    default: value
    }
  }

  @Test("gives the entries of the header, schema and codec among them")
  func header() throws {
    let file = try AvroFileReader(Vectors.bytes("avro/kinds-deflate.avro"))
    #expect(file.header.metadata["written-by"]?.utf8String == "fastavro")
    #expect(file.header.codec == .deflate)
    #expect(file.header.syncMarker == Bytes(utf8: "0123456789abcdef"))
    #expect(file.schema.fields.count == 19)
    #expect(file.offset == file.header.byteCount)
  }

  @Test("a file read in parts, cut anywhere, gives every block once")
  func parts() throws {
    let bytes = try Vectors.bytes("avro/kinds-null.avro")
    var offsets: [Int] = []
    var file = try AvroFileReader(bytes)
    while let block = try file.nextBlock() { offsets.append(block.offset) }
    #expect(offsets.count > 3)
    for size in [1, 7, 100, 1_000, 100_000] {
      var found: [Int] = []
      for start in stride(from: 0, to: bytes.count, by: size) {
        file.skip(toSyncMarkerFrom: start)
        // A block belongs to the part in which the marker before it begins.
        while start == 0 || file.offset > 0, file.offset - 16 < start + size,
          let block = try file.nextBlock()
        { found.append(block.offset) }
      }
      #expect(found == offsets, "parts of \(size) bytes")
    }
  }

  @Test("a file split into readers gives every block once, in order", arguments: [0, 1, 2, 3, 100])
  func split(count: Int) throws {
    var file = try AvroFileReader(Vectors.bytes("avro/kinds-null.avro"))
    let parts = try file.split(into: count)
    var offsets: [Int] = []
    while let block = try file.nextBlock() { offsets.append(block.offset) }
    var found: [Int] = []
    for var part in parts {
      while let block = try part.nextBlock() { found.append(block.offset) }
    }
    #expect(found == offsets)
    #expect(parts.count <= max(1, count))
    if count == 100 { #expect(parts.count == offsets.count) }
    if count == 2 { #expect(parts.count == 2) }
  }

  @Test("a file cut anywhere but between blocks is refused", arguments: codecs)
  func cut(codec: String) throws {
    let bytes = try Vectors.bytes("avro/kinds-\(codec).avro")
    var file = try AvroFileReader(bytes)
    var ends = [file.offset]
    while try file.nextBlock() != nil { ends.append(file.offset) }
    let step = LongTests.isEnabled ? 1 : codec == "null" ? 3 : 11
    for end in stride(from: 0, to: bytes.count, by: step) where !ends.contains(end) {
      #expect(throws: FormatError.self, "cut at \(end)") { try readAll(bytes[0..<end]) }
    }
  }

  @Test("a flipped bit ends in an error or in records", arguments: codecs)
  func flipped(codec: String) throws {
    let bytes = try Vectors.bytes("avro/kinds-\(codec).avro").array
    let step = LongTests.isEnabled ? 1 : codec == "null" ? 37 : 101
    for bit in stride(from: 0, to: bytes.count * 8, by: step) {
      var damaged = bytes
      damaged[bit / 8] ^= 1 << (bit % 8)
      if let records = try? readAll(Bytes(damaged)) { #expect(records.count < 1 << 20) }
    }
  }

  /// A file of the given schema whose one block is as stated.
  static func file(
    schema: String, codec: String = "null", count: Int64, size: Int64? = nil, block: [UInt8]
  ) -> Bytes {
    var encoder = AvroEncoder()
    encoder.write(fixed: [0x4f, 0x62, 0x6a, 1])
    encoder.writeItems(2)
    encoder.write("avro.schema")
    encoder.write(schema)
    encoder.write("avro.codec")
    encoder.write(codec)
    encoder.writeItemsEnd()
    encoder.write(fixed: Bytes([UInt8](repeating: 7, count: 16)))
    encoder.write(count)
    encoder.write(size ?? Int64(block.count))
    encoder.write(fixed: Bytes(block))
    encoder.write(fixed: Bytes([UInt8](repeating: 7, count: 16)))
    return Bytes(encoder.output.bytes)
  }

  static let hostile: [(String, Bytes)] = [
    ("a negative count", file(schema: #""int""#, count: -1, block: [0])),
    ("a huge count", file(schema: #""int""#, count: .max, block: [0])),
    ("one record too many", file(schema: #""int""#, count: 2, block: [0])),
    ("one record too few", file(schema: #""int""#, count: 1, block: [0, 0])),
    ("a negative size", file(schema: #""int""#, count: 1, size: -1, block: [0])),
    ("a huge size", file(schema: #""int""#, count: 1, size: .max, block: [0])),
    ("endless nulls", file(schema: #""null""#, count: .max, block: [])),
    (
      "endless items of no bytes",
      file(
        schema: #"{"type":"array","items":"null"}"#, count: 1,
        block: [0xfe, 0xff, 0xff, 0xff, 0xff, 0x7f, 0])
    ),
    (
      "a huge array",
      file(
        schema: #"{"type":"array","items":"int"}"#, count: 1, block: [0xfe, 0xff, 0xff, 0x7f, 0])
    ),
    (
      "the least count",
      file(
        schema: #"{"type":"array","items":"int"}"#, count: 1,
        block: [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0, 0])
    ),
    ("a huge string", file(schema: #""string""#, count: 1, block: [0xfe, 0xff, 0xff, 0xff, 0x7f])),
    ("a negative length", file(schema: #""bytes""#, count: 1, block: [1])),
    (
      "an int of 33 bits", file(schema: #""int""#, count: 1, block: [0x80, 0x80, 0x80, 0x80, 0x10])
    ),
    (
      "an endless varint",
      file(schema: #""long""#, count: 1, block: [UInt8](repeating: 255, count: 12))
    ),
    ("a boolean of 2", file(schema: #""boolean""#, count: 1, block: [2])),
    ("a branch too many", file(schema: #"["null","int"]"#, count: 1, block: [4])),
    ("a negative branch", file(schema: #"["null","int"]"#, count: 1, block: [1])),
    (
      "a symbol too many",
      file(schema: #"{"type":"enum","name":"e","symbols":["A"]}"#, count: 1, block: [2])
    ),
    ("text that is not UTF-8", file(schema: #""string""#, count: 1, block: [2, 0xff])),
    ("an unknown codec", file(schema: #""int""#, codec: "lzma", count: 1, block: [0])),
    ("no schema at all", file(schema: "", count: 1, block: [0])),
    (
      "a huge fixed type",
      file(schema: #"{"type":"fixed","name":"f","size":2147483647}"#, count: 1, block: [0])
    ),
  ]

  @Test("refuses hostile files without taking memory or time", arguments: hostile)
  func refuses(what: String, bytes: Bytes) {
    #expect(throws: FormatError.self, "\(what)") { try readAll(bytes) }
  }

  @Test(
    "a block that grows beyond the limit is refused", arguments: codecs.filter { $0 != "null" })
  func bomb(name: String) throws {
    let codecs: [String: CompressionCodec] = [
      "deflate": .deflate, "zstandard": .zstd, "snappy": .snappyWithChecksum,
    ]
    let codec = try #require(codecs[name])
    let zeros = try codec.compress(Bytes([UInt8](repeating: 0, count: 30_000_000)))
    let file = Self.file(schema: #""int""#, codec: name, count: 30_000_000, block: zeros.array)
    let error = #expect(throws: FormatError.self) { try readAll(file, limit: 1 << 20) }
    #expect(error?.code == .tooLarge)
  }

  @Test("reads every shared Avro file to its end", .needsSharedFiles)
  func sharedFiles() throws {
    let files = ["golden", "golden-java"].flatMap { SharedFiles.files(under: $0, suffix: ".avro") }
    #expect(files.count > 1_000)
    var records = 0
    for file in files {
      // Its fixed partition values have a length in front, against their schema.
      if file.contains("java_v2_part_identity_fx"), file.hasSuffix("-m0.avro") {
        #expect(throws: FormatError.self) { try readAll(SharedFiles.bytes(file)) }
        continue
      }
      do {
        records += try readAll(SharedFiles.bytes(file)).count
      } catch {
        Issue.record("\(file): \(error)")
      }
    }
    #expect(records > 2_000)
  }

  @Test("decodes damaged manifests to an error or to records", .needsSharedFiles)
  func damagedManifests() throws {
    var random = SeededRandom()
    let files = SharedFiles.files(under: "golden", suffix: ".avro").filter {
      $0.contains("pyiceberg")
    }
    for file in files.shuffled(using: &random).prefix(LongTests.rounds(quick: 3, long: 60)) {
      let bytes = try SharedFiles.bytes(file).array
      for _ in 0..<300 {
        var damaged = bytes
        for _ in 0...(random.next() % 3) {
          damaged[Int(random.next() % UInt64(damaged.count))] = UInt8.random(
            in: 0...255, using: &random)
        }
        _ = try? readAll(Bytes(damaged))
      }
    }
  }
}
