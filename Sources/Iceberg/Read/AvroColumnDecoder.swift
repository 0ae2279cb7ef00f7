internal import IcebergAvro
internal import IcebergBytes
internal import IcebergColumns

/// Fills columns with the records of Avro blocks.
struct AvroColumnDecoder {
  private let plan: AvroColumnPlan
  private var builders: [ColumnBuilder]
  /// The number of records since the columns were last taken.
  private(set) var rowCount = 0
  private var values: AvroColumnValues

  init(_ plan: AvroColumnPlan) {
    self.plan = plan
    builders = plan.kinds.map { ColumnBuilder($0) }
    values = AvroColumnValues(nodes: plan.nodes)
  }

  /// Reads one record.
  mutating func readRecord(_ decoder: inout AvroDecoder) throws(FormatError) {
    for (step, child) in plan.fields {
      if let child {
        try values.read(step, &decoder, into: &builders[child])
      } else if case .skip(let node) = step {
        try decoder.skip(node, in: plan.nodes)
      }
    }
    rowCount += 1
  }

  /// The columns of the records read since the last call.
  mutating func finish() -> [Column] {
    var columns: [Column] = []
    for index in builders.indices { columns.append(builders[index].finish()) }
    rowCount = 0
    values = AvroColumnValues(nodes: plan.nodes)
    return columns
  }
}

/// Appends Avro values to columns.
private struct AvroColumnValues {
  let nodes: AvroReadPlan
  /// Elements and entries that may still be read: those of no bytes could go on for ever.
  private var itemsLeft = 1 << 27

  init(nodes: AvroReadPlan) { self.nodes = nodes }

  mutating func read(
    _ step: AvroColumnPlan.Step, _ decoder: inout AvroDecoder, into builder: inout ColumnBuilder
  ) throws(FormatError) {
    switch step {
    case .skip(let node): try decoder.skip(node, in: nodes)
    case .null(let node):
      try decoder.skip(node, in: nodes)
      builder.appendNull()
    case .boolean(let node):
      if let value = try decoder.readBoolean(node) {
        builder.append(value)
      } else {
        builder.appendNull()
      }
    case .int(let node):
      if let value = try decoder.readInt(node) {
        builder.append(value)
      } else {
        builder.appendNull()
      }
    case .long(let node):
      if let value = try decoder.readLong(node) {
        builder.append(value)
      } else {
        builder.appendNull()
      }
    case .float(let node):
      if let value = try decoder.readFloat(node) {
        builder.append(value)
      } else {
        builder.appendNull()
      }
    case .double(let node):
      if let value = try decoder.readDouble(node) {
        builder.append(value)
      } else {
        builder.appendNull()
      }
    case .bytes(let node):
      if let value = try decoder.readBytes(node) {
        builder.append(bytes: value)
      } else {
        builder.appendNull()
      }
    case .decimal(let node):
      if let value = try decoder.readBytes(node) {
        builder.append(try Self.unscaled(value, at: decoder.offset))
      } else {
        builder.appendNull()
      }
    case .record(let node, let fields):
      guard try decoder.readIsPresent(node) else { return builder.appendNull() }
      for (step, child) in fields {
        if let child {
          try read(step, &decoder, into: &builder.children[child])
        } else if case .skip(let node) = step {
          try decoder.skip(node, in: nodes)
        }
      }
      builder.closeRow()
    case .list(let node, let element):
      guard try decoder.readIsPresent(node) else { return builder.appendNull() }
      while case let count = try decoder.readItemCount(node, in: nodes), count > 0 {
        try countItems(count, at: decoder.offset)
        for _ in 0..<count { try read(element, &decoder, into: &builder.children[0]) }
      }
      builder.closeRow()
    case .map(let node, let key, let value):
      guard try decoder.readIsPresent(node) else { return builder.appendNull() }
      while case let count = try decoder.readItemCount(node, in: nodes), count > 0 {
        try countItems(count, at: decoder.offset)
        for _ in 0..<count {
          try read(key, &decoder, into: &builder.children[0])
          try read(value, &decoder, into: &builder.children[1])
        }
      }
      builder.closeRow()
    }
  }

  private mutating func countItems(_ count: Int, at offset: Int) throws(FormatError) {
    itemsLeft -= count
    guard itemsLeft >= 0 else {
      throw FormatError(.tooLarge, at: offset, "too many elements in one batch of records")
    }
  }

  /// A two's-complement integer, most significant byte first.
  private static func unscaled(_ bytes: Bytes, at offset: Int) throws(FormatError) -> Int128 {
    let isNegative = (bytes.first ?? 0) & 0x80 != 0
    let fill: UInt8 = isNegative ? 0xff : 0
    var value: Int128 = isNegative ? -1 : 0
    let excess = max(0, bytes.count - 16)
    for (index, byte) in bytes.enumerated() {
      if index < excess {
        guard byte == fill else {
          throw FormatError(.badValue, at: offset, "a decimal of more than 16 bytes")
        }
      } else {
        value = value &<< 8 | Int128(byte)
      }
    }
    guard (value < 0) == isNegative else {
      throw FormatError(.badValue, at: offset, "a decimal of more than 16 bytes")
    }
    return value
  }
}
