import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Deletion vectors, the bitmaps in them and Puffin files, damaged in every way that a bit or a missing
/// end can be.
@Suite("A damaged deletion vector")
struct DamagedVectorTests {
  /// Vectors with containers of every form, beyond 2^32 too.
  static func vectors() throws -> [DeletionVector] {
    var mixed = try DeletionVector([5, 7, 1 << 32, (1 << 40) + 3])
    try mixed.insert(contentsOf: 70_000..<70_900)
    try mixed.insert(contentsOf: 131_000..<131_003)
    var dense = DeletionVector()
    try dense.insert(contentsOf: stride(from: 0 as Int64, to: 10_000, by: 2).map { $0 }[...])
    var runs = DeletionVector()
    for start in stride(from: 0 as Int64, to: 400_000, by: 60_000) {
      try runs.insert(contentsOf: start..<(start + 20_000))
    }
    return [DeletionVector(), try DeletionVector([0]), mixed, dense, runs]
  }

  /// All of `range` in the long suite, some in the quick one.
  private static func chosen(_ count: Int) -> [Int] {
    if LongTests.isEnabled || count <= 400 { return Array(0..<count) }
    var random = SeededRandom(seed: UInt64(count))
    return Array(0..<100) + (0..<200).map { _ in Int.random(in: 0..<count, using: &random) }
      + Array((count - 40)..<count)
  }

  @Test("that lacks its end is refused, wherever it ends")
  func cut() throws {
    for vector in try Self.vectors() {
      let blob = try vector.serialized()
      for end in Self.chosen(blob.count) {
        #expect(throws: FormatError.self) { try DeletionVector(parsing: blob[..<end]) }
      }
    }
  }

  @Test("with a flipped bit is refused, wherever it is")
  func flipped() throws {
    for vector in try Self.vectors() {
      let blob = try vector.serialized()
      for position in Self.chosen(blob.count) {
        for bit in 0..<8 as Range<UInt8> {
          var bytes = blob.array
          bytes[position] ^= 1 << bit
          #expect(throws: FormatError.self) { try DeletionVector(parsing: Bytes(bytes)) }
        }
      }
    }
  }

  @Test("whose bitmap has a flipped bit and no checksum ends in an error or in a sound bitmap")
  func bitmaps() throws {
    for vector in try Self.vectors() {
      let blob = try vector.serialized()
      let bitmap = blob[8..<(blob.count - 4)]
      for position in Self.chosen(bitmap.count) {
        for bit in 0..<8 as Range<UInt8> {
          var bytes = bitmap.array
          bytes[position] ^= 1 << bit
          try Self.check(Bytes(bytes))
        }
      }
      for end in Self.chosen(bitmap.count) {
        #expect(throws: FormatError.self) { try Self.parse(bitmap[..<(bitmap.startIndex + end)]) }
      }
    }
  }

  @Test("of random bytes ends in an error or in a sound bitmap")
  func noise() throws {
    var random = SeededRandom("DamagedVectorTests.noise")
    for _ in 0..<(LongTests.isEnabled ? 200_000 : 2_000) {
      let count = Int.random(in: 0...200, using: &random)
      var bytes: [UInt8] = [UInt8.random(in: 0...3, using: &random), 0, 0, 0, 0, 0, 0, 0]
      bytes += [0, 0, 0, 0, UInt8.random(in: 0x3a...0x3b, using: &random), 0x30]
      bytes += [UInt8.random(in: 0...4, using: &random), 0]
      bytes += random.bytes(count).map { $0 & 0x1f }
      try Self.check(Bytes(bytes))
    }
  }

  @Test("in a Puffin file with a flipped bit ends in an error or in a vector")
  func puffin() throws {
    var writer = PuffinWriter()
    for (index, vector) in try Self.vectors().enumerated() {
      try writer.append(vector, of: "s3://b/\(index).parquet")
    }
    let (bytes, footerSize) = try writer.finish()
    for position in Self.chosen(footerSize) {
      for bit in 0..<8 as Range<UInt8> {
        var array = bytes.array
        array[array.count - footerSize + position] ^= 1 << bit
        guard let file = try? PuffinFile(parsing: Bytes(array)) else { continue }
        for blob in file.blobs {
          let range = Int(blob.range.lowerBound)..<Int(blob.range.upperBound)
          _ = try? blob.deletionVector(from: Bytes(array)[range])
        }
      }
    }
  }

  private static func parse(_ bytes: Bytes) throws(FormatError) -> RoaringBitmap64 {
    var reader = ByteReader(bytes.span)
    let bitmap = try RoaringBitmap64(parsing: &reader)
    guard reader.isAtEnd else { throw FormatError(.badValue, at: reader.offset, "bytes left") }
    return bitmap
  }

  /// What can be read must hold together: as many integers as it says, ascending, and the same when it
  /// is written and read again.
  private static func check(_ bytes: Bytes) throws {
    guard let bitmap = try? parse(bytes) else { return }
    var count = 0
    var previous: UInt64?
    bitmap.forEachRun { run in
      #expect(previous.map { $0 < run.lowerBound } ?? true)
      previous = run.upperBound
      count += run.count
    }
    #expect(count == bitmap.count)
    #expect(bitmap.max == previous)
    var writer = ByteWriter()
    bitmap.write(to: &writer)
    #expect(try parse(Bytes(writer.bytes)) == bitmap)
  }
}
