import ExampleSupport
import Iceberg

/// The columns of a schema, one on a line, nested ones below their parent.
enum SchemaTable {
  /// The columns as a readable table.
  static func text(_ schema: Schema) -> String {
    var printer = TablePrinter([.number("id"), "column", "type", "null", "doc"])
    for field in schema.fields { add(field, indent: "", schema, to: &printer) }
    return printer.text
  }

  private static func add(
    _ field: Field, indent: String, _ schema: Schema, to printer: inout TablePrinter
  ) {
    let key = schema.identifierFieldIDs.contains(field.id) ? " (identifier)" : ""
    printer.add([
      "\(field.id)", indent + field.name + key, typeName(field.type),
      field.isRequired ? "not null" : "", field.doc ?? "",
    ])
    for child in children(field.type) {
      add(child, indent: indent + "  ", schema, to: &printer)
    }
  }

  private static func typeName(_ type: FieldType) -> String {
    switch type {
    case .struct: "struct"
    case .list: "list"
    case .map: "map"
    default: "\(type)"
    }
  }

  private static func children(_ type: FieldType) -> [Field] {
    switch type {
    case .struct(let fields): fields
    case .list(let element): [element]
    case .map(let key, let value): [key, value]
    default: []
    }
  }
}
