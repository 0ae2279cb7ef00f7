import BenchmarkSupport
import IcebergBytes
import IcebergModel

// A table with many columns and a long life: 200 columns, 60 000 snapshots with full summaries.

let text = LargeMetadata(columns: 200, snapshots: 60_000).text
let bytes = Bytes(Array(text.utf8))
try Inputs.save(bytes.array, as: "large.metadata.json")
let megabytes = Double(bytes.count) / 1e6

try Benchmark("metadata-parse").measure(megabytes, "MB") { try TableMetadata(parsing: bytes) }
try Benchmark("json-parse").measure(megabytes, "MB", note: "the same file as JSON alone") {
  try JSONValue(parsing: bytes)
}
