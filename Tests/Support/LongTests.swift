import Foundation
package import Testing

/// Whether tests that take long run too: all bytes flipped, thousands of random cases, races.
package enum LongTests {
  /// True with `ICEBERG_LONG=1`, which `scripts/test --long` sets.
  package static let isEnabled = ProcessInfo.processInfo.environment["ICEBERG_LONG"] == "1"

  /// `quick` in the quick suite, `long` in the long one: the number of rounds of a random test.
  package static func rounds(quick: Int, long: Int) -> Int { isEnabled ? long : quick }
}

extension Trait where Self == ConditionTrait {
  /// Runs the test or suite only in the long suite.
  package static var long: Self {
    .enabled(if: LongTests.isEnabled, "only with ICEBERG_LONG=1: scripts/test --long")
  }
}
