import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct AvroDataReaderTests {
  /// What is read of an Avro file of the given schema and records.
  static func read(
    _ schema: AvroSchema, _ records: Int, as wanted: [Field],
    _ write: (inout AvroEncoder) -> Void
  ) async throws -> [String] {
    let marker = AvroSyncMarker(derivedFrom: [1])
    var writer = try AvroFileWriter(schema: schema, codec: .none, syncMarker: marker)
    for _ in 0..<records {
      write(&writer.encoder)
      try writer.endRecord()
    }
    return try await read(try writer.finish(), as: wanted, rows: Int64(records))
  }

  static func read(_ bytes: Bytes, as wanted: [Field], rows: Int64) async throws -> [String] {
    let table = try MemoryTable.make(wanted)
    try await table.fileIO.write(bytes, to: "file", mode: .createNew)
    let file = DataFile(
      location: "file", format: .avro, recordCount: rows, fileSizeInBytes: Int64(bytes.count))
    return try await table.jsonRows([file])
  }

  @Test(
    "what other writers store is read in the units and forms of the table",
    arguments: [
      (
        AvroSchema.int.with("logicalType", "time-millis"), FieldType.time, Int64(1),
        #""00:00:00.001000""#
      ),
      (
        .long.with("logicalType", "timestamp-millis"), .timestamp, -1,
        #""1969-12-31T23:59:59.999000""#
      ),
      (
        .long.with("logicalType", "local-timestamp-micros"), .timestamp, 1,
        #""1970-01-01T00:00:00.000001""#
      ),
      (
        .long.with("logicalType", "timestamp-nanos"), .timestamptzNanos, 1,
        #""1970-01-01T00:00:00.000000001+00:00""#
      ),
      (.int, .long, 7, "7"), (.long, .long, -7, "-7"), (.int, .date, 1, #""1970-01-02""#),
    ])
  func units(schema: AvroSchema, type: FieldType, value: Int64, text: String) async throws {
    let record = AvroSchema.record("r", [AvroField("x", schema, id: 1)])
    let rows = try await Self.read(record, 1, as: [.required("x", type, id: 1)]) {
      $0.write(value)
    }
    #expect(rows == ["{\"x\":\(text)}"])
  }

  @Test("decimals are read from bytes of any length, and from fixed ones")
  func decimals() async throws {
    let bytes = AvroSchema.bytes.with("logicalType", "decimal").with("precision", 5)
      .with("scale", 2)
    let record = AvroSchema.record("r", [AvroField("x", bytes, id: 1)])
    let type = FieldType.decimal(precision: 9, scale: 2)
    for (value, text) in [([0xff], "-0.01"), ([0, 0, 0x80], "1.28"), ([], "0.00")]
      as [([UInt8], String)]
    {
      let rows = try await Self.read(record, 1, as: [.required("x", type, id: 1)]) {
        $0.write(Bytes(value))
      }
      #expect(rows == ["{\"x\":\"\(text)\"}"])
    }
    await #expect(throws: IcebergError.self) {
      let tooLong = Bytes([UInt8](repeating: 1, count: 17))
      _ = try await Self.read(record, 1, as: [.required("x", type, id: 1)]) { $0.write(tooLong) }
    }
  }

  @Test("unions of several types and enumerations are refused only when they are wanted")
  func unsupported() async throws {
    let union = AvroSchema(.union([.int, .string]))
    let record = AvroSchema.record(
      "r", [AvroField("u", union, id: 1), AvroField("x", .int, id: 2)])
    func read(_ field: Field) async throws -> [String] {
      try await Self.read(record, 1, as: [field]) {
        $0.write(branch: 1)
        $0.write("text")
        $0.write(Int32(5))
      }
    }
    #expect(try await read(.required("x", .int, id: 2)) == [#"{"x":5}"#])
    await #expect { _ = try await read(.required("u", .int, id: 1)) } throws: { error in
      (error as? IcebergError)?.code == .unsupported
    }
  }

  @Test("a few bytes cannot claim more elements than memory holds")
  func hostileCounts() async throws {
    let record = AvroSchema.record("r", [AvroField("l", .array(of: .null, elementID: 2), id: 1)])
    await #expect(throws: IcebergError.self) {
      _ = try await Self.read(
        record, 1,
        as: [.required("l", .list(element: .optional("element", .unknown, id: 2)), id: 1)]
      ) { encoder in
        for _ in 0..<1_000 { encoder.writeItems(1 << 20) }
        encoder.writeItemsEnd()
      }
    }
  }

  @Test("a file that is cut anywhere, or of which a bit is flipped, is an error or right")
  func damage() async throws {
    let fields: [Field] = [
      .required("id", .long, id: 1), .optional("t", .string, id: 2),
      .optional("l", .list(element: .optional("element", .int, id: 4)), id: 3),
    ]
    let table = try MemoryTable.make(
      fields,
      properties: [
        "write.format.default": "avro", "write.avro.compression-codec": "uncompressed",
      ])
    var random = SeededRandom("AvroDataReaderTests.damage")
    let files = try await table.write(random.batch(fields, count: 20))
    let location = try #require(files.first?.location)
    let bytes = try await table.fileIO.read(location, range: nil)
    for length in 0..<bytes.count {
      await #expect(throws: IcebergError.self, "cut at \(length)") {
        _ = try await Self.read(bytes[0..<length], as: fields, rows: 20)
      }
    }
    for position in bytes.indices {
      for bit in 0..<8 where LongTests.isEnabled || (position * 8 + bit) % 19 == 0 {
        var damaged = bytes.array
        damaged[position] ^= 1 << UInt8(bit)
        do {
          _ = try await Self.read(Bytes(damaged), as: fields, rows: 20)
        } catch is IcebergError {}
      }
    }
  }
}
