public import IcebergBytes

extension Variant {
  /// The metadata and the value in the binary encoding, with the names sorted and counts as narrow as
  /// they can be. Throws when members of an object have the same name, or a uuid is not of 16 bytes.
  ///
  /// Spec: Parquet's Variant Binary Encoding, "Metadata encoding", "Value encoding".
  public func encoded() throws(IcebergError) -> (metadata: Bytes, value: Bytes) {
    var names: Set<ExactText> = []
    collectNames(&names)
    let sorted = names.map(\.string).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var ids: [ExactText: Int] = [:]
    for (id, name) in sorted.enumerated() { ids[ExactText(name)] = id }
    var writer = ByteWriter()
    try encode(to: &writer, ids)
    return (Self.metadata(sorted), Bytes(writer.bytes))
  }

  private func collectNames(_ names: inout Set<ExactText>) {
    switch self {
    case .array(let elements):
      for element in elements { element.collectNames(&names) }
    case .object(let members):
      for member in members {
        names.insert(ExactText(member.name))
        member.value.collectNames(&names)
      }
    default:
      break
    }
  }

  private static func metadata(_ names: [String]) -> Bytes {
    let total = names.reduce(0) { $0 + $1.utf8.count }
    let width = width(of: max(total, names.count))
    var writer = ByteWriter()
    writer.write(1 | 1 << 4 | UInt8(width - 1) << 6)
    write(names.count, width: width, to: &writer)
    var offset = 0
    write(offset, width: width, to: &writer)
    for name in names {
      offset += name.utf8.count
      write(offset, width: width, to: &writer)
    }
    for name in names { writer.write(utf8: name) }
    return Bytes(writer.bytes)
  }

  /// The number of bytes, one to four, that hold a number.
  private static func width(of number: Int) -> Int {
    number <= 0xff ? 1 : number <= 0xffff ? 2 : number <= 0xff_ffff ? 3 : 4
  }

  private static func write(_ number: Int, width: Int, to writer: inout ByteWriter) {
    for index in 0..<width { writer.write(UInt8(truncatingIfNeeded: number >> (8 * index))) }
  }

  private func encode(
    to writer: inout ByteWriter, _ ids: [ExactText: Int]
  ) throws(IcebergError) {
    switch self {
    case .null: writer.write(0)
    case .boolean(let value): writer.write((value ? 1 : 2) << 2)
    case .int8(let value): Self.write(3, value, to: &writer)
    case .int16(let value): Self.write(4, value, to: &writer)
    case .int32(let value): Self.write(5, value, to: &writer)
    case .int64(let value): Self.write(6, value, to: &writer)
    case .double(let value): Self.write(7, value.bitPattern, to: &writer)
    case .decimal4(let unscaled, let scale): Self.write(8, scale: scale, unscaled, to: &writer)
    case .decimal8(let unscaled, let scale): Self.write(9, scale: scale, unscaled, to: &writer)
    case .decimal16(let unscaled, let scale): Self.write(10, scale: scale, unscaled, to: &writer)
    case .date(let days): Self.write(11, days, to: &writer)
    case .timestamptz(let value): Self.write(12, value, to: &writer)
    case .timestamp(let value): Self.write(13, value, to: &writer)
    case .float(let value): Self.write(14, value.bitPattern, to: &writer)
    case .binary(let bytes):
      Self.write(15, UInt32(clamping: bytes.count), to: &writer)
      writer.write(bytes)
    case .string(let text):
      let count = text.utf8.count
      if count < 64 {
        writer.write(1 | UInt8(count) << 2)
      } else {
        Self.write(16, UInt32(clamping: count), to: &writer)
      }
      writer.write(utf8: text)
    case .time(let value): Self.write(17, value, to: &writer)
    case .timestamptzNanos(let value): Self.write(18, value, to: &writer)
    case .timestampNanos(let value): Self.write(19, value, to: &writer)
    case .uuid(let bytes):
      guard bytes.count == 16 else {
        throw IcebergError(.invalidArgument, "a uuid of \(bytes.count) bytes in a variant")
      }
      writer.write(20 << 2)
      writer.write(bytes)
    case .array(let elements): try Self.encode(elements, to: &writer, ids)
    case .object(let members): try Self.encode(Self.sorted(members), to: &writer, ids)
    }
  }

  private static func write<T: FixedWidthInteger>(
    _ type: UInt8, _ value: T, to writer: inout ByteWriter
  ) {
    writer.write(type << 2)
    writer.writeLittleEndian(value)
  }

  private static func write<T: FixedWidthInteger>(
    _ type: UInt8, scale: Int, _ unscaled: T, to writer: inout ByteWriter
  ) {
    writer.write(type << 2)
    writer.write(UInt8(clamping: scale))
    writer.writeLittleEndian(unscaled)
  }

  private static func encode(
    _ elements: [Variant], to writer: inout ByteWriter, _ ids: [ExactText: Int]
  ) throws(IcebergError) {
    var values = ByteWriter()
    var offsets = [0]
    for element in elements {
      try element.encode(to: &values, ids)
      offsets.append(values.count)
    }
    let offsetWidth = width(of: values.count)
    let isLarge = elements.count > 255
    writer.write(3 | UInt8(offsetWidth - 1) << 2 | (isLarge ? 1 << 4 : 0))
    write(elements.count, width: isLarge ? 4 : 1, to: &writer)
    for offset in offsets { write(offset, width: offsetWidth, to: &writer) }
    writer.write(values.bytes)
  }

  private static func encode(
    _ members: [Member], to writer: inout ByteWriter, _ ids: [ExactText: Int]
  ) throws(IcebergError) {
    var values = ByteWriter()
    var offsets = [0]
    var names: [Int] = []
    for member in members {
      try member.value.encode(to: &values, ids)
      offsets.append(values.count)
      names.append(ids[ExactText(member.name)] ?? 0)
    }
    let offsetWidth = width(of: values.count)
    let nameWidth = width(of: names.max() ?? 0)
    let isLarge = members.count > 255
    writer.write(
      2 | UInt8(offsetWidth - 1) << 2 | UInt8(nameWidth - 1) << 4 | (isLarge ? 1 << 6 : 0))
    write(members.count, width: isLarge ? 4 : 1, to: &writer)
    for name in names { write(name, width: nameWidth, to: &writer) }
    for offset in offsets { write(offset, width: offsetWidth, to: &writer) }
    writer.write(values.bytes)
  }
}
