/// Changes of a table's columns that are made together.
///
/// A change collects steps and does nothing itself. Names are paths with dots, `location.city`,
/// `tags.element`; they are those from before the change, of columns that it adds, or new names that
/// an earlier step gave. Every step is checked when the change is carried out, on whatever version of
/// the table is current then.
///
/// ```swift
/// tx.schema.addColumn("country", .string, doc: "ISO 3166 code")
/// tx.schema.rename("level", to: "severity")
/// tx.schema.widen("size", to: .long)
/// tx.schema.move("country", .after("id"))
/// ```
///
/// Spec: Schema Evolution.
public struct SchemaChange: Hashable, Sendable {
  /// Where a field is moved to, among the fields that stand beside it.
  public enum Position: Hashable, Sendable {
    case first
    /// In front of the field of that name.
    case before(String)
    /// Behind the field of that name.
    case after(String)
  }

  /// Whether the caller knows that the rows there are obey a rule which they are not checked for.
  public enum Consent: Hashable, Sendable {
    case none
    /// The change is wanted though rows that break it would make the table unreadable.
    case incompatible
  }

  /// How names of columns are compared.
  public enum NameMatching: Hashable, Sendable {
    /// As they are written.
    case exact
    /// Case does not count.
    case anyCase
  }

  /// One of the changes.
  package enum Step: Hashable, Sendable {
    case add(Addition)
    case delete(String)
    case rename(String, to: String)
    case widen(String, to: FieldType)
    case makeOptional(String)
    case require(String, Consent)
    case setDoc(String, String?)
    case setWriteDefault(String, Literal?)
    case move(String, Position)
    case setIdentifierFields([String])
    case union(Schema)
  }

  /// A field to add.
  package struct Addition: Hashable, Sendable {
    /// The field; its ids are assigned.
    package var field: Field
    /// The struct, or the list or map of structs, that it is added to; nil is the table.
    package var parent: String?
    /// Whether the name may have dots in it.
    package var isNameWithDots: Bool
    package var consent: Consent
  }

  /// How the names in all steps are compared with those of the table.
  public var nameMatching = NameMatching.exact
  /// The steps in their order.
  package private(set) var steps: [Step] = []

  /// A change without steps.
  public init() {}

  /// Whether there are no steps.
  public var isEmpty: Bool { steps.isEmpty }
}

// Adding.
extension SchemaChange {
  /// Adds an optional column behind all others.
  ///
  /// - Parameters:
  ///   - name: the name. It has dots in it only where `parent` is given.
  ///   - parent: the struct that the field is added to, or the list or map whose elements or values
  ///     are structs; nil is the table.
  ///   - doc: a comment.
  ///   - value: the value of rows that are there already, and of those that are written without one
  ///     (v3). Nil is null.
  public mutating func addColumn(
    _ name: String, _ type: FieldType, in parent: String? = nil, doc: String? = nil,
    default value: (any LiteralConvertible)? = nil
  ) {
    let field = Field(
      name: name, type: type, isRequired: false, doc: doc, initialDefault: value?.literal,
      writeDefault: value?.literal)
    steps.append(
      .add(Addition(field: field, parent: parent, isNameWithDots: false, consent: .none)))
  }

  /// Adds a required column behind all others.
  ///
  /// Rows that are there already have no value for it: without a default, which needs format version
  /// 3, that needs consent.
  public mutating func addRequiredColumn(
    _ name: String, _ type: FieldType, in parent: String? = nil, doc: String? = nil,
    default value: (any LiteralConvertible)? = nil, consent: Consent = .none
  ) {
    let field = Field(
      name: name, type: type, isRequired: true, doc: doc, initialDefault: value?.literal,
      writeDefault: value?.literal)
    steps.append(
      .add(Addition(field: field, parent: parent, isNameWithDots: false, consent: consent)))
  }

  /// Adds a field as it is, but for its ids, which are assigned. Its name may have dots in it.
  public mutating func add(_ field: Field, in parent: String? = nil, consent: Consent = .none) {
    steps.append(
      .add(Addition(field: field, parent: parent, isNameWithDots: true, consent: consent)))
  }

  /// Adds the columns of another schema that the table lacks, and changes those that it has so that
  /// they can hold the values of both: columns are the same when their names are.
  ///
  /// Types are widened, required columns made optional where they are so in the other schema, and its
  /// comments and write defaults are taken over. Nothing is removed or narrowed.
  public mutating func unionByName(with schema: Schema) { steps.append(.union(schema)) }
}

// Changing.
extension SchemaChange {
  /// Removes a column. Files keep its values, and older snapshots show them.
  public mutating func delete(_ name: String) { steps.append(.delete(name)) }

  /// Gives a column another name.
  ///
  /// - Parameter newName: the last part of the path only: a rename does not move a field.
  public mutating func rename(_ name: String, to newName: String) {
    steps.append(.rename(name, to: newName))
  }

  /// Widens the type of a column: `int` to `long`, `float` to `double`, a decimal to more digits, and
  /// in format version 3 `date` to `timestamp` and `unknown` to anything.
  public mutating func widen(_ name: String, to type: FieldType) {
    steps.append(.widen(name, to: type))
  }

  /// Allows null in a column.
  public mutating func makeOptional(_ name: String) { steps.append(.makeOptional(name)) }

  /// Allows no more nulls in a column.
  ///
  /// Rows that are there are not looked at: unless the column is added by the same change with a
  /// default, that needs consent.
  public mutating func require(_ name: String, consent: Consent = .none) {
    steps.append(.require(name, consent))
  }

  /// Sets or removes the comment of a column.
  public mutating func setDoc(_ name: String, _ doc: String?) { steps.append(.setDoc(name, doc)) }

  /// Sets or removes the value that is written where none is supplied (v3). Rows that are there do not
  /// change: theirs is the default that the column was added with.
  public mutating func setDefault(_ name: String, _ value: (any LiteralConvertible)?) {
    steps.append(.setWriteDefault(name, value?.literal))
  }

  /// Moves a field among those beside it.
  public mutating func move(_ name: String, _ position: Position) {
    steps.append(.move(name, position))
  }

  /// Says which columns identify a row: required ones of primitive types, by their names after the
  /// change. None says that no columns do.
  public mutating func setIdentifierFields(_ names: [String]) {
    steps.append(.setIdentifierFields(names))
  }
}
