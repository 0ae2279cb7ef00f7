import IcebergBytes
import IcebergColumns
import IcebergParquet
import IcebergTestSupport

/// Writes columns into a file in memory, and reads them back.
struct ParquetRoundTrip {
  var options = ParquetWriteOptions()
  /// The rows of each batch that is handed to the encoder; nil for all at once.
  var batchSize: Int?

  /// The file and what the encoder says of it.
  func write(
    _ columns: [Column], schema: ParquetSchema
  ) throws -> (bytes: Bytes, file: WrittenFile) {
    var encoder = try ParquetFileEncoder(schema: schema, options: options)
    let rows = columns.first?.count ?? 0
    var output: [UInt8] = []
    var start = 0
    while start < rows {
      let end = min(rows, start + (batchSize ?? rows))
      for chunk in try encoder.write(columns.map { $0.slice(start..<end) }, rowCount: end - start) {
        output += chunk
      }
      start = end
    }
    let (rest, file) = try encoder.finish()
    for chunk in rest { output += chunk }
    return (Bytes(output), file)
  }

  /// The columns of a file.
  static func read(_ bytes: Bytes) throws -> [Column] {
    let metadata = try FileMetadata(ofFile: bytes)
    var groups: [[Column]] = []
    for index in metadata.rowGroups.indices {
      let decoder = try RowGroupDecoder(
        metadata: metadata, rowGroup: index, projection: metadata.schema.fields)
      let chunks = decoder.byteRanges.map { bytes[Int($0.lowerBound)..<Int($0.upperBound)] }
      groups.append(try decoder.decode(chunks))
    }
    return try metadata.schema.fields.indices.compactMap { index in
      try Column.concatenate(groups.map { $0[index] })
    }
  }
}

extension ParquetSchema {
  /// A schema for columns of the given kinds, called `c0`, `c1` and so on; field ids count from 1.
  init(kinds: [Column.Kind], optional: Bool = true) throws {
    var elements = [
      SchemaElement(name: "table", repetition: nil, childCount: Int32(kinds.count))
    ]
    var id: Int32 = 0
    for (index, kind) in kinds.enumerated() {
      Self.add(kind, "c\(index)", optional ? .optional : .required, &elements, &id, optional)
    }
    try self.init(elements: elements)
  }

  private static func add(
    _ kind: Column.Kind, _ name: String, _ repetition: Repetition,
    _ elements: inout [SchemaElement], _ id: inout Int32, _ optional: Bool
  ) {
    id += 1
    var element = SchemaElement(name: name, repetition: repetition, fieldID: id)
    var children: [(String, Column.Kind, Repetition)] = []
    let inner: Repetition = optional ? .optional : .required
    switch kind {
    case .boolean: element.physicalType = .boolean
    case .int: element.physicalType = .int32
    case .long: element.physicalType = .int64
    case .float: element.physicalType = .float
    case .double: element.physicalType = .double
    case .bytes: element.physicalType = .byteArray
    case .decimal:
      element.physicalType = .fixedLengthByteArray
      element.typeLength = 16
      element.logicalType = .decimal(precision: 38, scale: 3)
    case .fixed(let width):
      element.physicalType = .fixedLengthByteArray
      element.typeLength = Int32(width)
    case .null:
      element.physicalType = .int32
      element.logicalType = .unknown
    case .list(let kind):
      element.logicalType = .list
      element.childCount = 1
      elements.append(element)
      elements.append(SchemaElement(name: "list", repetition: .repeated, childCount: 1))
      return add(kind, "element", inner, &elements, &id, optional)
    case .map(let key, let value):
      element.logicalType = .map
      element.childCount = 1
      elements.append(element)
      elements.append(SchemaElement(name: "key_value", repetition: .repeated, childCount: 2))
      // Below a key nothing is null either.
      add(key, "key", .required, &elements, &id, optional)
      return add(value, "value", inner, &elements, &id, optional)
    case .struct(let fields):
      element.childCount = Int32(fields.count)
      children = fields.enumerated().map { ("f\($0.offset)", $0.element, inner) }
    }
    elements.append(element)
    for (name, kind, repetition) in children {
      add(kind, name, repetition, &elements, &id, optional)
    }
  }
}
