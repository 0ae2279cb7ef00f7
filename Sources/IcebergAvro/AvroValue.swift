public import IcebergBytes

/// Any Avro value, for tools and tests; whoever knows the schema uses ``AvroDecoder`` directly.
public indirect enum AvroValue: Hashable, Sendable {
  case null
  case boolean(Bool)
  case int(Int32)
  case long(Int64)
  case float(Float)
  case double(Double)
  case bytes(Bytes)
  case string(String)
  case fixed(Bytes)
  /// The place of the symbol.
  case enumeration(Int)
  case array([AvroValue])
  /// Keys and values, in the order of the file; keys are strings in Avro's own maps.
  case map([Entry])
  /// The branch and its value; a union of null and something has none, only the value.
  case union(Int, AvroValue)
  /// The values of the fields, in the order of the schema.
  case record([AvroValue])

  /// A key of a map and its value.
  public struct Entry: Hashable, Sendable {
    /// The key.
    public var key: AvroValue
    /// The value.
    public var value: AvroValue

    /// An entry of a map.
    public init(_ key: AvroValue, _ value: AvroValue) {
      self.key = key
      self.value = value
    }
  }
}

extension AvroDecoder {
  /// The value at a node, whatever it is and whether it is wanted or not.
  @_lifetime(self: copy self)
  public mutating func readValue(
    _ node: AvroReadPlan.Node, in plan: AvroReadPlan
  ) throws(FormatError) -> AvroValue {
    guard try readIsPresent(node) else { return .null }
    switch node.kind {
    case .null: return .null
    case .boolean: return .boolean(try readBoolean())
    case .int: return .int(try readInt())
    case .long: return .long(try readLong())
    case .float: return .float(try readFloat())
    case .double: return .double(try readDouble())
    case .bytes: return .bytes(try readBytes())
    case .string: return .string(try readString())
    case .fixed: return .fixed(try readFixed(Int(node.size)))
    case .enumeration:
      let symbol = try readBranch(of: Int(node.size))
      return .enumeration(symbol)
    case .union:
      let branch = try readBranch(of: Int(node.childCount))
      return .union(branch, try readValue(plan[Int(node.firstChild) + branch], in: plan))
    case .record:
      var values: [AvroValue] = []
      for index in plan.children(of: node) { values.append(try readValue(plan[index], in: plan)) }
      return .record(values)
    case .array:
      var items: [AvroValue] = []
      let element = plan[Int(node.firstChild)]
      while case let count = try readItemCount(node, in: plan), count > 0 {
        for _ in 0..<count { items.append(try readValue(element, in: plan)) }
      }
      return .array(items)
    case .map:
      var entries: [AvroValue.Entry] = []
      let (key, value) = (plan[Int(node.firstChild)], plan[Int(node.firstChild) + 1])
      while case let count = try readItemCount(node, in: plan), count > 0 {
        for _ in 0..<count {
          let name = try readValue(key, in: plan)
          entries.append(AvroValue.Entry(name, try readValue(value, in: plan)))
        }
      }
      return .map(entries)
    }
  }
}

extension AvroEncoder {
  /// Writes a value as `schema` says.
  ///
  /// - Throws: `badValue` when the value is not of the schema.
  public mutating func write(
    _ value: AvroValue, as schema: AvroSchema
  ) throws(FormatError) {
    if let null = schema.nullBranch {
      write(branch: value == .null ? null : 1 - null)
      if value != .null { try write(value, as: schema.nonNull) }
      return
    }
    switch (value, schema.kind) {
    case (.null, .null): break
    case (.boolean(let value), .boolean): write(value)
    case (.int(let value), .int): write(value)
    case (.long(let value), .long): write(value)
    case (.float(let value), .float): write(value)
    case (.double(let value), .double): write(value)
    case (.bytes(let value), .bytes): write(value)
    case (.string(let value), .string): write(value)
    case (.fixed(let value), .fixed(_, let size)) where value.count == size: write(fixed: value)
    case (.enumeration(let symbol), .enumeration(_, let symbols)) where symbols.indices ~= symbol:
      write(branch: symbol)
    case (.union(let branch, let value), .union(let branches)) where branches.indices ~= branch:
      write(branch: branch)
      try write(value, as: branches[branch])
    case (.record(let values), .record(_, let fields)) where values.count == fields.count:
      for (value, field) in zip(values, fields) { try write(value, as: field.schema) }
    case (.array(let items), .array(let element)):
      writeItems(items.count)
      for item in items { try write(item, as: element) }
      writeItemsEnd()
    case (.map(let entries), .map(let value)): try write(entries, .string, value)
    case (.map(let entries), .array):
      guard let pair = schema.pair else { throw mismatch }
      try write(entries, pair.key.schema, pair.value.schema)
    default: throw mismatch
    }
  }

  private mutating func write(
    _ entries: [AvroValue.Entry], _ key: AvroSchema, _ value: AvroSchema
  ) throws(FormatError) {
    writeItems(entries.count)
    for entry in entries {
      try write(entry.key, as: key)
      try write(entry.value, as: value)
    }
    writeItemsEnd()
  }

  private var mismatch: FormatError {
    FormatError(.badValue, at: output.count, "a value that is not of its Avro schema")
  }
}
