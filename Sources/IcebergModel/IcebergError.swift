/// What went wrong with a table, where, and what to do about it.
public struct IcebergError: Error, Sendable, CustomStringConvertible {
  /// The kind of an error: few, for deciding what to do. More may be added in minor versions.
  public struct Code: Hashable, Sendable, CustomStringConvertible {
    private enum Kind: String, Sendable {
      case invalidArgument, invalidMetadata, invalidFile, unsupported, notFound, alreadyExists
      case permissionDenied, unavailable, commitConflict, commitStateUnknown, validationFailed
      case storage
    }
    private let kind: Kind

    /// The caller asked for something that makes no sense.
    public static let invalidArgument = Code(kind: .invalidArgument)
    /// Table metadata breaks a rule of the format.
    public static let invalidMetadata = Code(kind: .invalidMetadata)
    /// A manifest, data or delete file breaks a rule of its format.
    public static let invalidFile = Code(kind: .invalidFile)
    /// Valid, but not implemented here; nothing was read or written.
    public static let unsupported = Code(kind: .unsupported)
    /// A table, namespace, snapshot, reference, column or file does not exist.
    public static let notFound = Code(kind: .notFound)
    /// What was to be created exists already.
    public static let alreadyExists = Code(kind: .alreadyExists)
    /// The storage or catalog refuses access.
    public static let permissionDenied = Code(kind: .permissionDenied)
    /// The storage or catalog cannot be reached now; trying again may help.
    public static let unavailable = Code(kind: .unavailable)
    /// Another writer was first; nothing was committed. Trying on the new state may succeed.
    public static let commitConflict = Code(kind: .commitConflict)
    /// It is not known whether the commit took place. No file of it may be deleted.
    public static let commitStateUnknown = Code(kind: .commitStateUnknown)
    /// The change collides with what others committed since it was prepared.
    public static let validationFailed = Code(kind: .validationFailed)
    /// Input or output failed.
    public static let storage = Code(kind: .storage)

    public var description: String { kind.rawValue }
  }

  /// Where an error happened; nil parts are not known or do not apply.
  public struct Context: Hashable, Sendable {
    /// The name of the table.
    public var table: String?
    /// The location of the file.
    public var location: String?
    /// The offset in the file, in bytes.
    public var offset: Int?
    /// The id of the column.
    public var fieldID: Int?
    /// The place in a JSON document: `$.snapshots[3].summary.operation`.
    public var jsonPath: String?

    /// A context of the given parts.
    public init(
      table: String? = nil, location: String? = nil, offset: Int? = nil, fieldID: Int? = nil,
      jsonPath: String? = nil
    ) {
      self.table = table
      self.location = location
      self.offset = offset
      self.fieldID = fieldID
      self.jsonPath = jsonPath
    }
  }

  /// The kind of the error.
  public var code: Code
  /// What happened and what to do about it, for people.
  public var message: String
  /// Where it happened.
  public var context: Context
  /// The error underneath, or nil.
  public var cause: (any Error)?

  /// An error of the given kind.
  public init(
    _ code: Code, _ message: String, context: Context = Context(), cause: (any Error)? = nil
  ) {
    self.code = code
    self.message = message
    self.context = context
    self.cause = cause
  }

  /// Whether the same call may succeed when it is made again.
  public var isRetryable: Bool { code == .commitConflict || code == .unavailable }

  public var description: String {
    var text = "\(code): \(message)"
    if let table = context.table { text += " [table \(table)]" }
    if let location = context.location { text += " [file \(location)]" }
    if let path = context.jsonPath { text += " [at \(path)]" }
    if let offset = context.offset { text += " [byte \(offset)]" }
    if let fieldID = context.fieldID { text += " [field id \(fieldID)]" }
    if let cause { text += ": \(cause)" }
    return text
  }
}
