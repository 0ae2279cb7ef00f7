internal import IcebergColumns

/// Keys of one file that are numbers close to each other, as ids often are: a bit for each number of their
/// range. Next to a ``KeyTable`` it is small, made and looked up in no time.
struct KeyBits: Sendable {
  private let first: Int64
  /// A bit for each number from ``first`` on, and one more that is clear.
  private var words: [UInt64]
  /// How many numbers have a bit.
  private let range: UInt64
  private let hasNull: Bool

  /// The keys of some rows; nil when they are not numbers, or so far apart that bits take more than the
  /// numbers would.
  init?(_ batches: [EqualityKeys]) {
    var (least, greatest, count, nullCount) = (Int64.max, Int64.min, 0, 0)
    for batch in batches {
      guard case .integers(let numbers) = batch.values else { return nil }
      batch.forEachValid(numbers) { number in
        least = min(least, number)
        greatest = max(greatest, number)
        count += 1
      }
      nullCount += batch.count
    }
    nullCount -= count
    let (distance, isFar) = greatest.subtractingReportingOverflow(least)
    guard count > 0, !isFar, distance / 64 < count else { return nil }
    (first, range, hasNull) = (least, UInt64(distance) + 1, nullCount > 0)
    words = [UInt64](repeating: 0, count: Int(range >> 6) + 1)
    words.withUnsafeMutableBufferPointer { words in
      for case (let batch, .integers(let numbers)) in batches.lazy.map({ ($0, $0.values) }) {
        batch.forEachValid(numbers) { number in
          let distance = UInt64(bitPattern: number &- least)
          words[Int(truncatingIfNeeded: distance &>> 6)] |= 1 &<< (distance & 63)
        }
      }
    }
  }

  /// The rows whose keys are here; nil when there are none.
  func matches(_ keys: EqualityKeys) -> Bitmap? {
    // Keys of other kinds have other values.
    guard case .integers(let numbers) = keys.values else { return nil }
    var matches = Bitmap(words: found(numbers), count: keys.count)
    if let validity = keys.validity {
      matches = matches & validity
      if hasNull { matches = matches | ~validity }
    }
    return matches.noneSet ? nil : matches
  }

  /// A bit for each of some numbers.
  private func found(_ numbers: [Int64]) -> [UInt64] {
    [UInt64](unsafeUninitializedCapacity: (numbers.count + 63) / 64) { found, count in
      numbers.withUnsafeBufferPointer { numbers in
        words.withUnsafeBufferPointer { words in
          for start in stride(from: 0, to: numbers.count, by: 64) {
            var bits: UInt64 = 0
            for index in start..<min(start &+ 64, numbers.count) {
              let distance = min(UInt64(bitPattern: numbers[index] &- first), range)
              let bit = words[Int(truncatingIfNeeded: distance &>> 6)] &>> (distance & 63) & 1
              bits |= bit &<< UInt64(truncatingIfNeeded: index & 63)
            }
            found[count] = bits
            count &+= 1
          }
        }
      }
    }
  }
}

extension EqualityKeys {
  /// Calls `body` with each of the keys' numbers that is not null.
  @inline(__always)
  fileprivate func forEachValid(_ numbers: [Int64], _ body: (Int64) -> Void) {
    if let validity {
      validity.forEachSetBit { body(numbers[$0]) }
    } else {
      for number in numbers { body(number) }
    }
  }
}
