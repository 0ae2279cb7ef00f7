internal import IcebergModel

extension FileGroupOptions {
  /// Options by their names in the reference implementation.
  init(_ reader: inout RewriteOptionReader) throws(IcebergError) {
    self.init()
    targetFileSize = try reader.number("target-file-size-bytes", from: 1)
    minFileSize = try reader.number("min-file-size-bytes", from: 0)
    maxFileSize = try reader.number("max-file-size-bytes", from: 1)
    minInputFiles = try reader.count("min-input-files", from: 1) ?? minInputFiles
    rewritesAll = try reader.flag("rewrite-all") ?? rewritesAll
    maxGroupSize = try reader.number("max-file-group-size-bytes", from: 1) ?? maxGroupSize
    maxGroupFiles = try reader.number("max-file-group-input-files", from: 1).map {
      Int(clamping: $0)
    }
    concurrency = try reader.count("max-concurrent-file-group-rewrites", from: 1) ?? concurrency
    if let name = reader.text("rewrite-job-order") {
      guard let order = JobOrder(rawValue: name.lowercased()) else {
        throw reader.refusal(
          "rewrite-job-order",
          "one of " + JobOrder.allCases.map(\.rawValue).joined(separator: ", "))
      }
      jobOrder = order
    }
    let maxCommits = try reader.count("partial-progress.max-commits", from: 1)
    let maxFailed = try reader.count("partial-progress.max-failed-commits", from: 0)
    if try reader.flag("partial-progress.enabled") ?? false {
      partialProgress = PartialProgress(maxCommits: maxCommits ?? 10, maxFailedCommits: maxFailed)
    }
  }
}

/// Reads options that were given as texts, and remembers which of them were asked for.
struct RewriteOptionReader {
  private let options: [String: String]
  private var known: Set<String> = []

  /// A reader of the given options.
  init(_ options: [String: String]) { self.options = options }

  /// The text of an option; nil when it is not given.
  mutating func text(_ name: String) -> String? {
    known.insert(name)
    return options[name]
  }

  /// A whole number of at least `least`; nil when it is not given.
  mutating func number(_ name: String, from least: Int64) throws(IcebergError) -> Int64? {
    guard let text = text(name) else { return nil }
    guard let value = Int64(text), value >= least else {
      throw refusal(name, "a whole number of \(least) or more")
    }
    return value
  }

  /// A whole number of 32 bits and at least `least`; nil when it is not given.
  mutating func count(_ name: String, from least: Int) throws(IcebergError) -> Int? {
    guard let text = text(name) else { return nil }
    guard let value = Int32(text), Int(value) >= least else {
      throw refusal(name, "a whole number from \(least) to \(Int32.max)")
    }
    return Int(value)
  }

  /// A number above zero, and not above `most`; nil when it is not given.
  mutating func positive(
    _ name: String, upTo most: Double = .infinity
  ) throws(IcebergError) -> Double? {
    guard let text = text(name) else { return nil }
    guard let value = Double(text), value > 0, value <= most, value.isFinite else {
      throw refusal(name, most.isFinite ? "a number above 0 and up to \(most)" : "a number above 0")
    }
    return value
  }

  /// `true` or `false`; nil when it is not given.
  mutating func flag(_ name: String) throws(IcebergError) -> Bool? {
    switch text(name)?.lowercased() {
    case nil: return nil
    case "true": return true
    case "false": return false
    default: throw refusal(name, "true or false")
    }
  }

  /// What is thrown for an option whose value makes no sense.
  func refusal(_ name: String, _ wanted: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "option '\(name)' must be \(wanted), found '\(options[name] ?? "")'")
  }

  /// Throws when there are options that nobody asked for.
  ///
  /// - Parameter subject: what does not have them.
  func finish(_ subject: String) throws(IcebergError) {
    let unknown = options.keys.filter { !known.contains($0) }.sorted()
    if unknown.isEmpty { return }
    throw IcebergError(
      .invalidArgument,
      """
      \(subject) has no option \(unknown.map { "'\($0)'" }.joined(separator: ", ")); it has \
      \(known.sorted().joined(separator: ", "))
      """)
  }
}
