import BenchmarkSupport
import Foundation
import Iceberg

// A table of a thousand snapshots over ten thousand files, each tenth of which replaces the files of the
// one before: which files go when all snapshots but the last expire. Nothing is removed, so that every
// round finds the same; data files exist by name only.

let catalog = FileSystemCatalog(
  warehouse: Inputs.folder.appendingPathComponent("expire-snapshots").path)
let columns = 4
var table = try await catalog.createTable(
  "large.snapshots", schema: LargeManifest.schema(columns), partitionedBy: [.day("at")])
var earlier: [DataFile] = []
for commit in 0..<1_000 {
  let files = (0..<10).map {
    LargeManifest.file(commit * 10 + $0, columns, day: LargeTable.firstDay + commit / 100)
  }
  let replaced = commit % 10 == 9 ? earlier : []
  table = try await table.commit {
    if replaced.isEmpty {
      $0.append(files)
    } else {
      $0.overwrite(removing: replaced, adding: files)
    }
  }
  earlier = files
}
try table.metadata.location.write(
  to: Inputs.folder.appendingPathComponent("expire-snapshots.location"), atomically: true,
  encoding: .utf8)

let made = table
let options = ExpireSnapshotsOptions(
  olderThanMillis: .max, retainLast: 1, presenceCheck: .manifests)
var benchmark = Benchmark("expire-snapshots 1000 snapshots, 10000 files")
benchmark.rounds = 5
try await benchmark.measure(1_000, "snapshots") {
  try await made.expireSnapshots(options, dryRun: true).deleted.all.count
}
let report = try await made.expireSnapshots(options, dryRun: true)
print(
  "expire-snapshots: \(report.deletedDataFilesCount) data files, \(report.deletedManifestFilesCount) "
    + "manifests, \(report.deletedManifestListsCount) lists; peak memory \(PeakMemory.megabytes) MB"
)
