import Iceberg

/// Statements that people know from elsewhere, and what is to be done instead.
enum SQLMistakes {
  /// Why a statement that begins with a keyword is not accepted; nil when nothing is known of it.
  static func reason(against keyword: String) -> String? {
    switch keyword {
    case "CALL":
      "CALL is a statement of Spark and Trino (Athena has OPTIMIZE and VACUUM instead)"
    case "INSERT": "rows are added with 'iceberg append'"
    case "UPDATE", "DELETE", "MERGE", "TRUNCATE":
      "\(keyword) is not a statement of this command: it changes no rows"
    case "OPTIMIZE", "VACUUM":
      "\(keyword) is Athena's statement for maintenance, which is not a statement of this command"
    case "ANALYZE":
      """
      ANALYZE TABLE fills the statistics of a Hive catalog; Iceberg keeps bounds and counts of every \
      file by itself, and distinct counts are made by the procedure compute_table_stats
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

  /// What does the work of a procedure here; nil when nothing is known of it.
  static func reason(againstCalling procedure: String) -> String {
    let instead: String? =
      switch procedure.lowercased() {
      case "rollback_to_snapshot": "iceberg rollback TABLE --snapshot-id N"
      case "rollback_to_timestamp": "iceberg rollback TABLE --timestamp TIME"
      case "set_current_snapshot": "iceberg set-current TABLE --snapshot-id N"
      case "fast_forward": "iceberg fast-forward TABLE BRANCH TO"
      case "ancestors_of": "iceberg history TABLE"
      case "create_changelog_view": "iceberg diff TABLE FROM TO --rows"
      default: nil
      }
    if procedure.lowercased() == "expire_snapshots" {
      return """
        CALL is a statement of Spark and Trino. Mind that retain_last keeps the most recent snapshots, \
        whatever others a policy wants kept: name those with CREATE TAG ... RETAIN first, which no \
        expiry removes
        """
    }
    if procedure.lowercased() == "rewrite_data_files" {
      return """
        CALL is a statement of Spark and Trino. Mind that its second argument is the strategy, not the \
        options (options => map(...)), and that where => takes a condition such as 'day = \"2024-01-15\"'
        """
    }
    let head = reason(against: "CALL") ?? ""
    return instead.map { "\(head); here it is '\($0)'" } ?? head
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
