import BenchmarkSupport
import IcebergBytes
import IcebergModel

// Twenty thousand entries with metrics of twenty columns, into a file in memory.

let large = LargeManifest(files: 20_000, columns: 20)
for codec in [CompressionCodec.deflate, .zstd, .none] where codec.isAvailable {
  let size = try large.encoded(codec).bytes.count
  try Benchmark("manifest-encode \(codec)").measure(
    Double(large.files.count), "entries", note: "\(size / 1_000_000) MB written"
  ) {
    try large.encoded(codec)
  }
}
try Inputs.save(large.encoded(.deflate).bytes.array, as: "large-m0.avro")
