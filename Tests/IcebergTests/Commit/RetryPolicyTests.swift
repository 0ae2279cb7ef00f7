import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RetryPolicyTests {
  @Test("waits lie between the least and a longest that doubles up to the most")
  func waits() throws {
    let policy = RetryPolicy(
      retries: 20, minWait: .milliseconds(100), maxWait: .milliseconds(1000),
      totalTime: .seconds(60))
    for seed in UInt64(0)..<50 {
      let environment = TestEnvironment(seed: seed).environment
      for attempt in 1...20 {
        let wait = try #require(policy.wait(after: attempt, sinceFirst: .zero, in: environment))
        let longest = attempt >= 4 ? 1000 : 100 << attempt
        #expect(wait >= .milliseconds(100) && wait <= .milliseconds(longest))
      }
    }
  }

  @Test("there is no attempt after the last, nor after the time is over")
  func ends() {
    let policy = RetryPolicy(retries: 2, totalTime: .seconds(5))
    let environment = TestEnvironment().environment
    #expect(policy.wait(after: 2, sinceFirst: .zero, in: environment) != nil)
    #expect(policy.wait(after: 3, sinceFirst: .zero, in: environment) == nil)
    #expect(policy.wait(after: 1, sinceFirst: .seconds(5), in: environment) == nil)
    #expect(RetryPolicy.never.wait(after: 1, sinceFirst: .zero, in: environment) == nil)
  }

  @Test("odd settings wait oddly, but do not trap")
  func oddSettings() {
    let environment = TestEnvironment().environment
    let policies = [
      RetryPolicy(retries: .max, minWait: .zero, maxWait: .zero),
      RetryPolicy(retries: .max, minWait: .seconds(-5), maxWait: .seconds(-9)),
      RetryPolicy(retries: .max, minWait: .seconds(10), maxWait: .seconds(1)),
      RetryPolicy(
        retries: .max, minWait: .seconds(Int64.max), maxWait: .seconds(Int64.max),
        totalTime: .seconds(Int64.max)),
    ]
    for policy in policies {
      for attempt in [1, 2, 63, 64, 65, 100_000] {
        let wait = policy.wait(after: attempt, sinceFirst: .zero, in: environment)
        #expect(wait.map { $0 >= .zero } == true)
      }
    }
  }

  @Test("the policy of commits is what the table says")
  func properties() throws {
    var creation = SampleTable.creation(properties: [
      "commit.retry.num-retries": "7", "commit.retry.min-wait-ms": "11",
      "commit.retry.max-wait-ms": "22", "commit.retry.total-timeout-ms": "33",
    ])
    func metadata() throws -> TableMetadata {
      try TableMetadata.new(
        schema: creation.schema, location: "/t", properties: creation.properties,
        tableUUID: "11111111-2222-4333-8444-555555555555", timestampMillis: 0)
    }
    #expect(
      try RetryPolicy(commitsOf: metadata())
        == RetryPolicy(
          retries: 7, minWait: .milliseconds(11), maxWait: .milliseconds(22),
          totalTime: .milliseconds(33)))
    creation.properties = [:]
    #expect(try RetryPolicy(commitsOf: metadata()) == RetryPolicy())
  }
}
