internal import IcebergAvro
internal import IcebergBytes
internal import IcebergColumns
internal import IcebergModel

/// Writes the rows of columns as Avro records.
struct AvroRowEncoder: Sendable {
  /// How the values of one column are written.
  private struct Step: Sendable {
    /// The branch of null; nil when there is none.
    var nullBranch: Int?
    var form: Form
  }

  private indirect enum Form: Sendable {
    case null, boolean, int, long, float, double
    case bytes, fixed
    /// Big-endian, in so many bytes.
    case decimal(size: Int)
    case record([Step])
    case array(Step)
    /// Entries: keys and values by turns, whether the schema calls them a map or an array of pairs.
    case map(key: Step, value: Step)
  }

  private let steps: [Step]

  /// An encoder of records of `schema` from columns of the given fields.
  init(_ schema: AvroSchema, fields: [Field]) throws(IcebergError) {
    steps = try Self.steps(schema, fields)
  }

  private static func steps(
    _ record: AvroSchema, _ fields: [Field]
  ) throws(IcebergError) -> [Step] {
    guard record.fields.count == fields.count else { throw mismatch("record") }
    var steps: [Step] = []
    for (avro, field) in zip(record.fields, fields) { steps.append(try step(avro.schema, field)) }
    return steps
  }

  private static func step(
    _ schema: AvroSchema, _ field: Field
  ) throws(IcebergError) -> Step {
    let form: Form
    let plain = schema.nonNull
    switch (plain.kind, field.type) {
    case (.null, .unknown): form = .null
    case (.boolean, .boolean): form = .boolean
    case (.int, .int), (.int, .date): form = .int
    case (.long, .long), (.long, .time), (.long, .timestamp), (.long, .timestamptz),
      (.long, .timestampNanos), (.long, .timestamptzNanos):
      form = .long
    case (.float, .float): form = .float
    case (.double, .double): form = .double
    case (.string, .string), (.bytes, .binary): form = .bytes
    case (.fixed(_, let size), .decimal): form = .decimal(size: size)
    case (.fixed(_, 16), .uuid): form = .fixed
    case (.fixed(_, let size), .fixed(let length)) where size == length: form = .fixed
    case (.record, .variant):
      let part = Step(nullBranch: nil, form: .bytes)
      form = .record([part, part])
    case (.record, .struct(let fields)): form = .record(try steps(plain, fields))
    case (.array(let element), .list(let field)): form = .array(try step(element, field))
    case (.array, .map(let key, let value)):
      guard let pair = plain.pair else { throw mismatch(field.name) }
      form = .map(
        key: try step(pair.key.schema, key), value: try step(pair.value.schema, value))
    case (.map(let inner), .map(_, let value)):
      form = .map(
        key: Step(nullBranch: nil, form: .bytes), value: try step(inner, value))
    default: throw mismatch(field.name)
    }
    return Step(nullBranch: schema.nullBranch, form: form)
  }

  private static func mismatch(_ name: String) -> IcebergError {
    IcebergError(.unsupported, "column \(name) cannot be written to Avro")
  }
}

extension AvroRowEncoder {
  /// Writes row `row` of the columns.
  func encode(_ columns: [Column], row: Int, to encoder: inout AvroEncoder) {
    for (step, column) in zip(steps, columns) { encode(step, column, row, &encoder) }
  }

  private func encode(
    _ step: Step, _ column: Column, _ row: Int, _ encoder: inout AvroEncoder
  ) {
    if let nullBranch = step.nullBranch {
      if column.isNull(at: row) { return encoder.write(branch: nullBranch) }
      encoder.write(branch: 1 - nullBranch)
    }
    switch (step.form, column.values) {
    case (.boolean, .boolean(let bits)): encoder.write(bits[row])
    case (.int, .int(let values)): encoder.write(values[row])
    case (.long, .long(let values)): encoder.write(values[row])
    case (.float, .float(let values)): encoder.write(values[row])
    case (.double, .double(let values)): encoder.write(values[row])
    case (.bytes, .bytes(let offsets, let data)):
      encoder.write(data.span.extracting(Int(offsets[row])..<Int(offsets[row + 1])))
    case (.fixed, .fixed(let width, let data)):
      encoder.write(fixed: data.span.extracting(row * width..<(row + 1) * width))
    case (.decimal(let size), .decimal(let values)):
      let bytes = withUnsafeBytes(of: values[row].bigEndian) { Array($0.suffix(size)) }
      encoder.write(fixed: bytes.span)
    case (.record(let steps), .struct(let children)):
      for (step, child) in zip(steps, children) { encode(step, child, row, &encoder) }
    case (.array(let element), .list(let offsets, let inner)):
      let range = Int(offsets[row])..<Int(offsets[row + 1])
      if !range.isEmpty { encoder.writeItems(range.count) }
      for index in range { encode(element, inner, index, &encoder) }
      encoder.writeItemsEnd()
    case (.map(let key, let value), .map(let offsets, let keys, let values)):
      let range = Int(offsets[row])..<Int(offsets[row + 1])
      if !range.isEmpty { encoder.writeItems(range.count) }
      for index in range {
        encode(key, keys, index, &encoder)
        encode(value, values, index, &encoder)
      }
      encoder.writeItemsEnd()
    default:
      // Null writes nothing. The columns were brought into the form of the table before, so that
      // nothing else gets here.
      break
    }
  }
}
