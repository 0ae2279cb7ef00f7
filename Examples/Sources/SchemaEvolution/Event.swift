import FoundationEssentials

/// A row as the first version of the program wrote it.
struct FirstEvent: Codable {
  var id: Int32
  var at: Date
  var level: String?

  static let samples = [
    FirstEvent(id: 1, at: time("2024-01-15T08:30:00Z"), level: "INFO"),
    FirstEvent(id: 2, at: time("2024-01-15T21:10:00Z"), level: "ERROR"),
    FirstEvent(id: 3, at: time("2024-01-16T09:10:00Z"), level: nil),
  ]
}

/// A row as the next version writes it.
struct Event: Codable {
  var id: Int64
  var country: String?
  var at: Date
  var severity: String?

  static let samples = [
    Event(id: 5_000_000_000, country: "NO", at: time("2024-01-16T08:15:00Z"), severity: "INFO"),
    Event(id: 5_000_000_001, country: "NO", at: time("2024-01-16T09:45:00Z"), severity: "ERROR"),
    Event(id: 5_000_000_002, country: "SE", at: time("2024-01-16T09:50:00Z"), severity: "INFO"),
  ]
}

/// The part of a row that says where it comes from.
struct EventSource: Codable {
  var id: Int64
  var source: String
}

private func time(_ text: String) -> Date {
  (try? Date(text, strategy: .iso8601)) ?? .distantPast
}
