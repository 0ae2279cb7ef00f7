import BenchmarkSupport
import Foundation
import Iceberg

// Planning a table of many data files: from the metadata file to the last task.

let count =
  ProcessInfo.processInfo.environment["ICEBERG_BENCHMARK_FILES"].flatMap(Int.init) ?? 100_000
let name = "plan-scan.location"
guard MeasuredProcess.isRunning else {
  let table = try await LargeTable.make(files: count, columns: 20, named: "events")
  try Inputs.save(Array((table.metadataLocation ?? "").utf8), as: name)
  try MeasuredProcess.run()
}
let location = String(decoding: try Inputs.load(name), as: UTF8.self)

let day = Int64(LargeTable.firstDay + 100) * 86_400_000_000
let filters: [(String, Filter)] = [
  ("all", .all),
  (
    "one day",
    col("at") >= Literal.timestamp(day) && col("at") < Literal.timestamp(day + 86_400_000_000)
  ),
  ("metrics", col("column_3") < Literal.long(Int64(count / 100) * 86_400_000_000)),
]
let chosen = CommandLine.arguments.dropFirst(2)
for (name, filter) in filters where chosen.isEmpty || chosen.contains(name) {
  try await Benchmark("plan-scan \(count) files, \(name)").measure(Double(count), "files") {
    let table = try await Table.open(at: location)
    var found = 0
    for try await task in table.scan().filter(filter).taskSequence() {
      found += task.file.recordCount >= 0 ? 1 : 0
    }
    return found
  }
}
print("plan-scan: peak memory \(PeakMemory.megabytes) MB")
