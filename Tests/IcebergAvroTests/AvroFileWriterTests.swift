import IcebergAvro
import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct AvroFileWriterTests {
  static let marker = AvroSyncMarker(derivedFrom: Bytes(utf8: "a file"))
  static let codecs: [CompressionCodec] = [.none, .deflate, .snappyWithChecksum, .zstd]

  @Test("what is written is read again, with every codec and size of block", arguments: codecs)
  func roundTrip(codec: CompressionCodec) throws {
    guard codec.isAvailable else { return }
    let source = try Vectors.bytes("avro/kinds-null.avro")
    let records = try readAll(source)
    let schema = try AvroFileReader(source).schema
    for blockSize in [1, 500, 1 << 20] {
      var file = try AvroFileWriter(
        schema: schema, metadata: [("one", [1]), ("two", Bytes())], codec: codec,
        blockSize: blockSize, syncMarker: Self.marker)
      for record in records {
        try file.encoder.write(record, as: schema)
        try file.endRecord()
      }
      #expect(file.recordCount == records.count)
      let bytes = try file.finish()
      let header = try AvroFileReader(bytes).header
      #expect(header.metadata["one"] == [1] && header.metadata["two"] == Bytes())
      #expect(header.schema == schema)
      #expect(try readAll(bytes) == records)
    }
  }

  @Test("a file that is taken piece by piece is the one that is written at once")
  func pieces() throws {
    func write(takingPieces: Bool) throws -> Bytes {
      var file = try AvroFileWriter(
        schema: .long, codec: .none, blockSize: 100, syncMarker: Self.marker)
      var pieces: [UInt8] = []
      for number in 0..<1_000 as Range<Int64> {
        file.encoder.write(number)
        try file.endRecord()
        if takingPieces, number % 70 == 0 { pieces += Array(file.takeCompleteBytes()) }
        #expect(file.estimatedByteCount >= pieces.count)
      }
      return Bytes(pieces + Array(try file.finish()))
    }
    #expect(try write(takingPieces: true) == write(takingPieces: false))
  }

  @Test("a file without records has no block")
  func empty() throws {
    let file = try AvroFileWriter(schema: .int, syncMarker: Self.marker)
    let bytes = try file.finish()
    var reader = try AvroFileReader(bytes)
    #expect(reader.header.byteCount == bytes.count)
    #expect(try reader.nextBlock() == nil)
  }

  @Test("the same marker comes from the same bytes, another from others")
  func markers() {
    #expect(AvroSyncMarker(derivedFrom: [1, 2]) == AvroSyncMarker(derivedFrom: [1, 2]))
    #expect(AvroSyncMarker(derivedFrom: [1, 2]) != AvroSyncMarker(derivedFrom: [2, 1]))
    #expect(AvroSyncMarker(Bytes(count: 15)) == nil)
    #expect(AvroSyncMarker(Bytes(count: 16)) != nil)
  }

  @Test(
    "a codec that Avro does not have is refused",
    arguments: [CompressionCodec.gzip, .brotli, .lz4Raw])
  func codec(codec: CompressionCodec) {
    let error = #expect(throws: FormatError.self) {
      try AvroFileWriter(schema: .int, codec: codec, syncMarker: Self.marker)
    }
    #expect(error?.code == .unsupported)
  }
}

extension Bytes {
  fileprivate init(count: Int) { self.init([UInt8](repeating: 0, count: count)) }
}
