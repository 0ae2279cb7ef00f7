import IcebergColumns
import IcebergTestSupport
import Testing

@Suite struct BitmapTests {
  @Test("behaves as an array of booleans under any series of appends")
  func appends() {
    var random = SeededRandom()
    for _ in 0..<200 {
      var bits = Bitmap()
      var model: [Bool] = []
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        let number = Int.random(in: 0...150, using: &random)
        switch Int.random(in: 0...4, using: &random) {
        case 0:
          let value = Bool.random(using: &random)
          bits.append(value)
          model.append(value)
        case 1:
          let value = Bool.random(using: &random)
          bits.append(repeating: value, count: number)
          model += [Bool](repeating: value, count: number)
        case 2:
          let word = random.next()
          bits.append(word: word, bits: number % 65)
          model += (0..<number % 65).map { word >> UInt64($0) & 1 == 1 }
        case 3:
          let bytes = random.bytes((number + 7) / 8)
          bytes.withUnsafeBytes { bits.append(packed: $0, count: number) }
          model += (0..<number).map { bytes[$0 / 8] >> UInt8($0 % 8) & 1 == 1 }
        default:
          let from = Int.random(in: 0...model.count, using: &random)
          let to = Int.random(in: from...model.count, using: &random)
          bits.append(bits, at: from..<to)
          model += model[from..<to]
        }
      }
      #expect(bits == Bitmap(model))
      check(bits, model, &random)
    }
  }

  private func check(_ bits: Bitmap, _ model: [Bool], _ random: inout SeededRandom) {
    #expect((0..<bits.count).map { bits[$0] } == model)
    #expect(bits.setCount == model.count { $0 })
    #expect(bits.allSet == model.allSatisfy { $0 })
    #expect(bits.noneSet == !model.contains(true))
    var set: [Int] = []
    bits.forEachSetBit { set.append($0) }
    #expect(set == model.indices.filter { model[$0] })
    #expect(bits.setRanges.flatMap { $0 } == set)
    #expect(bits.setRanges.allSatisfy { $0.upperBound == model.count || !model[$0.upperBound] })
    let from = Int.random(in: 0...model.count, using: &random)
    let to = Int.random(in: from...model.count, using: &random)
    #expect(bits.slice(from..<to) == Bitmap(model[from..<to]))
    #expect(bits.setCount(in: from..<to) == model[from..<to].count { $0 })
    #expect(~bits == Bitmap(model.map { !$0 }))
    #expect((bits & ~bits).noneSet)
    #expect((bits | ~bits).allSet)
    var shorter = bits
    shorter.truncate(to: from)
    #expect(shorter == Bitmap(model[..<from]))
    let picked = (0..<20).compactMap { _ in model.indices.randomElement(using: &random) }
    #expect(bits.take(picked) == Bitmap(picked.map { model[$0] }))
  }

  @Test("bits beyond the count are cleared, so that equal bits are equal values")
  func tail() {
    #expect(Bitmap(words: [.max], count: 3) == Bitmap(repeating: true, count: 3))
    var bits = Bitmap(repeating: true, count: 70)
    bits[69] = false
    bits[69] = true
    #expect(bits.words == [.max, 0b11_1111])
  }
}
