import IcebergBytes
import IcebergParquet
import Testing

@Suite struct LogicalTypeTests {
  static let types: [(type: LogicalType, physical: PhysicalType, length: Int32?)] = [
    (.string, .byteArray, nil), (.enumeration, .byteArray, nil), (.json, .byteArray, nil),
    (.bson, .byteArray, nil), (.date, .int32, nil), (.uuid, .fixedLengthByteArray, 16),
    (.float16, .fixedLengthByteArray, 2), (.interval, .fixedLengthByteArray, 12),
    (.unknown, .boolean, nil), (.decimal(precision: 9, scale: 2), .int32, nil),
    (.decimal(precision: 38, scale: 38), .fixedLengthByteArray, 16),
    (.decimal(precision: 20, scale: 0), .byteArray, nil),
    (.time(isAdjustedToUTC: true, unit: .milliseconds), .int32, nil),
    (.time(isAdjustedToUTC: false, unit: .microseconds), .int64, nil),
    (.time(isAdjustedToUTC: false, unit: .nanoseconds), .int64, nil),
    (.timestamp(isAdjustedToUTC: true, unit: .milliseconds), .int64, nil),
    (.timestamp(isAdjustedToUTC: false, unit: .microseconds), .int64, nil),
    (.timestamp(isAdjustedToUTC: true, unit: .nanoseconds), .int64, nil),
    (.integer(bitWidth: 8, isSigned: true), .int32, nil),
    (.integer(bitWidth: 16, isSigned: false), .int32, nil),
    (.integer(bitWidth: 32, isSigned: false), .int32, nil),
    (.integer(bitWidth: 64, isSigned: true), .int64, nil),
    (.geometry(crs: nil), .byteArray, nil), (.geometry(crs: "EPSG:3857"), .byteArray, nil),
    (.geography(crs: nil, algorithm: nil), .byteArray, nil),
    (.geography(crs: "OGC:CRS84", algorithm: .karney), .byteArray, nil),
  ]

  /// The metadata of a file of one column.
  static func metadata(_ element: SchemaElement) throws -> FileMetadata {
    FileMetadata(
      version: 2,
      schema: try ParquetSchema(elements: [
        SchemaElement(name: "root", repetition: nil, childCount: 1), element,
      ]), rowCount: 0, rowGroups: [])
  }

  @Test("every type reads back as it was written", arguments: types)
  func roundTrip(type: LogicalType, physical: PhysicalType, length: Int32?) throws {
    let metadata = try Self.metadata(
      SchemaElement(
        name: "a", repetition: .optional, physicalType: physical, typeLength: length,
        logicalType: type))
    let read = try FileMetadata(parsing: Bytes(metadata.encoded()))
    #expect(read.schema.leaves[0].logicalType == type)
    #expect(read == metadata)
  }

  /// The footer of a file with one column of the given converted type, and nothing newer.
  static func footer(convertedType: Int32, physicalType: PhysicalType) -> Bytes {
    var writer = ThriftWriter()
    writer.beginStruct()
    writer.write(1, Int32(1))
    writer.beginList(2, of: .struct, count: 2)
    writer.beginStruct()
    writer.write(4, "root")
    writer.write(5, Int32(1))
    writer.endStruct()
    writer.beginStruct()
    writer.write(1, physicalType.rawValue)
    writer.write(2, Int32(12))
    writer.write(3, Repetition.optional.rawValue)
    writer.write(4, "a")
    writer.write(6, convertedType)
    writer.write(7, Int32(2))
    writer.write(8, Int32(5))
    writer.endStruct()
    writer.write(3, Int64(0))
    writer.beginList(4, of: .struct, count: 0)
    writer.endStruct()
    return Bytes(writer.bytes)
  }

  static let converted: [(number: Int32, physical: PhysicalType, type: LogicalType)] = [
    (0, .byteArray, .string), (4, .byteArray, .enumeration),
    (5, .int32, .decimal(precision: 5, scale: 2)), (6, .int32, .date),
    (7, .int32, .time(isAdjustedToUTC: true, unit: .milliseconds)),
    (8, .int64, .time(isAdjustedToUTC: true, unit: .microseconds)),
    (9, .int64, .timestamp(isAdjustedToUTC: true, unit: .milliseconds)),
    (10, .int64, .timestamp(isAdjustedToUTC: true, unit: .microseconds)),
    (11, .int32, .integer(bitWidth: 8, isSigned: false)),
    (14, .int64, .integer(bitWidth: 64, isSigned: false)),
    (15, .int32, .integer(bitWidth: 8, isSigned: true)),
    (18, .int64, .integer(bitWidth: 64, isSigned: true)), (19, .byteArray, .json),
    (20, .byteArray, .bson), (21, .fixedLengthByteArray, .interval),
  ]

  @Test("the older annotation stands for the newer one", arguments: converted)
  func olderAnnotations(number: Int32, physical: PhysicalType, type: LogicalType) throws {
    let footer = Self.footer(convertedType: number, physicalType: physical)
    #expect(try FileMetadata(parsing: footer).schema.leaves[0].logicalType == type)
  }

  @Test("an older annotation that is not known is none")
  func unknownConverted() throws {
    let footer = Self.footer(convertedType: 99, physicalType: .int32)
    #expect(try FileMetadata(parsing: footer).schema.leaves[0].logicalType == nil)
  }
}
