import BenchmarkSupport
import Foundation
import Iceberg

// Commits in memory: a fast append of one file to tables of ever more files, and to one with a long
// list of manifests; an append that merges a hundred manifests; several writers at once.

let environment = ProcessInfo.processInfo.environment
var counts = [1_000, 100_000]
if let text = environment["ICEBERG_BENCHMARK_FILES"], let count = Int(text) { counts.append(count) }

func measureFastAppend(_ name: String, to table: Table, columns: Int) async throws {
  let files = LargeTable.files(1, columns: columns)
  let counter = Counter()
  try await Benchmark(name).measure(1, "commits") {
    // Each on a branch of its own, so that all begin with the same snapshot.
    try await table.commit {
      $0.fastAppend(files, toBranch: "round-\(counter.next())")
    }
  }
}

for count in counts {
  let table = try await LargeTable.makeInMemory(files: count, columns: 4)
  try await measureFastAppend("fast append to \(count) files", to: table, columns: 4)
}

let long = try await LargeTable.makeInMemory(
  files: 10_000, columns: 4, properties: ["commit.manifest.target-size-bytes": "1"])
try await measureFastAppend("fast append to 10000 manifests", to: long, columns: 4)

let merged = try await LargeTable.makeInMemory(
  files: 100_000, columns: 4, filesPerCommit: 1_000,
  properties: ["commit.manifest.target-size-bytes": String(256 << 20)])
let files = LargeTable.files(1, columns: 4)
let rounds = Counter()
try await Benchmark("append that merges 100 manifests").measure(100_000, "entries") {
  try await merged.commit { $0.append(files, toBranch: "round-\(rounds.next())") }
}

// Writers that commit to one table as fast as they can, each on what the others did.
for writers in [1, 8] {
  let count = 320
  var benchmark = Benchmark("commits of \(writers) writers to one table")
  benchmark.rounds = 5
  try await benchmark.measure(Double(count), "commits") {
    let table = try await LargeTable.makeInMemory(
      files: 1_000, columns: 4,
      properties: [
        "commit.retry.num-retries": "1000", "commit.retry.min-wait-ms": "1",
        "commit.retry.max-wait-ms": "10",
      ])
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<writers {
        group.addTask {
          var own = table
          for _ in 0..<count / writers {
            own = try await own.commit { $0.fastAppend(files) }
          }
        }
      }
      try await group.waitForAll()
    }
  }
}
