import ExampleSupport
import FoundationEssentials
import Iceberg

/// From nothing to a table with a history: create, append, append again, travel back, compare.
///
/// Usage: demo [FOLDER]. The warehouse is FOLDER, or a new folder in the temporary directory.
@main
struct Demo {
  static func main() async throws {
    let warehouse =
      CommandLine.arguments.dropFirst().first
      ?? FileManager.default.temporaryDirectory.path + "/iceberg-demo-\(UUID())"
    step(1, "Create a partitioned table in \(warehouse)")
    let catalog = FileSystemCatalog(warehouse: warehouse)
    var table = try await catalog.createTable(
      "weather.readings",
      schema: Schema([
        .required("station", .string, doc: "WMO name"),
        .required("measured_at", .timestamptz),
        .optional("celsius", .double),
        .optional("note", .string),
      ]),
      partitionedBy: [.day("measured_at"), .bucket(4, "station")])
    print("  \(table.identifier) in \(table.metadata.location)")
    print("  version file: \(table.metadataLocation ?? "none")")

    step(2, "Append the readings of two days and commit")
    table = try await table.append(rows: Reading.firstTwoDays)
    let morning = try current(table)
    describe(morning)

    step(3, "Append a correction and another day; the commit is one new snapshot")
    table = try await table.append(rows: Reading.thirdDay)
    let evening = try current(table)
    describe(evening)

    step(4, "Read the newest state")
    try await show(table.scan())

    step(5, "Travel back to snapshot \(morning.id)")
    try await show(table.scan().at(.snapshot(morning.id)))

    step(6, "Travel back by time: what was current one millisecond before the second append")
    try await show(table.scan().at(.timestamp(millis: evening.timestampMillis - 1)))

    step(7, "What changed between the two snapshots")
    try await showChanges(table, from: morning, to: evening)

    step(8, "Done. Look around with the tool:")
    print("  iceberg tree --warehouse \(warehouse) weather.readings")
    print("  iceberg scan --warehouse \(warehouse) weather.readings --snapshot-id \(morning.id)")
    print("  rm -r \(warehouse)    # when you have seen enough")
  }

  private static func current(_ table: Table) throws -> Snapshot {
    guard let snapshot = table.metadata.currentSnapshot else {
      throw IcebergError(.notFound, "the table has no snapshot")
    }
    return snapshot
  }

  private static func describe(_ snapshot: Snapshot) {
    let summary = snapshot.summary
    print(
      "  snapshot \(snapshot.id): \(summary?["added-records"] ?? "0") rows in "
        + "\(summary?["added-data-files"] ?? "0") files added, "
        + "\(summary?["total-records"] ?? "0") rows in all")
  }

  private static func show(_ scan: TableScan) async throws {
    var printer = TablePrinter(["station", "measured_at", .number("celsius"), "note"])
    var count = 0
    for try await reading in scan.select("station", "measured_at", "celsius", "note")
      .rows(as: Reading.self)
    {
      printer.add([
        reading.station, reading.measuredAt.formatted(.iso8601),
        reading.celsius.map { "\($0)" }, reading.note,
      ])
      count += 1
    }
    for line in printer.lines { print("  " + line) }
    print("  \(count) rows")
  }

  private static func showChanges(
    _ table: Table, from old: Snapshot, to new: Snapshot
  ) async throws {
    let before = Set(try await table.scan().at(.snapshot(old.id)).tasks().map(\.file.location))
    let added = try await table.scan().at(.snapshot(new.id)).tasks()
      .filter { !before.contains($0.file.location) }
    for task in added {
      print("  + \(task.file.location.split(separator: "/").suffix(4).joined(separator: "/"))")
    }
    print("  \(before.count) files were there already, \(added.count) came with the second append")
  }

  private static func step(_ number: Int, _ title: String) { print("\n\(number). \(title)") }
}
