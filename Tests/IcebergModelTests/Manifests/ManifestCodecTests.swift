import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ManifestCodecTests {
  @Test("every field of a data file survives, in every version", arguments: [1, 2, 3])
  func dataFiles(version: Int) throws {
    var second = SampleFiles.dataFile(
      2, partition: StructValue([Literal?](repeating: nil, count: 20)))
    second.columnSizes = nil
    second.lowerBounds = nil
    second.splitOffsets = nil
    second.sortOrderID = nil
    second.keyMetadata = nil
    second.format = .orc
    var kept = SampleFiles.entry(SampleFiles.dataFile(3), .existing, snapshot: 5, sequence: 4)
    if version >= 3 { kept.dataFile.firstRowID = 100 }
    let entries = [
      SampleFiles.entry(SampleFiles.dataFile(1)), SampleFiles.entry(second),
      version == 1 ? SampleFiles.entry(kept.dataFile, .existing, snapshot: 5) : kept,
    ]
    let (bytes, _) = try SampleFiles.manifest(version: version, entries)
    #expect(try ManifestCodec.read(bytes) == entries)
  }

  @Test(
    "every kind of delete file survives, as far as the version knows its fields", arguments: [2, 3])
  func deleteFiles(version: Int) throws {
    var vector = SampleFiles.positionDeletes(3, format: .puffin)
    let entries = [
      SampleFiles.entry(SampleFiles.positionDeletes(1)),
      SampleFiles.entry(SampleFiles.equalityDeletes(2)), SampleFiles.entry(vector),
    ]
    let (bytes, manifest) = try SampleFiles.manifest(version: version, content: .deletes, entries)
    var expected = entries
    if version == 2 {
      vector.contentOffset = nil
      vector.contentSizeInBytes = nil
      expected[2].dataFile = vector
    }
    #expect(try ManifestCodec.read(bytes) == expected)
    #expect(manifest.content == .deletes)
  }

  @Test(
    "every codec of Avro can be used",
    arguments: [CompressionCodec.none, .deflate, .snappyWithChecksum, .zstd])
  func codecs(codec: CompressionCodec) throws {
    guard codec.isAvailable else { return }
    let entries = (1...500).map { SampleFiles.entry(SampleFiles.dataFile($0)) }
    let (bytes, manifest) = try SampleFiles.manifest(codec: codec, entries)
    #expect(manifest.length == Int64(bytes.count))
    #expect(try ManifestCodec.read(bytes) == entries)
  }

  @Test("the same entries give the same bytes")
  func deterministic() throws {
    let entries = (1...20).map { SampleFiles.entry(SampleFiles.dataFile($0)) }
    #expect(try SampleFiles.manifest(entries).bytes == SampleFiles.manifest(entries).bytes)
  }

  @Test("the header tells version, content, schema and spec", arguments: [1, 2, 3])
  func header(version: Int) throws {
    let (bytes, _) = try SampleFiles.manifest(version: version, [])
    let header = try ManifestHeader(parsing: bytes)
    #expect(header.formatVersion == version)
    #expect(header.content == .data)
    #expect(header.partitionSpecID == 5)
    #expect(try header.schema() == SampleFiles.schema)
    #expect(try header.partitionSpec() == SampleFiles.spec)
  }

  @Test("the description counts entries and rows and finds the range of partition values")
  func summary() throws {
    let types = SampleFiles.types
    let entries = [
      SampleFiles.entry(SampleFiles.dataFile(1)),
      SampleFiles.entry(
        SampleFiles.dataFile(2, partition: SampleFiles.tuple { types[$0].least }), .existing,
        snapshot: 5, sequence: 9),
      SampleFiles.entry(
        SampleFiles.dataFile(
          4, partition: SampleFiles.tuple { $0 == 3 ? .float(.nan) : types[$0].value }), .deleted,
        sequence: 3),
    ]
    let (_, manifest) = try SampleFiles.manifest(entries)
    #expect(manifest.addedFilesCount == 1 && manifest.addedRowsCount == 10)
    #expect(manifest.existingFilesCount == 1 && manifest.existingRowsCount == 20)
    #expect(manifest.deletedFilesCount == 1 && manifest.deletedRowsCount == 40)
    #expect(manifest.sequenceNumber == ManifestFile.unassignedSequenceNumber)
    #expect(manifest.minSequenceNumber == 9, "only live files count")
    #expect(manifest.addedSnapshotID == 77 && manifest.partitionSpecID == 5)
    let partitions = try #require(manifest.partitions)
    #expect(partitions.count == types.count + 3)
    for (index, type) in types.enumerated() {
      #expect(partitions[index].containsNull == false)
      #expect(partitions[index].containsNaN == (index == 3))
      #expect(try partitions[index].lowerBound == type.least.singleValueBytes())
      #expect(try partitions[index].upperBound == type.value.singleValueBytes())
    }
    #expect(partitions.last?.containsNull == true)
    #expect(partitions.last?.lowerBound == nil)
  }

  @Test("a manifest that is only named can be described")
  func describe() throws {
    let entries = (1...3).map { SampleFiles.entry(SampleFiles.dataFile($0)) }
    let (bytes, manifest) = try SampleFiles.manifest(version: 1, entries)
    let found = try ManifestCodec.describe(bytes, location: manifest.location, snapshotID: 77)
    #expect(found == manifest)
  }

  // MARK: Inheritance

  @Test("added entries inherit snapshot and sequence numbers, others keep their own")
  func inheritance() throws {
    let entries = [
      SampleFiles.entry(SampleFiles.dataFile(1), snapshot: nil),
      SampleFiles.entry(SampleFiles.dataFile(2), .existing, snapshot: 5, sequence: 4),
      SampleFiles.entry(SampleFiles.dataFile(3), .deleted, sequence: 2),
    ]
    var (bytes, manifest) = try SampleFiles.manifest(entries)
    manifest.sequenceNumber = 12
    let read = try ManifestCodec.read(bytes, as: manifest)
    #expect(read.map(\.snapshotID) == [77, 5, 77])
    #expect(read.map(\.sequenceNumber) == [12, 4, 2])
    #expect(read.map(\.fileSequenceNumber) == [12, 4, 2])
  }

  @Test("rows written anew keep their data sequence number")
  func explicitSequenceNumber() throws {
    var writer = try SampleFiles.writer()
    try writer.add(SampleFiles.dataFile(1), sequenceNumber: 3)
    var (bytes, manifest) = try writer.finish(location: "m")
    #expect(manifest.minSequenceNumber == 3)
    manifest.sequenceNumber = 9
    let entry = try #require(try ManifestCodec.read(bytes, as: manifest).first)
    #expect(entry.sequenceNumber == 3)
    #expect(entry.fileSequenceNumber == 9)
  }

  @Test("all sequence numbers of a version 1 manifest are 0")
  func version1() throws {
    let (bytes, manifest) = try SampleFiles.manifest(
      version: 1, [SampleFiles.entry(SampleFiles.dataFile(1), .existing, snapshot: 5)])
    let entry = try #require(try ManifestCodec.read(bytes, as: manifest).first)
    #expect(entry.sequenceNumber == 0 && entry.fileSequenceNumber == 0)
    #expect(entry.snapshotID == 5)
  }

  /// An entry of so many rows.
  private static func entry(
    _ rows: Int64, _ status: ManifestEntry.Status = .added, firstRowID: Int64? = nil,
    sequence: Int64? = nil
  ) -> ManifestEntry {
    var file = SampleFiles.dataFile(1)
    file.recordCount = rows
    file.firstRowID = firstRowID
    return SampleFiles.entry(file, status, sequence: sequence)
  }

  @Test("files without first row id are numbered on from that of the manifest")
  func rowIDs() throws {
    // The example of the format's text, with a deleted file between.
    let entries = [
      Self.entry(25, .existing, firstRowID: 800, sequence: 4), Self.entry(50),
      Self.entry(7, .deleted, sequence: 4), Self.entry(50),
    ]
    var (bytes, manifest) = try SampleFiles.manifest(version: 3, entries)
    manifest.sequenceNumber = 5
    manifest.firstRowID = 1000
    let ids = try ManifestCodec.read(bytes, as: manifest).map(\.dataFile.firstRowID)
    #expect(ids == [800, 1000, nil, 1050])
    let later = try ManifestCodec.read(bytes, as: manifest) { $0.dataFile.firstRowID == 1050 }
    #expect(later.count == 1, "files that are left out count too")
    manifest.firstRowID = nil
    let none = try ManifestCodec.read(bytes, as: manifest).map(\.dataFile.firstRowID)
    #expect(none == [nil, nil, nil, nil])
    manifest.firstRowID = .max - 10
    #expect(thrown { _ = try ManifestCodec.read(bytes, as: manifest) }?.code == .invalidFile)
  }

  @Test("a new file does not keep the row id that it brings along")
  func overrideRowID() throws {
    var file = SampleFiles.dataFile(1)
    file.firstRowID = 1000
    var writer = try SampleFiles.writer(version: 3)
    try writer.add(file)
    let (bytes, _) = try writer.finish(location: "m")
    #expect(try ManifestCodec.read(bytes).first?.dataFile.firstRowID == nil)
  }

  // MARK: Selection

  @Test("only the metrics that are asked for are read")
  func metrics() throws {
    let (bytes, _) = try SampleFiles.manifest([SampleFiles.entry(SampleFiles.dataFile(1))])
    let none = try #require(try ManifestCodec.read(bytes, metrics: .none).first).dataFile
    #expect(none.columnSizes == nil && none.valueCounts == nil && none.upperBounds == nil)
    #expect(none.splitOffsets == [4, 1 << 33])
    let one = try #require(try ManifestCodec.read(bytes, metrics: .columns([1])).first).dataFile
    #expect(one.columnSizes == [1: 10] && one.valueCounts == [1: 5])
    #expect(one.lowerBounds == [1: [0]] && one.nanValueCounts == [:])
  }

  @Test("a file of another partition spec is refused")
  func otherSpec() throws {
    let schema = Schema([.optional("a", .string, id: 1)])
    let field = PartitionField(sourceIDs: [1], fieldID: 1000, name: "a", transform: .identity)
    var writer = try SampleFiles.writer(
      schema: schema, spec: PartitionSpec(id: 4, fields: [field]))
    let error = thrown {
      try writer.add(SampleFiles.dataFile(1, partition: StructValue([.string("x")])))
    }
    #expect(error?.code == .invalidArgument)
  }

  @Test("tuples come in the order and types that the reader wants")
  func partitionFields() throws {
    let schema = Schema([.optional("a", .int, id: 1), .optional("b", .float, id: 2)])
    let spec = PartitionSpec(
      id: 5,
      fields: [
        PartitionField(sourceIDs: [1], fieldID: 1000, name: "a", transform: .identity),
        PartitionField(sourceIDs: [2], fieldID: 1001, name: "b", transform: .identity),
      ])
    var writer = try SampleFiles.writer(schema: schema, spec: spec)
    try writer.add(SampleFiles.dataFile(1, partition: StructValue([.int(3), .float(1.5)])))
    let (bytes, _) = try writer.finish(location: "m")
    let wanted: [Field] = [
      .optional("new", .string, id: 1002), .optional("b", .double, id: 1001),
      .optional("a", .long, id: 1000),
    ]
    let tuple = try ManifestCodec.read(bytes, partitionFields: wanted).first?.dataFile.partition
    #expect(tuple == StructValue([nil, .double(1.5), .long(3)]))
    let wrong: [Field] = [.optional("a", .string, id: 1000)]
    #expect(
      thrown { _ = try ManifestCodec.read(bytes, partitionFields: wrong) }?.code == .invalidFile)
  }

  @Test("values of a dropped column keep the type they were written with")
  func droppedColumn() throws {
    let (bytes, _) = try SampleFiles.manifest([SampleFiles.entry(SampleFiles.dataFile(1))])
    let fields = SampleFiles.spec.partitionFields(in: Schema([]))
    let tuple = try ManifestCodec.read(bytes, partitionFields: fields).first?.dataFile.partition
    #expect(tuple?.values[0] == .boolean(true))
    #expect(tuple?.values[5] == .decimal(unscaled: 12_345, scale: 2))
    #expect(tuple?.values[14] == SampleFiles.types[14].value)
  }

  // MARK: What is refused

  private static func code(
    _ version: Int, _ content: ManifestFile.Content, _ entry: ManifestEntry
  ) -> IcebergError.Code? {
    thrown { _ = try SampleFiles.manifest(version: version, content: content, [entry]) }?.code
  }

  @Test("entries that break a rule cannot be written")
  func refuseEntries() {
    let file = SampleFiles.dataFile(1)
    #expect(
      Self.code(2, .data, SampleFiles.entry(SampleFiles.positionDeletes(1))) == .invalidArgument)
    #expect(Self.code(2, .deletes, SampleFiles.entry(file)) == .invalidArgument)
    #expect(Self.code(1, .deletes, SampleFiles.entry(file)) == .invalidArgument)
    #expect(Self.code(2, .data, SampleFiles.entry(file, .existing)) == .invalidArgument)
    #expect(Self.code(2, .data, SampleFiles.entry(file, snapshot: 5)) == .invalidArgument)
    let noTuple = SampleFiles.dataFile(1, partition: StructValue())
    #expect(Self.code(2, .data, SampleFiles.entry(noTuple)) == .invalidArgument)
    let wrongType = SampleFiles.dataFile(1, partition: SampleFiles.tuple { _ in .string("x") })
    #expect(Self.code(2, .data, SampleFiles.entry(wrongType)) == .invalidArgument)
    var equality = SampleFiles.equalityDeletes(1)
    equality.equalityIDs = []
    #expect(Self.code(2, .deletes, SampleFiles.entry(equality)) == .invalidArgument)
  }

  @Test("what is no manifest, or a manifest of something else than the list says, is refused")
  func refuseFiles() throws {
    var (bytes, manifest) = try SampleFiles.manifest([SampleFiles.entry(SampleFiles.dataFile(1))])
    #expect(thrown { _ = try ManifestCodec.read(Bytes(utf8: "nothing")) }?.code == .invalidFile)
    #expect(thrown { _ = try ManifestListCodec.read(bytes) }?.code == .invalidFile)
    manifest.content = .deletes
    manifest.location = "s3://b/lost.avro"
    let error = thrown { _ = try ManifestCodec.read(bytes, as: manifest) }
    #expect(error?.code == .invalidFile)
    #expect(error?.context.location == "s3://b/lost.avro")
    manifest.keyMetadata = [1]
    #expect(thrown { _ = try ManifestCodec.read(bytes, as: manifest) }?.code == .unsupported)
  }

  @Test("a manifest cut at any byte, or with a flipped bit, is refused or read: nothing traps")
  func damage() throws {
    let schema = Schema([.optional("a", .string, id: 1)])
    let spec = PartitionSpec(
      id: 5,
      fields: [PartitionField(sourceIDs: [1], fieldID: 1000, name: "a", transform: .identity)])
    var writer = try SampleFiles.writer(version: 3, codec: .none, schema: schema, spec: spec)
    try writer.add(SampleFiles.dataFile(1, partition: StructValue([.string("x")])))
    try writer.keep(
      SampleFiles.entry(
        SampleFiles.dataFile(2, partition: StructValue([nil])), snapshot: 5, sequence: 9))
    let (bytes, manifest) = try writer.finish(location: "m")
    // Most of the file is the schema in its header, which the schema's reader is tested with.
    for length in stride(from: 0, to: bytes.count - 700, by: 37) {
      _ = try? ManifestCodec.read(bytes[0..<length], as: manifest)
    }
    for length in (bytes.count - 700)..<bytes.count {
      // A file may end after its header: such a manifest is empty.
      _ = try? ManifestCodec.read(bytes[0..<length], as: manifest)
    }
    var random = SeededRandom()
    for _ in 0..<LongTests.rounds(quick: 1_000, long: 100_000) {
      var damaged = bytes.array
      let start = Bool.random(using: &random) ? damaged.count - 700 : 0
      damaged[Int.random(in: start..<damaged.count, using: &random)] ^=
        1 << UInt8.random(in: 0..<8, using: &random)
      _ = try? ManifestCodec.read(Bytes(damaged), as: manifest)
    }
  }
}
