package import Iceberg
import IcebergBytes

/// Tables in memory, without a catalog: to be written to and read from file by file.
package enum MemoryTable {
  /// An empty table whose columns have the ids that `fields` give them.
  package static func make(
    _ fields: [Field], partitionedBy terms: [PartitionTerm] = [],
    properties: [String: String] = [:], formatVersion: Int = 3, fileIO: any FileIO = MemoryFileIO()
  ) throws -> Table {
    let schema = Schema(fields)
    let spec = try PartitionSpec(terms, schema: schema)
    let metadata = TableMetadata(
      formatVersion: formatVersion, tableUUID: "5f8b14d8-0a14-4e6a-8b04-7b08a1d1f6c1",
      location: "memory/table", lastUpdatedMillis: 0, lastColumnID: schema.highestFieldID,
      schemas: [schema], currentSchemaID: 0, partitionSpecs: [spec], defaultSpecID: 0,
      lastPartitionID: spec.highestFieldID, sortOrders: [.unsorted], defaultSortOrderID: 0,
      properties: properties)
    return Table(
      identifier: "memory.table", metadata: metadata, metadataLocation: nil, fileIO: fileIO,
      catalog: nil)
  }
}

extension Table {
  /// Writes batches into new files.
  package func write(_ batches: RecordBatch...) async throws -> [DataFile] {
    try await withWriter { writer in
      for batch in batches { try await writer.write(batch) }
    }
  }

  /// The rows of files, read as columns of `schema`, by default the table's own.
  package func read(
    _ files: [DataFile], as schema: Schema? = nil, nameMapping: NameMapping? = nil,
    options: ScanOptions = ScanOptions()
  ) async throws -> RecordBatch {
    let schema = schema ?? metadata.currentSchema
    let tasks = files.map { file in
      FileScanTask(
        file: file, partitionSpec: metadata.defaultPartitionSpec, sequenceNumber: 1,
        schema: schema, nameMapping: nameMapping)
    }
    var batches: [RecordBatch] = []
    for try await batch in BatchSequence(of: tasks, fileIO: fileIO, options: options) {
      batches.append(batch)
    }
    return try RecordBatch.concatenate(batches) ?? schema.emptyBatch
  }

  /// The rows of files as lines of JSON, sorted.
  package func jsonRows(_ files: [DataFile], as schema: Schema? = nil) async throws -> [String] {
    let schema = schema ?? metadata.currentSchema
    return try await read(files, as: schema).jsonRows(schema)
  }
}

extension RecordBatch {
  /// The rows as lines of JSON, sorted.
  package func jsonRows(_ schema: Schema) throws -> [String] {
    let encoder = RowJSONEncoder(schema: schema)
    return try (0..<rowCount).map {
      String(decoding: try encoder.encode($0, of: self), as: UTF8.self)
    }
    .sorted()
  }
}

extension Column {
  /// A column of the given values; nil is null.
  package init(_ values: [Literal?], as type: FieldType) {
    var builder = ColumnBuilder(type.columnKind)
    for value in values { precondition(builder.append(value, as: type), "a value of \(type)") }
    self = builder.finish()
  }
}
