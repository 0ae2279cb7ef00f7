import BenchmarkSupport
import IcebergParquet

// A million rows of ten columns into a file in memory, on one thread.

let rows = TripRows(count: 1_000_000)
let million = Double(rows.count) / 1e6
for compression in [ColumnCompression.zstd, .snappy, .uncompressed] {
  var options = ParquetWriteOptions()
  options.compression = compression
  let size = try rows.encoded(options).count
  var benchmark = Benchmark("parquet-encode \(compression)")
  benchmark.rounds = 5
  try benchmark.measure(million, "M rows", note: "\(size / 1_000_000) MB written") {
    try rows.encoded(options)
  }
}
var options = ParquetWriteOptions()
options.compression = .zstd
try Inputs.save(rows.encoded(options), as: "trips.parquet")
