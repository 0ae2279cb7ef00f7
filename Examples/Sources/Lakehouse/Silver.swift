import FoundationEssentials
import Iceberg

/// The second layer: orders with types, each once, and good enough to be counted on.
///
/// New orders are written to a branch that nobody reads. Only when they pass the checks does the main
/// branch move on to them.
struct Silver {
  var table: Table

  /// What came of new messages.
  struct Report {
    var orders: [Order] = []
    var unreadable = 0
    var duplicates = 0
    /// What the orders lack; empty when they were published.
    var complaints: [String] = []
  }

  private static let branch = "audit"
  /// Under this name the summary of a snapshot says how far the bronze table was read.
  private static let progress = "bronze-snapshot"

  init(in catalog: any Catalog) async throws {
    table = try await catalog.createTable(
      "silver.orders",
      schema: Schema([
        .required("id", .long), .optional("customer", .string), .required("country", .string),
        .required("cents", .long), .required("ordered_at", .timestamptz),
      ]),
      partitionedBy: [.day("ordered_at")])
  }

  /// The bronze snapshot up to which messages are taken over; nil when none are.
  var bronzeSnapshotID: Int64? {
    table.metadata.currentSnapshot?.summary?[Self.progress].flatMap { Int64($0) }
  }

  /// Takes over what is new in the bronze table.
  func refining(_ bronze: Bronze) async throws -> (Silver, Report) {
    var report = Report()
    var known = try await knownIDs()
    for message in try await bronze.messages(since: bronzeSnapshotID) {
      guard let order = try? Order(parsing: message) else {
        report.unreadable += 1
        continue
      }
      if known.insert(order.id).inserted {
        report.orders.append(order)
      } else {
        report.duplicates += 1
      }
    }
    let orders = report.orders
    guard let bronzeID = bronze.table.metadata.currentSnapshotID, !orders.isEmpty else {
      return (self, report)
    }
    let files = try await table.withWriter { try await $0.write(rows: orders) }
    let staged = try await table.commit { tx in
      tx.append(files, toBranch: Self.branch, summary: [Self.progress: "\(bronzeID)"])
    }
    report.complaints = try await complaints(about: staged)
    var copy = self
    copy.table = try await staged.commit { [report] tx in
      if report.complaints.isEmpty { tx.fastForward(SnapshotReference.main, to: Self.branch) }
      tx.removeBranch(Self.branch)
    }
    return (copy, report)
  }

  /// What the new orders on the branch lack.
  private func complaints(about staged: Table) async throws -> [String] {
    let current = table.metadata.currentSnapshotID.map { TimeTravel.snapshot($0) }
    let new = staged.scan().at(.ref(Self.branch)).appended(after: current)
    let count = Double(try await new.count())
    let named = Double(try await new.filter(!col("customer").isNull).count())
    let paid = Double(try await new.filter(col("cents") > 0).count())
    var complaints: [String] = []
    if named < 0.95 * count {
      complaints.append("only \(Int(100 * named / count)) % have a customer, 95 % are needed")
    }
    if paid < count { complaints.append("\(Int(count - paid)) cost nothing") }
    return complaints
  }

  private func knownIDs() async throws -> Set<Int64> {
    struct ID: Codable { var id: Int64 }
    var ids: Set<Int64> = []
    for try await row in table.scan().select("id").rows(as: ID.self) { ids.insert(row.id) }
    return ids
  }
}
