import FoundationEssentials
import Iceberg

/// What happens to the table in a day.
enum Day {
  /// One row of the table.
  struct Measurement: Codable {
    var sensor: String
    var value: Double
  }

  /// Makes the table and commits to it again and again.
  static func happening(in catalog: FileSystemCatalog) async throws -> Table {
    var table = try await catalog.createTable(
      "plant.measurements",
      schema: Schema([.required("sensor", .string), .required("value", .double)]),
      partitionedBy: [.identity("sensor")],
      properties: ["commit.manifest-merge.enabled": "false"])
    for minute in 0..<24 {
      table = try await table.append(rows: [
        Measurement(sensor: "north", value: Double(minute)),
        Measurement(sensor: "south", value: Double(minute) / 2),
      ])
    }
    // A writer wrote a file a week ago, and never committed it.
    let lost = try await table.withWriter {
      try await $0.write(rows: [Measurement(sensor: "north", value: 0)])
    }
    let lastWeek = Date(timeIntervalSinceNow: -7 * 86_400)
    for file in lost {
      try FileManager.default.setAttributes(
        [.modificationDate: lastWeek], ofItemAtPath: file.location)
    }
    return table
  }
}
