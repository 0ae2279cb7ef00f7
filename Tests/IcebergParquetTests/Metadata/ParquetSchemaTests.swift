import IcebergBytes
import IcebergParquet
import Testing

@Suite struct ParquetSchemaTests {
  /// A node of a schema tree, to be flattened.
  struct Node: CustomTestStringConvertible, Sendable {
    var element: SchemaElement
    var children: [Node]

    static func leaf(
      _ repetition: Repetition, _ type: PhysicalType, _ name: String,
      _ logical: LogicalType? = nil, length: Int32? = nil
    ) -> Node {
      Node(
        element: SchemaElement(
          name: name, repetition: repetition, physicalType: type, typeLength: length,
          logicalType: logical),
        children: [])
    }

    static func group(
      _ repetition: Repetition, _ name: String, _ logical: LogicalType? = nil, _ children: Node...
    ) -> Node {
      Node(
        element: SchemaElement(
          name: name, repetition: repetition, childCount: Int32(children.count),
          logicalType: logical),
        children: children)
    }

    var elements: [SchemaElement] { [element] + children.flatMap(\.elements) }
    var testDescription: String { element.name }
  }

  static func schema(_ nodes: Node...) throws(FormatError) -> ParquetSchema {
    try ParquetSchema(
      elements: [SchemaElement(name: "root", repetition: nil, childCount: Int32(nodes.count))]
        + nodes.flatMap(\.elements))
  }

  /// A field in short: `?` for what may be null, and the definition and repetition level of leaves.
  static func describe(_ field: ParquetField) -> String {
    let mark = field.isOptional ? "?" : ""
    switch field.shape {
    case .leaf(let leaf):
      return "\(leaf.physicalType)\(mark) "
        + "\(leaf.maximumDefinitionLevel)/\(leaf.maximumRepetitionLevel)"
    case .group(let fields):
      let parts = fields.map { "\($0.name): \(describe($0))" }
      return "{\(parts.joined(separator: ", "))}\(mark)"
    case .list(let element): return "[\(describe(element))]\(mark)"
    case .map(let key, let value):
      return "<\(describe(key)), \(value.map(describe) ?? "nothing")>\(mark)"
    }
  }

  /// The examples of the rules for backward compatibility, and what they mean.
  static let examples: [(node: Node, meaning: String)] = [
    // Three levels.
    (
      .group(
        .required, "l", .list,
        .group(.repeated, "list", nil, .leaf(.optional, .byteArray, "element"))),
      "[byteArray? 2/1]"
    ),
    (
      .group(
        .optional, "l", .list,
        .group(.repeated, "list", nil, .leaf(.required, .byteArray, "element"))),
      "[byteArray 2/1]?"
    ),
    (
      .group(
        .optional, "l", .list,
        .group(.repeated, "element", nil, .leaf(.required, .byteArray, "str"))),
      "[byteArray 2/1]?"
    ),
    (
      .group(
        .optional, "l", .list,
        .group(
          .repeated, "list", nil,
          .group(
            .required, "element", .list,
            .group(.repeated, "list", nil, .leaf(.required, .int32, "element"))))),
      "[[int32 3/2]]?"
    ),
    // Rule 1: a repeated column is the element.
    (.group(.optional, "l", .list, .leaf(.repeated, .int32, "element")), "[int32 2/1]?"),
    // Rule 2: so is a repeated group of several fields,
    (
      .group(
        .optional, "l", .list,
        .group(
          .repeated, "element", nil, .leaf(.required, .byteArray, "str"),
          .leaf(.required, .int32, "num"))),
      "[{str: byteArray 2/1, num: int32 2/1}]?"
    ),
    // rule 3: or of one repeated field,
    (
      .group(
        .optional, "l", .list,
        .group(.repeated, "array", .list, .leaf(.repeated, .int32, "array"))),
      "[[int32 3/2]]?"
    ),
    // rule 4: or with one of the names that old writers gave to elements.
    (
      .group(
        .optional, "l", .list,
        .group(.repeated, "array", nil, .leaf(.required, .byteArray, "str"))),
      "[{str: byteArray 2/1}]?"
    ),
    (
      .group(
        .optional, "l", .list,
        .group(.repeated, "l_tuple", nil, .leaf(.required, .byteArray, "str"))),
      "[{str: byteArray 2/1}]?"
    ),
    // Rule 5: in all other cases the field of the group is.
    (
      .group(
        .optional, "l", .list,
        .group(.repeated, "element", nil, .leaf(.optional, .byteArray, "str"))),
      "[byteArray? 3/1]?"
    ),
    // A map within two levels.
    (
      .group(
        .optional, "l", .list,
        .group(
          .repeated, "array", .map,
          .group(
            .repeated, "map", nil, .leaf(.required, .byteArray, "key"),
            .leaf(.optional, .int32, "value")))),
      "[<byteArray 3/2, int32? 4/2>]?"
    ),
    // Repeated fields without annotation.
    (.leaf(.repeated, .int32, "num"), "[int32 1/1]"),
    (
      .group(
        .repeated, "my_list", nil, .leaf(.required, .int32, "num"),
        .leaf(.optional, .byteArray, "str")),
      "[{num: int32 1/1, str: byteArray? 2/1}]"
    ),
    (
      .group(.optional, "outer", nil, .leaf(.repeated, .int32, "num")),
      "{num: [int32 2/1]}?"
    ),
    // Maps, in the forms of all times.
    (
      .group(
        .required, "m", .map,
        .group(
          .repeated, "key_value", nil, .leaf(.required, .byteArray, "key"),
          .leaf(.optional, .int32, "value"))),
      "<byteArray 1/1, int32? 2/1>"
    ),
    (
      .group(
        .optional, "m", .map,
        .group(
          .repeated, "map", .mapKeyValue, .leaf(.required, .byteArray, "str"),
          .leaf(.required, .int32, "num"))),
      "<byteArray 2/1, int32 2/1>?"
    ),
    (
      .group(
        .optional, "m", .mapKeyValue,
        .group(
          .repeated, "map", nil, .leaf(.required, .byteArray, "key"),
          .leaf(.optional, .int32, "value"))),
      "<byteArray 2/1, int32? 3/1>?"
    ),
    (
      .group(
        .optional, "m", .map, .group(.repeated, "key_value", nil, .leaf(.required, .int32, "key"))),
      "<int32 2/1, nothing>?"
    ),
    (
      .group(
        .optional, "v", .variant(specificationVersion: 1), .leaf(.required, .byteArray, "metadata"),
        .leaf(.optional, .byteArray, "value")),
      "{metadata: byteArray 1/0, value: byteArray? 2/0}?"
    ),
  ]

  @Test("nested types mean what the rules for backward compatibility say", arguments: examples)
  func nesting(node: Node, meaning: String) throws {
    let schema = try Self.schema(node, .leaf(.required, .int32, "behind"))
    #expect(Self.describe(schema.fields[0]) == meaning)
    #expect(schema.fields[1].name == "behind")
    #expect(schema.leaves.map(\.ordinal) == Array(schema.leaves.indices))
    #expect(schema.fields[0].leaves == 0..<schema.leaves.count - 1)
  }

  @Test("leaves know their paths, a list and its element have ids of their own")
  func paths() throws {
    var list = Self.examples[0].node
    list.element.fieldID = 5
    list.children[0].children[0].element.fieldID = 6
    let schema = try Self.schema(list)
    #expect(schema.leaves[0].path == ["l", "list", "element"])
    #expect(schema.fields[0].fieldID == 5)
    #expect(schema.fields[0].children[0].fieldID == 6)
    #expect(schema.leaves[0].fieldID == 6)
  }

  static let malformed: [Node] = [
    .group(
      .optional, "list of two fields", .list, .leaf(.repeated, .int32, "a"),
      .leaf(.optional, .int32, "b")),
    .group(.optional, "list of nothing", .list),
    .group(.optional, "list without repetition", .list, .leaf(.optional, .int32, "a")),
    .group(.optional, "map of a column", .map, .leaf(.repeated, .int32, "a")),
    .group(
      .optional, "map of three", .map,
      .group(
        .repeated, "kv", nil, .leaf(.required, .int32, "a"), .leaf(.required, .int32, "b"),
        .leaf(.required, .int32, "c"))),
    .group(.optional, "group of text", .string, .leaf(.required, .int32, "a")),
    .leaf(.optional, .int32, "column as list", .list),
    .leaf(.optional, .int32, "text in integers", .string),
    .leaf(
      .optional, .int32, "nanoseconds in 32 bits",
      .timestamp(isAdjustedToUTC: true, unit: .nanoseconds)),
    .leaf(.optional, .byteArray, "date in bytes", .date),
    .leaf(.optional, .double, "decimal in doubles", .decimal(precision: 3, scale: 1)),
    .leaf(.optional, .int32, "decimal without digits", .decimal(precision: 0, scale: 0)),
    .leaf(
      .optional, .int32, "decimal of scale beyond its digits", .decimal(precision: 3, scale: 4)),
    .leaf(.optional, .fixedLengthByteArray, "fixed without a length"),
    .leaf(.optional, .fixedLengthByteArray, "negative length", length: -1),
    .leaf(.optional, .fixedLengthByteArray, "uuid of 15 bytes", .uuid, length: 15),
    .leaf(.optional, .fixedLengthByteArray, "half of 4 bytes", .float16, length: 4),
    .leaf(.optional, .fixedLengthByteArray, "interval of 8 bytes", .interval, length: 8),
    .leaf(.optional, .int64, "8 bits in 64", .integer(bitWidth: 8, isSigned: true)),
  ]

  @Test("what makes no sense is refused", arguments: malformed)
  func refusals(node: Node) {
    #expect(throws: FormatError.self) { try Self.schema(node) }
  }

  @Test("elements that form no tree are refused")
  func trees() {
    let root = SchemaElement(name: "root", repetition: nil, childCount: 1)
    let leaf = SchemaElement(name: "a", repetition: .required, physicalType: .int32)
    func expectRefusal(_ elements: [SchemaElement]) {
      #expect(throws: FormatError.self) { try ParquetSchema(elements: elements) }
    }
    expectRefusal([])
    expectRefusal([root])
    expectRefusal([root, leaf, leaf])
    var negative = root
    negative.childCount = -1
    expectRefusal([negative, leaf])
    negative.childCount = .max
    expectRefusal([negative, leaf])
    expectRefusal([root, SchemaElement(name: "a", repetition: nil, physicalType: .int32)])
    var both = leaf
    both.childCount = 1
    expectRefusal([root, both, leaf])
    let group = SchemaElement(name: "g", repetition: .required, childCount: 1)
    expectRefusal([root] + Array(repeating: group, count: 5000) + [leaf])
    let list = SchemaElement(name: "g", repetition: .repeated, childCount: 1, logicalType: .list)
    expectRefusal([root] + Array(repeating: list, count: 5000) + [leaf])
  }

  @Test("pruning keeps what is asked for, and keys")
  func pruning() throws {
    let schema = try Self.schema(
      .group(
        .optional, "m", .map,
        .group(
          .repeated, "kv", nil, .leaf(.required, .int32, "key"),
          .group(
            .optional, "value", nil, .leaf(.required, .int32, "a"), .leaf(.required, .int64, "b"))))
    )
    let field = schema.fields[0]
    let pruned = try #require(field.pruned { $0.path.last == "b" })
    #expect(Self.describe(pruned) == "<int32 2/1, {b: int64 3/1}?>?")
    #expect(field.pruned { _ in true } == field)
    #expect(field.pruned { _ in false } == nil)
  }
}
