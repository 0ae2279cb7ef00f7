public import IcebergModel

/// How often something is tried again, and how long is waited between two attempts.
public struct RetryPolicy: Hashable, Sendable {
  /// The number of attempts after the first one.
  public var retries: Int
  /// The least time to wait.
  public var minWait: Duration
  /// The longest time to wait.
  public var maxWait: Duration
  /// The time since the first attempt after which no other is made.
  public var totalTime: Duration

  /// A policy of the given parts.
  public init(
    retries: Int = 4, minWait: Duration = .milliseconds(100), maxWait: Duration = .seconds(60),
    totalTime: Duration = .seconds(30 * 60)
  ) {
    self.retries = retries
    self.minWait = minWait
    self.maxWait = maxWait
    self.totalTime = totalTime
  }

  /// One attempt and no other.
  public static let never = RetryPolicy(retries: 0)

  /// How commits of a table are tried again: its properties `commit.retry.*`.
  public init(commitsOf metadata: TableMetadata) throws(IcebergError) {
    self.init(
      retries: try metadata.property(TableProperties.commitRetries),
      minWait: try metadata.property(TableProperties.commitRetryMinWait),
      maxWait: try metadata.property(TableProperties.commitRetryMaxWait),
      totalTime: try metadata.property(TableProperties.commitRetryTimeout))
  }

  /// How it is found out whether a commit took place: the table's properties
  /// `commit.status-check.*`.
  package init(statusChecksOf metadata: TableMetadata) throws(IcebergError) {
    self.init(
      retries: try metadata.property(TableProperties.commitStatusChecks),
      minWait: try metadata.property(TableProperties.commitStatusCheckMinWait),
      maxWait: try metadata.property(TableProperties.commitStatusCheckMaxWait),
      totalTime: try metadata.property(TableProperties.commitStatusCheckTimeout))
  }

  /// How long to wait after attempt number `attempt`, the first one being 1; nil when no other is to
  /// be made.
  ///
  /// The longest wait doubles with every attempt, up to ``maxWait``; within it chance decides, so that
  /// writers who collided once do not collide again.
  package func wait(
    after attempt: Int, sinceFirst elapsed: Duration, in environment: CommitEnvironment
  ) -> Duration? {
    guard attempt <= retries, elapsed < totalTime else { return nil }
    let least = max(0, Self.milliseconds(minWait))
    let most = max(least, Self.milliseconds(maxWait))
    var longest = max(1, least)
    for _ in 0..<attempt {
      let (doubled, overflow) = longest.multipliedReportingOverflow(by: 2)
      longest = overflow ? most : min(doubled, most)
      if longest == most { break }
    }
    return .milliseconds(environment.random(in: least...max(least, longest)))
  }

  private static func milliseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    if overflow { return seconds < 0 ? 0 : .max / 2 }
    return min(whole, .max / 2) + attoseconds / 1_000_000_000_000_000
  }
}
