import Iceberg
import IcebergBytes
import IcebergModel

/// A file of a random history: it exists by name only.
struct HistoryFile: Sendable {
  enum Content: String { case data, equality, position, vector }

  var name: String
  var content: Content = .data
  var spec: Int
  /// The values of the partition tuple, all of them ints.
  var partition: [Int32?]
  var records: Int64
  var size: Int64
  /// The least and the greatest `id`; nil when not recorded.
  var range: ClosedRange<Int64>?
  /// The name of the data file that the deletes refer to.
  var references: String?

  private static let vectorRange: (offset: Int64, length: Int64) = (4, 40)

  /// What the other implementation is told.
  var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "content": .string(content.rawValue), "spec": .integer(Int64(spec)),
      "partition": .array(partition.map { $0.map { .integer(Int64($0)) } ?? .null }),
      "records": .integer(records), "size": .integer(size),
    ]
    if let range {
      object["lower"] = .integer(range.lowerBound)
      object["upper"] = .integer(range.upperBound)
    }
    if let references { object["references"] = .string(references) }
    if content == .vector {
      object["offset"] = .integer(Self.vectorRange.offset)
      object["length"] = .integer(Self.vectorRange.length)
    }
    return .object(object)
  }

  /// The file as a manifest describes it.
  func dataFile(of metadata: TableMetadata) throws -> DataFile {
    let folder = metadata.location + "/data/"
    var file = DataFile(
      content: content == .data
        ? .data : content == .equality ? .equalityDeletes : .positionDeletes,
      location: folder + name, format: content == .vector ? .puffin : .parquet, specID: spec,
      partition: StructValue(partition.map { $0.map { .int($0) } }), recordCount: records,
      fileSizeInBytes: size)
    if let range {
      file.valueCounts = [1: records]
      file.nullValueCounts = [1: 0]
      file.lowerBounds = [1: try Literal.long(range.lowerBound).singleValueBytes()]
      file.upperBounds = [1: try Literal.long(range.upperBound).singleValueBytes()]
    }
    if content == .equality { file.equalityIDs = [1] }
    file.referencedDataFile = references.map { folder + $0 }
    if content == .vector {
      file.contentOffset = Self.vectorRange.offset
      file.contentSizeInBytes = Self.vectorRange.length
    }
    return file
  }
}
