import Testing

/// The cases that are known to fail, each with its reason: the lines of `Spec/known-gaps.txt`.
///
/// A line is `suite/case: reason`. A listed case that passes fails its test as loudly as an unlisted
/// one that fails, so that the list stays true.
package enum KnownGaps {
  /// The reasons by the names of the cases.
  package static let reasons: [String: String] = {
    let text = (try? FileListing(root: PackageRoot.path).text("Spec/known-gaps.txt")) ?? ""
    return parse(text)
  }()

  /// The reasons in a text of such lines; empty lines and lines that begin with `#` do not count.
  package static func parse(_ text: String) -> [String: String] {
    var reasons: [String: String] = [:]
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      guard let colon = line.firstRange(of: ": ") else { continue }
      reasons[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
    }
    return reasons
  }

  /// Runs one case. What it throws is recorded under its name; a known gap must throw or record.
  package static func run(_ name: String, _ body: () throws -> Void) {
    if let reason = reasons[name] {
      withKnownIssue("\(name): \(reason)") { try body() }
      return
    }
    do {
      try body()
    } catch is ExpectationFailedError {
      // Recorded where it was found.
      print("failed: \(name)")
    } catch {
      Issue.record(error, "\(name)")
    }
  }

  /// As ``run(_:_:)-(_,()->Void)``, for a case that waits.
  package static func run(_ name: String, _ body: () async throws -> Void) async {
    if let reason = reasons[name] {
      await withKnownIssue("\(name): \(reason)") { try await body() }
      return
    }
    do {
      try await body()
    } catch is ExpectationFailedError {
      print("failed: \(name)")
    } catch {
      Issue.record(error, "\(name)")
    }
  }
}
