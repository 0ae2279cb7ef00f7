import Foundation

/// Times one piece of work and prints one line about it.
public struct Benchmark: Sendable {
  /// What is measured.
  public let name: String
  /// How often the work is done. The first round, which fills caches, is not counted.
  public var rounds = 9

  /// A benchmark of the given name.
  public init(_ name: String) { self.name = name }

  /// Does the work again and again, and prints the median, the fastest, and the rate.
  ///
  /// - Parameters:
  ///   - amount: how much is worked through in one round, such as 60.1.
  ///   - unit: of what, such as `MB` or `rows`; nil prints no rate.
  ///   - note: what else belongs to the figure.
  public func measure<Result>(
    _ amount: Double, _ unit: String?, note: String = "", _ work: () throws -> Result
  ) rethrows {
    var times: [Double] = []
    let clock = ContinuousClock()
    for _ in 0...rounds {
      let time = try clock.measure { blackHole(try work()) }
      times.append(time / .milliseconds(1))
    }
    report(times, amount, unit, note)
  }

  /// As ``measure(_:_:note:_:)``, for work that waits.
  public func measure<Result>(
    _ amount: Double, _ unit: String?, note: String = "",
    _ work: @Sendable () async throws -> Result
  ) async rethrows {
    var times: [Double] = []
    let clock = ContinuousClock()
    for _ in 0...rounds {
      let start = clock.now
      blackHole(try await work())
      times.append((clock.now - start) / .milliseconds(1))
    }
    report(times, amount, unit, note)
  }

  private func report(_ times: [Double], _ amount: Double, _ unit: String?, _ note: String) {
    let times = times.dropFirst().sorted()
    let median = times[times.count / 2]
    var line = name + ": "
    if let unit {
      line += Self.text(amount * 1_000 / median) + " \(unit)/s, "
      line += Self.text(amount) + " \(unit) in "
    }
    line += Self.text(median) + " ms (median of \(times.count), fastest \(Self.text(times[0])) ms)"
    if !note.isEmpty { line += ", " + note }
    print(line)
  }

  /// A number with three or more digits that count.
  static func text(_ number: Double) -> String {
    let digits = number >= 100 ? 0 : number >= 10 ? 1 : 2
    if number >= 10_000_000 { return text(number / 1_000_000) + " M" }
    return String(format: "%.\(digits)f", number)
  }
}

/// Takes a result, so that the work is not left out by the compiler.
@inline(never)
public func blackHole<Result>(_ result: Result) {}
