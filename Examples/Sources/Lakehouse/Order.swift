import FoundationEssentials

/// An order as the shops send it, and as the silver table keeps it.
struct Order: Codable {
  var id: Int64
  var customer: String?
  var country: String
  var cents: Int64
  var orderedAt: Date

  enum CodingKeys: String, CodingKey {
    case id, customer, country, cents
    case orderedAt = "ordered_at"
  }

  /// The order that a message holds. Throws when it holds none.
  init(parsing payload: String) throws {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    self = try decoder.decode(Order.self, from: Data(payload.utf8))
  }
}

/// The messages that arrive, one batch after the other.
enum Messages {
  static let monday = [
    order(1, "ann", "NO", 1200, "2024-01-15T08:00:00Z"),
    order(2, "bob", "SE", 900, "2024-01-15T09:30:00Z"),
    order(3, "cid", "NO", 2500, "2024-01-15T17:45:00Z"),
  ]

  /// With one that came before, one that came late, and one that is no order.
  static let tuesday = [
    order(4, "ann", "NO", 700, "2024-01-16T07:10:00Z"),
    order(3, "cid", "NO", 2500, "2024-01-15T17:45:00Z"),
    order(5, "eve", "DK", 4000, "2024-01-15T23:59:00Z"),
    "{\"id\": 6, \"customer\": \"bob\"",
    order(7, "bob", "SE", 1500, "2024-01-16T19:00:00Z"),
  ]

  /// A shop has lost the names of its customers.
  static let wednesdayBroken = [
    order(8, nil, "NO", 300, "2024-01-17T08:00:00Z"),
    order(9, nil, "NO", 400, "2024-01-17T09:00:00Z"),
    order(10, "eve", "DK", 500, "2024-01-17T10:00:00Z"),
  ]

  static let wednesday = [
    order(8, "ann", "NO", 300, "2024-01-17T08:00:00Z"),
    order(9, "cid", "NO", 400, "2024-01-17T09:00:00Z"),
    order(10, "eve", "DK", 500, "2024-01-17T10:00:00Z"),
  ]

  private static func order(
    _ id: Int64, _ customer: String?, _ country: String, _ cents: Int64, _ time: String
  ) -> String {
    let name = customer.map { "\"\($0)\"" } ?? "null"
    return """
      {"id": \(id), "customer": \(name), "country": "\(country)", "cents": \(cents), \
      "ordered_at": "\(time)"}
      """
  }
}
