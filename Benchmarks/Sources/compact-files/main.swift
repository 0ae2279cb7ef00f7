import BenchmarkSupport
import Foundation
import Iceberg

// Two thousand files of half a megabyte, about a gigabyte together, put into files of the preset target size: how long
// it takes, and what memory at its peak. `ICEBERG_BENCHMARK_FILES` is another number of files. The peer compacts a table
// of the same files.

let count =
  ProcessInfo.processInfo.environment["ICEBERG_BENCHMARK_FILES"].flatMap { Int($0) } ?? 2000
let rowsPerFile = 34_000
let schema = Schema([
  .required("id", .long), .required("town", .string), .required("distance", .double),
  .required("reference", .string), .required("vendor", .int),
])
let warehouse = Inputs.folder.appendingPathComponent("compact-files").path
let catalog = FileSystemCatalog(warehouse: warehouse)
var ours = try await catalog.createTable("bench.ours", schema: schema)
let (first, last) = (ours, count)
let files = try await withThrowingTaskGroup(of: [DataFile].self) { group in
  for part in 0..<2 {
    group.addTask {
      var files: [DataFile] = []
      for number in stride(from: part, to: last, by: 2) {
        files += try await first.withWriter { try await $0.write(batch(number)) }
      }
      return files
    }
  }
  var written: [DataFile] = []
  for try await files in group { written += files }
  return written
}
ours = try await ours.append(files)
_ = try await catalog.createTable("bench.theirs", schema: schema).append(files)
try Inputs.save(Array(warehouse.utf8), as: "compact-files.warehouse")
let megabytes = Double(files.reduce(0) { $0 + $1.fileSizeInBytes }) / 1e6

for (name, options) in [
  ("binpack", RewriteDataFilesOptions()),
  ("sort", RewriteDataFilesOptions(strategy: .sort([.ascending("reference")]))),
] {
  var options = options
  options.groups.rewritesAll = true
  options.sortMemoryLimit = 256 << 20
  resetPeak()
  let clock = ContinuousClock()
  let start = clock.now
  let report = try await ours.rewriteDataFiles(options)
  let seconds = (clock.now - start) / .seconds(1)
  precondition(report.rewrittenDataFilesCount >= 1)
  print(
    """
    compact-files \(name): \(report.rewrittenDataFilesCount) files of \(Int(megabytes)) MB to \
    \(report.addedDataFilesCount) in \(String(format: "%.1f", seconds)) s, \
    \(Int(megabytes / seconds)) MB/s, peak memory \(peakMegabytes()) MB
    """)
  // The next one starts from the small files, too.
  ours = try await report.table.commit { transaction in
    if let id = report.table.metadata.snapshots.first?.id { transaction.rollback(to: id) }
  }
}

func batch(_ file: Int) -> RecordBatch {
  let rows = 0..<rowsPerFile
  func mixed(_ row: Int) -> UInt64 {
    (UInt64(file * rowsPerFile + row) &* 0x9E37_79B9_7F4A_7C15) >> 8
  }
  func text(_ value: (Int) -> String) -> Column {
    var builder = ColumnBuilder(.bytes)
    for row in rows { builder.append(utf8: value(row)) }
    return builder.finish()
  }
  return RecordBatch(
    names: schema.fields.map(\.name),
    columns: [
      Column(.long(rows.map { Int64(file * rowsPerFile + $0) }), count: rowsPerFile),
      text { "town \(mixed($0) % 100)" },
      Column(.double(rows.map { Double(mixed($0) % 1_000_000) / 7 }), count: rowsPerFile),
      text { "reference \(mixed($0))" },
      Column(.int(rows.map { Int32(mixed($0) % 10) }), count: rowsPerFile),
    ], rowCount: rowsPerFile)
}

/// Lets the peak of memory begin anew, where the system can.
func resetPeak() {
  try? Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
}

/// The peak of memory of the process, as Linux tells it; nothing elsewhere.
func peakMegabytes() -> String {
  let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
  let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
  let kilobytes = line?.split(separator: " ").compactMap { Int($0) }.first
  return kilobytes.map { "\($0 / 1024)" } ?? "?"
}
