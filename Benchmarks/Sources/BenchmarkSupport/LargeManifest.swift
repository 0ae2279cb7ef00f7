internal import IcebergAvro
public import IcebergBytes
public import IcebergModel

/// A manifest as large writers make it: many files with metrics of every column, partitioned by day.
public struct LargeManifest: Sendable {
  /// The files in it.
  public let files: [DataFile]
  /// The schema of the table.
  public let schema: Schema
  /// The partition spec of all files.
  public let spec: PartitionSpec

  private static let location = "s3://warehouse/logs/events/metadata/large-m0.avro"

  /// A manifest of `count` files of a table with `columns` columns.
  public init(files count: Int, columns: Int) {
    schema = Self.schema(columns)
    spec = PartitionSpec(
      id: 0,
      fields: [PartitionField(sourceIDs: [1], fieldID: 1_000, name: "at_day", transform: .day)])
    files = (0..<count).map { Self.file($0, columns, day: 19_000 + $0 % 365) }
  }

  /// The file and its description, written for format version 2.
  public func encoded(
    _ codec: CompressionCodec
  ) throws(IcebergError) -> (bytes: Bytes, manifest: ManifestFile) {
    var writer = try ManifestWriter(
      formatVersion: 2, schema: schema, spec: spec, snapshotID: 7, codec: codec,
      syncMarker: AvroSyncMarker(derivedFrom: Bytes(utf8: Self.location)))
    for file in files { try writer.add(file) }
    return try writer.finish(location: Self.location)
  }

  /// A time to partition by, then texts and numbers in turn.
  static func schema(_ columns: Int) -> Schema {
    var fields = [Field.required("at", .timestamp, id: 1)]
    for id in 2...columns {
      fields.append(.optional("column_\(id)", id % 2 == 0 ? .string : .long, id: id))
    }
    return Schema(fields)
  }

  /// The file of a number, with metrics of all columns, in the partition of a day since 1970-01-01.
  static func file(_ number: Int, _ columns: Int, day: Int) -> DataFile {
    var file = DataFile(
      location: "s3://warehouse/logs/events/data/at_day=\(day)/"
        + "00000-\(number)-0b4ae1a2-93a4-4c8c-8ed2-06a8a4f1f0d6-00001.parquet",
      format: .parquet, partition: StructValue([.date(Int32(day))]),
      recordCount: Int64(100_000 + number), fileSizeInBytes: Int64(134_217_728 + number))
    let ids = Array(1...columns)
    func each<Value>(_ value: (Int) -> Value) -> [Int: Value] {
      Dictionary(uniqueKeysWithValues: ids.map { ($0, value($0)) })
    }
    func bound(_ id: Int, _ offset: Int64) -> Bytes {
      // The column that the partitions are made of has the values of its day.
      let value = Int64(id == 1 ? day : number) * 86_400_000_000 + offset
      if id % 2 == 0 { return Bytes(utf8: "value-\(value)") }
      return Bytes((0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
    }
    file.columnSizes = each { Int64(1_000_000 + $0 * number) }
    file.valueCounts = each { _ in file.recordCount }
    file.nullValueCounts = each { Int64($0) }
    file.lowerBounds = each { bound($0, 0) }
    file.upperBounds = each { bound($0, 86_399_999_999) }
    file.splitOffsets = [4, 67_108_864]
    return file
  }
}
