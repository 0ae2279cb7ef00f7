import IcebergBytes
import IcebergTestSupport
import Testing

@Suite struct RoaringBitmapTests {
  /// Sets of every shape, with a random part.
  static func shapes(_ name: String) -> [[UInt32]] {
    var random = SeededRandom(name)
    var shapes: [[UInt32]] = [
      [], [0], [.max], [0, .max], [65_535, 65_536], Array(0...9), Array(60_000...70_000),
      every(2, below: 70_000),
    ]
    // Both sides of the limits of arrays and runs.
    for count: UInt32 in 4_095...4_097 { shapes.append(every(2, below: 2 * count)) }
    for count: UInt32 in 2_047...2_048 {
      shapes.append(every(32, below: 32 * count).flatMap { [$0, $0 + 1, $0 + 2] })
    }
    for bits in [4, 12, 17, 20, 32] {
      for count in [10, 1000, bits == 17 ? 20_000 : 100] {
        shapes.append(
          (0..<count).map { _ in UInt32(truncatingIfNeeded: random.next()) >> UInt32(32 - bits) })
      }
    }
    for _ in 0..<3 {
      var clustered: [UInt32] = []
      for _ in 0..<Int.random(in: 1...100, using: &random) {
        let start = UInt32.random(in: 0..<300_000, using: &random)
        clustered += Array(start...(start + UInt32.random(in: 0..<200, using: &random)))
      }
      shapes.append(clustered)
    }
    return shapes
  }

  private static func every(_ step: UInt32, below end: UInt32) -> [UInt32] {
    Array(stride(from: 0, to: end, by: Int(step)))
  }

  static func bitmap(_ values: [UInt32]) -> RoaringBitmap {
    var bitmap = RoaringBitmap()
    for value in values { bitmap.insert(value) }
    return bitmap
  }

  static func values(_ bitmap: RoaringBitmap) -> [UInt32] {
    var result: [UInt32] = []
    bitmap.forEachRun { result.append(contentsOf: $0) }
    return result
  }

  static func bytes(_ bitmap: RoaringBitmap) -> Bytes {
    var writer = ByteWriter()
    bitmap.write(to: &writer)
    return Bytes(writer.bytes)
  }

  static func parse(_ bytes: Bytes) throws(FormatError) -> RoaringBitmap {
    var reader = ByteReader(bytes.span)
    let bitmap = try RoaringBitmap(parsing: &reader)
    guard reader.isAtEnd else { throw FormatError(.badValue, at: reader.offset, "bytes left") }
    return bitmap
  }

  @Test("holds what a Set holds, whatever the order of insertion")
  func model() {
    for shape in Self.shapes("RoaringBitmapTests.model") {
      var bitmap = RoaringBitmap()
      var set: Set<UInt32> = []
      for value in shape { #expect(bitmap.insert(value) == set.insert(value).inserted) }
      let sorted = set.sorted()
      #expect(Self.values(bitmap) == sorted)
      #expect(bitmap.count == set.count)
      #expect(bitmap.isEmpty == set.isEmpty)
      #expect(bitmap.min == sorted.first)
      #expect(bitmap.max == sorted.last)
      for value in sorted.prefix(200) {
        #expect(bitmap.contains(value))
        #expect(bitmap.contains(value &+ 1) == set.contains(value &+ 1))
        #expect(bitmap.contains(value &- 1) == set.contains(value &- 1))
      }
      #expect(Self.bitmap(shape.reversed()) == bitmap)
    }
  }

  @Test("a union holds what either holds, in all pairs of forms")
  func union() {
    let shapes = Self.shapes("RoaringBitmapTests.union")
    // Parsed bitmaps hold runs, others do not.
    let bitmaps = shapes.map { Self.bitmap($0) }
    let parsed = bitmaps.compactMap { try? Self.parse(Self.bytes($0)) }
    #expect(parsed == bitmaps)
    for (index, left) in (bitmaps + parsed).enumerated() {
      for (other, right) in (parsed + bitmaps).enumerated() where (index + other) % 11 == 0 {
        var union = left
        union.formUnion(right)
        let expected = Set(shapes[index % shapes.count]).union(shapes[other % shapes.count])
        #expect(Self.values(union) == expected.sorted())
        #expect(union.count == expected.count)
      }
    }
  }

  @Test("a range adds all its integers, to every form")
  func ranges() {
    var random = SeededRandom("RoaringBitmapTests.ranges")
    for shape in Self.shapes("RoaringBitmapTests.rangeShapes") {
      var bitmap = Self.bitmap(shape)
      var set = Set(shape)
      for _ in 0..<3 {
        let start = UInt32.random(in: 0...200_000, using: &random)
        let range = start...(start + UInt32.random(in: 0...40_000, using: &random))
        bitmap.insert(contentsOf: range)
        set.formUnion(range)
        #expect(bitmap.count == set.count)
        let single = UInt32.random(in: 0...300_000, using: &random)
        #expect(bitmap.insert(single) == set.insert(single).inserted)
      }
      #expect(Self.values(bitmap) == set.sorted())
    }
    var top = RoaringBitmap()
    top.insert(contentsOf: (.max - 2)...(.max))
    #expect(Self.values(top) == [.max - 2, .max - 1, .max])
  }

  @Test("counts the integers of a range")
  func counts() throws {
    var random = SeededRandom("RoaringBitmapTests.counts")
    for shape in Self.shapes("RoaringBitmapTests.countShapes") {
      let bitmap = Self.bitmap(shape)
      let sorted = Set(shape).sorted()
      for bitmap in [bitmap, try Self.parse(Self.bytes(bitmap))] {
        #expect(bitmap.count(in: 0...(.max)) == sorted.count)
        for _ in 0..<4 {
          let start = UInt32.random(in: 0...200_000, using: &random)
          let range = start...(start + UInt32.random(in: 0...100_000, using: &random))
          #expect(bitmap.count(in: range) == sorted.filter { range.contains($0) }.count)
        }
      }
    }
  }

  @Test("reads what it wrote")
  func roundTrip() throws {
    for shape in Self.shapes("RoaringBitmapTests.roundTrip") {
      let bitmap = Self.bitmap(shape)
      let bytes = Self.bytes(bitmap)
      let parsed = try Self.parse(bytes)
      #expect(parsed == bitmap)
      #expect(parsed.hashValue == bitmap.hashValue)
      #expect(Self.values(parsed) == Set(shape).sorted())
      // The bytes depend on the integers alone.
      #expect(Self.bytes(parsed) == bytes)
    }
  }

  @Test("a bitmap cut anywhere is refused")
  func truncated() throws {
    for shape in Self.shapes("RoaringBitmapTests.truncated") {
      let bytes = Self.bytes(Self.bitmap(shape))
      let step = max(1, bytes.count / 100)
      for end in stride(from: 0, to: bytes.count, by: step) {
        #expect(throws: FormatError.self) { try Self.parse(bytes[..<end]) }
      }
    }
  }

  /// Bitmaps that break one rule each.
  static let damaged: [(what: String, bytes: [UInt8], code: FormatError.Code)] = [
    ("another cookie", [0x3c, 0x30, 0, 0, 0, 0, 0, 0], .badMagic),
    ("too many containers", [0x3a, 0x30, 0, 0, 1, 0, 1, 0], .badValue),
    ("more containers than bytes", [0x3a, 0x30, 0, 0, 0, 0, 1, 0], .truncated),
    (
      "keys out of order",
      [0x3a, 0x30, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 24, 0, 0, 0, 26, 0, 0, 0, 5, 0, 5, 0],
      .badValue
    ),
    (
      "values that do not ascend",
      [0x3a, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 16, 0, 0, 0, 5, 0, 5, 0], .badValue
    ),
    (
      "runs that overlap",
      [0x3b, 0x30, 0, 0, 1, 0, 0, 7, 0, 2, 0, 1, 0, 3, 0, 4, 0, 3, 0], .badValue
    ),
    (
      "a run beyond the container", [0x3b, 0x30, 0, 0, 1, 0, 0, 1, 0, 1, 0, 255, 255, 1, 0],
      .badValue
    ),
    (
      "another count than the runs'", [0x3b, 0x30, 0, 0, 1, 0, 0, 5, 0, 1, 0, 1, 0, 1, 0], .badValue
    ),
    ("no runs", [0x3b, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], .badValue),
    (
      "another count than the bits'",
      [0x3a, 0x30, 0, 0, 1, 0, 0, 0, 0, 0, 0, 32, 16, 0, 0, 0]
        + [UInt8](repeating: 0x55, count: 8192), .badValue
    ),
  ]

  @Test("what breaks a rule of the format is refused", arguments: damaged.indices)
  func damage(index: Int) {
    let (what, bytes, code) = Self.damaged[index]
    #expect("\(what)") {
      try Self.parse(Bytes(bytes))
    } throws: { ($0 as? FormatError)?.code == code }
  }

  @Test("runs that touch are one run")
  func touchingRuns() throws {
    let bytes: [UInt8] = [0x3b, 0x30, 0, 0, 1, 0, 0, 5, 0, 2, 0, 1, 0, 2, 0, 4, 0, 2, 0]
    let bitmap = try Self.parse(Bytes(bytes))
    #expect(Self.values(bitmap) == [1, 2, 3, 4, 5, 6])
    var runs = 0
    bitmap.forEachRun { _ in runs += 1 }
    #expect(runs == 1)
  }
}
