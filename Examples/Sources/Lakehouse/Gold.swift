import FoundationEssentials
import Iceberg

/// The third layer: what people look at. Each day is computed anew when orders of that day came.
struct Gold {
  var table: Table

  struct Row: Codable {
    var day: Date
    var country: String
    var orders: Int64
    var cents: Int64
  }

  init(in catalog: any Catalog) async throws {
    table = try await catalog.createTable(
      "gold.daily_revenue",
      schema: Schema([
        .required("day", .date), .required("country", .string), .required("orders", .long),
        .required("cents", .long),
      ]),
      partitionedBy: [.identity("day")])
  }

  /// Computes the days of new orders again, from all orders of these days.
  func updated(for orders: [Order], from silver: Silver) async throws -> (Gold, days: Int) {
    let days = Set(orders.map { Self.day(of: $0.orderedAt) })
    var rows: [Row] = []
    for day in days.sorted() {
      let ofDay = silver.table.scan()
        .filter(col("ordered_at") >= day && col("ordered_at") < day.addingTimeInterval(86_400))
      var sums: [String: Row] = [:]
      for try await order in ofDay.rows(as: Order.self) {
        var row = sums[order.country] ?? Row(day: day, country: order.country, orders: 0, cents: 0)
        row.orders += 1
        row.cents += order.cents
        sums[order.country] = row
      }
      rows += sums.values
    }
    let files = try await table.withWriter { [rows] in try await $0.write(rows: rows) }
    var copy = self
    copy.table = try await table.commit { $0.replacePartitions(with: files) }
    return (copy, days.count)
  }

  /// All rows, by day and country.
  func rows() async throws -> [Row] {
    var rows: [Row] = []
    for try await row in table.scan().rows(as: Row.self) { rows.append(row) }
    return rows.sorted { ($0.day, $0.country) < ($1.day, $1.country) }
  }

  private static func day(of time: Date) -> Date {
    Date(timeIntervalSince1970: (time.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400)
  }
}
