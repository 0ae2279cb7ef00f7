import Iceberg
import IcebergTestSupport
import Testing

@Suite struct SimulationTests {
  @Test(
    "what many writers did is what they would have done one after the other",
    arguments: [2, 3])
  func serial(version: Int) async throws {
    var seeds = SeededRandom("SimulationTests.\(version)")
    let writers = LongTests.rounds(quick: 8, long: 16)
    // The two versions together make 500 commits, and 10,000 in the long suite: in several tables, since
    // each commit reads all snapshots before it.
    let commits = LongTests.rounds(quick: 250, long: 1_000)
    for _ in 0..<LongTests.rounds(quick: 1, long: 5) {
      let seed = seeds.next()
      let findings = try await Simulation(
        seed: seed, writers: writers, commits: commits, formatVersion: version
      ).run()
      #expect(findings.defects.isEmpty, "seed \(seed): \(findings.defects.prefix(5))")
      #expect(findings.committed >= commits, "\(findings)")
      print(
        """
        simulation v\(version), seed \(seed): \(findings.committed) committed, \(findings.refused) \
        refused, \(findings.unknown) unknown, \(findings.snapshots) snapshots
        """)
    }
  }

  @Test("cleaning up after an outcome that is not known is found out")
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
