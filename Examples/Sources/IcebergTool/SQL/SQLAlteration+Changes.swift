import ExampleSupport
import Iceberg

extension SQLAlteration {
  /// Adds the change to a transaction.
  func apply(
    to transaction: inout Transaction, consent: SchemaChange.Consent
  ) throws {
    let base = transaction.base
    let schema = base.currentSchema
    switch self {
    case .addColumns(let columns, let ifNotExists):
      for column in columns {
        if ifNotExists, schema.field(named: column.path.text) != nil { continue }
        try Self.add(column, to: &transaction, consent)
      }
    case .dropColumns(let paths, let ifExists):
      for path in paths where !(ifExists && schema.field(named: path.text) == nil) {
        transaction.schema.delete(path.text)
      }
    case .renameColumn(let path, let name): transaction.schema.rename(path.text, to: name)
    case .alterColumn(let path, let change):
      try Self.alter(path.text, change, in: &transaction, consent)
    case .changeColumn(let path, let name, let type, let doc, let position):
      if name != path.name { transaction.schema.rename(path.text, to: name) }
      transaction.schema.widen(
        path.text, to: Self.known(type, as: schema.field(named: path.text)?.type))
      if let doc { transaction.schema.setDoc(path.text, doc) }
      if let position { transaction.schema.move(path.text, Self.position(position, path)) }
    case .addPartitionField(let term): transaction.partitioning.add(term)
    case .dropPartitionField(let term):
      Command.remove(Self.field(term, in: base), from: &transaction)
    case .replacePartitionField(let old, let new):
      Command.remove(Self.field(old, in: base), from: &transaction)
      transaction.partitioning.add(new)
    case .setPartitioning(let terms): transaction.partitioning.replaceAll(with: terms)
    case .writeOrder(let order):
      if let terms = order.terms { transaction.sortOrder.replace(with: terms) }
      if let mode = order.distribution {
        transaction.setProperty("write.distribution-mode", mode)
      }
    case .setProperties(let properties):
      transaction.setProperties(try PropertyAdvice.checked(properties))
    case .unsetProperties(let keys): transaction.removeProperties(keys)
    case .setIdentifierFields(let paths):
      transaction.schema.setIdentifierFields(paths.map(\.text))
    case .dropIdentifierFields(let paths):
      try Self.dropIdentifiers(paths, in: &transaction)
    case .makeReference(let reference): try Self.make(reference, in: &transaction)
    case .dropReference(let kind, let name, let ifExists):
      if ifExists, base.references[name] == nil { return }
      switch kind {
      case .branch: transaction.removeBranch(name)
      case .tag: transaction.removeTag(name)
      }
    case .setLocation(let location): transaction.setLocation(location)
    }
  }

  private static func add(
    _ column: SQLNewColumn, to transaction: inout Transaction, _ consent: SchemaChange.Consent
  ) throws {
    let value = try column.defaultValue?.literal(of: column.type)
    let (name, parent) = (column.path.name, column.path.parent)
    if column.isRequired {
      transaction.schema.addRequiredColumn(
        name, column.type, in: parent, doc: column.doc, default: value, consent: consent)
    } else {
      transaction.schema.addColumn(name, column.type, in: parent, doc: column.doc, default: value)
    }
    if let position = column.position {
      transaction.schema.move(column.path.text, Self.position(position, column.path))
    }
  }

  private static func alter(
    _ name: String, _ change: SQLColumnAlteration, in transaction: inout Transaction,
    _ consent: SchemaChange.Consent
  ) throws {
    let type = transaction.base.currentSchema.field(named: name)?.type
    switch change {
    case .type(let new): transaction.schema.widen(name, to: known(new, as: type))
    case .comment(let doc): transaction.schema.setDoc(name, doc)
    case .position(let position):
      let path = SQLPath(parts: name.split(separator: ".").map(String.init))
      transaction.schema.move(name, Self.position(position, path))
    case .optional: transaction.schema.makeOptional(name)
    case .required: transaction.schema.require(name, consent: consent)
    case .setDefault(let value):
      transaction.schema.setDefault(name, try type.flatMap { try value.literal(of: $0) })
    }
  }

  /// A nested type that is the same but for ids is the one that is there.
  private static func known(_ type: FieldType, as present: FieldType?) -> FieldType {
    guard let present, present.isSame(as: type) else { return type }
    return present
  }

  /// A place: a plain name stands beside the column, in its struct.
  private static func position(
    _ position: SQLPosition, _ path: SQLPath
  ) -> SchemaChange.Position {
    switch position {
    case .first: return .first
    case .after(let name):
      guard let parent = path.parent, !name.contains(".") else { return .after(name) }
      return .after(parent + "." + name)
    }
  }

  /// A plain name may be that of a partition field as well as of a column.
  private static func field(_ term: PartitionTerm, in base: TableMetadata) -> Command.GivenField {
    guard term.transform == .identity,
      base.defaultPartitionSpec.fields.contains(where: { $0.name == term.column })
        || base.currentSchema.field(named: term.column) == nil
    else { return .term(term) }
    return .name(term.column)
  }

  private static func dropIdentifiers(
    _ paths: [SQLPath], in transaction: inout Transaction
  ) throws {
    let index = transaction.base.currentSchema.index
    var names = transaction.base.currentSchema.identifierFieldIDs.compactMap { index.name(of: $0) }
    for path in paths {
      guard let position = names.firstIndex(of: path.text) else {
        throw ArgumentError(
          "'\(path.text)' is no identifier field; those are \(names.joined(separator: ", "))")
      }
      names.remove(at: position)
    }
    transaction.schema.setIdentifierFields(names)
  }

  private static func make(
    _ reference: SQLReference, in transaction: inout Transaction
  ) throws {
    let known = transaction.base.references[reference.name]
    if reference.ifNotExists, known != nil { return }
    guard reference.isReplaced, known != nil || !reference.isCreated else {
      switch reference.kind {
      case .branch:
        transaction.createBranch(
          reference.name, at: reference.snapshotID, retention: reference.retention)
      case .tag:
        transaction.createTag(
          reference.name, at: reference.snapshotID, retention: reference.retention)
      }
      return
    }
    if let id = reference.snapshotID ?? transaction.base.currentSnapshotID {
      switch reference.kind {
      case .branch: transaction.replaceBranch(reference.name, with: id)
      case .tag: transaction.replaceTag(reference.name, with: id)
      }
    }
    let retention = reference.retention
    if retention != ReferenceRetention() {
      transaction.changeRetention(of: reference.name) { $0 = retention }
    }
  }
}

extension FieldType {
  /// Whether a type is the same but for the ids and comments inside it.
  fileprivate func isSame(as other: FieldType) -> Bool {
    guard children.count == other.children.count else { return false }
    if children.isEmpty { return self == other }
    return zip(children, other.children).allSatisfy {
      $0.name == $1.name && $0.isRequired == $1.isRequired && $0.type.isSame(as: $1.type)
    }
  }
}
