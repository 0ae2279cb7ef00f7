import Iceberg

/// How a CSV file is written.
struct CSVOptions: Sendable {
  /// What stands between two fields.
  var delimiter = UInt8(ascii: ",")
  /// What stands for null; nil is an empty field without quotes.
  var null: String?
}

/// The rows of a file, batch by batch, with the columns of a table.
struct RowSource {
  /// The number of rows of a batch.
  private static let batchSize = 10_000

  private enum Content {
    case csv(CSVRows)
    case jsonLines(JSONLineRows)
    case dataFile(BatchSequence.Iterator)
  }

  private let file: String
  private let schema: Schema
  private var content: Content

  /// Opens `file`; its name says what it is. Throws ``TextError`` when it does not.
  init(file: String, schema: Schema, fileIO: any FileIO, csv: CSVOptions) async throws {
    self.file = file
    self.schema = schema
    let fileName = file.lowercased()
    if fileName.hasSuffix(".csv") || fileName.hasSuffix(".tsv") {
      var options = csv
      if fileName.hasSuffix(".tsv"), options.delimiter == CSVOptions().delimiter {
        options.delimiter = UInt8(ascii: "\t")
      }
      let bytes = try await fileIO.read(file, range: nil)
      content = .csv(try Self.naming(file) { try CSVRows(bytes.array, schema, options) })
    } else if fileName.hasSuffix(".jsonl") || fileName.hasSuffix(".ndjson") {
      content = .jsonLines(JSONLineRows(try await fileIO.read(file, range: nil), schema))
    } else if fileName.hasSuffix(".parquet") || fileName.hasSuffix(".avro") {
      let format: FileFormat = fileName.hasSuffix(".avro") ? .avro : .parquet
      let batches = try await BatchSequence(
        ofFile: file, format: format, matchingNamesOf: schema, fileIO: fileIO)
      content = .dataFile(batches.makeAsyncIterator())
    } else {
      throw TextError("\(file): append reads .csv, .tsv, .jsonl, .ndjson, .parquet and .avro")
    }
  }

  /// The next rows, or nil after the last ones.
  mutating func next() async throws -> RecordBatch? {
    switch content {
    case .csv(var rows):
      let batch = try batch { try rows.next() }
      content = .csv(rows)
      return batch
    case .jsonLines(var rows):
      let batch = try batch { try rows.next() }
      content = .jsonLines(rows)
      return batch
    case .dataFile(var iterator):
      let batch = try await iterator.next()
      content = .dataFile(iterator)
      return batch
    }
  }

  private func batch(_ next: () throws -> [Literal?]?) throws -> RecordBatch? {
    var rows: [[Literal?]] = []
    while rows.count < Self.batchSize, let row = try Self.naming(file, next) { rows.append(row) }
    return rows.isEmpty ? nil : try RecordBatch(rows: rows, schema: schema)
  }

  /// Errors of the content of a file, with its name in front.
  private static func naming<R>(_ file: String, _ body: () throws -> R) throws -> R {
    do {
      return try body()
    } catch let error as TextError {
      throw IcebergError(
        .invalidFile, error.description, context: IcebergError.Context(location: file))
    }
  }
}
