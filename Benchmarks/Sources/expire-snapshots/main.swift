import BenchmarkSupport
import Iceberg

// Which files go when all snapshots but the last expire. Nothing is removed, so that every round finds the
// same; data files exist by name only.

let name = "expire-snapshots.location"
guard MeasuredProcess.isRunning else {
  let table = try await LargeTable.make(
    snapshots: 1_000, filesInEach: 10, columns: 4, named: "snapshots")
  try Inputs.save(Array(table.metadata.location.utf8), as: name)
  try MeasuredProcess.run()
}
let table = try await Table.open(at: String(decoding: try Inputs.load(name), as: UTF8.self))

let options = ExpireSnapshotsOptions(
  olderThanMillis: .max, retainLast: 1, presenceCheck: .manifests)
var benchmark = Benchmark("expire-snapshots 1000 snapshots, 10000 files")
benchmark.rounds = 5
try await benchmark.measure(1_000, "snapshots") {
  try await table.expireSnapshots(options, dryRun: true).deleted.all.count
}
let report = try await table.expireSnapshots(options, dryRun: true)
print(
  "expire-snapshots: \(report.deletedDataFilesCount) data files, \(report.deletedManifestFilesCount) "
    + "manifests, \(report.deletedManifestListsCount) lists; peak memory \(PeakMemory.megabytes) MB"
)
