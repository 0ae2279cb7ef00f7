public import IcebergBytes

/// How to walk over the values of a file: the schema it was written with, laid flat, and for every
/// part of it the place where the reader wants it.
///
/// A plan is made once per file. Its nodes are plain numbers, so that going through them counts no
/// references. A record is read like this, with a ``AvroDecoder``:
///
/// ```swift
/// for index in plan.children(of: plan.root) {
///   let node = plan[index]
///   switch node.fieldID {
///   case 103: rowCount = try decoder.readLong(node)
///   case 132 where try decoder.readIsPresent(node):
///     let element = plan[Int(node.firstChild)]
///     while case let count = try decoder.readItemCount(node, in: plan), count > 0 {
///       for _ in 0..<count { offsets.append(try decoder.readLong(element)) }
///     }
///   default: try decoder.skip(node, in: plan)
///   }
/// }
/// ```
///
/// or, to fill columns, by ``Node/readerIndex`` in the place of ``Node/fieldID``. Every node must be
/// read or skipped, in this order.
public struct AvroReadPlan: Sendable {
  /// How fields of the file and of the reader are brought together.
  public enum Matching: Hashable, Sendable {
    /// By field id alone. What has no id in the file is not read.
    case fieldIDs
    /// By name, and by the aliases of the reader's fields.
    case names
    /// By field id, or by name when the file has no ids at all.
    case fieldIDsOrNames
  }

  /// What stands in the file at a node, beside the null of an optional one.
  public enum Kind: UInt8, Hashable, Sendable, BitwiseCopyable {
    case null, boolean, int, long, float, double, bytes, string
    /// ``Node/size`` bytes.
    case fixed
    /// One of ``Node/size`` symbols.
    case enumeration
    /// One child: the element.
    case array
    /// Two children, the key and the value: an Avro map, or an array of such pairs.
    case map
    /// A union other than one of null and something: a child for each branch.
    case union
    /// A child for each field, in the order of the file.
    case record
  }

  /// One part of the file's schema.
  public struct Node: Hashable, Sendable, BitwiseCopyable {
    /// What stands in the file.
    public let kind: Kind
    /// The place of null in a union around the value, or -1 when it cannot be null.
    public let nullBranch: Int8
    /// Whether the reader has a place for it. What is not wanted is skipped.
    public let isWanted: Bool
    /// The id of the field, element, key or value, or -1.
    public let fieldID: Int32
    /// The place of a record's field in the reader's record; of an element or key 0, of a value 1.
    /// -1 when it is not wanted.
    public let readerIndex: Int32
    /// The length of a fixed type, the number of symbols of an enumeration.
    public let size: Int32
    /// Where the children are in ``AvroReadPlan/nodes``.
    public let firstChild: Int32
    /// The number of children.
    public let childCount: Int32
    /// The fewest bytes that a value takes in the file.
    public let minimumSize: Int32
  }

  /// All nodes; the first is the root, and the children of a node are next to each other.
  public let nodes: [Node]
  /// The schema in the file of every node, without the null of optional ones.
  public let schemas: [AvroSchema]
  /// The places in the reader's record of the fields that the file does not have, by the index of
  /// the record's node.
  public let missing: [Int: [Int]]

  /// The node of the whole schema.
  @inlinable public var root: Node { nodes[0] }

  /// The node at an index.
  @inlinable public subscript(index: Int) -> Node { nodes[index] }

  /// The indices of the children of a node.
  @inlinable
  public func children(of node: Node) -> Range<Int> {
    let first = Int(node.firstChild)
    return first..<(first &+ Int(node.childCount))
  }

  /// A plan to read all that is in a file: every node is wanted, at its own place.
  public init(reading schema: AvroSchema) throws(FormatError) {
    try self.init(AvroPlanner(.fieldIDs), schema, reader: schema, isSame: true)
  }

  /// A plan to read values of the schema `reader` from values of the schema `writer`.
  ///
  /// The nodes keep the file's kinds, so the decoder does the widening: int to long, float and
  /// double, and so on. Beside the promotions of Avro, a long may be read where an int is wanted
  /// (each value is checked), and fixed types of any size where a fixed type or bytes are.
  /// - Throws: `badValue` when a field of the file cannot be read as the reader's, `unsupported` for
  ///   a union other than with null where something else is wanted.
  public init(
    writer: AvroSchema, reader: AvroSchema, matching: Matching
  ) throws(FormatError) {
    let matching =
      matching != .fieldIDsOrNames ? matching : writer.hasFieldIDs ? .fieldIDs : .names
    try self.init(AvroPlanner(matching), writer, reader: reader, isSame: false)
  }

  private init(
    _ planner: AvroPlanner, _ writer: AvroSchema, reader: AvroSchema, isSame: Bool
  ) throws(FormatError) {
    var planner = planner
    planner.isSame = isSame
    let root = planner.reserve(1)
    try planner.plan(writer, reader, at: root, fieldID: -1, readerIndex: 0, path: "")
    nodes = planner.nodes
    schemas = planner.schemas
    missing = planner.missing
  }
}

/// Lays a schema flat.
private struct AvroPlanner {
  let matching: AvroReadPlan.Matching
  /// Whether everything is wanted as it is.
  var isSame = false
  var nodes: [AvroReadPlan.Node] = []
  var schemas: [AvroSchema] = []
  var missing: [Int: [Int]] = [:]

  init(_ matching: AvroReadPlan.Matching) { self.matching = matching }

  /// Makes room for `count` nodes next to each other.
  mutating func reserve(_ count: Int) -> Int {
    let first = nodes.count
    let empty = AvroReadPlan.Node(
      kind: .null, nullBranch: -1, isWanted: false, fieldID: -1, readerIndex: -1, size: 0,
      firstChild: 0, childCount: 0, minimumSize: 0)
    nodes.append(contentsOf: repeatElement(empty, count: count))
    schemas.append(contentsOf: repeatElement(.null, count: count))
    return first
  }

  /// Plans the node at `index`; `reader` is nil when the value is to be skipped.
  mutating func plan(
    _ writer: AvroSchema, _ reader: AvroSchema?, at index: Int, fieldID: Int, readerIndex: Int,
    path: String
  ) throws(FormatError) {
    let schema = writer.nonNull
    let wanted = reader?.nonNull
    schemas[index] = schema
    if let wanted, !isSame { try check(schema, readAs: wanted, path) }
    var kind = AvroReadPlan.Kind.null
    var size = 0
    var first = 0
    var count = 0
    switch schema.kind {
    case .null: kind = .null
    case .boolean: kind = .boolean
    case .int: kind = .int
    case .long: kind = .long
    case .float: kind = .float
    case .double: kind = .double
    case .bytes: kind = .bytes
    case .string: kind = .string
    case .fixed(_, let length): (kind, size) = (.fixed, length)
    case .enumeration(_, let symbols): (kind, size) = (.enumeration, symbols.count)
    case .array(let element):
      // Not every writer says that its pairs are a map; a list of records of two fields is none.
      let isMap = wanted.map { $0.asMap != nil } ?? (schema.pair != nil)
      if isMap, let pair = schema.elementPair {
        (kind, count) = (.map, 2)
        first = try planMap(
          (pair.key.schema, pair.key.fieldID), (pair.value.schema, pair.value.fieldID), wanted,
          path)
      } else {
        (kind, count) = (.array, 1)
        first = reserve(1)
        var inner: AvroSchema?
        if case .array(let element)? = wanted?.kind { inner = element }
        try plan(
          element, inner, at: first, fieldID: schema.elementID ?? -1,
          readerIndex: inner == nil ? -1 : 0, path: path + "[]")
      }
    case .map(let value):
      (kind, count) = (.map, 2)
      first = try planMap((.string, schema.keyID), (value, schema.valueID), wanted, path)
    case .union(let branches):
      (kind, count) = (.union, branches.count)
      first = reserve(count)
      for (place, branch) in branches.enumerated() {
        // Only a reader of everything gets here with something wanted, or one that wants a union.
        try plan(
          branch, wanted == nil ? nil : branch, at: first + place, fieldID: -1,
          readerIndex: wanted == nil ? -1 : place, path: path)
      }
    case .record(_, let fields):
      (kind, count) = (.record, fields.count)
      first = reserve(count)
      try planFields(fields, wanted, of: index, first, path)
    }
    guard let length = Int32(exactly: size), let id = Int32(exactly: fieldID) else {
      throw FormatError(.tooLarge, "Avro schema: a size or field id of more than 32 bits\(path)")
    }
    let isOptional = writer.nullBranch != nil
    let least =
      isOptional
      ? 1
      : kind == .record
        ? nodes[first..<(first + count)].reduce(0) { $0 + Int($1.minimumSize) }
        : schema.minimumSize
    nodes[index] = AvroReadPlan.Node(
      kind: kind, nullBranch: Int8(writer.nullBranch ?? -1), isWanted: reader != nil, fieldID: id,
      readerIndex: Int32(truncatingIfNeeded: readerIndex), size: length,
      firstChild: Int32(truncatingIfNeeded: first), childCount: Int32(truncatingIfNeeded: count),
      minimumSize: Int32(clamping: least))
  }

  private mutating func planMap(
    _ key: (schema: AvroSchema, id: Int?), _ value: (schema: AvroSchema, id: Int?),
    _ wanted: AvroSchema?, _ path: String
  ) throws(FormatError) -> Int {
    let first = reserve(2)
    let inner = wanted?.asMap
    if matching == .fieldIDs, let keyID = key.id, let inner, keyID == inner.valueID {
      throw FormatError(
        .unsupported, "Avro field \(path.dropFirst()) has its values before its keys")
    }
    try plan(
      key.schema, inner?.key, at: first, fieldID: key.id ?? -1, readerIndex: inner == nil ? -1 : 0,
      path: path + ".key")
    try plan(
      value.schema, inner?.value, at: first + 1, fieldID: value.id ?? -1,
      readerIndex: inner == nil ? -1 : 1, path: path + ".value")
    return first
  }

  private mutating func planFields(
    _ fields: [AvroField], _ wanted: AvroSchema?, of record: Int, _ first: Int, _ path: String
  ) throws(FormatError) {
    let wantedFields = wanted?.fields ?? []
    let places = try Places(wantedFields, fields, matching: matching, isSame: isSame)
    for (index, field) in fields.enumerated() {
      let place = wanted == nil ? nil : places.place(of: field, at: index)
      try plan(
        field.schema, place.map { wantedFields[$0].schema }, at: first + index,
        fieldID: field.fieldID ?? -1, readerIndex: place ?? -1, path: "\(path).\(field.name)")
    }
    guard wanted != nil else { return }
    let found = Set((first..<nodes.count).prefix(fields.count).map { Int(nodes[$0].readerIndex) })
    let absent = wantedFields.indices.filter { !found.contains($0) }
    if !absent.isEmpty { missing[record] = absent }
  }

  /// Throws when values of `schema` cannot be read as values of `wanted`.
  private func check(
    _ schema: AvroSchema, readAs wanted: AvroSchema, _ path: String
  ) throws(FormatError) {
    switch (schema.kind, wanted.kind) {
    case (.null, _), (.boolean, .boolean), (.int, .int), (.int, .long), (.int, .float),
      (.int, .double), (.long, .int), (.long, .long), (.long, .float), (.long, .double),
      (.float, .float), (.float, .double), (.double, .double), (.bytes, .bytes), (.bytes, .string),
      (.string, .string), (.string, .bytes), (.fixed, .fixed), (.fixed, .bytes), (.bytes, .fixed),
      (.enumeration, .enumeration), (.enumeration, .string), (.record, .record), (.map, .map),
      (.union, .union):
      return
    case (.array, .array) where wanted.pair == nil || schema.elementPair != nil: return
    case (.array, .map) where schema.elementPair != nil: return
    case (.map, .array) where wanted.pair != nil: return
    case (.union, _):
      throw FormatError(.unsupported, "Avro field \(path.dropFirst()) is a union of several types")
    default: break
    }
    throw FormatError(
      .badValue,
      "Avro field \(path.dropFirst()) is \(schema.kind.label), which cannot be read as "
        + "\(wanted.kind.label)")
  }
}

/// Which of the reader's fields a field of the file is for.
private struct Places {
  private var byID: [Int: Int] = [:]
  private var byName: [String: Int] = [:]
  private let matching: AvroReadPlan.Matching
  private let isSame: Bool

  init(
    _ wanted: [AvroField], _ written: [AvroField], matching: AvroReadPlan.Matching, isSame: Bool
  ) throws(FormatError) {
    self.matching = matching
    self.isSame = isSame
    guard !isSame else { return }
    if matching == .names {
      for (index, field) in wanted.enumerated() {
        for alias in field.aliases { byName[alias] = index }
      }
      // A name counts for more than another field's alias.
      for (index, field) in wanted.enumerated() { byName[field.name] = index }
      return
    }
    for (index, field) in wanted.enumerated() {
      if let id = field.fieldID { byID[id] = index }
    }
    var seen: Set<Int> = []
    for id in written.compactMap(\.fieldID) where !seen.insert(id).inserted {
      throw FormatError(.badValue, "Avro schema: two fields of a record have the id \(id)")
    }
  }

  func place(of field: AvroField, at index: Int) -> Int? {
    if isSame { return index }
    if matching == .names { return byName[field.name] }
    return field.fieldID.flatMap { byID[$0] }
  }
}

extension AvroSchema {
  /// The fewest bytes that a value takes.
  var minimumSize: Int {
    switch kind {
    case .null: 0
    case .boolean, .int, .long, .bytes, .string, .enumeration, .array, .map, .union: 1
    case .float: 4
    case .double: 8
    case .fixed(_, let size): size
    // A hundred thousand parts of at most 2^31 bytes each do not overflow.
    case .record(_, let fields): fields.reduce(0) { $0 + $1.schema.minimumSize }
    }
  }

  /// Key and value of a map in either form.
  fileprivate var asMap: (key: AvroSchema, value: AvroSchema, valueID: Int?)? {
    if case .map(let value) = kind { return (.string, value, valueID) }
    return pair.map { ($0.key.schema, $0.value.schema, $0.value.fieldID) }
  }
}

extension AvroSchema.Kind {
  /// The kind in words, for messages.
  fileprivate var label: String {
    switch self {
    case .null: "null"
    case .boolean: "a boolean"
    case .int: "an int"
    case .long: "a long"
    case .float: "a float"
    case .double: "a double"
    case .bytes: "bytes"
    case .string: "a string"
    case .fixed(_, let size): "\(size) fixed bytes"
    case .enumeration: "an enumeration"
    case .array: "an array"
    case .map: "a map"
    case .union: "a union"
    case .record: "a record"
    }
  }
}
