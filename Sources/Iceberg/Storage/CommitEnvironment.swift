#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What commits take from the world around them: the time, chance, and waiting.
///
/// Tests give their own, and everything a commit writes is the same on every run.
public struct CommitEnvironment: Sendable {
  /// The time, in milliseconds since 1970-01-01 UTC.
  public var now: @Sendable () -> Int64
  /// A random number.
  public var random: @Sendable () -> UInt64
  /// Waits.
  public var sleep: @Sendable (Duration) async throws -> Void

  /// An environment of the given parts.
  public init(
    now: @escaping @Sendable () -> Int64, random: @escaping @Sendable () -> UInt64,
    sleep: @escaping @Sendable (Duration) async throws -> Void
  ) {
    self.now = now
    self.random = random
    self.sleep = sleep
  }

  /// The clock and the random numbers of the system.
  public static let system = CommitEnvironment(
    now: { Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)) },
    random: {
      var generator = SystemRandomNumberGenerator()
      return generator.next()
    },
    sleep: { try await Task.sleep(for: $0) })

  /// A new random UUID (version 4) in lower case.
  public func uuid() -> String {
    let high = random() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
    let low = random() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
    let digits = Self.hex(high) + Self.hex(low)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return text
  }

  /// A random number of `range`.
  package func random(in range: ClosedRange<Int64>) -> Int64 {
    var generator = Generator(next64: random)
    return Int64.random(in: range, using: &generator)
  }

  /// A new id for a snapshot: positive, and not one of `taken`.
  package func snapshotID(avoiding taken: (Int64) -> Bool) -> Int64 {
    while true {
      let id = Int64(bitPattern: random() & UInt64(Int64.max))
      if id > 0, !taken(id) { return id }
    }
  }

  private static func hex(_ number: UInt64) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  private struct Generator: RandomNumberGenerator {
    let next64: @Sendable () -> UInt64
    mutating func next() -> UInt64 { next64() }
  }
}
