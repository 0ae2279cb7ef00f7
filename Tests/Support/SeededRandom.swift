import Foundation

/// A generator whose numbers can be had again: it prints its seed when it is made.
///
/// Without more ado the seed comes from `name`, so that the quick suite is the same on every run.
/// With `ICEBERG_LONG=1` every run has a seed of its own. `ICEBERG_SEED=n` sets it.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  /// The seed that gives these numbers again.
  package let seed: UInt64
  private var state: UInt64

  /// A generator for the test of this name.
  package init(_ name: String = #function) {
    let wanted = ProcessInfo.processInfo.environment["ICEBERG_SEED"].flatMap { UInt64($0) }
    let seed = wanted ?? (LongTests.isEnabled ? UInt64.random(in: 1 ... .max) : Self.seed(of: name))
    print("\(name): ICEBERG_SEED=\(seed)")
    self.init(seed: seed)
  }

  /// A generator with the given seed, which is not printed.
  package init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// The next number, by the SplitMix64 method.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// `count` random bytes.
  package mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
  }

  // FNV-1a; `Hasher` gives another value on every run.
  private static func seed(of name: String) -> UInt64 {
    name.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
  }
}
