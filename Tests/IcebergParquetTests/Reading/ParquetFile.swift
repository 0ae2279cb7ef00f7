import IcebergBytes
import IcebergColumns
import IcebergParquet
import IcebergTestSupport

/// A Parquet file in memory.
struct ParquetFile {
  let bytes: Bytes
  let metadata: FileMetadata

  init(_ bytes: Bytes) throws {
    self.bytes = bytes
    metadata = try FileMetadata(ofFile: bytes)
  }

  /// A file of `Spec/Vectors/parquet`.
  init(vector name: String) throws {
    try self.init(try Vectors.bytes("parquet/\(name).parquet"))
  }

  /// The bytes that a decoder asks for.
  func chunks(for decoder: RowGroupDecoder) throws -> [Bytes] {
    try decoder.byteRanges.map { range in
      guard let bytes = bytes.slice(Int(range.lowerBound)..<Int(range.upperBound)) else {
        throw FormatError(.truncated, "column chunk beyond the end of the file")
      }
      return bytes
    }
  }

  /// The rows of all row groups, all at once or `batchSize` at a time.
  func batches(
    of projection: [ParquetField]? = nil, batchSize: Int? = nil
  ) throws -> [[Column]] {
    var batches: [[Column]] = []
    for group in metadata.rowGroups.indices {
      let decoder = try RowGroupDecoder(
        metadata: metadata, rowGroup: group, projection: projection ?? metadata.schema.fields)
      if let batchSize {
        var rows = try decoder.rows(of: try chunks(for: decoder))
        while let batch = try rows.next(atMost: batchSize) {
          batches.append(batch.columns)
        }
      } else {
        batches.append(try decoder.decode(try chunks(for: decoder)))
      }
    }
    return batches
  }

  /// All columns as text.
  func text(batchSize: Int? = nil) throws -> [UInt8] {
    let batches = try batches(batchSize: batchSize)
    var text = ColumnText()
    for (index, field) in metadata.schema.fields.enumerated() {
      text.append(name: field.name)
      for batch in batches { text.append(rows: batch[index]) }
    }
    return text.utf8
  }
}
