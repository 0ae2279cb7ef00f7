import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct RoaringBitmap64Tests {
  static func parse(_ bytes: Bytes) throws(FormatError) -> RoaringBitmap64 {
    var reader = ByteReader(bytes.span)
    let bitmap = try RoaringBitmap64(parsing: &reader)
    guard reader.isAtEnd else { throw FormatError(.badValue, at: reader.offset, "bytes left") }
    return bitmap
  }

  static func bytes(_ bitmap: RoaringBitmap64) -> Bytes {
    var writer = ByteWriter()
    bitmap.write(to: &writer)
    return Bytes(writer.bytes)
  }

  static func shapes(_ name: String) -> [[UInt64]] {
    let highs: [UInt64] = [0, 1 << 32, 7 << 32, .max << 32]
    var shapes: [[UInt64]] = [[], [.max], [0, 1 << 63, .max]]
    for (index, shape) in RoaringBitmapTests.shapes(name).enumerated() {
      shapes.append(shape.map { UInt64($0) })
      shapes.append(shape.enumerated().map { UInt64($1) | highs[($0 + index) % 4] })
    }
    return shapes
  }

  @Test("holds what a Set holds and reads what it wrote")
  func model() throws {
    for shape in Self.shapes("RoaringBitmap64Tests.model") {
      var bitmap = RoaringBitmap64()
      for value in shape { bitmap.insert(value) }
      let sorted = Set(shape).sorted()
      #expect(bitmap.values == sorted)
      #expect(bitmap.count == sorted.count)
      #expect(bitmap.min == sorted.first)
      #expect(bitmap.max == sorted.last)
      for value in sorted.prefix(50) { #expect(bitmap.contains(value)) }
      var bulk = RoaringBitmap64()
      bulk.insert(bitPatterns: shape.map { Int64(bitPattern: $0) }[...])
      #expect(bulk == bitmap)
      let parsed = try Self.parse(Self.bytes(bitmap))
      #expect(parsed == bitmap)
      #expect(Set([parsed, bitmap, bulk]).count == 1)
      var union = RoaringBitmap64()
      union.formUnion(parsed)
      union.formUnion(bitmap)
      #expect(union == bitmap)
    }
  }

  @Test("the words of a range have the bits of its integers, at every alignment")
  func words() throws {
    var random = SeededRandom("RoaringBitmap64Tests.words")
    for shape in Self.shapes("RoaringBitmap64Tests.wordShapes") {
      var written = RoaringBitmap64()
      written.insert(bitPatterns: shape.map { Int64(bitPattern: $0) }[...])
      let sorted = Set(shape).sorted()
      for bitmap in [written, try Self.parse(Self.bytes(written))] {
        for _ in 0..<3 {
          let base = shape.randomElement(using: &random) ?? 0
          let start = base &- min(base, UInt64.random(in: 0...10_000, using: &random))
          let length = UInt64.random(in: 0...20_000, using: &random)
          let range =
            start..<min(
              start.addingReportingOverflow(length).overflow ? .max : start + length, .max)
          let inside = sorted.filter { range.contains($0) }
          #expect(bitmap.count(in: range) == inside.count)
          let words = bitmap.words(in: range)
          #expect(words.count == (range.count + 63) / 64)
          var found: [UInt64] = []
          for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
              found.append(start + UInt64(index * 64 + rest.trailingZeroBitCount))
              rest &= rest - 1
            }
          }
          #expect(found == inside)

          var kept = [UInt64](repeating: .max, count: words.count)
          let mayDiffer = bitmap.subtract(from: &kept, startingAt: start)
          #expect(mayDiffer || inside.isEmpty)
          // The last word stands for integers beyond the range too.
          for (index, word) in words.dropLast().enumerated() { #expect(kept[index] == ~word) }
        }
      }
    }
  }

  @Test("a range may cross from one high half to the next")
  func ranges() {
    let start: UInt64 = (1 << 32) - 3
    var bitmap = RoaringBitmap64()
    bitmap.insert(contentsOf: start..<(start + 6))
    bitmap.insert(contentsOf: 5..<5)
    #expect(bitmap.values == Array(start..<(start + 6)))
    #expect(bitmap.words(in: start..<(start + 10)) == [0b11_1111])
    #expect(bitmap.words(in: 0..<0) == [])
    #expect(bitmap.count(in: 0..<(1 << 32)) == 3)
  }

  @Test("bitmaps without integers may stand in a file")
  func emptyBitmaps() throws {
    let empty: [UInt8] = [0x3a, 0x30, 0, 0, 0, 0, 0, 0]
    let two: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0] + empty + [1, 0, 0, 0] + empty
    #expect(try Self.parse(Bytes(two)) == RoaringBitmap64())
    #expect(Self.bytes(RoaringBitmap64()) == [0, 0, 0, 0, 0, 0, 0, 0])
    // The same key twice.
    let twice: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0] + [1, 0, 0, 0] + empty + [1, 0, 0, 0] + empty
    #expect(throws: FormatError.self) { try Self.parse(Bytes(twice)) }
  }

  @Test("a count beyond the bytes is refused before memory is taken")
  func hostileCount() {
    for count: UInt64 in [1, 1 << 31, 1 << 32, 1 << 63, .max] {
      var writer = ByteWriter()
      writer.writeLittleEndian(count)
      #expect(throws: FormatError.self) { try Self.parse(Bytes(writer.bytes)) }
    }
  }
}
