import BenchmarkSupport
import IcebergBytes
import IcebergParquet

// A million rows of ten columns from a file in memory, on one thread.

let rows = TripRows(count: 1_000_000)
let million = Double(rows.count) / 1e6
for compression in [ColumnCompression.zstd, .snappy, .uncompressed] {
  var options = ParquetWriteOptions()
  options.compression = compression
  let bytes = try Bytes(rows.encoded(options))
  try Inputs.save(bytes.array, as: "trips-\(compression).parquet")
  var benchmark = Benchmark("parquet-decode \(compression)")
  benchmark.rounds = 7
  try benchmark.measure(million, "M rows", note: "\(bytes.count / 1_000_000) MB read") {
    let metadata = try FileMetadata(ofFile: bytes)
    for index in metadata.rowGroups.indices {
      let decoder = try RowGroupDecoder(
        metadata: metadata, rowGroup: index, projection: metadata.schema.fields)
      let chunks = decoder.byteRanges.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
      blackHole(try decoder.decode(chunks))
    }
  }
}
