import Iceberg
import IcebergTestSupport
import Testing

@Suite struct SimulationTests {
  @Test(
    "what many writers did is what they would have done one after the other",
    arguments: [2, 3])
  func serial(version: Int) async throws {
    var seeds = SeededRandom("SimulationTests.\(version)")
    let seed = seeds.next()
    let writers = LongTests.rounds(quick: 8, long: 16)
    // The two versions together make 500 commits; 10,000 each in the long suite.
    let commits = LongTests.rounds(quick: 250, long: 10_000)
    let findings = try await Simulation(
      seed: seed, writers: writers, commits: commits, formatVersion: version
    ).run()
    #expect(findings.defects.isEmpty, "seed \(seed): \(findings.defects.prefix(5))")
    #expect(findings.committed >= commits, "\(findings)")
    for kind in [SimulatedChange.Kind.deleteRows, .deleteByKey, .updateRows] {
      #expect(findings.kinds[kind.rawValue] != nil, "\(kind)")
    }
    print(
      """
      simulation v\(version), seed \(seed): \(findings.committed) committed, \(findings.refused) \
      refused, \(findings.unknown) unknown, \(findings.snapshots) snapshots: \
      \(Self.text(of: findings.kinds)); refused: \(Self.text(of: findings.refusals))
      """)
  }

  private static func text(of counts: [String: Int]) -> String {
    counts.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: ", ")
  }

  @Test("so it is from the first commits on, when columns are widened", arguments: [2, 3])
  func beginnings(version: Int) async throws {
    var seeds = SeededRandom("SimulationTests.beginnings.\(version)")
    for _ in 0..<LongTests.rounds(quick: 4, long: 100) {
      let seed = seeds.next()
      let findings = try await Simulation(
        seed: seed, writers: 5, commits: 40, formatVersion: version
      ).run()
      #expect(findings.defects.isEmpty, "seed \(seed): \(findings.defects.prefix(5))")
    }
  }

  @Test(
    "cleaning up after an outcome that is not known is found out within a minute",
    .timeLimit(.minutes(1)))
  func plantedBug() async throws {
    for seed in 1...50 as ClosedRange<UInt64> {
      let findings = try await Simulation(
        seed: seed, writers: 4, commits: 30, isOverconfident: true
      ).run()
      if !findings.defects.isEmpty { return }
    }
    Issue.record("50 simulations did not find it")
  }
}
