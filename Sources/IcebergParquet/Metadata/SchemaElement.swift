internal import IcebergBytes

/// One node of a Parquet schema as the footer holds it: the tree, flattened, parents first.
public struct SchemaElement: Hashable, Sendable {
  /// The name of the field; of the whole message for the root.
  public var name: String
  /// How often it occurs in its parent; nil for the root.
  public var repetition: Repetition?
  /// How values are stored; nil for a group.
  public var physicalType: PhysicalType?
  /// The width of a fixed-length value in bytes.
  public var typeLength: Int32?
  /// The number of direct children of a group.
  public var childCount: Int32?
  /// What the values mean.
  public var logicalType: LogicalType?
  /// The Iceberg field id.
  public var fieldID: Int32?

  /// A node.
  public init(
    name: String, repetition: Repetition?, physicalType: PhysicalType? = nil,
    typeLength: Int32? = nil, childCount: Int32? = nil, logicalType: LogicalType? = nil,
    fieldID: Int32? = nil
  ) {
    self.name = name
    self.repetition = repetition
    self.physicalType = physicalType
    self.typeLength = typeLength
    self.childCount = childCount
    self.logicalType = logicalType
    self.fieldID = fieldID
  }
}

extension SchemaElement {
  init(parsing reader: inout ThriftReader) throws(FormatError) {
    let start = reader.offset
    var name: String?
    var logical: LogicalType?
    var converted: Int32?
    var scale: Int32?
    var precision: Int32?
    self.init(name: "", repetition: nil)
    var id: Int16 = 0
    while let field = try reader.nextField(after: &id) {
      switch field.id {
      case 1:
        guard let number = try reader.readInt32(field) else { continue }
        guard let type = PhysicalType(rawValue: number) else {
          throw FormatError(.badValue, at: start, "unknown physical type \(number)")
        }
        physicalType = type
      case 2: typeLength = try reader.readInt32(field)
      case 3:
        guard let number = try reader.readInt32(field) else { continue }
        guard let repetition = Repetition(rawValue: number) else {
          throw FormatError(.badValue, at: start, "unknown repetition \(number)")
        }
        self.repetition = repetition
      case 4: name = try reader.readString(field)
      case 5: childCount = try reader.readInt32(field)
      case 6: converted = try reader.readInt32(field)
      case 7: scale = try reader.readInt32(field)
      case 8: precision = try reader.readInt32(field)
      case 9: fieldID = try reader.readInt32(field)
      case 10 where field.type == .struct: logical = try LogicalType.parse(&reader)
      default: try reader.skip(field)
      }
    }
    guard let name else { throw FormatError(.badValue, at: start, "schema element without a name") }
    self.name = name
    let older = converted.flatMap {
      LogicalType(convertedType: $0, scale: scale, precision: precision)
    }
    // A member of the union from a later version may still have an older name.
    if case .unrecognized = logical, let older { logical = older }
    logicalType = logical ?? older
  }

  func encode(to writer: inout ThriftWriter) {
    writer.beginStruct()
    writer.write(1, physicalType?.rawValue)
    writer.write(2, typeLength)
    writer.write(3, repetition?.rawValue)
    writer.write(4, name)
    writer.write(5, childCount)
    writer.write(6, logicalType?.convertedType)
    if case .decimal(let precision, let scale) = logicalType {
      writer.write(7, scale)
      writer.write(8, precision)
    }
    writer.write(9, fieldID)
    logicalType?.write(10, to: &writer)
    writer.endStruct()
  }
}
