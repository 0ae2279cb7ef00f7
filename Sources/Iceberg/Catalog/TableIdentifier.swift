public import IcebergModel

/// The name of a table: namespace levels and the name itself.
public struct TableIdentifier: Hashable, Sendable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The levels of the namespace, outermost first.
  public var namespace: [String]
  /// The name of the table within its namespace.
  public var name: String

  /// A table in a namespace.
  public init(namespace: [String] = [], name: String) {
    self.namespace = namespace
    self.name = name
  }

  /// `levels.and.name`, split at the dots. Where the text comes from outside, use ``init(parsing:)``.
  public init(stringLiteral value: String) { self.init(splitting: value) }

  /// `levels.and.name`, split at the dots.
  ///
  /// Throws `invalidArgument` when the text or a part of it is empty.
  public init(parsing text: String) throws(IcebergError) {
    self.init(splitting: text)
    guard !(namespace + [name]).contains("") else {
      throw IcebergError(
        .invalidArgument,
        "'\(text)' does not name a table: expected 'table', 'namespace.table' or more levels")
    }
  }

  private init(splitting text: String) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    self.init(namespace: Array(parts.dropLast()), name: parts.last ?? "")
  }

  public var description: String { (namespace + [name]).joined(separator: ".") }
}
