internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// The columns of the tables `files`, `data_files` and their kin, and of the struct `data_file` of
/// `entries`.
struct FileColumns: Sendable {
  /// What fills a column.
  typealias Cell = RowColumns<ManifestEntry>.Cell

  private typealias ID = ManifestSchemas.EntryField

  /// The id of `spec_id`, which manifests say once for all files.
  static let specID = 141
  /// The id of `content`.
  static let contentID = ID.content
  /// The id of `partition`.
  static let partitionID = ID.partition

  private let partitionType: PartitionType
  private let specs: [Int: PartitionSpec]
  private let metrics: ReadableMetrics

  /// The columns for a table with the given metadata.
  init(_ metadata: TableMetadata, metrics: ReadableMetrics) throws(IcebergError) {
    partitionType = try metadata.partitionType
    specs = Dictionary(
      metadata.partitionSpecs.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    self.metrics = metrics
  }

  /// The columns but for `readable_metrics`, where partitions have the given fields.
  static func fields(partition: [Field]) -> [Field] {
    var fields: [Field] = [
      .optional(
        "content", .int, id: ID.content,
        doc: "Contents of the file: 0=data, 1=position deletes, 2=equality deletes"),
      .required("file_path", .string, id: ID.location, doc: "Location URI with FS scheme"),
      .required(
        "file_format", .string, id: ID.format, doc: "File format name: avro, orc, or parquet"),
      .optional("spec_id", .int, id: Self.specID, doc: "Partition spec ID"),
    ]
    // A struct without fields is beyond what many can hold.
    if !partition.isEmpty {
      fields.append(
        .required(
          "partition", .struct(partition), id: ID.partition,
          doc: "Partition data tuple, schema based on the partition spec"))
    }
    fields += [
      .required("record_count", .long, id: ID.recordCount, doc: "Number of records in the file"),
      .required(
        "file_size_in_bytes", .long, id: ID.fileSizeInBytes, doc: "Total file size in bytes"),
      map("column_sizes", .long, ID.columnSizes, 117, "Map of column id to total size on disk"),
      map(
        "value_counts", .long, ID.valueCounts, 119,
        "Map of column id to total count, including null and NaN"),
      map(
        "null_value_counts", .long, ID.nullValueCounts, 121,
        "Map of column id to null value count"),
      map(
        "nan_value_counts", .long, ID.nanValueCounts, 138,
        "Map of column id to number of NaN values in the column"),
      map("lower_bounds", .binary, ID.lowerBounds, 126, "Map of column id to lower bound"),
      map("upper_bounds", .binary, ID.upperBounds, 129, "Map of column id to upper bound"),
      .optional("key_metadata", .binary, id: ID.keyMetadata, doc: "Encryption key metadata blob"),
      .optional(
        "split_offsets", .list(element: .required("element", .long, id: 133)), id: ID.splitOffsets,
        doc: "Splittable offsets"),
      .optional(
        "equality_ids", .list(element: .required("element", .int, id: 136)), id: ID.equalityIDs,
        doc: "Equality comparison field IDs"),
      .optional("sort_order_id", .int, id: ID.sortOrderID, doc: "Sort order ID"),
      .optional(
        "first_row_id", .long, id: ID.firstRowID,
        doc: "The first row ID assigned to the first row in the data file"),
      .optional(
        "referenced_data_file", .string, id: ID.referencedDataFile,
        doc: "Fully qualified location (URI with FS scheme) of a data file that all deletes "
          + "reference"),
      .optional(
        "content_offset", .long, id: ID.contentOffset,
        doc: "The offset in the file where the content starts"),
      .optional(
        "content_size_in_bytes", .long, id: ID.contentSizeInBytes,
        doc: "The length of referenced content stored in the file"),
    ]
    return fields
  }

  private static func map(
    _ name: String, _ value: FieldType, _ id: Int, _ keyID: Int, _ doc: String
  ) -> Field {
    .optional(
      name,
      .map(key: .required("key", .int, id: keyID), value: .required("value", value, id: keyID + 1)),
      id: id, doc: doc)
  }

  /// The metrics that must be read from manifests to fill the given columns.
  static func metrics(for fields: [Field], _ readable: ReadableMetrics) -> MetricsSelection {
    let maps: Set<Int> = [
      ID.columnSizes, ID.valueCounts, ID.nullValueCounts, ID.nanValueCounts, ID.lowerBounds,
      ID.upperBounds,
    ]
    var columns: Set<Int> = []
    for field in fields {
      if maps.contains(field.id) { return .all }
      if field.id == readable.fieldID {
        columns.formUnion(readable.sources(of: field))
      } else if case .struct(let inner) = field.type, field.id != ID.partition {
        switch metrics(for: inner, readable) {
        case .all: return .all
        case .columns(let ids): columns.formUnion(ids)
        case .none: break
        }
      }
    }
    return columns.isEmpty ? .none : .columns(columns)
  }

  /// What fills a column of these tables.
  func cell(for field: Field) throws(IcebergError) -> Cell {
    switch field.id {
    case ID.content:
      return { entry, builder in builder.append(Int32(entry.dataFile.content.rawValue)) }
    case ID.location: return { entry, builder in builder.append(utf8: entry.dataFile.location) }
    case ID.format:
      return { entry, builder in
        builder.append(utf8: entry.dataFile.format.rawValue.uppercased())
      }
    case Self.specID:
      return { (entry, builder) throws(IcebergError) in
        try builder.append(int: entry.dataFile.specID)
      }
    case ID.partition: return partitionCell(field.type.children)
    case ID.recordCount: return { entry, builder in builder.append(entry.dataFile.recordCount) }
    case ID.fileSizeInBytes:
      return { entry, builder in builder.append(entry.dataFile.fileSizeInBytes) }
    case ID.columnSizes: return Self.countsCell(\.columnSizes)
    case ID.valueCounts: return Self.countsCell(\.valueCounts)
    case ID.nullValueCounts: return Self.countsCell(\.nullValueCounts)
    case ID.nanValueCounts: return Self.countsCell(\.nanValueCounts)
    case ID.lowerBounds: return Self.boundsCell(\.lowerBounds)
    case ID.upperBounds: return Self.boundsCell(\.upperBounds)
    case ID.keyMetadata:
      return { entry, builder in builder.append(bytes: entry.dataFile.keyMetadata) }
    case ID.splitOffsets:
      return { entry, builder in
        guard let offsets = entry.dataFile.splitOffsets else { return builder.appendNull() }
        for offset in offsets { builder.children[0].append(offset) }
        builder.closeRow()
      }
    case ID.equalityIDs:
      return { (entry, builder) throws(IcebergError) in
        guard let ids = entry.dataFile.equalityIDs else { return builder.appendNull() }
        for id in ids { try builder.children[0].append(int: id) }
        builder.closeRow()
      }
    case ID.sortOrderID:
      return { (entry, builder) throws(IcebergError) in
        try builder.append(int: entry.dataFile.sortOrderID)
      }
    case ID.firstRowID:
      return { entry, builder in builder.append(long: entry.dataFile.firstRowID) }
    case ID.referencedDataFile:
      return { entry, builder in builder.append(text: entry.dataFile.referencedDataFile) }
    case ID.contentOffset:
      return { entry, builder in builder.append(long: entry.dataFile.contentOffset) }
    case ID.contentSizeInBytes:
      return { entry, builder in builder.append(long: entry.dataFile.contentSizeInBytes) }
    case metrics.fieldID: return try metrics.cell(for: field)
    default:
      throw IcebergError(
        .unsupported, "the column '\(field.name)' of a metadata table is not known")
    }
  }

  private func partitionCell(_ fields: [Field]) -> Cell {
    let wanted = Set(fields.map(\.id))
    let all = partitionType.fields
    let positions = specs.mapValues { spec in
      zip(all, partitionType.positions(in: spec)).filter { wanted.contains($0.0.id) }.map(\.1)
    }
    return { (entry, builder) throws(IcebergError) in
      let file = entry.dataFile
      guard let positions = positions[file.specID] else {
        throw IcebergError(
          .invalidMetadata, "the partition spec \(file.specID) of a file does not exist",
          context: .init(location: file.location))
      }
      for (index, field) in fields.enumerated() {
        let place = positions[index]
        let value = place.flatMap {
          $0 < file.partition.values.count ? file.partition.values[$0] : nil
        }
        guard builder.children[index].append(value, as: field.type) else {
          throw IcebergError(
            .invalidFile, "the partition value '\(field.name)' of a file is not \(field.type)",
            context: .init(location: file.location, fieldID: field.id))
        }
      }
      builder.closeRow()
    }
  }

  private static func countsCell(
    _ counts: any KeyPath<DataFile, [Int: Int64]?> & Sendable
  ) -> Cell {
    { (entry, builder) throws(IcebergError) in
      guard let counts = entry.dataFile[keyPath: counts] else { return builder.appendNull() }
      for (id, count) in counts.sorted(by: { $0.key < $1.key }) {
        try builder.children[0].append(int: id)
        builder.children[1].append(count)
      }
      builder.closeRow()
    }
  }

  private static func boundsCell(
    _ bounds: any KeyPath<DataFile, [Int: Bytes]?> & Sendable
  ) -> Cell {
    { (entry, builder) throws(IcebergError) in
      guard let bounds = entry.dataFile[keyPath: bounds] else { return builder.appendNull() }
      for (id, bound) in bounds.sorted(by: { $0.key < $1.key }) {
        try builder.children[0].append(int: id)
        builder.children[1].append(bytes: bound)
      }
      builder.closeRow()
    }
  }
}
