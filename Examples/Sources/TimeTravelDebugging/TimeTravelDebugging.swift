import ExampleSupport
import Iceberg

/// A load was broken: find it among many, see what it did, and take it out without losing the loads
/// that came after it.
///
/// Usage: time-travel-debugging [FOLDER]
@main
struct TimeTravelDebugging {
  static func main() async throws {
    var story = Story()
    let catalog = FileSystemCatalog(warehouse: Story.folder("time-travel-debugging"))

    story.step("Eight nights of loads, one commit each; one of them is broken")
    var table = try await catalog.createTable(
      "shop.sales",
      schema: Schema([
        .required("id", .long), .required("shop", .string), .required("cents", .long),
      ]),
      partitionedBy: [.identity("shop")])
    for night in 1...8 {
      table = try await table.append(rows: Sale.load(night: Int64(night), isBroken: night == 5))
    }
    story.tell("\(table.metadata.snapshots.count) snapshots")

    story.step("The largest sale cannot be right; the file metrics tell it without reading a row")
    story.tell("largest sale: \(try await largestSale(table.scan())) cents")

    story.step("Search the history for the first snapshot with such a sale")
    let history = table.metadata.snapshots.sorted { $0.sequenceNumber < $1.sequenceNumber }
    var (good, bad) = (0, history.count - 1)
    while bad - good > 1 {
      let middle = (good + bad) / 2
      let largest = try await largestSale(table.scan().at(.snapshot(history[middle].id)))
      let isBroken = largest > 10_000
      story.tell("load \(middle + 1): largest sale \(largest), \(isBroken ? "broken" : "good")")
      if isBroken { bad = middle } else { good = middle }
    }
    story.tell("load \(bad + 1) is the broken one")

    story.step("Compare it with the one before")
    let diff = try await table.diff(
      from: .snapshot(history[good].id), to: .snapshot(history[bad].id))
    let added = table.scan().at(.snapshot(history[bad].id))
      .appended(after: .snapshot(history[good].id))
    var files = TablePrinter(["shop", .number("files"), .number("rows"), .number("cents")])
    for group in diff.addedGroups {
      guard case .string(let shop) = group.partition.values.first else { continue }
      let cents = try await totalCents(added.filter(col("shop") == shop))
      files.add([shop, "\(group.fileCount)", "\(group.recordCount)", "\(cents)"])
    }
    story.show(files)

    story.step("Take it out in one commit: tag it, go back before it, repeat the loads behind it")
    table = try await table.commit { tx in
      tx.createTag("broken-load", at: history[bad].id)
      tx.rollback(to: history[good].id)
      for later in history[(bad + 1)...] { tx.cherryPick(later.id) }
    }
    story.tell("\(try await table.scan().count()) sales of \(history.count - 1) loads")
    story.tell("largest sale: \(try await largestSale(table.scan())) cents")

    story.step("Load that night again")
    table = try await table.append(rows: Sale.load(night: Int64(bad + 1)))
    story.tell("\(try await table.scan().count()) sales")
    story.tell("largest sale: \(try await largestSale(table.scan())) cents")

    story.step("The broken state can still be read, until its tag is removed and it expires")
    let evidence = table.scan().at(.ref("broken-load")).filter(col("cents") > 10_000)
    for try await sale in evidence.rows(as: Sale.self) {
      story.tell("sale \(sale.id) in \(sale.shop): \(sale.cents) cents")
    }
  }

  private static func largestSale(_ scan: TableScan) async throws -> Int64 {
    guard case .long(let cents) = try await scan.maximum(of: "cents") else { return 0 }
    return cents
  }

  private static func totalCents(_ scan: TableScan) async throws -> Int64 {
    var total: Int64 = 0
    for try await sale in scan.rows(as: Sale.self) { total += sale.cents }
    return total
  }
}
