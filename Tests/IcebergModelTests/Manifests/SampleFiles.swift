import IcebergAvro
import IcebergBytes
import IcebergModel

/// Files to fill manifests with.
enum SampleFiles {
  /// A type that a partition value can have, a value of it, and a lesser one.
  struct TypeSample: Sendable {
    let type: FieldType
    let value: Literal
    let least: Literal
    init(_ type: FieldType, _ value: Literal, least: Literal) {
      self.type = type
      self.value = value
      self.least = least
    }
  }

  /// One column of every type that a partition value can have, ids from 1.
  static let types: [TypeSample] = [
    TypeSample(.boolean, .boolean(true), least: .boolean(false)),
    TypeSample(.int, .int(-7), least: .int(.min)),
    TypeSample(.long, .long(1 << 40), least: .long(.min)),
    TypeSample(.float, .float(1.5), least: .float(-0.0)),
    TypeSample(.double, .double(-2.5), least: .double(-.infinity)),
    TypeSample(
      .decimal(precision: 9, scale: 2), .decimal(unscaled: 12_345, scale: 2),
      least: .decimal(unscaled: -999_999_999, scale: 2)),
    TypeSample(
      .decimal(precision: 38, scale: 0), .decimal(unscaled: 7, scale: 0),
      least: .decimal(unscaled: -99_999_999_999_999_999_999, scale: 0)),
    TypeSample(.date, .date(19_000), least: .date(-1)),
    TypeSample(.time, .time(86_399_999_999), least: .time(0)),
    TypeSample(.timestamp, .timestamp(1), least: .timestamp(-1)),
    TypeSample(.timestamptz, .timestamptz(1), least: .timestamptz(0)),
    TypeSample(.timestampNanos, .timestampNanos(5), least: .timestampNanos(-5)),
    TypeSample(.timestamptzNanos, .timestamptzNanos(.max), least: .timestamptzNanos(.min)),
    TypeSample(.string, .string("ä\u{0}𝄞"), least: .string("")),
    TypeSample(
      .uuid, .uuid(Bytes(Array(1...16))), least: .uuid(Bytes([UInt8](repeating: 0, count: 16)))),
    TypeSample(.fixed(length: 3), .fixed([1, 2, 255]), least: .fixed([0, 0, 0])),
    TypeSample(.binary, .binary([9, 8]), least: .binary([])),
  ]

  static let schema = Schema(
    types.enumerated().map { .optional("c\($0 + 1)", $1.type, id: $0 + 1) }, id: 3)

  /// Identity of every column, and a few other transforms.
  static let spec = PartitionSpec(
    id: 5,
    fields: schema.fields.enumerated().map { index, field in
      PartitionField(
        sourceIDs: [field.id], fieldID: 1000 + index, name: field.name, transform: .identity)
    } + [
      PartitionField(sourceIDs: [8], fieldID: 1100, name: "c8_day", transform: .day),
      PartitionField(
        sourceIDs: [2], fieldID: 1101, name: "c2_bucket", transform: .bucket(count: 8)),
      PartitionField(sourceIDs: [2], fieldID: 1102, name: "c2_void", transform: .void),
    ])

  static func tuple(_ value: (Int) -> Literal?) -> StructValue {
    StructValue(types.indices.map(value) + [.date(3), .int(4), nil])
  }

  /// A data file with all that a manifest tells of one.
  static func dataFile(_ number: Int, partition: StructValue? = nil) -> DataFile {
    var file = DataFile(
      location: "s3://b/t/data/\(number).parquet", format: .parquet, specID: 5,
      partition: partition ?? tuple { types[$0].value }, recordCount: Int64(number) * 10,
      fileSizeInBytes: 1_000 + Int64(number))
    file.columnSizes = [1: 10, 2: 1 << 40]
    file.valueCounts = [2: 5, 1: 5]
    file.nullValueCounts = [1: 0]
    file.nanValueCounts = [:]
    file.lowerBounds = [1: [0], 14: Bytes(utf8: "ä")]
    file.upperBounds = [1: [1], 14: []]
    file.splitOffsets = [4, 1 << 33]
    file.sortOrderID = 2
    file.keyMetadata = [7]
    return file
  }

  /// A position delete file; in Puffin it is a deletion vector.
  static func positionDeletes(_ number: Int, format: FileFormat = .parquet) -> DataFile {
    var file = dataFile(number)
    file.content = .positionDeletes
    file.format = format
    file.sortOrderID = nil
    file.referencedDataFile = "s3://b/t/data/1.parquet"
    if format == .puffin {
      file.contentOffset = 4
      file.contentSizeInBytes = 42
    }
    return file
  }

  /// An equality delete file.
  static func equalityDeletes(_ number: Int) -> DataFile {
    var file = dataFile(number)
    file.content = .equalityDeletes
    file.equalityIDs = [1, 3]
    return file
  }

  static let marker = AvroSyncMarker(derivedFrom: [1])

  static func writer(
    version: Int = 2, content: ManifestFile.Content = .data, codec: CompressionCodec = .deflate,
    schema: Schema = schema, spec: PartitionSpec = spec
  ) throws(IcebergError) -> ManifestWriter {
    try ManifestWriter(
      formatVersion: version, content: content, schema: schema, spec: spec, snapshotID: 77,
      codec: codec, syncMarker: marker)
  }

  /// A manifest of the given entries.
  static func manifest(
    version: Int = 2, content: ManifestFile.Content = .data, codec: CompressionCodec = .deflate,
    _ entries: [ManifestEntry]
  ) throws -> (bytes: Bytes, manifest: ManifestFile) {
    var writer = try writer(version: version, content: content, codec: codec)
    for entry in entries { try writer.append(entry) }
    return try writer.finish(location: "s3://b/t/metadata/m.avro")
  }

  static func entry(
    _ file: DataFile, _ status: ManifestEntry.Status = .added, snapshot: Int64? = 77,
    sequence: Int64? = nil
  ) -> ManifestEntry {
    ManifestEntry(
      status: status, snapshotID: snapshot, sequenceNumber: sequence,
      fileSequenceNumber: sequence, dataFile: file)
  }
}
