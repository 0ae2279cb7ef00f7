public import IcebergBytes

/// The schema of a Parquet file.
///
/// Lists and maps are recognised in all forms that the format has known: three levels, two levels,
/// and repeated fields without annotation. Spec: Parquet, "Nested Types".
public struct ParquetSchema: Hashable, Sendable {
  /// The schema as the footer holds it: the root, then its tree, parents first.
  public let elements: [SchemaElement]
  /// The fields of a row.
  public let fields: [ParquetField]
  /// The columns of every row group, in order.
  public let leaves: [ParquetLeaf]

  /// The name of the root.
  public var name: String { elements[0].name }

  /// Groups within groups; levels have to fit a byte.
  static let maximumDepth = 100

  /// Builds the tree. Throws `badValue` when the elements do not form one, or when an annotation
  /// does not fit what it annotates.
  public init(elements: [SchemaElement]) throws(FormatError) {
    guard let root = elements.first else {
      throw FormatError(.badValue, "schema without a root")
    }
    var builder = SchemaBuilder(elements: elements)
    let count = Int(root.childCount ?? 0)
    fields = try builder.fields(count: count, parent: SchemaBuilder.Position())
    guard builder.next == elements.count else {
      throw FormatError(.badValue, "schema elements outside the tree")
    }
    leaves = builder.leaves
    self.elements = elements
  }
}

/// Walks over the flat elements once, and folds them into fields.
private struct SchemaBuilder {
  /// Where in the tree a field stands.
  struct Position {
    var definition: UInt8 = 0
    var repetition: UInt8 = 0
    var path: [String] = []
  }

  let elements: [SchemaElement]
  /// The index of the next element to fold.
  var next = 1
  var leaves: [ParquetLeaf] = []

  init(elements: [SchemaElement]) { self.elements = elements }

  mutating func fields(count: Int, parent: Position) throws(FormatError) -> [ParquetField] {
    guard count >= 0, count <= elements.count - next else {
      throw FormatError(.badValue, "schema group with a wrong number of children")
    }
    var fields: [ParquetField] = []
    fields.reserveCapacity(count)
    for _ in 0..<count { fields.append(try field(parent: parent)) }
    return fields
  }

  /// The field that begins at the next element.
  mutating func field(parent: Position) throws(FormatError) -> ParquetField {
    let element = try peek()
    guard element.repetition == .repeated else { return try content(parent: parent) }
    // A repeated field without annotation is a required list of itself.
    var result = container(element, at: parent)
    result.isOptional = false
    result.definitionLevel = parent.definition
    result.logicalType = .list
    var content = try content(parent: parent)
    content.fieldID = nil
    result.shape = .list(element: content)
    result.leaves = content.leaves
    return result
  }

  /// What the next element holds, apart from its repetition: `parent` is where it stands, the
  /// result one level deeper where it is optional or repeated.
  mutating func content(parent: Position) throws(FormatError) -> ParquetField {
    let element = try peek()
    guard let repetition = element.repetition else {
      throw FormatError(.badValue, "schema element '\(element.name)' without a repetition")
    }
    guard parent.path.count < ParquetSchema.maximumDepth else {
      throw FormatError(.tooLarge, "schema nested too deeply")
    }
    next += 1
    var position = parent
    position.path.append(element.name)
    if repetition != .required { position.definition += 1 }
    if repetition == .repeated { position.repetition += 1 }

    var result = container(element, at: position)
    let first = leaves.count
    let count = Int(element.childCount ?? 0)
    if let type = element.physicalType {
      guard count == 0 else {
        throw FormatError(.badValue, "schema element '\(element.name)' is both group and column")
      }
      result.shape = .leaf(try leaf(element, type, at: position))
    } else {
      result.shape = try group(element, count: count, at: position)
    }
    result.leaves = first..<leaves.count
    return result
  }

  private mutating func group(
    _ element: SchemaElement, count: Int, at position: Position
  ) throws(FormatError) -> ParquetField.Shape {
    switch element.logicalType {
    case .list: return .list(element: try listElement(of: element, count: count, at: position))
    // Old writers put the annotation of the entries on the map. On the entries themselves it is
    // never seen here: they are stepped over.
    case .map, .mapKeyValue: return try mapEntries(of: element, count: count, at: position)
    case nil, .variant, .unrecognized:
      return .group(try fields(count: count, parent: position))
    default:
      throw FormatError(.badValue, "logical type of group '\(element.name)' is one of columns")
    }
  }

  /// The element of an annotated list, found by the rules for backward compatibility.
  private mutating func listElement(
    of list: SchemaElement, count: Int, at position: Position
  ) throws(FormatError) -> ParquetField {
    guard count == 1, try peek().repetition == .repeated else {
      throw FormatError(.badValue, "list '\(list.name)' without exactly one repeated field")
    }
    let repeated = try peek()
    let isElement: Bool
    if repeated.physicalType != nil || repeated.childCount != 1 {
      isElement = true
    } else if next + 1 < elements.count, elements[next + 1].repetition == .repeated {
      isElement = true
    } else {
      isElement = repeated.name == "array" || repeated.name == list.name + "_tuple"
    }
    if isElement { return try content(parent: position) }
    let (inner, _) = try enterRepeated(position)
    return try field(parent: inner)
  }

  /// The key and the value of an annotated map; they are known by their places.
  private mutating func mapEntries(
    of map: SchemaElement, count: Int, at position: Position
  ) throws(FormatError) -> ParquetField.Shape {
    guard count == 1, try peek().repetition == .repeated, try peek().physicalType == nil else {
      throw FormatError(.badValue, "map '\(map.name)' without exactly one repeated group")
    }
    let (inner, children) = try enterRepeated(position)
    guard children == 1 || children == 2 else {
      throw FormatError(.badValue, "map '\(map.name)' whose entries are not key and value")
    }
    let key = try field(parent: inner)
    return .map(key: key, value: children == 2 ? try field(parent: inner) : nil)
  }

  /// Steps into the group that carries the repetition of a list or map.
  private mutating func enterRepeated(
    _ position: Position
  ) throws(FormatError) -> (Position, children: Int) {
    let element = try peek()
    guard position.path.count < ParquetSchema.maximumDepth else {
      throw FormatError(.tooLarge, "schema nested too deeply")
    }
    next += 1
    var inner = position
    inner.path.append(element.name)
    inner.definition += 1
    inner.repetition += 1
    return (inner, Int(element.childCount ?? 0))
  }

  private mutating func leaf(
    _ element: SchemaElement, _ type: PhysicalType, at position: Position
  ) throws(FormatError) -> ParquetLeaf {
    var length = 0
    if type == .fixedLengthByteArray {
      length = Int(element.typeLength ?? -1)
      guard length >= 0 else {
        throw FormatError(.badValue, "column '\(element.name)' of fixed length without its length")
      }
    }
    if let logical = element.logicalType {
      guard logical.fits(type, length: length) else {
        throw FormatError(.badValue, "logical type of column '\(element.name)' does not fit it")
      }
      if case .decimal(let precision, let scale) = logical {
        guard precision > 0, scale >= 0, scale <= precision else {
          throw FormatError(.badValue, "column '\(element.name)' is no possible decimal")
        }
      }
    }
    let leaf = ParquetLeaf(
      ordinal: leaves.count, path: position.path, physicalType: type, typeLength: length,
      logicalType: element.logicalType, fieldID: element.fieldID,
      maximumDefinitionLevel: position.definition, maximumRepetitionLevel: position.repetition)
    leaves.append(leaf)
    return leaf
  }

  private func container(_ element: SchemaElement, at position: Position) -> ParquetField {
    ParquetField(
      name: element.name, fieldID: element.fieldID, logicalType: element.logicalType,
      isOptional: element.repetition == .optional, definitionLevel: position.definition,
      repetitionLevel: position.repetition, shape: .group([]), leaves: 0..<0)
  }

  private func peek() throws(FormatError) -> SchemaElement {
    guard next < elements.count else {
      throw FormatError(.badValue, "schema group with a wrong number of children")
    }
    return elements[next]
  }
}
