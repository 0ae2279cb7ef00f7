import IcebergAvro
import IcebergBytes

/// Reads the partition tuples of a manifest, in the order and types that the reader wants.
struct PartitionTupleReader {
  private let columns: [Column]
  private let count: Int
  /// Whether values of fixed types have a length in front, which Avro forbids and Java writes.
  let hasLengths: Bool

  private struct Column {
    let node: AvroReadPlan.Node
    let position: Int
    let type: FieldType
    let kind: Kind
  }

  // A type without payload, so that the choice per value costs nothing.
  private enum Kind {
    case skipped, boolean, int, long, float, double, date, time, timestamp, timestamptz
    case timestampNanos, timestamptzNanos, string, binary, fixed, uuid, decimal
  }

  /// A reader of the record at a node, nil when the manifest has no tuples.
  ///
  /// - Parameters:
  ///   - wanted: the fields of the tuple. Those that the manifest does not have are read as null.
  ///   - hasLengths: whether to read values of fixed types as Java writes them.
  init(
    at index: Int?, in plan: AvroReadPlan, wanted: [Field], hasLengths: Bool
  ) throws(FormatError) {
    count = wanted.count
    self.hasLengths = hasLengths
    guard let index else {
      columns = []
      return
    }
    let children = plan.children(of: plan[index])
    var positions: [Int?] = children.map { child in
      let id = Int(plan[child].fieldID)
      return id < 0 ? nil : wanted.firstIndex { $0.id == id }
    }
    if positions.allSatisfy({ $0 == nil }) {
      // Version 1 did not demand that the ids are those of the spec.
      let names = plan.schemas[index].fields.map(\.name)
      positions = names.map { name in
        wanted.firstIndex { $0.name == name || AvroField.sanitized($0.name) == name }
      }
    }
    var columns: [Column] = []
    for (child, position) in zip(children, positions) {
      let node = plan[child]
      guard let position else {
        columns.append(Column(node: node, position: 0, type: .unknown, kind: .skipped))
        continue
      }
      var type = wanted[position].type
      // The type of a column that was dropped is not known any more; that of its values is.
      if type == .unknown { type = FieldType(avro: plan.schemas[child]) }
      columns.append(
        Column(node: node, position: position, type: type, kind: try Self.kind(of: type, node)))
    }
    self.columns = columns
  }

  private static func kind(
    of type: FieldType, _ node: AvroReadPlan.Node
  ) throws(FormatError) -> Kind {
    let kind: Kind? =
      switch (type, node.kind) {
      case (_, .null), (.unknown, _): .skipped
      case (.boolean, .boolean): .boolean
      case (.int, .int), (.int, .long): .int
      case (.long, .int), (.long, .long): .long
      case (.float, .float): .float
      case (.double, .float), (.double, .double): .double
      case (.date, .int), (.date, .long): .date
      case (.time, .long), (.time, .int): .time
      case (.timestamp, .long): .timestamp
      case (.timestamptz, .long): .timestamptz
      case (.timestampNanos, .long): .timestampNanos
      case (.timestamptzNanos, .long): .timestamptzNanos
      case (.string, .string): .string
      case (.binary, .bytes), (.binary, .fixed): .binary
      case (.fixed, .fixed), (.fixed, .bytes): .fixed
      case (.uuid, .fixed), (.uuid, .bytes), (.uuid, .string): .uuid
      case (.decimal, .fixed), (.decimal, .bytes): .decimal
      default: nil
      }
    guard let kind else {
      throw FormatError(.badValue, "partition value of another type than \(type)")
    }
    return kind
  }

  /// Whether the manifest has values of fixed types, which Java writes in a way of its own.
  var hasFixedValues: Bool { columns.contains { $0.kind == .fixed && $0.node.kind == .fixed } }

  /// Reads one tuple.
  func read(
    _ decoder: inout AvroDecoder, in plan: AvroReadPlan
  ) throws(FormatError) -> StructValue {
    var values = [Literal?](repeating: nil, count: count)
    for column in columns {
      if column.kind == .skipped {
        try decoder.skip(column.node, in: plan)
      } else {
        values[column.position] = try value(of: column, &decoder)
      }
    }
    return StructValue(values)
  }

  private func value(
    of column: Column, _ decoder: inout AvroDecoder
  ) throws(FormatError) -> Literal? {
    let node = column.node
    switch column.kind {
    case .skipped: return nil
    case .boolean: return try decoder.readBoolean(node).map { .boolean($0) }
    case .int: return try decoder.readInt(node).map { .int($0) }
    case .date: return try decoder.readInt(node).map { .date($0) }
    case .long: return try decoder.readLong(node).map { .long($0) }
    case .time: return try decoder.readLong(node).map { .time($0) }
    case .timestamp: return try decoder.readLong(node).map { .timestamp($0) }
    case .timestamptz: return try decoder.readLong(node).map { .timestamptz($0) }
    case .timestampNanos: return try decoder.readLong(node).map { .timestampNanos($0) }
    case .timestamptzNanos: return try decoder.readLong(node).map { .timestamptzNanos($0) }
    case .float: return try decoder.readFloat(node).map { .float($0) }
    case .double: return try decoder.readDouble(node).map { .double($0) }
    case .string: return try decoder.readString(node).map { .string($0) }
    case .binary: return try decoder.readBytes(node).map { .binary(Bytes(copying: $0)) }
    case .fixed: return try fixed(node, &decoder)
    case .uuid:
      if node.kind == .string { return try Self.uuid(try decoder.readString(node), decoder.offset) }
      guard let bytes = try decoder.readBytes(node) else { return nil }
      return try Literal(singleValue: Bytes(copying: bytes), type: .uuid)
    case .decimal:
      guard let bytes = try decoder.readBytes(node) else { return nil }
      return try Literal(singleValue: bytes, type: column.type)
    }
  }

  private func fixed(
    _ node: AvroReadPlan.Node, _ decoder: inout AvroDecoder
  ) throws(FormatError) -> Literal? {
    guard hasLengths, node.kind == .fixed else {
      return try decoder.readBytes(node).map { .fixed(Bytes(copying: $0)) }
    }
    guard try decoder.readIsPresent(node) else { return nil }
    let bytes = try decoder.readBytes()
    guard bytes.count == Int(node.size) else {
      throw FormatError(.badValue, at: decoder.offset, "a fixed value of another length")
    }
    return .fixed(Bytes(copying: bytes))
  }

  private static func uuid(_ text: String?, _ offset: Int) throws(FormatError) -> Literal? {
    guard let text else { return nil }
    guard let bytes = Bytes(hexText: text.filter { $0 != "-" }), bytes.count == 16 else {
      throw FormatError(.badValue, at: offset, "text that is no UUID")
    }
    return .uuid(bytes)
  }
}

extension FieldType {
  /// The type of the values that an Avro schema describes, as far as a partition value can be one;
  /// `unknown` for everything else.
  init(avro schema: AvroSchema) {
    let schema = schema.nonNull
    self =
      switch (schema.kind, schema.logicalType) {
      case (.boolean, _): .boolean
      case (.int, "date"): .date
      case (.int, _): .int
      case (.long, "time-micros"): .time
      case (.long, "timestamp-micros"): schema.adjustsToUTC == true ? .timestamptz : .timestamp
      case (.long, "timestamp-nanos"):
        schema.adjustsToUTC == true ? .timestamptzNanos : .timestampNanos
      case (.long, _): .long
      case (.float, _): .float
      case (.double, _): .double
      case (.string, "uuid"), (.fixed(_, size: 16), "uuid"): .uuid
      case (.string, _): .string
      case (.fixed, "decimal"), (.bytes, "decimal"):
        .decimal(precision: schema.precision ?? 38, scale: schema.scale)
      case (.fixed(_, let size), _): .fixed(length: size)
      case (.bytes, _): .binary
      default: .unknown
      }
  }
}
