import IcebergAvro
import IcebergBytes

/// Writes partition tuples as the records of a manifest.
struct PartitionTupleWriter {
  private let fields: [Field]
  private let sizes: [Int]

  /// A writer of tuples of the given fields.
  init(_ fields: [Field]) {
    self.fields = fields
    sizes = fields.map { field in
      if case .decimal(let precision, _) = field.type {
        AvroSchema.decimalSize(precision: precision)
      } else {
        0
      }
    }
  }

  /// The Avro schema of the tuples. Throws when a type has no Avro form.
  func schema() throws(IcebergError) -> AvroSchema {
    try AvroSchema(record: "r102", fields)
  }

  /// Writes a tuple. Throws `invalidArgument` when a value is not of its field's type.
  func write(_ tuple: StructValue, to encoder: inout AvroEncoder) throws(IcebergError) {
    for (index, field) in fields.enumerated() {
      // The length of the tuple is checked when it is counted.
      let value = tuple.values[index]
      if field.type == .unknown { continue }
      guard let value else {
        encoder.write(branch: 0)
        continue
      }
      encoder.write(branch: 1)
      try write(value, of: field, size: sizes[index], to: &encoder)
    }
  }

  private func write(
    _ value: Literal, of field: Field, size: Int, to encoder: inout AvroEncoder
  ) throws(IcebergError) {
    switch (field.type, value) {
    case (.boolean, .boolean(let value)): encoder.write(value)
    case (.int, .int(let value)), (.date, .date(let value)): encoder.write(value)
    // A day is a date to some and a number to others.
    case (.date, .int(let value)), (.int, .date(let value)): encoder.write(value)
    case (.long, .long(let value)), (.time, .time(let value)),
      (.timestamp, .timestamp(let value)), (.timestamptz, .timestamptz(let value)),
      (.timestampNanos, .timestampNanos(let value)),
      (.timestamptzNanos, .timestamptzNanos(let value)):
      encoder.write(value)
    case (.long, .int(let value)): encoder.write(Int64(value))
    case (.float, .float(let value)): encoder.write(value)
    case (.double, .double(let value)): encoder.write(value)
    case (.double, .float(let value)): encoder.write(Double(value))
    case (.string, .string(let value)): encoder.write(value)
    case (.binary, .binary(let value)): encoder.write(value)
    case (.uuid, .uuid(let value)) where value.count == 16: encoder.write(fixed: value)
    case (.fixed(let length), .fixed(let value)) where value.count == length:
      encoder.write(fixed: value)
    case (.decimal(_, let scale), .decimal(let unscaled, let valueScale)) where scale == valueScale:
      try write(unscaled, size: size, of: field, to: &encoder)
    default:
      throw IcebergError(
        .invalidArgument, "partition field '\(field.name)': \(value) is no \(field.type)",
        context: .init(fieldID: field.id))
    }
  }

  private func write(
    _ unscaled: Int128, size: Int, of field: Field, to encoder: inout AvroEncoder
  ) throws(IcebergError) {
    let bytes = Literal.minimalBigEndian(unscaled)
    guard bytes.count <= size else {
      throw IcebergError(
        .invalidArgument, "partition field '\(field.name)': a number of too many digits",
        context: .init(fieldID: field.id))
    }
    let padding = [UInt8](repeating: unscaled < 0 ? 0xff : 0, count: size - bytes.count)
    encoder.write(fixed: Bytes(padding + bytes.array))
  }
}
