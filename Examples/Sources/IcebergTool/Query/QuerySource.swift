import ExampleSupport
import Iceberg

/// The table of a query, and which of its metadata tables, if any.
struct QuerySource {
  /// The table, and how it was found.
  var source: TableSource
  /// The metadata table; nil for the rows of the table itself.
  var metadataTable: MetadataTable?

  /// Opens what `name` stands for.
  ///
  /// A metadata table is named behind a dot or behind a `$`. Where a table is called like one, the
  /// table is meant.
  static func open(
    _ name: TableQuery.Name, _ invocation: Invocation
  ) async throws -> QuerySource {
    var parts = name.parts
    let last = parts.removeLast()
    if let dollar = last.lastIndex(of: "$") {
      let suffix = String(last[dollar...].dropFirst())
      guard let metadataTable = MetadataTable(rawValue: suffix.lowercased()) else {
        throw unknown(suffix)
      }
      parts.append(String(last[..<dollar]))
      return QuerySource(
        source: try await table(parts, name, invocation), metadataTable: metadataTable)
    }
    guard let metadataTable = MetadataTable(rawValue: last.lowercased()), !parts.isEmpty else {
      return QuerySource(source: try await table(parts + [last], name, invocation))
    }
    do {
      if isPath(name, invocation) {
        return QuerySource(
          source: try await table(parts, name, invocation), metadataTable: metadataTable)
      }
      return QuerySource(source: try await table(parts + [last], name, invocation))
    } catch let error as IcebergError where error.code == .notFound && !isPath(name, invocation) {
      return QuerySource(
        source: try await table(parts, name, invocation), metadataTable: metadataTable)
    }
  }

  private static func isPath(_ name: TableQuery.Name, _ invocation: Invocation) -> Bool {
    name.isQuoted
      && (invocation.arguments.value("--warehouse") == nil || name.parts[0].contains("/"))
  }

  private static func table(
    _ parts: [String], _ name: TableQuery.Name, _ invocation: Invocation
  ) async throws -> TableSource {
    if isPath(name, invocation) {
      guard parts.count == 1 else { throw unknown(parts[1]) }
      return try await TableSource.open(path: parts[0], invocation)
    }
    guard invocation.arguments.value("--warehouse") != nil else {
      throw TextError(
        "\(name.text) is a name in a warehouse: give --warehouse DIR, or write the path of the "
          + "table in quotes")
    }
    return try await TableSource.open(parts.joined(separator: "."), invocation)
  }

  private static func unknown(_ name: String) -> TextError {
    TextError(
      "there is no metadata table '\(name)'; there are "
        + MetadataTable.allCases.map(\.rawValue).joined(separator: ", "))
  }
}
