import ExampleSupport
import FoundationEssentials
import Iceberg

/// Three layers on a file system: messages as they come, orders that are checked, revenue by day.
///
/// Usage: lakehouse [FOLDER]
@main
struct Lakehouse {
  static func main() async throws {
    var story = Story()
    let catalog = FileSystemCatalog(warehouse: Story.folder("lakehouse"))
    var bronze = try await Bronze(in: catalog)
    var silver = try await Silver(in: catalog)
    var gold = try await Gold(in: catalog)

    story.step("Monday: three messages")
    bronze = try await bronze.ingesting(Messages.monday)
    (silver, gold) = try await refine(bronze, silver, gold, story)

    story.step("Tuesday: one message a second time, one late, one that cannot be read")
    bronze = try await bronze.ingesting(Messages.tuesday)
    (silver, gold) = try await refine(bronze, silver, gold, story)

    story.step("Wednesday: a load that is not good enough does not get into the silver table")
    let tuesday = bronze.table.metadata.currentSnapshotID
    bronze = try await bronze.ingesting(Messages.wednesdayBroken)
    (silver, gold) = try await refine(bronze, silver, gold, story)
    story.tell("silver still has \(try await silver.table.scan().count()) orders")

    story.step("Its source sends it again: the bronze table goes back first")
    if let tuesday { bronze = try await bronze.goingBack(to: tuesday) }
    bronze = try await bronze.ingesting(Messages.wednesday)
    (silver, gold) = try await refine(bronze, silver, gold, story)

    story.step("Revenue by day and country")
    var revenue = TablePrinter(["day", "country", .number("orders"), .number("cents")])
    for row in try await gold.rows() {
      let day = row.day.formatted(.iso8601.year().month().day())
      revenue.add([day, row.country, "\(row.orders)", "\(row.cents)"])
    }
    story.show(revenue)

    story.step("And on Monday evening?")
    let monday = gold.table.metadata.snapshots.min { $0.sequenceNumber < $1.sequenceNumber }
    if let monday {
      let scan = gold.table.scan().at(.snapshot(monday.id))
      var cents: Int64 = 0
      for try await row in scan.rows(as: Gold.Row.self) { cents += row.cents }
      story.tell("\(cents) cents")
    }

    story.step("How the tables are")
    var health = TablePrinter([
      "table", .number("snapshots"), .number("files"), .number("rows"),
    ])
    for table in [bronze.table, silver.table, gold.table] {
      let state = try await table.health()
      health.add([
        "\(table.identifier)", "\(state.snapshotCount)", "\(state.dataFileCount)",
        "\(state.recordCount)",
      ])
    }
    story.show(health)
  }

  /// Takes new messages through the layers, as far as they get.
  private static func refine(
    _ bronze: Bronze, _ silver: Silver, _ gold: Gold, _ story: Story
  ) async throws -> (Silver, Gold) {
    let (refined, report) = try await silver.refining(bronze)
    story.tell(
      "\(report.orders.count) new orders, \(report.duplicates) known already, "
        + "\(report.unreadable) unreadable")
    guard report.complaints.isEmpty else {
      for complaint in report.complaints { story.tell("refused: \(complaint)") }
      return (refined, gold)
    }
    let (updated, days) = try await gold.updated(for: report.orders, from: refined)
    story.tell("\(days == 1 ? "1 day" : "\(days) days") of revenue computed")
    return (refined, updated)
  }
}
