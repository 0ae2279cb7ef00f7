import BenchmarkSupport
import Foundation
import Iceberg
import IcebergParquet

// A million rows of ten columns, in memory, appended to a table on the local disk and committed: all into one file, and
// divided by a column of five values.

let rows = TripRows(count: 1_000_000)
var options = ParquetWriteOptions()
options.compression = .zstd
try Inputs.save(rows.encoded(options), as: "append-rows.parquet")

let schema = Schema([
  .required("id", .long), .required("at", .timestamptz), .required("vendor", .int),
  .required("distance", .double), .required("fare", .decimal(precision: 9, scale: 2)),
  .optional("tip", .double), .required("town", .string), .required("reference", .string),
  .required("shared", .boolean), .required("stops", .list(element: .required("element", .int))),
])
let batch = RecordBatch(
  names: schema.fields.map(\.name), columns: rows.columns, rowCount: rows.count)
let catalog = FileSystemCatalog(warehouse: Inputs.folder.appendingPathComponent("append-rows").path)

for (name, terms) in [("one file", []), ("five partitions", [.identity("vendor")])]
  as [(String, [PartitionTerm])]
{
  for concurrency in [1, WriteOptions().encodingConcurrency] {
    let identifier = TableIdentifier(
      namespace: ["bench"], name: "\(name.prefix { $0 != " " })_\(concurrency)")
    let table = try await catalog.createTable(
      identifier, schema: schema, partitionedBy: terms)
    var benchmark = Benchmark("append-rows \(name), \(concurrency) columns at a time")
    benchmark.rounds = 5
    try await benchmark.measure(Double(rows.count) / 1e6, "M rows") {
      let options = WriteOptions(encodingConcurrency: concurrency)
      let files = try await table.withWriter(options: options) { try await $0.write(batch) }
      return try await table.append(files).metadata.snapshots.count
    }
  }
}
