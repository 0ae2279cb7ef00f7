/// A column as a data file declares it, whatever the format of the file.
///
/// What the projection of a file onto a table needs to know, and no more: ids, names, and what the
/// values are. Lists and maps stand for all the shapes in which formats write them.
struct FileColumn: Hashable, Sendable {
  /// The id that the file gives the column; nil when it has none.
  var id: Int?
  /// The name in the file; not meaningful for elements, keys and values.
  var name: String
  /// Whether the file may hold nulls.
  var isOptional: Bool
  /// What the values are.
  var kind: Kind

  /// The unit of a time of day or timestamp.
  enum TimeUnit: Hashable, Sendable {
    case millis, micros, nanos
  }

  /// What the values of a column are.
  indirect enum Kind: Hashable, Sendable {
    case boolean
    /// An integer of 8 to 64 bits.
    case integer(bits: Int, isSigned: Bool)
    case float, double
    case decimal(precision: Int, scale: Int)
    /// Days since 1970-01-01.
    case date
    case time(TimeUnit)
    case timestamp(TimeUnit)
    /// Text, or bytes that may well be text.
    case text
    case bytes
    case uuid
    case fixed(length: Int)
    /// Nothing but nulls.
    case null
    /// A metadata and a value column, in this order or in the other.
    case variant(isValueFirst: Bool)
    case `struct`([FileColumn])
    case list(element: FileColumn)
    case map(key: FileColumn, value: FileColumn)
    /// Something that cannot be read, in words for an error message.
    case unsupported(String)
  }

  /// A column of the given parts.
  init(id: Int? = nil, name: String, isOptional: Bool = true, kind: Kind) {
    self.id = id
    self.name = name
    self.isOptional = isOptional
    self.kind = kind
  }

  /// The columns directly below this one.
  var children: [FileColumn] {
    switch kind {
    case .struct(let fields): fields
    case .list(let element): [element]
    case .map(let key, let value): [key, value]
    default: []
    }
  }

  /// Whether this column, or one below it, has an id.
  var hasIDs: Bool { id != nil || children.contains(where: \.hasIDs) }

  /// The kind in words, for error messages.
  var kindDescription: String {
    switch kind {
    case .boolean: "boolean"
    case .integer(let bits, let isSigned): "\(isSigned ? "" : "unsigned ")\(bits)-bit integer"
    case .float: "float"
    case .double: "double"
    case .decimal(let precision, let scale): "decimal(\(precision), \(scale))"
    case .date: "date"
    case .time(let unit): "time in \(unit)"
    case .timestamp(let unit): "timestamp in \(unit)"
    case .text: "text"
    case .bytes: "bytes"
    case .uuid: "uuid"
    case .fixed(let length): "\(length) bytes"
    case .null: "null"
    case .variant: "variant"
    case .struct: "struct"
    case .list: "list"
    case .map: "map"
    case .unsupported(let what): what
    }
  }
}
