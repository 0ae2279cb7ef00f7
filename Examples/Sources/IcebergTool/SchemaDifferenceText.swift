import Iceberg

/// What is different about columns, as people and programs read it.
enum SchemaDifferenceText {
  /// `+ country string`, `- note string`, `~ severity: was called level`.
  static func line(
    _ difference: SchemaDifference, from old: Schema, to new: Schema
  ) -> String {
    let type = { (schema: Schema) in
      schema.field(id: difference.fieldID).map { " \($0.type)" } ?? ""
    }
    switch difference.changes.first {
    case .added: return "+ \(difference.name)\(type(new))"
    case .removed: return "- \(difference.name)\(type(old))"
    default:
      return "~ \(difference.name): "
        + difference.changes.map { text($0) }.joined(separator: ", ")
    }
  }

  /// The same as JSON.
  static func json(_ difference: SchemaDifference) -> JSONValue {
    [
      "field_id": .integer(Int64(difference.fieldID)), "name": .string(difference.name),
      "changes": .array(difference.changes.map { .string(text($0)) }),
    ]
  }

  private static func text(_ change: SchemaDifference.Change) -> String {
    switch change {
    case .added: "added"
    case .removed: "removed"
    case .renamed(let from, _): "was called \(from)"
    case .typeChanged(let from, let to): "\(from) -> \(to)"
    case .madeOptional: "null is allowed"
    case .madeRequired: "null is no longer allowed"
    case .docChanged(let from, let to): "comment \(quoted(from)) -> \(quoted(to))"
    case .initialDefaultChanged(let from, let to):
      "initial default \(from?.text ?? "null") -> \(to?.text ?? "null")"
    case .writeDefaultChanged(let from, let to):
      "write default \(from?.text ?? "null") -> \(to?.text ?? "null")"
    case .moved: "moved"
    }
  }

  private static func quoted(_ text: String?) -> String { text.map { "'\($0)'" } ?? "none" }
}
