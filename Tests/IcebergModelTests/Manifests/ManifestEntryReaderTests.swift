import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestEntryReaderTests {
  static let schema = Schema([
    .optional("town", .string, id: 1), .optional("size", .long, id: 2),
  ])
  static let spec = PartitionSpec(
    id: 5,
    fields: [PartitionField(sourceIDs: [1], fieldID: 1000, name: "town", transform: .identity)])

  /// A manifest of several blocks, with towns that repeat, and every field set in some entries.
  private func manifest(
    _ count: Int, version: Int = 2, _ random: inout SeededRandom
  ) throws -> (bytes: Bytes, manifest: ManifestFile) {
    var writer = try SampleFiles.writer(version: version, schema: Self.schema, spec: Self.spec)
    var town: Literal?
    for number in 0..<count {
      if Int.random(in: 0..<3, using: &random) == 0 {
        town =
          [nil, .string(""), .string("Ulm"), .string("Ulms"), .string("Bern")]
          .randomElement(using: &random) ?? nil
      }
      var file = SampleFiles.dataFile(number, partition: StructValue([town]))
      let size = Int64.random(in: 0..<10, using: &random)
      let bound = Bytes((0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) })
      file.lowerBounds = [1: Bytes(utf8: "a"), 2: bound]
      file.upperBounds = Bool.random(using: &random) ? [2: bound] : nil
      if Bool.random(using: &random) { file.valueCounts = nil }
      if Bool.random(using: &random) { file.splitOffsets = nil }
      if Bool.random(using: &random) { file.keyMetadata = nil }
      try writer.append(
        SampleFiles.entry(file, Bool.random(using: &random) ? .existing : .added, sequence: 3))
    }
    var (bytes, manifest) = try writer.finish(location: "s3://b/t/metadata/m.avro")
    manifest.sequenceNumber = 3
    return (bytes, manifest)
  }

  private func reader(
    _ file: (bytes: Bytes, manifest: ManifestFile), _ metrics: MetricsSelection = .all
  ) throws -> ManifestEntryReader {
    try ManifestEntryReader(
      file.bytes, as: file.manifest, partitionFields: Self.spec.partitionFields(in: Self.schema),
      metrics: metrics)
  }

  private func all(_ reader: ManifestEntryReader) throws -> [ManifestEntry] {
    var (reader, entries) = (reader, [] as [ManifestEntry])
    while let more = try reader.next(lookingAt: 100) { entries += more }
    return entries
  }

  @Test("leaving files out by partition and metrics gives the entries that are among all of them")
  func leavingOut() throws {
    var random = SeededRandom()
    let filter = try Filter(parsing: "size < 4").bound(to: Self.schema.index)
    let evaluator = MetricsEvaluator(filter)
    for metrics in [MetricsSelection.all, .columns([2]), .columns([1, 2])] {
      let file = try manifest(1_000, &random)
      let entries = try all(reader(file, metrics))
      #expect(entries.count == 1_000)
      let towns: [Literal?] = [.string("Ulm"), nil]
      var reader = try reader(file, metrics)
      let left = try reader.next(lookingAt: .max) { tuple in
        towns.contains(tuple.values[0])
      } areMetricsIncluded: { metrics in
        evaluator.mayMatch(metrics)
      } where: { entry in
        entry.status == .added
      }
      let expected = entries.filter { entry in
        towns.contains(entry.dataFile.partition.values[0]) && evaluator.mayMatch(entry.dataFile)
          && entry.status == .added
      }
      #expect(left == expected, "seed \(random.seed)")
      #expect(expected.count > 10 && expected.count < 990, "seed \(random.seed)")
    }
  }

  @Test(
    "a manifest read in parts has every entry once, in its order", arguments: [1, 2, 3, 7, 100])
  func parts(count: Int) throws {
    var random = SeededRandom()
    let file = try manifest(2_000, &random)
    let whole = try reader(file)
    let parts = try whole.split(into: count)
    #expect(count == 1 ? parts.count == 1 : (2...count).contains(parts.count))
    #expect(try parts.flatMap { try all($0) } == all(whole), "seed \(random.seed)")
  }

  @Test("a manifest whose entries are numbered one after the other has one part")
  func rowIDs() throws {
    var random = SeededRandom()
    var file = try manifest(2_000, version: 3, &random)
    #expect(try reader(file).split(into: 4).count > 1)
    file.manifest.firstRowID = 0
    #expect(try reader(file).split(into: 4).count == 1)
  }
}
