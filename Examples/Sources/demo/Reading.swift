import FoundationEssentials

/// One row of the table.
struct Reading: Codable {
  var station: String
  var measuredAt: Date
  var celsius: Double?
  var note: String?

  private enum CodingKeys: String, CodingKey {
    case station, celsius, note
    case measuredAt = "measured_at"
  }
}

extension Reading {
  /// What the first append holds.
  static let firstTwoDays: [Reading] = [
    Reading("Zugspitze", "2024-01-15T06:00:00Z", -14.2),
    Reading("Zugspitze", "2024-01-15T18:00:00Z", -11.8),
    Reading("Hohenpeißenberg", "2024-01-15T06:00:00Z", -6.5),
    Reading("Hohenpeißenberg", "2024-01-15T18:00:00Z", -3.1),
    Reading("Helgoland", "2024-01-15T06:00:00Z", 2.4),
    Reading("Helgoland", "2024-01-16T06:00:00Z", 3.0),
    Reading("Zugspitze", "2024-01-16T06:00:00Z", nil, note: "sensor iced over"),
    Reading("Hohenpeißenberg", "2024-01-16T06:00:00Z", -4.7),
  ]

  /// What the second append holds.
  static let thirdDay: [Reading] = [
    Reading("Zugspitze", "2024-01-16T06:00:00Z", -12.9, note: "read again by hand"),
    Reading("Zugspitze", "2024-01-17T06:00:00Z", -9.6),
    Reading("Hohenpeißenberg", "2024-01-17T06:00:00Z", -1.2),
    Reading("Helgoland", "2024-01-17T06:00:00Z", 4.1),
  ]

  private init(_ station: String, _ time: String, _ celsius: Double?, note: String? = nil) {
    self.station = station
    measuredAt = (try? Date(time, strategy: .iso8601)) ?? .distantPast
    self.celsius = celsius
    self.note = note
  }
}
