#if SQL
import Iceberg

/// The rows of the two tables, within one transaction.
struct SQLRecords {
  private let connection: SQLiteConnection
  /// Looked at in every transaction: another process may have changed it.
  private let layout: SQLLayout

  init(_ connection: SQLiteConnection) throws {
    self.connection = connection
    guard let layout = try SQLLayout(of: connection) else {
      throw IcebergError(
        .notFound, "there is no catalog in the database (any more)",
        context: .init(location: connection.path))
    }
    self.layout = layout
  }

  /// The names of all catalogs that share the database, in order.
  func catalogs() throws -> [String] {
    try connection.rows(
      """
      SELECT catalog_name FROM iceberg_tables
      UNION SELECT catalog_name FROM iceberg_namespace_properties ORDER BY 1
      """
    ).compactMap { $0[0] }
  }
}

// Tables.
extension SQLRecords {
  /// What the catalog knows of a table.
  struct TableRow: Hashable, Sendable {
    var location: String?
    var previous: String?
  }

  /// What follows the name of a table in a condition: views are none.
  private var onlyTables: String {
    switch layout {
    case .v0: ""
    case .v1: " AND (iceberg_type = 'TABLE' OR iceberg_type IS NULL)"
    }
  }

  private static let isNamed = "catalog_name = ? AND table_namespace = ? AND table_name = ?"

  /// The row of a table; nil when there is none.
  func row(of table: TableIdentifier, in catalog: String) throws -> TableRow? {
    try connection.rows(
      """
      SELECT metadata_location, previous_metadata_location FROM iceberg_tables
      WHERE \(Self.isNamed)\(onlyTables)
      """, catalog, text(table.namespace), table.name
    ).first.map { TableRow(location: $0[0], previous: $0[1]) }
  }

  /// The names of the tables of a namespace, in order.
  func tables(in namespace: [String], of catalog: String) throws -> [String] {
    try connection.rows(
      """
      SELECT table_name FROM iceberg_tables
      WHERE catalog_name = ? AND table_namespace = ?\(onlyTables) ORDER BY table_name
      """, catalog, text(namespace)
    ).compactMap { $0[0] }
  }

  /// Adds a table, and its namespace. Throws `alreadyExists` when there is a table or view of the name.
  func insert(_ table: TableIdentifier, _ location: String, in catalog: String) throws {
    try addLevels(of: table.namespace, in: catalog)
    let names = "catalog_name, table_namespace, table_name, metadata_location"
    let namespace = text(table.namespace)
    try refusingDuplicates(table) {
      switch layout {
      case .v0:
        try connection.run(
          "INSERT INTO iceberg_tables (\(names)) VALUES (?, ?, ?, ?)", catalog, namespace,
          table.name, location)
      case .v1:
        try connection.run(
          "INSERT INTO iceberg_tables (\(names), iceberg_type) VALUES (?, ?, ?, ?, 'TABLE')",
          catalog, namespace, table.name, location)
      }
    }
  }

  /// Exchanges the location of a table for another. False when `base` is not the current one.
  func exchange(
    _ base: String, for location: String, of table: TableIdentifier, in catalog: String
  ) throws -> Bool {
    try connection.run(
      """
      UPDATE iceberg_tables SET metadata_location = ?, previous_metadata_location = ?
      WHERE \(Self.isNamed) AND metadata_location = ?\(onlyTables)
      """, location, base, catalog, text(table.namespace), table.name, base) == 1
  }

  /// Sets the location of a table, whatever the current one is. False when there is no such table.
  func replace(
    _ table: TableIdentifier, _ location: String, in catalog: String
  ) throws -> Bool {
    try connection.run(
      """
      UPDATE iceberg_tables
      SET previous_metadata_location = metadata_location, metadata_location = ?
      WHERE \(Self.isNamed)\(onlyTables)
      """, location, catalog, text(table.namespace), table.name) == 1
  }

  /// Removes a table; with `base` only while that is its location. False when there is none.
  func remove(
    _ table: TableIdentifier, at base: String?, from catalog: String
  ) throws -> Bool {
    let condition = base == nil ? "" : " AND metadata_location = ?"
    let sql = "DELETE FROM iceberg_tables WHERE \(Self.isNamed)\(onlyTables)\(condition)"
    let namespace = text(table.namespace)
    guard let base else { return try connection.run(sql, catalog, namespace, table.name) == 1 }
    return try connection.run(sql, catalog, namespace, table.name, base) == 1
  }

  /// Gives a table another name, whose namespace is made. False when there is no such table. Throws
  /// `alreadyExists` when there is a table or view of the new name.
  func rename(
    _ table: TableIdentifier, to name: TableIdentifier, in catalog: String
  ) throws -> Bool {
    try addLevels(of: name.namespace, in: catalog)
    return try refusingDuplicates(name) {
      try connection.run(
        """
        UPDATE iceberg_tables SET table_namespace = ?, table_name = ?
        WHERE \(Self.isNamed)\(onlyTables)
        """, text(name.namespace), name.name, catalog, text(table.namespace), table.name) == 1
    }
  }

  @discardableResult
  private func refusingDuplicates<R>(
    _ table: TableIdentifier, _ body: () throws -> R
  ) throws -> R {
    do {
      return try body()
    } catch let error as SQLiteError where error.isDuplicate {
      throw IcebergError(
        .alreadyExists, "there is a table or view of this name",
        context: .init(table: table.description))
    }
  }
}

// Namespaces. One exists when it, or one below it, has a property or a table.
extension SQLRecords {
  /// The key of the row that makes a namespace exist; it is no property.
  static let sentinel = "exists"

  func exists(_ namespace: [String], in catalog: String) throws -> Bool {
    if namespace.isEmpty { return true }
    let text = text(namespace)
    // Compared byte by byte: LIKE would take letters of both cases for the same.
    let condition = "(n = ?2 OR substr(n, 1, length(?2) + 1) = ?2 || '.')"
    return try !connection.rows(
      """
      SELECT 1 FROM (
        SELECT table_namespace AS n FROM iceberg_tables WHERE catalog_name = ?1
        UNION ALL SELECT namespace FROM iceberg_namespace_properties WHERE catalog_name = ?1)
      WHERE \(condition) LIMIT 1
      """, catalog, text
    ).isEmpty
  }

  /// The namespaces directly below another one, in order.
  func namespaces(in parent: [String], of catalog: String) throws -> [[String]] {
    let rows = try connection.rows(
      """
      SELECT table_namespace FROM iceberg_tables WHERE catalog_name = ?1
      UNION SELECT namespace FROM iceberg_namespace_properties WHERE catalog_name = ?1
      """, catalog)
    var found: Set<[String]> = []
    for row in rows {
      guard let text = row[0], !text.isEmpty else { continue }
      let levels = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
      guard levels.count > parent.count, levels.starts(with: parent) else { continue }
      found.insert(Array(levels[...parent.count]))
    }
    return found.sorted { $0[parent.count] < $1[parent.count] }
  }

  /// Whether there is nothing in a namespace: no table, no view, no other namespace.
  func isEmpty(_ namespace: [String], in catalog: String) throws -> Bool {
    let named = try connection.rows(
      "SELECT 1 FROM iceberg_tables WHERE catalog_name = ? AND table_namespace = ? LIMIT 1",
      catalog, text(namespace))
    return try named.isEmpty && namespaces(in: namespace, of: catalog).isEmpty
  }

  /// The properties of a namespace.
  func properties(of namespace: [String], in catalog: String) throws -> [String: String] {
    let rows = try connection.rows(
      """
      SELECT property_key, property_value FROM iceberg_namespace_properties
      WHERE catalog_name = ? AND namespace = ?
      """, catalog, text(namespace))
    var properties: [String: String] = [:]
    for row in rows {
      if let key = row[0], key != Self.sentinel { properties[key] = row[1] ?? "" }
    }
    return properties
  }

  /// Makes a namespace and those above it exist, whatever becomes of what is in them.
  func addLevels(of namespace: [String], in catalog: String) throws {
    for level in namespace.indices.map({ Array(namespace[...$0]) }) {
      try connection.run(
        """
        INSERT OR IGNORE INTO iceberg_namespace_properties
        (catalog_name, namespace, property_key, property_value) VALUES (?, ?, ?, 'true')
        """, catalog, text(level), Self.sentinel)
    }
  }

  /// Sets a property of a namespace.
  func set(
    _ key: String, _ value: String, of namespace: [String], in catalog: String
  ) throws {
    try connection.run(
      """
      INSERT OR REPLACE INTO iceberg_namespace_properties
      (catalog_name, namespace, property_key, property_value) VALUES (?, ?, ?, ?)
      """, catalog, text(namespace), key, value)
  }

  /// Removes a property of a namespace.
  func removeProperty(_ key: String, of namespace: [String], in catalog: String) throws {
    try connection.run(
      """
      DELETE FROM iceberg_namespace_properties
      WHERE catalog_name = ? AND namespace = ? AND property_key = ?
      """, catalog, text(namespace), key)
  }

  /// Removes everything that makes an empty namespace exist.
  func removeNamespace(_ namespace: [String], from catalog: String) throws {
    try connection.run(
      "DELETE FROM iceberg_namespace_properties WHERE catalog_name = ? AND namespace = ?",
      catalog, text(namespace))
  }

  private func text(_ namespace: [String]) -> String { namespace.joined(separator: ".") }
}
#endif
