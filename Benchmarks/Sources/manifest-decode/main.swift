import BenchmarkSupport
import IcebergBytes
import IcebergModel

// Twenty thousand entries with metrics of twenty columns, from a file in memory.

let large = LargeManifest(files: 20_000, columns: 20)
for codec in [CompressionCodec.deflate, .zstd, .none] where codec.isAvailable {
  let (bytes, manifest) = try large.encoded(codec)
  try Inputs.save(bytes.array, as: "large-\(codec).avro")
  let note = "\(bytes.count / 1_000_000) MB read"
  try Benchmark("manifest-decode \(codec)").measure(
    Double(large.files.count), "entries", note: note + ", all metrics"
  ) {
    try ManifestCodec.read(bytes, as: manifest)
  }
  try Benchmark("manifest-decode \(codec)").measure(
    Double(large.files.count), "entries", note: note + ", no metrics"
  ) {
    try ManifestCodec.read(bytes, as: manifest, metrics: .none)
  }
}
