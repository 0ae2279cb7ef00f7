import Iceberg

/// One statement, as it is written: nothing in it has been looked up yet.
enum SQLStatement {
  case createTable(SQLTableDefinition)
  case dropTable(name: String, ifExists: Bool, purge: Bool)
  case renameTable(name: String, newName: String)
  case alterTable(name: String, SQLAlteration)
  case createNamespace(name: String, ifNotExists: Bool, properties: [String: String])
  case dropNamespace(name: String, ifExists: Bool)
  case describe(name: String)
  case showCreateTable(name: String)
  case showProperties(name: String)
  case showTables(namespace: String?)
  case showNamespaces
  case call(ProcedureArguments)
  /// Athena's `OPTIMIZE`, with the text of its condition.
  case optimize(name: String, condition: String?)
  /// Athena's `VACUUM`.
  case vacuum(name: String)
  /// A `SELECT`, which has a parser of its own.
  case query(String)
}

/// What `CREATE TABLE` tells.
struct SQLTableDefinition {
  var name: String
  var ifNotExists = false
  var columns: [Field] = []
  var partitioning: [PartitionTerm] = []
  var comment: String?
  var location: String?
  var properties: [String: String] = [:]
}

/// One change of a table.
enum SQLAlteration {
  case addColumns([SQLNewColumn], ifNotExists: Bool)
  case dropColumns([SQLPath], ifExists: Bool)
  case renameColumn(SQLPath, to: String)
  case alterColumn(SQLPath, SQLColumnAlteration)
  /// Hive's `CHANGE COLUMN`: name, type, comment and place at once.
  case changeColumn(SQLPath, name: String, type: FieldType, doc: String?, SQLPosition?)
  case addPartitionField(PartitionTerm)
  case dropPartitionField(PartitionTerm)
  case replacePartitionField(PartitionTerm, with: PartitionTerm)
  /// Hive's `SET PARTITION SPEC`.
  case setPartitioning([PartitionTerm])
  case writeOrder(SQLWriteOrder)
  case setProperties([String: String])
  case unsetProperties([String])
  case setIdentifierFields([SQLPath])
  case dropIdentifierFields([SQLPath])
  case makeReference(SQLReference)
  case dropReference(SnapshotReference.Kind, String, ifExists: Bool)
  case setLocation(String)
}

/// The name of a column, part by part.
struct SQLPath {
  var parts: [String]

  /// The whole path, with dots.
  var text: String { parts.joined(separator: ".") }
  /// What the field is inside of; nil is the table.
  var parent: String? {
    parts.count > 1 ? parts.dropLast().joined(separator: ".") : nil
  }
  /// The last part.
  var name: String { parts.last ?? "" }
}

/// Where a column goes.
enum SQLPosition {
  case first
  case after(String)
}

/// A column to add.
struct SQLNewColumn {
  var path: SQLPath
  var type: FieldType
  var isRequired = false
  var doc: String?
  var defaultValue: SQLValue?
  var position: SQLPosition?
}

/// A constant; what type it has, the column tells.
enum SQLValue: Equatable {
  case null
  case text(String)

  /// The constant as a value of a type.
  func literal(of type: FieldType) throws(IcebergError) -> Literal? {
    switch self {
    case .null: nil
    case .text(let text): try Literal(parsing: text, type: type)
    }
  }
}

/// One change of a column.
enum SQLColumnAlteration {
  case type(FieldType)
  case comment(String?)
  case position(SQLPosition)
  case optional
  case required
  case setDefault(SQLValue)
}

/// What `WRITE` tells.
struct SQLWriteOrder {
  /// The keys; nil leaves the order as it is, none removes it.
  var terms: [SortTerm]?
  /// How rows are spread over writers; nil leaves that as it is.
  var distribution: String?
}

/// A branch or tag to make.
struct SQLReference {
  var kind: SnapshotReference.Kind
  var name: String
  var isCreated: Bool
  var isReplaced: Bool
  var ifNotExists = false
  var snapshotID: Int64?
  var retention = ReferenceRetention()
}
