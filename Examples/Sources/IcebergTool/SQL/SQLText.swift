import Iceberg

/// A table as the statement that makes it.
enum SQLText {
  /// `CREATE TABLE name (...)`.
  static func createTable(_ name: String, _ metadata: TableMetadata) -> String {
    var clauses = ["CREATE TABLE \(name) (\n\(columns(metadata.currentSchema))\n)"]
    let spec = metadata.defaultPartitionSpec.fields.filter { $0.transform != .void }
    if !spec.isEmpty {
      let index = metadata.currentSchema.index
      let terms = spec.map { field in
        term(field.transform, field.sourceIDs.first.flatMap { index.name(of: $0) } ?? field.name)
      }
      clauses.append("PARTITIONED BY (\(terms.joined(separator: ", ")))")
    }
    clauses.append("LOCATION \(quoted(metadata.location))")
    var properties = metadata.properties
    properties["format-version"] = "\(metadata.formatVersion)"
    let pairs = properties.sorted { $0.key < $1.key }
      .map { "  \(quoted($0.key)) = \(quoted($0.value))" }
    clauses.append("TBLPROPERTIES (\n\(pairs.joined(separator: ",\n"))\n)")
    return clauses.joined(separator: "\n") + ";\n"
  }

  private static func columns(_ schema: Schema) -> String {
    schema.fields.map { field in
      var text = "  \(self.name(field.name)) \(type(field.type))"
      if field.isRequired { text += " NOT NULL" }
      if let value = field.writeDefault ?? field.initialDefault {
        text += " DEFAULT \(quoted(value.text))"
      }
      if let doc = field.doc { text += " COMMENT \(quoted(doc))" }
      return text
    }.joined(separator: ",\n")
  }

  private static func type(_ type: FieldType) -> String {
    let inner = { (field: Field) in
      Self.type(field.type) + (field.isRequired ? " NOT NULL" : "")
    }
    return switch type {
    case .struct(let fields):
      "struct<\(fields.map { "\(name($0.name)): \(inner($0))" }.joined(separator: ", "))>"
    case .list(let element): "array<\(inner(element))>"
    case .map(let key, let value): "map<\(self.type(key.type)), \(inner(value))>"
    default: "\(type)"
    }
  }

  private static func term(_ transform: Transform, _ column: String) -> String {
    let column = column.split(separator: ".").map { name(String($0)) }.joined(separator: ".")
    return switch transform {
    case .bucket(let count): "bucket(\(count), \(column))"
    case .truncate(let width): "truncate(\(width), \(column))"
    case .year, .month, .day, .hour: "\(transform)s(\(column))"
    case .identity, .void, .unknown: column
    }
  }

  /// A name, in backquotes where it has to be.
  private static func name(_ name: String) -> String {
    let isPlain =
      name.utf8.first.map { !(48...57).contains($0) } ?? false
      && name.utf8.allSatisfy {
        (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95
      }
    return isPlain ? name : "`\(name.replacing("`", with: "``"))`"
  }

  private static func quoted(_ text: String) -> String {
    "'\(text.replacing("'", with: "''"))'"
  }
}
