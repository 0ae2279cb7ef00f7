import BenchmarkSupport
import IcebergBytes
import IcebergModel

// Deletion vectors of a data file of ten million rows: made of sorted positions, written, read, and
// applied to batches.

let rowCount: Int64 = 10_000_000
let batchSize: Int64 = 8_192

/// Numbers that are the same on every run.
struct Generator {
  var state: UInt64 = 7
  mutating func next(below bound: UInt64) -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) % bound
  }
}

func atRandom(percent: UInt64) -> [Int64] {
  var generator = Generator()
  return (0..<rowCount).filter { _ in generator.next(below: 100) < percent }
}

let shapes: [(name: String, positions: [Int64])] = [
  ("10 % at random", atRandom(percent: 10)),
  ("1 % at random", atRandom(percent: 1)),
  ("10 % in runs of 100", (0..<rowCount).filter { $0 % 1_000 < 100 }),
]

for (index, (name, positions)) in shapes.enumerated() {
  let benchmark = Benchmark("deletion-vectors \(name)")
  let count = Double(positions.count)
  let vector = try DeletionVector(positions)
  let blob = try vector.serialized()
  try Inputs.save(blob.array, as: "deletion-vector-\(index).bin")
  try benchmark.measure(count, "positions", note: "from sorted positions") {
    try DeletionVector(positions)
  }
  try benchmark.measure(count, "positions", note: "written, \(blob.count / 1_000) kB") {
    try vector.serialized()
  }
  try benchmark.measure(count, "positions", note: "read") {
    try DeletionVector(parsing: blob)
  }
  benchmark.measure(Double(rowCount), "rows", note: "applied to batches of \(batchSize)") {
    var kept = 0
    var start: Int64 = 0
    while start < rowCount {
      var words = [UInt64](repeating: .max, count: Int(batchSize) / 64)
      vector.subtract(from: &words, startingAt: start)
      for word in words { kept += word.nonzeroBitCount }
      start += batchSize
    }
    return kept
  }
}
