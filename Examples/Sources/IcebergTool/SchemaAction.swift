import ExampleSupport
import Iceberg

/// One change of the columns, as the command line tells it.
struct SchemaAction {
  /// What can be done.
  static let names = [
    "add", "drop", "rename", "widen", "move", "doc", "require", "optional", "default",
    "identifier", "union",
  ]

  private let words: ActionWords
  private let arguments: Arguments
  private let union: Schema?

  /// The action of a command line. Reads the schema of a union.
  init(_ words: ActionWords, _ arguments: Arguments) async throws {
    self.words = words
    self.arguments = arguments
    union = words.action == "union" ? try await Command.givenSchema(arguments) : nil
  }

  /// Adds the change to a transaction.
  func apply(to transaction: inout Transaction) throws {
    switch words.action {
    case "add": try add(to: &transaction)
    case "drop":
      for column in try words.someWords("column") { transaction.schema.delete(column) }
    case "rename":
      let names = try words.words("column", "name")
      transaction.schema.rename(names[0], to: names[1])
    case "widen":
      let names = try words.words("column", "type")
      transaction.schema.widen(names[0], to: try SchemaText.type(names[1]))
    case "move":
      let column = try words.words("column")[0]
      guard let position = try position else {
        throw ArgumentError("move needs --first, --before COLUMN or --after COLUMN")
      }
      transaction.schema.move(column, position)
    case "doc":
      let (column, text) = try columnAndValue("text")
      transaction.schema.setDoc(column, text)
    case "require": transaction.schema.require(try words.words("column")[0], consent: consent)
    case "optional": transaction.schema.makeOptional(try words.words("column")[0])
    case "default":
      let (column, text) = try columnAndValue("value")
      let type = transaction.base.currentSchema.field(named: column)?.type
      transaction.schema.setDefault(
        column,
        try text.map { try type.map { try Literal(parsing: text ?? "", type: $0) } ?? .string($0) })
    case "identifier": transaction.schema.setIdentifierFields(words.rest)
    default:
      if let word = words.rest.first { throw ArgumentError("'\(word)' is one word too many") }
      if let union { transaction.schema.unionByName(with: union) }
    }
  }

  private func add(to transaction: inout Transaction) throws {
    let names = try words.words("column", "type")
    let type = try SchemaText.type(names[1])
    let (parent, name) = Self.split(names[0])
    let value = try arguments.value("--default").map { try Literal(parsing: $0, type: type) }
    if arguments.has("--required") {
      transaction.schema.addRequiredColumn(
        name, type, in: parent, doc: arguments.value("--doc"), default: value, consent: consent)
    } else {
      transaction.schema.addColumn(
        name, type, in: parent, doc: arguments.value("--doc"), default: value)
    }
    if let position = try position { transaction.schema.move(names[0], position) }
  }

  private var consent: SchemaChange.Consent {
    arguments.has("--allow-incompatible-changes") ? .incompatible : .none
  }

  /// Where the column goes; nil when it is not said.
  private var position: SchemaChange.Position? {
    get throws {
      var positions: [SchemaChange.Position] = []
      if arguments.has("--first") { positions.append(.first) }
      if let column = arguments.value("--before") { positions.append(.before(column)) }
      if let column = arguments.value("--after") { positions.append(.after(column)) }
      guard positions.count <= 1 else {
        throw ArgumentError("only one of --first, --before and --after can be given")
      }
      return positions.first
    }
  }

  private func columnAndValue(_ what: String) throws -> (column: String, value: String?) {
    let column = try words.someWords("column")[0]
    guard words.rest.count <= 2 else {
      throw ArgumentError("'\(words.rest[2])' is one word too many: put the \(what) in quotes")
    }
    return (column, words.rest.count == 2 ? words.rest[1] : nil)
  }

  /// A path as what the field is inside of and its name.
  static func split(_ path: String) -> (parent: String?, name: String) {
    guard let dot = path.lastIndex(of: ".") else { return (nil, path) }
    return (String(path[..<dot]), String(path[path.index(after: dot)...]))
  }
}
