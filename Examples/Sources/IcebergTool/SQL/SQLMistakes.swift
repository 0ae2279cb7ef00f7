import Iceberg

/// Statements that people know from elsewhere, and what is to be done instead.
enum SQLMistakes {
  /// Why a statement that begins with a keyword is not accepted; nil when nothing is known of it.
  static func reason(against keyword: String) -> String? {
    switch keyword {
    case "INSERT": "rows are added with 'iceberg append'"
    case "UPDATE", "DELETE", "MERGE", "TRUNCATE":
      "\(keyword) is not a statement of this command: it changes no rows"
    case "ANALYZE":
      """
      ANALYZE TABLE fills the statistics of a Hive catalog; Iceberg keeps bounds and counts of every \
      file by itself: SELECT readable_metrics FROM a table's .files. Distinct counts are not made here
      """
    case "MSCK", "REPAIR":
      "partitions of Iceberg tables are found in their metadata: there is nothing to repair"
    case "REFRESH", "INVALIDATE":
      "every command reads the current metadata: there is nothing to refresh"
    case "EXPLAIN": "'iceberg explain TABLE --where CONDITION' tells what a scan reads"
    case "USE": "tables are named in full: --warehouse, and namespace.table"
    case "WITH": "WITH is not accepted: a query is one SELECT"
    default: nil
    }
  }

  /// Why there is no procedure of a name, and what does its work.
  static func reason(againstCalling name: String) -> String {
    let instead: String? =
      switch name.lowercased() {
      case "create_changelog_view":
        """
        iceberg changes TABLE --from POINT --to POINT', which prints the rows instead of making a view: \
        start-snapshot-id and start-timestamp are --from, end-snapshot-id and end-timestamp --to, \
        identifier_columns with compute_updates --identifier A,B, net_changes '--net
        """
      case "unregister_table": "iceberg drop TABLE"
      case "create_branch", "drop_branch": "ALTER TABLE name CREATE | DROP BRANCH name"
      default: nil
      }
    let known = Procedure.all.map(\.name).joined(separator: ", ")
    return "there is no procedure '\(name)'"
      + (instead.map { "; here it is '\($0)'" } ?? "; there are \(known)")
  }

  /// What is wrong with `DROP PARTITION (...)` and `ADD PARTITION (...)`.
  static let hivePartition = """
    that is Hive's statement for the folders of partitions; Iceberg partitions come with the rows that \
    are written and go with those that are deleted. How rows are divided is changed with ADD, DROP and \
    REPLACE PARTITION FIELD
    """

  /// Columns that people look for in metadata tables, and where they are.
  static func hint(against query: TableQuery) -> String? {
    guard query.name.parts.last?.lowercased().hasSuffix("manifests") == true,
      query.name.parts.last?.lowercased().contains("all_manifests") == false,
      case .columns(let columns) = query.selection, columns.contains("snapshot_id")
    else { return nil }
    return """
      the metadata table 'manifests' has no column 'snapshot_id': 'added_snapshot_id' is the snapshot \
      that wrote a manifest, and 'reference_snapshot_id' of 'all_manifests' those that use it
      """
  }
}
