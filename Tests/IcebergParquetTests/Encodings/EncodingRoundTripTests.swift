import IcebergBytes
import IcebergColumns
import IcebergParquet
import IcebergTestSupport
import Testing

@Suite struct EncodingRoundTripTests {
  /// Runs of equal values and stretches of different ones, all below two to the power of `width`.
  private func numbers(_ count: Int, width: Int, _ random: inout SeededRandom) -> [UInt32] {
    let most: UInt64 = width == 32 ? 0xffff_ffff : (1 << UInt64(width)) - 1
    var values: [UInt32] = []
    while values.count < count {
      let length = Int.random(in: 1...70, using: &random)
      let same = UInt32(truncatingIfNeeded: random.next() & most)
      let isRun = Bool.random(using: &random)
      for _ in 0..<length {
        values.append(isRun ? same : UInt32(truncatingIfNeeded: random.next() & most))
      }
    }
    return Array(values.prefix(count))
  }

  @Test("runs of every width decode to what was encoded", arguments: 0...32)
  func runs(width: Int) throws {
    var random = SeededRandom("runs \(width)")
    for count in [0, 1, 7, 8, 9, 63, 64, 65, 503, 504, 505, 2000] {
      let values = numbers(count, width: width, &random)
      var writer = ByteWriter()
      values.withUnsafeBufferPointer {
        RunLengthEncoder.encode($0, width: width, into: &writer)
      }
      var decoder = try RunLengthDecoder(Bytes(writer.bytes), width: width)
      var decoded: [UInt32] = []
      try decoder.decode(count, into: &decoded)
      #expect(decoded == values)
      if width > 0, width <= 8 {
        let narrow = values.map { UInt8($0) }
        var other = ByteWriter()
        narrow.withUnsafeBufferPointer {
          RunLengthEncoder.encode($0, width: width, into: &other)
        }
        #expect(other.bytes == writer.bytes)
      }
    }
  }

  @Test("bits encode to runs that decode to the same bits, wherever the range begins")
  func bits() throws {
    var random = SeededRandom()
    for _ in 0..<200 {
      let count = Int.random(in: 0...1500, using: &random)
      let bits = Bitmap(numbers(count, width: 1, &random).map { $0 == 1 })
      let start = Int.random(in: 0...count, using: &random)
      var writer = ByteWriter()
      RunLengthEncoder.encode(bits, at: start..<count, into: &writer)
      var decoder = try RunLengthDecoder(Bytes(writer.bytes), width: 1)
      var decoded = Bitmap()
      try decoder.decode(count - start, into: &decoded)
      #expect(decoded == bits.slice(start..<count))
      var plain = ByteWriter()
      PlainEncoding.encode(bits, at: start..<count, into: &plain)
      var offset = 0
      decoded = Bitmap()
      try PlainEncoding.decode(
        Bytes(plain.bytes), at: &offset, count: count - start, into: &decoded)
      #expect(decoded == bits.slice(start..<count))
    }
  }

  @Test("one value throughout takes a single run")
  func constant() {
    var writer = ByteWriter()
    [UInt32](repeating: 5, count: 20_000).withUnsafeBufferPointer {
      RunLengthEncoder.encode($0, width: 10, into: &writer)
    }
    #expect(writer.bytes == [0xc0, 0xb8, 2, 5, 0])
    writer = ByteWriter()
    RunLengthEncoder.encode(Bitmap(repeating: true, count: 100), at: 0..<100, into: &writer)
    #expect(writer.bytes == [200, 1, 1])
  }

  @Test("differences of every size decode to what was encoded, overflow included")
  func deltas() throws {
    var random = SeededRandom()
    for shift in 0..<64 {
      for count in [0, 1, 2, 32, 33, 128, 129, 130, 500] {
        let values = (0..<count).map { _ in Int64(bitPattern: random.next()) >> Int64(shift) }
        try check(values)
        try check(values.map { Int32(truncatingIfNeeded: $0) })
      }
    }
    try check([Int64.min, .max, .min, 0, .max, -1])
    try check([Int32.min, .max, .min, 0, .max, -1])
  }

  private func check<T: FixedWidthInteger & SignedInteger & FixedWidthBits>(
    _ values: [T]
  ) throws {
    var writer = ByteWriter()
    values.withUnsafeBufferPointer { DeltaBinaryPacked.encode($0, into: &writer) }
    var offset = 0
    var decoded: [T] = []
    try DeltaBinaryPacked.decode(
      Bytes(writer.bytes), at: &offset, limit: values.count, into: &decoded)
    #expect(decoded == values)
    #expect(offset == writer.count)
  }

  @Test("byte strings decode to what was encoded, in every encoding")
  func byteStrings() throws {
    var random = SeededRandom()
    for count in [0, 1, 2, 33, 200] {
      var values = ByteArrays()
      for _ in 0..<count {
        let shared =
          values.count == 0 ? 0 : Int.random(in: 0...values[values.count - 1].count, using: &random)
        let prefix = values.count == 0 ? [] : Array(values[values.count - 1].prefix(shared))
        let rest = random.bytes(Int.random(in: 0...40, using: &random))
        values.data += prefix + rest
        values.offsets.append(Int32(values.data.count))
      }
      let start = Int.random(in: 0...count, using: &random)
      let part = ByteArrays((start..<count).map { Array(values[$0]) })
      var (plain, lengths, deltas) = (ByteWriter(), ByteWriter(), ByteWriter())
      PlainEncoding.encode(values, at: start..<count, into: &plain)
      DeltaLengthByteArray.encode(values, at: start..<count, into: &lengths)
      DeltaByteArray.encode(values, at: start..<count, into: &deltas)
      var (offset, decoded) = (0, ByteArrays())
      try PlainEncoding.decode(Bytes(plain.bytes), at: &offset, count: part.count, into: &decoded)
      #expect(decoded == part)
      #expect(offset == plain.count)
      decoded = ByteArrays()
      try DeltaLengthByteArray.decode(
        Bytes(lengths.bytes), at: 0, limit: part.count, into: &decoded)
      #expect(decoded == part)
      decoded = ByteArrays()
      try DeltaByteArray.decode(Bytes(deltas.bytes), at: 0, limit: part.count, into: &decoded)
      #expect(decoded == part)
    }
  }

  @Test("streams of bytes decode to what was encoded", arguments: 1...17)
  func streams(width: Int) throws {
    var random = SeededRandom("streams \(width)")
    let values = random.bytes(width * 29)
    var writer = ByteWriter()
    values.withUnsafeBytes { ByteStreamSplit.encode($0, width: width, into: &writer) }
    var offset = 0
    var decoded: [UInt8] = []
    try ByteStreamSplit.decode(
      Bytes(writer.bytes), at: &offset, count: 29, width: width, into: &decoded)
    #expect(decoded == values)
  }

  @Test("encoded bytes that are cut or flipped end in an error or in values, never in a trap")
  func damage() throws {
    var random = SeededRandom()
    let strings = ByteArrays(
      (0..<80).map { _ in random.bytes(Int.random(in: 0...9, using: &random)) })
    let longs = (0..<150).map { _ in Int64(bitPattern: random.next() >> 40) }
    let indices = numbers(200, width: 5, &random)
    var encoded = [ByteWriter](repeating: ByteWriter(), count: 5)
    PlainEncoding.encode(strings, at: 0..<80, into: &encoded[0])
    DeltaLengthByteArray.encode(strings, at: 0..<80, into: &encoded[1])
    DeltaByteArray.encode(strings, at: 0..<80, into: &encoded[2])
    longs.withUnsafeBufferPointer { DeltaBinaryPacked.encode($0, into: &encoded[3]) }
    encoded[4].write(5)
    indices.withUnsafeBufferPointer { RunLengthEncoder.encode($0, width: 5, into: &encoded[4]) }
    for writer in encoded {
      for end in 0..<writer.count { decodeAll(Bytes(writer.bytes)[0..<end]) }
      for _ in 0..<LongTests.rounds(quick: 120, long: 20_000) {
        var bytes = writer.bytes
        let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        decodeAll(Bytes(bytes))
      }
    }
  }

  private func decodeAll(_ bytes: Bytes) {
    var offset = 0
    var (strings, longs, fixed) = (ByteArrays(), [Int64](), [UInt8]())
    try? PlainEncoding.decode(bytes, at: &offset, count: 80, into: &strings)
    try? DeltaLengthByteArray.decode(bytes, at: 0, limit: 80, into: &strings)
    try? DeltaByteArray.decode(bytes, at: 0, limit: 80, sizeLimit: 1 << 16, into: &strings)
    try? DeltaByteArray.decode(bytes, at: 0, limit: 80, width: 4, into: &fixed)
    offset = 0
    try? DeltaBinaryPacked.decode(bytes, at: &offset, limit: 150, into: &longs)
    offset = 0
    try? BitPackedLevels.decode(bytes, at: &offset, width: 5, count: 200, into: &longs)
    if var decoder = try? DictionaryDecoder(bytes) {
      try? decoder.decode(200, of: [Int64](repeating: 1, count: 32), into: &longs)
    }
    if var decoder = try? DictionaryDecoder(bytes) {
      let entries = ByteArrays((0..<20).map { [UInt8](repeating: 7, count: $0) })
      try? decoder.decode(200, of: entries, into: &strings)
    }
    if var decoder = try? DictionaryDecoder(bytes) {
      try? decoder.decode(200, of: [UInt8](repeating: 1, count: 30), width: 3, into: &fixed)
    }
    #expect(strings.offsets.last.map(Int.init) == strings.data.count)
  }

  @Test("a dictionary gives its values for their indices")
  func dictionary() throws {
    var writer = ByteWriter()
    writer.write(2)
    let indices: [UInt32] = [0, 1, 2, 1] + [UInt32](repeating: 2, count: 40) + [0]
    indices.withUnsafeBufferPointer { RunLengthEncoder.encode($0, width: 2, into: &writer) }
    let bytes = Bytes(writer.bytes)
    var decoder = try DictionaryDecoder(bytes)
    var longs: [Int64] = []
    try decoder.decode(20, of: [5, 6, 7], into: &longs)
    try decoder.decode(25, of: [5, 6, 7], into: &longs)
    #expect(longs == indices.map { Int64($0) + 5 })
    decoder = try DictionaryDecoder(bytes)
    var strings = ByteArrays()
    let entries = ByteArrays([[1], [], [2, 3, 4]])
    try decoder.decode(45, of: entries, into: &strings)
    #expect(strings == ByteArrays(indices.map { Array(entries[Int($0)]) }))
    decoder = try DictionaryDecoder(bytes)
    var fixed: [UInt8] = []
    try decoder.decode(45, of: [1, 2, 3, 4, 5, 6], width: 2, into: &fixed)
    #expect(fixed == indices.flatMap { [UInt8($0 * 2 + 1), UInt8($0 * 2 + 2)] })
    decoder = try DictionaryDecoder(bytes)
    var raw: [UInt32] = []
    try decoder.decodeIndices(45, below: 3, into: &raw)
    #expect(raw == indices)
    decoder = try DictionaryDecoder(bytes)
    #expect(throws: FormatError.self) { try decoder.decode(45, of: [5, 6], into: &longs) }
    decoder = try DictionaryDecoder(bytes)
    #expect(throws: FormatError.self) { try decoder.decodeIndices(45, below: 2, into: &raw) }
  }
}
