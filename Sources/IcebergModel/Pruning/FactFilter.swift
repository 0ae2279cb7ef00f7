/// A filter made ready to be asked of many manifests or files.
indirect enum FactFilter: Sendable {
  case all
  case none
  case and([FactFilter])
  case or([FactFilter])
  case test(FactTest)

  init(_ filter: BoundFilter) {
    self =
      switch filter {
      case .all: .all
      case .none: .none
      case .and(let parts): .and(parts.map { FactFilter($0) })
      case .or(let parts): .or(parts.map { FactFilter($0) })
      case .predicate(let predicate): .test(FactTest(predicate))
      }
  }

  /// Whether some row of a file may satisfy the filter; false only when it is known that none does.
  func mayMatch(_ file: some FileFacts) -> Bool {
    switch self {
    case .all: return true
    case .none: return false
    case .and(let parts):
      for part in parts where !part.mayMatch(file) { return false }
      return true
    case .or(let parts):
      for part in parts where part.mayMatch(file) { return true }
      return false
    case .test(let test): return test.mayPass(file)
    }
  }

  /// Whether the filter holds, where `answer` says whether a test does. What is and-ed and or-ed is
  /// each time either "may pass" or "must pass".
  func holds(_ answer: (FactTest) -> Bool) -> Bool {
    switch self {
    case .all: return true
    case .none: return false
    case .and(let parts):
      for part in parts where !part.holds(answer) { return false }
      return true
    case .or(let parts):
      for part in parts where part.holds(answer) { return true }
      return false
    case .test(let test): return answer(test)
    }
  }

  /// The tests that suffice to say that the filter does not hold; nil when it does. None of them is
  /// needed where the filter lets nothing through.
  func failures(_ answer: (FactTest) -> Bool) -> [FactTest]? {
    switch self {
    case .all: return nil
    case .none: return []
    case .and(let parts):
      for part in parts {
        if let failures = part.failures(answer) { return failures }
      }
      return nil
    case .or(let parts):
      var all: [FactTest] = []
      for part in parts {
        guard let failures = part.failures(answer) else { return nil }
        all += failures
      }
      return all
    case .test(let test): return answer(test) ? nil : [test]
    }
  }
}
