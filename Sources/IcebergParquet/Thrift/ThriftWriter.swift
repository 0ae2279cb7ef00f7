internal import IcebergBytes

/// A writer of Thrift's compact protocol, the mirror image of ``ThriftReader``.
///
/// Fields go in ascending order of their ids between `beginStruct` and `endStruct`; what is nil is
/// left out.
package struct ThriftWriter: Sendable {
  private var writer = ByteWriter()
  private var lastID: Int16 = 0
  private var outer: [Int16] = []

  /// A writer of nothing yet.
  package init() {}

  /// What has been written so far.
  package var bytes: [UInt8] { writer.bytes }

  /// Begins a struct: the outermost, or an element of a list.
  package mutating func beginStruct() {
    outer.append(lastID)
    lastID = 0
  }

  /// Begins a struct that is the field `id` of the current one.
  package mutating func beginStruct(_ id: Int16) {
    header(id, .struct)
    beginStruct()
  }

  /// Ends the current struct.
  package mutating func endStruct() {
    writer.write(0)
    lastID = outer.popLast() ?? 0
  }

  /// A struct without fields: the usual member of a union that carries no data.
  package mutating func writeEmptyStruct(_ id: Int16) {
    beginStruct(id)
    endStruct()
  }

  /// A boolean field.
  package mutating func write(_ id: Int16, _ value: Bool?) {
    if let value { header(id, value ? .true : .false) }
  }

  /// A field of type i8.
  package mutating func write(_ id: Int16, _ value: Int8?) {
    guard let value else { return }
    header(id, .byte)
    writer.write(UInt8(bitPattern: value))
  }

  /// A field of type i16.
  package mutating func write(_ id: Int16, _ value: Int16?) {
    guard let value else { return }
    header(id, .int16)
    writer.writeZigZag(Int64(value))
  }

  /// A field of type i32, or of an enum.
  package mutating func write(_ id: Int16, _ value: Int32?) {
    guard let value else { return }
    header(id, .int32)
    writer.writeZigZag(Int64(value))
  }

  /// A field of type i64.
  package mutating func write(_ id: Int16, _ value: Int64?) {
    guard let value else { return }
    header(id, .int64)
    writer.writeZigZag(value)
  }

  /// A field of type double.
  package mutating func write(_ id: Int16, _ value: Double?) {
    guard let value else { return }
    header(id, .double)
    writer.writeLittleEndian(value.bitPattern)
  }

  /// A text field.
  package mutating func write(_ id: Int16, _ value: String?) {
    guard let value else { return }
    header(id, .binary)
    writeElement(value)
  }

  /// A binary field.
  package mutating func write(_ id: Int16, _ value: [UInt8]?) {
    guard let value else { return }
    header(id, .binary)
    writeElement(value)
  }

  /// Begins a list field; its elements follow with `writeElement`, or `beginStruct` and `endStruct`.
  package mutating func beginList(_ id: Int16, of type: ThriftType, count: Int) {
    header(id, .list)
    if count < 15 {
      writer.write(UInt8(count) &<< 4 | type.rawValue)
    } else {
      writer.write(0xf0 | type.rawValue)
      writer.writeVarint(UInt64(count))
    }
  }

  /// A list of type i64.
  package mutating func write(_ id: Int16, _ values: [Int64]?) {
    guard let values else { return }
    beginList(id, of: .int64, count: values.count)
    for value in values { writer.writeZigZag(value) }
  }

  /// A list of type i32, or of an enum.
  package mutating func write(_ id: Int16, _ values: [Int32]?) {
    guard let values else { return }
    beginList(id, of: .int32, count: values.count)
    for value in values { writer.writeZigZag(Int64(value)) }
  }

  /// A list of texts.
  package mutating func write(_ id: Int16, _ values: [String]?) {
    guard let values else { return }
    beginList(id, of: .binary, count: values.count)
    for value in values { writeElement(value) }
  }

  /// A list of binaries.
  package mutating func write(_ id: Int16, _ values: [[UInt8]]?) {
    guard let values else { return }
    beginList(id, of: .binary, count: values.count)
    for value in values { writeElement(value) }
  }

  /// A list of booleans.
  package mutating func write(_ id: Int16, _ values: [Bool]?) {
    guard let values else { return }
    beginList(id, of: .true, count: values.count)
    for value in values { writer.write((value ? ThriftType.true : .false).rawValue) }
  }

  private mutating func writeElement(_ value: String) {
    writer.writeVarint(UInt64(value.utf8.count))
    writer.write(utf8: value)
  }

  private mutating func writeElement(_ value: [UInt8]) {
    writer.writeVarint(UInt64(value.count))
    writer.write(value)
  }

  private mutating func header(_ id: Int16, _ type: ThriftType) {
    let step = Int(id) - Int(lastID)
    if step > 0, step < 16 {
      writer.write(UInt8(step) &<< 4 | type.rawValue)
    } else {
      writer.write(type.rawValue)
      writer.writeZigZag(Int64(id))
    }
    lastID = id
  }
}
