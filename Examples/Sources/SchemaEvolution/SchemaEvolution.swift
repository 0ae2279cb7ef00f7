import ExampleSupport
import FoundationEssentials
import Iceberg

/// A table changes its columns and its partitions while it is used; no file is written anew.
///
/// Usage: schema-evolution [FOLDER]
@main
struct SchemaEvolution {
  static func main() async throws {
    var story = Story()
    let catalog = FileSystemCatalog(warehouse: Story.folder("schema-evolution"))

    story.step("A table of events, divided by day")
    var table = try await catalog.createTable(
      "logs.events",
      schema: Schema([
        .required("id", .int), .required("at", .timestamptz), .optional("level", .string),
      ]),
      partitionedBy: [.day("at")])
    table = try await table.append(rows: FirstEvent.samples)
    let start = table.metadata.currentSnapshotID
    showColumns(table, story)

    story.step("Before a change: what would break if 'level' were dropped?")
    let report = try await table.preflight { $0.schema.delete("level") }
    for finding in report.findings {
      story.tell("\(finding.severity): \(finding.subject): \(finding.message)")
    }

    story.step("Rather rename it; make ids wider; add a country, in one commit")
    table = try await table.commit { tx in
      tx.schema.rename("level", to: "severity")
      tx.schema.widen("id", to: .long)
      tx.schema.addColumn("country", .string, doc: "ISO 3166 code")
      tx.schema.move("country", .after("id"))
    }
    showColumns(table, story)

    story.step("Divide new rows by hour and country; what is there stays where it is")
    table = try await table.commit { tx in
      tx.partitioning.replace(.day("at"), with: .hour("at"))
      tx.partitioning.add(.identity("country"))
    }
    table = try await table.append(rows: Event.samples)
    let tasks = try await table.scan().tasks()
    let byDay = tasks.count { $0.file.specID == 0 }
    story.tell("\(byDay) files by day, \(tasks.count - byDay) by hour and country")

    story.step("Rows of both kinds are read with the columns of today")
    try await show(table.scan(), story)

    story.step("Files of both divisions are left out by one filter")
    let explanation = try await table.scan().filter(col("at") >= "2024-01-16T09:00:00Z").explain()
    for file in explanation.files {
      story.tell("\(file.decision.isKept ? "read" : "left out"): \(file.partitionPath)")
    }

    story.step("The past has the columns of then")
    if let start {
      let then = table.scan().at(.snapshot(start))
      story.tell(try then.schema.fields.map(\.name).joined(separator: ", "))
    }

    story.step("Version 3 of the format: a new column with a value for all rows that are there")
    table = try await table.commit { $0.upgradeFormat(to: 3) }
    table = try await table.commit { tx in
      tx.schema.addColumn("source", .string, default: "import")
    }
    for try await event in table.scan().filter(col("id") == 1).rows(as: EventSource.self) {
      story.tell("event \(event.id) comes from '\(event.source)'")
    }
  }

  private static func showColumns(_ table: Table, _ story: Story) {
    var printer = TablePrinter([.number("id"), "column", "type", "required"])
    for field in table.metadata.currentSchema.fields {
      printer.add([
        "\(field.id)", field.name, "\(field.type)", field.isRequired ? "yes" : "no",
      ])
    }
    story.show(printer)
  }

  private static func show(_ scan: TableScan, _ story: Story) async throws {
    var events: [Event] = []
    for try await event in scan.rows(as: Event.self) { events.append(event) }
    var printer = TablePrinter([.number("id"), "country", "at", "severity"])
    for event in events.sorted(by: { $0.id < $1.id }) {
      printer.add(["\(event.id)", event.country, event.at.formatted(.iso8601), event.severity])
    }
    story.show(printer)
  }
}
