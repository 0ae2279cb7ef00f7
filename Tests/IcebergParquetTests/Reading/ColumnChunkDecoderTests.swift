import IcebergBytes
import IcebergColumns
import IcebergParquet
import Testing

@Suite struct ColumnChunkDecoderTests {
  @Test("definition levels in the old bit packing")
  func bitPackedLevels() throws {
    var chunk = HandmadeChunk(.int32, .optional, rows: 9)
    // Packed from the highest bit on: 1, 0, 1, 1, 0, 0, 0, 1, then 1.
    chunk.addPage(
      count: 9, levels: .bitPacked, [0b1011_0001, 0b1000_0000] + .ints(1, 2, 3, 4, 5))
    let column = try chunk.decode()
    #expect(column.values == .int([1, 0, 2, 3, 0, 0, 0, 4, 5]))
    #expect(
      column.validity == Bitmap([true, false, true, true, false, false, false, true, true]))
  }

  @Test("repeated columns with levels in the old bit packing")
  func bitPackedRepetition() throws {
    var chunk = HandmadeChunk(.int32, .repeated, rows: 3)
    chunk.valueCount = 5
    // Rows [1, 2, 3], [], [4]: repetition 0, 1, 1, 0, 0; definition 1, 1, 1, 0, 1.
    chunk.addPage(
      count: 5, levels: .bitPacked, [0b0110_0000, 0b1110_1000] + .ints(1, 2, 3, 4))
    #expect(
      try chunk.decode()
        == Column(
          .list(offsets: [0, 3, 3, 4], element: Column(.int([1, 2, 3, 4]), count: 4)), count: 3))
  }

  @Test("a row may go on in the next page")
  func rowsAcrossPages() throws {
    var chunk = HandmadeChunk(.int32, .repeated, rows: 3)
    chunk.valueCount = 6
    // Rows [1, 2], [3, 4, 5], [6].
    chunk.addPage(count: 3, .levels(3, 0b0000_0010) + .levels(6, 1) + .ints(1, 2, 3))
    chunk.addPage(count: 3, .levels(3, 0b0000_0011) + .levels(6, 1) + .ints(4, 5, 6))
    #expect(
      try chunk.decode()
        == Column(
          .list(offsets: [0, 2, 5, 6], element: Column(.int([1, 2, 3, 4, 5, 6]), count: 6)),
          count: 3))
  }

  @Test("dictionary pages and indices of both names, then plain pages")
  func dictionaries() throws {
    for name in [Encoding.plainDictionary, .rleDictionary] {
      var chunk = HandmadeChunk(.int32, .required, rows: 6)
      chunk.addDictionary(
        count: 2, encoding: name == .plainDictionary ? name : .plain, .ints(7, 8))
      chunk.addPage(count: 4, encoding: name, [1, 8, 1])
      chunk.addPage(count: 2, .ints(1, 2))
      #expect(try chunk.decode().values == .int([8, 8, 8, 8, 1, 2]))
    }
  }

  @Test("pages of nulls may have no bytes for their values")
  func nullPages() throws {
    for encoding in [
      Encoding.plain, .plainDictionary, .deltaBinaryPacked, .byteStreamSplit,
    ] {
      var chunk = HandmadeChunk(.int32, .optional, rows: 5)
      chunk.addPage(count: 5, encoding: encoding, .levels(10, 0))
      let column = try chunk.decode()
      #expect(column.nullCount == 5)
      #expect(column.values == .int([0, 0, 0, 0, 0]))
    }
    var flags = HandmadeChunk(.boolean, .optional, rows: 5)
    flags.addPage(count: 5, encoding: .rle, .levels(10, 0))
    #expect(try flags.decode().nullCount == 5)
  }

  @Test("pages of other kinds are skipped, and empty ones")
  func otherPages() throws {
    var chunk = HandmadeChunk(.int32, .required, rows: 2)
    chunk.add(.other(1), [1, 2, 3])
    chunk.addPage(count: 0, [])
    chunk.addPage(count: 1, .ints(5))
    chunk.add(.other(77), [])
    chunk.addPage(count: 0, [])
    chunk.addPage(count: 1, .ints(6))
    #expect(try chunk.decode().values == .int([5, 6]))
  }

  @Test("pages of the second form, compressed and not")
  func secondForm() throws {
    let values: [UInt8] = .ints(4, 5)
    func content(_ isCompressed: Bool) -> PageHeader.Content {
      .dataV2(
        .init(
          valueCount: 3, nullCount: 1, rowCount: 3, encoding: .plain, definitionLevelsSize: 2,
          repetitionLevelsSize: 0, isCompressed: isCompressed))
    }
    let compressed = try CompressionCodec.snappy.compress(Bytes(values)).array
    for isCompressed in [false, true] {
      var chunk = HandmadeChunk(.int32, .optional, rows: 3)
      chunk.compression = .snappy
      let body = [3, 0b0000_0101] + (isCompressed ? compressed : values)
      chunk.bytes =
        PageHeader(
          uncompressedSize: 10, compressedSize: Int32(body.count), content: content(isCompressed)
        ).encoded() + body
      let column = try chunk.decode()
      #expect(column.values == .int([4, 0, 5]))
      #expect(column.validity == Bitmap([true, false, true]))
    }
  }

  /// Chunks of five required integers, unless they say otherwise, with something wrong.
  static let defects: KeyValuePairs<String, @Sendable (inout HandmadeChunk) -> Void> = [
    "fewer values than rows": { $0.addPage(count: 4, .ints(1, 2, 3, 4)) },
    "more values than rows": { $0.addPage(count: 6, .ints(1, 2, 3, 4, 5, 6)) },
    "a page shorter than its values": { $0.addPage(count: 5, .ints(1, 2, 3, 4)) },
    "indices without a dictionary": { $0.addPage(count: 5, encoding: .rleDictionary, [1, 10, 0]) },
    "an index beyond the dictionary": {
      $0.addDictionary(count: 1, .ints(1))
      $0.addPage(count: 5, encoding: .rleDictionary, [1, 10, 1])
    },
    "two dictionaries": {
      $0.addDictionary(count: 1, .ints(1))
      $0.addDictionary(count: 1, .ints(1))
      $0.addPage(count: 5, .ints(1, 2, 3, 4, 5))
    },
    "a dictionary behind values": {
      $0.addPage(count: 1, .ints(1))
      $0.addDictionary(count: 1, .ints(1))
      $0.addPage(count: 4, .ints(1, 2, 3, 4))
    },
    "a dictionary shorter than it says": {
      $0.addDictionary(count: 2, .ints(1))
      $0.addPage(count: 5, .ints(1, 2, 3, 4, 5))
    },
    "an encoding that is not known": {
      $0.addPage(count: 5, encoding: .unrecognized(10), .ints(1, 2, 3, 4, 5))
    },
    "an encoding of other types": {
      $0.addPage(count: 5, encoding: .deltaByteArray, .ints(1, 2, 3, 4, 5))
    },
    "more delta-encoded values than the page says": {
      $0.addPage(count: 5, encoding: .deltaBinaryPacked, [0x80, 1, 4, 6, 2, 2, 0, 0, 0, 0])
    },
    "fewer delta-encoded values than the page says": {
      $0.addPage(count: 5, encoding: .deltaBinaryPacked, [0x80, 1, 4, 4, 2, 2, 0, 0, 0, 0])
    },
    "split streams of six values": {
      $0.addPage(count: 5, encoding: .byteStreamSplit, .ints(1, 2, 3, 4, 5, 6))
    },
    "split streams of four values": {
      $0.addPage(count: 5, encoding: .byteStreamSplit, .ints(1, 2, 3, 4))
    },
    "levels above the maximum": {
      $0.leaf.repetition = .optional
      $0.addPage(count: 5, .levels(10, 2) + .ints(1, 2, 3, 4, 5))
    },
    "levels in an encoding for values": {
      $0.leaf.repetition = .optional
      $0.addPage(count: 5, levels: .plain, .levels(10, 1) + .ints(1, 2, 3, 4, 5))
    },
    "levels that end too soon": {
      $0.leaf.repetition = .optional
      $0.addPage(count: 5, .levels(8, 1) + .ints(1, 2, 3, 4, 5))
    },
    "a chunk that begins within a row": {
      $0.leaf.repetition = .repeated
      $0.addPage(count: 5, .levels(10, 1) + .levels(10, 1) + .ints(1, 2, 3, 4, 5))
    },
    "an element of an empty list": {
      $0.leaf.repetition = .repeated
      $0.rowCount = 4
      $0.valueCount = 5
      // Repetition 0, 1, 0, 0, 0; definition 0, 0, 0, 0, 0.
      $0.addPage(count: 5, .levels(3, 0b0000_0010) + .levels(10, 0))
    },
    "a page beyond its chunk": {
      $0.addPage(count: 5, .ints(1, 2, 3, 4, 5))
      $0.bytes.removeLast()
    },
    "compressed bytes that are none": {
      $0.compression = .zstd
      $0.addPage(count: 5, .ints(1, 2, 3, 4, 5))
    },
    "levels longer than their page": {
      $0.add(
        .dataV2(
          .init(
            valueCount: 5, nullCount: 0, rowCount: 5, encoding: .plain,
            definitionLevelsSize: 21, repetitionLevelsSize: 0, isCompressed: false)),
        .ints(1, 2, 3, 4, 5))
    },
  ]

  @Test("what is wrong is refused", arguments: defects.map(\.key))
  func refusals(name: String) throws {
    let change = try #require(Self.defects.first { $0.key == name }).value
    var chunk = HandmadeChunk(.int32, .required, rows: 5)
    change(&chunk)
    let error = #expect(throws: FormatError.self) { try chunk.decode() }
    #expect(error?.reason.contains("batches differ") == false)
    let decoder = try chunk.decoder()
    #expect(throws: FormatError.self) {
      var rows = try decoder.rows(of: [Bytes(chunk.bytes)])
      while try rows.next(atMost: 2) != nil {}
    }
  }

  @Test("a few bytes that stand for billions of rows are decoded as far as asked")
  func longRuns() throws {
    let count = Int32.max
    var nulls = HandmadeChunk(.int64, .optional, rows: Int(count))
    nulls.addPage(count: count, .levels(0xfe, 0xff, 0xff, 0xff, 0x0f, 0))
    var repeated = HandmadeChunk(.byteArray, .required, rows: Int(count))
    repeated.addDictionary(count: 1, .ints(3) + Array("abc".utf8))
    repeated.addPage(
      count: count, encoding: .rleDictionary, [1, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0])
    var steps = HandmadeChunk(.int64, .required, rows: Int(count))
    // Blocks of 65536 differences of one, in no bits.
    var deltas: [UInt8] = [0x80, 0x80, 4, 1, 0xff, 0xff, 0xff, 0xff, 7, 0]
    for _ in 0..<40 { deltas += [2, 0] }
    steps.addPage(count: count, encoding: .deltaBinaryPacked, deltas)
    for chunk in [nulls, repeated, steps] {
      var rows = try chunk.decoder().rows(of: [Bytes(chunk.bytes)])
      for _ in 0..<20 {
        let batch = try #require(try rows.next(atMost: 1 << 16))
        #expect(batch.rowCount == 1 << 16)
      }
      #expect(rows.remaining == Int(count) - 20 << 16)
    }
  }

  @Test("batches of very long texts are made smaller")
  func longTexts() throws {
    let text = [UInt8](repeating: UInt8(ascii: "x"), count: 10_000)
    var chunk = HandmadeChunk(.byteArray, .required, rows: 1000)
    chunk.addDictionary(count: 1, .ints(10_000) + text)
    chunk.addPage(count: 1000, encoding: .rleDictionary, [1, 0xd0, 0x0f, 0])
    var rows = try chunk.decoder().rows(of: [Bytes(chunk.bytes)], sizeLimit: 1 << 20)
    var total = 0
    while let batch = try rows.next(atMost: 1000) {
      total += batch.rowCount
      #expect(batch.rowCount <= 104)
      #expect(batch.rowCount >= 40 || rows.remaining == 0)
    }
    #expect(total == 1000)
    // Whoever decodes the fields of a step themselves gets the same rows.
    rows = try chunk.decoder().rows(of: [Bytes(chunk.bytes)], sizeLimit: 1 << 20)
    var attempts = 0
    while var step = rows.nextStep(atMost: 1000) {
      while true {
        attempts += 1
        step.fields[0].decode(step.rowCount, sizeLimit: step.sizeLimit)
        guard let batch = try rows.finish(&step) else { continue }
        #expect(batch.columns[0].count == batch.rowCount)
        total -= batch.rowCount
        break
      }
    }
    #expect(total == 0)
    #expect(attempts > 20)
    // A row is never too long.
    rows = try chunk.decoder().rows(of: [Bytes(chunk.bytes)], sizeLimit: 10)
    #expect(try rows.next(atMost: 1000)?.rowCount == 1)
  }
}
