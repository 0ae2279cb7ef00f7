import BenchmarkSupport
import Foundation
import Iceberg

// Two million rows of six columns in sixteen files of four partitions: what it costs to delete some of them by a
// filter, in each mode and version, and to drop whole files, on the local disk. Arguments name the cases to measure.
// Spark, a peer, deletes from the same tables.

let rowsPerFile = 125_000
let fields: [Field] = [
  .required("id", .long), .required("town", .string), .required("distance", .double),
  .optional("tip", .double), .required("reference", .string), .required("vendor", .int),
]
let batches = (0..<16).map { file in batch(of: file) }
let million = Double(rowsPerFile * batches.count) / 1e6
let warehouse = Inputs.folder.appendingPathComponent("delete-rows").path
try Inputs.save(Array(warehouse.utf8), as: "delete-rows.warehouse")
try? FileManager.default.removeItem(atPath: warehouse)
let catalog = FileSystemCatalog(warehouse: warehouse)

for version in [2, 3] {
  let table = try await makeTable(version)
  for (name, filter, mode) in [
    ("a tenth, copy-on-write", tenth, .copyOnWrite),
    ("a tenth, merge-on-read", tenth, .mergeOnRead),
    ("a row, copy-on-write", col("id") == 1_000_000, .copyOnWrite),
    ("a row, merge-on-read", col("id") == 1_000_000, .mergeOnRead),
    ("whole files", col("town") == "town 1", .mergeOnRead),
  ] as [(String, Filter, TableProperties.RowLevelMode)]
  where CommandLine.argc == 1 || CommandLine.arguments.dropFirst().contains(name) {
    var benchmark = Benchmark("delete-rows v\(version) \(name)")
    benchmark.rounds = 5
    try await benchmark.measure(million, "M rows") {
      // A branch for each round: all of them delete from the same snapshot.
      let report = try await table.delete(
        where: filter, fromBranch: "\(UInt64.random(in: 0 ... .max))",
        options: RowChangeOptions(mode: mode))
      precondition(report.deletedRowCount > 0)
      return Int(report.deletedRowCount)
    }
  }
}

/// A tenth of the rows of every file.
var tenth: Filter { col("vendor") == 7 }

func makeTable(_ version: Int) async throws -> Table {
  var table = try await catalog.createTable(
    TableIdentifier(parsing: "bench.v\(version)"), schema: Schema(fields),
    partitionedBy: [.identity("town")],
    properties: ["format-version": "\(version)"])
  for batch in batches { table = try await table.append(batch) }
  return table
}

func batch(of file: Int) -> RecordBatch {
  let first = file * rowsPerFile
  func mixed(_ row: Int) -> UInt64 { (UInt64(first + row) &* 0x9E37_79B9_7F4A_7C15) >> 20 }
  func text(_ value: (Int) -> String) -> Column {
    var builder = ColumnBuilder(.bytes)
    for row in 0..<rowsPerFile { builder.append(utf8: value(row)) }
    return builder.finish()
  }
  let rows = 0..<rowsPerFile
  return RecordBatch(
    names: fields.map(\.name),
    columns: [
      Column(.long(rows.map { Int64(first + $0) }), count: rowsPerFile),
      text { _ in "town \(file % 4)" },
      Column(.double(rows.map { Double(mixed($0) % 10_000) / 100 }), count: rowsPerFile),
      Column(
        .double(rows.map { Double(mixed($0) % 500) / 100 }),
        validity: Bitmap(rows.map { mixed($0) % 3 != 0 }), count: rowsPerFile),
      text { "reference \(mixed($0))" },
      Column(.int(rows.map { Int32(mixed($0) % 10) }), count: rowsPerFile),
    ], rowCount: rowsPerFile)
}
