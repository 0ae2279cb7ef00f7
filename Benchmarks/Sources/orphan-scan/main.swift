import BenchmarkSupport
import Foundation
import Iceberg

// A table's folder of many files, half of which the table needs: what of it is orphans. Nothing is
// removed, so that every round finds the same.

let count =
  ProcessInfo.processInfo.environment["ICEBERG_BENCHMARK_FILES"].flatMap(Int.init) ?? 200_000
let warehouse = Inputs.folder.appendingPathComponent("orphan-scan").path
let catalog = FileSystemCatalog(warehouse: warehouse)
guard MeasuredProcess.isRunning else {
  try await OrphanFolder.make(files: count, in: catalog)
  try MeasuredProcess.run()
}

let table = try await catalog.loadTable(OrphanFolder.name)
var options = RemoveOrphanFilesOptions()
options.dryRun = true
let chosen = options
var benchmark = Benchmark("orphan-scan \(count) files")
benchmark.rounds = 3
try await benchmark.measure(Double(count), "files") {
  let report = try await table.removeOrphanFiles(chosen)
  guard report.orphans.all.count == count / 2 else {
    throw OrphanFolder.Wrong(found: report.orphans.all.count)
  }
  return report.orphans.all.count
}
print(
  "orphan-scan: peak memory \(PeakMemory.megabytes) MB, of which \(chosen.memoryLimit >> 20) MB are "
    + "the limit for names of files")
