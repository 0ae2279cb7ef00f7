#if SQL
/// The columns of the table of tables: there are two versions, of which every writer keeps the one it
/// finds.
enum SQLLayout: Hashable, Sendable {
  /// Every row is a table.
  case v0
  /// A column `iceberg_type` tells tables (`TABLE`, or null) from views (`VIEW`).
  case v1

  /// The layout of a database; nil when it has no such table.
  init?(of connection: SQLiteConnection) throws {
    let columns = try connection.rows("SELECT name FROM pragma_table_info('iceberg_tables')")
    if columns.isEmpty { return nil }
    self = columns.contains { $0[0]?.lowercased() == "iceberg_type" } ? .v1 : .v0
  }

  /// Makes the tables that are not there, in the first layout.
  static func make(in connection: SQLiteConnection) throws {
    try connection.run(
      """
      CREATE TABLE IF NOT EXISTS iceberg_tables (
        catalog_name VARCHAR(255) NOT NULL, table_namespace VARCHAR(255) NOT NULL,
        table_name VARCHAR(255) NOT NULL, metadata_location VARCHAR(1000),
        previous_metadata_location VARCHAR(1000),
        PRIMARY KEY (catalog_name, table_namespace, table_name))
      """)
    try connection.run(
      """
      CREATE TABLE IF NOT EXISTS iceberg_namespace_properties (
        catalog_name VARCHAR(255) NOT NULL, namespace VARCHAR(255) NOT NULL,
        property_key VARCHAR(255) NOT NULL, property_value VARCHAR(1000) NOT NULL,
        PRIMARY KEY (catalog_name, namespace, property_key))
      """)
  }

  /// Turns the first layout into the second, unless somebody else has.
  static func upgrade(_ connection: SQLiteConnection) throws {
    guard try SQLLayout(of: connection) == .v0 else { return }
    try connection.run("ALTER TABLE iceberg_tables ADD COLUMN iceberg_type VARCHAR(5)")
  }
}
#endif
