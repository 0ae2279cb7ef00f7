import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct DeletionVectorTests {
  static let sets: [[Int64]] = [
    [], [0], [1, 2], [.max], [0, 1, 5, 70_000, 1 << 32, .max - 1, .max], Array(0..<100_000),
  ]

  @Test("reads what it wrote", arguments: sets.indices)
  func roundTrip(index: Int) throws {
    let positions = Self.sets[index]
    let vector = try DeletionVector(positions)
    #expect(vector.positions == positions)
    #expect(vector.count == positions.count)
    #expect(vector.last == positions.last)
    #expect(try DeletionVector(parsing: vector.serialized()) == vector)
  }

  @Test("the checksum covers the mark and the bitmap")
  func checksum() throws {
    let blob = try DeletionVector([1, 2]).serialized()
    #expect(blob.suffix(4).elementsEqual([0x71, 0x2f, 0xa6, 0xe8]))
    var damaged = blob.array
    damaged[damaged.count - 1] = 0xe9
    #expect {
      try DeletionVector(parsing: Bytes(damaged))
    } throws: { ($0 as? FormatError)?.code == .checksum }
  }

  @Test("positions begin at 0")
  func negative() throws {
    var vector = try DeletionVector([3])
    for position: Int64 in [-1, .min] {
      #expect(throws: IcebergError.self) { try vector.insert(position) }
      #expect(throws: IcebergError.self) { try vector.insert(contentsOf: [7, position]) }
      #expect(throws: IcebergError.self) { try vector.insert(contentsOf: position..<5) }
    }
    #expect(vector.positions == [3])
  }

  @Test("a position beyond 2^63 is refused")
  func beyond() throws {
    var bitmap = RoaringBitmap64()
    bitmap.insert(1 << 63)
    var writer = ByteWriter()
    writer.write([0xd1, 0xd3, 0x39, 0x64])
    bitmap.write(to: &writer)
    var blob = ByteWriter()
    blob.writeBigEndian(UInt32(writer.count))
    blob.write(writer.bytes)
    blob.writeBigEndian(CRC32.checksum(Bytes(writer.bytes)))
    #expect {
      try DeletionVector(parsing: Bytes(blob.bytes))
    } throws: { ($0 as? FormatError)?.code == .badValue }
  }

  @Test("a blob cut anywhere, with bytes behind it, or with a flipped bit is refused")
  func damage() throws {
    var vector = try DeletionVector([0, 5, 9, 1 << 33])
    try vector.insert(contentsOf: 1000..<3000)
    let blob = try vector.serialized()
    for end in 0..<blob.count {
      #expect(throws: FormatError.self) { try DeletionVector(parsing: blob[..<end]) }
    }
    #expect(throws: FormatError.self) { try DeletionVector(parsing: Bytes(blob.array + [0])) }
    for bit in 0..<(blob.count * 8) {
      var bytes = blob.array
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(throws: FormatError.self) { try DeletionVector(parsing: Bytes(bytes)) }
    }
  }

  @Test("gives the deleted rows of a batch as words, and takes them from a selection")
  func words() throws {
    let vector = try DeletionVector([100, 163, 164, 300])
    #expect(vector.words(in: 100..<230) == [1 | 1 << 63, 1, 0])
    #expect(vector.count(in: 100..<164) == 2)
    var selection: [UInt64] = [.max, .max]
    #expect(vector.subtract(from: &selection, startingAt: 100))
    #expect(selection == [~(1 | 1 << 63), ~1] as [UInt64])
    #expect(!vector.subtract(from: &selection, startingAt: 400))
    var runs: [ClosedRange<Int64>] = []
    vector.forEachRun { runs.append($0) }
    #expect(runs == [100...100, 163...164, 300...300])
    #expect(vector.union(try DeletionVector([5])).positions == [5, 100, 163, 164, 300])
  }

  static func file(offset: Int64?, size: Int64?, count: Int64) -> DeleteFile {
    var file = DataFile(
      content: .positionDeletes, location: "s3://b/dv.puffin", format: .puffin,
      recordCount: count, fileSizeInBytes: 100)
    file.contentOffset = offset
    file.contentSizeInBytes = size
    file.referencedDataFile = "s3://b/a.parquet"
    return DeleteFile(file: file, sequenceNumber: 1, partitionSpec: .unpartitioned)
  }

  @Test("the manifest says where the blob lies, how long it is and how many rows it deletes")
  func manifest() throws {
    let blob = try DeletionVector([1, 2]).serialized()
    let size = Int64(blob.count)
    #expect(try Self.file(offset: 4, size: size, count: 2).contentRange == 4..<(4 + size))
    for (offset, length) in [(nil, 5), (5, nil), (-1, 5), (4, -5), (96, 5), (.max, 1)]
      as [(Int64?, Int64?)]
    {
      #expect(throws: IcebergError.self) {
        try Self.file(offset: offset, size: length, count: 2).contentRange
      }
    }
    let file = Self.file(offset: 4, size: size, count: 2)
    #expect(try DeletionVector(parsing: blob, of: file).positions == [1, 2])
    #expect(file.kind == .deletionVector)
    for wrong in [
      Self.file(offset: 4, size: size, count: 3), Self.file(offset: 4, size: size - 1, count: 2),
    ] {
      #expect {
        try DeletionVector(parsing: blob, of: wrong)
      } throws: { ($0 as? IcebergError)?.code == .invalidFile }
    }
  }
}
