import Iceberg

/// Mistakes that people make with procedures, and what is meant instead.
enum ProcedureMistakes {
  /// Why a parameter cannot have a value; nil where nothing is known but its kind.
  static func reason(
    _ procedure: Procedure, _ parameter: Procedure.Parameter, _ value: ProcedureValue
  ) -> String? {
    switch (procedure.name, parameter.name, value) {
    case ("rewrite_data_files", "strategy", .map):
      return """
        the second value of rewrite_data_files is the strategy, and options come fourth: name them, \
        options => map('target-file-size-bytes', '536870912')
        """
    case (_, "options", .map(let pairs)) where pairs.contains(where: { $0.value.word == nil }):
      return "options are pairs of words, each with its value: map('min-input-files', '2')"
    default: return nil
    }
  }

  /// What is wrong with a condition that is the text of a row; nil when it is none.
  static func reason(againstCondition text: String) -> String? {
    let trimmed = text.drop { $0 == " " }
    let isRow = trimmed.hasPrefix("{") || trimmed.hasPrefix("Row(") || trimmed.hasPrefix("Struct{")
    // A folder of a partition, such as event_date=2024-01-15, unless it is a condition all the same.
    let isPath =
      text.contains("=") && !text.contains(" ") && (try? Filter(parsing: text)) == nil
    guard isRow || isPath else { return nil }
    return """
      where takes a condition on columns, not the text of a partition ('\(text)'): write \
      where => 'event_date = "2024-01-15"', or event_date >= "2024-01-01" AND country = "NO"
      """
  }

  /// What to mind when retain_last is meant to keep chosen snapshots; nil when there is nothing.
  static func note(onKeepingLast count: Int64?, of metadata: TableMetadata) -> String? {
    guard let count, count > 1 else { return nil }
    let tags = metadata.references.values.filter { $0.kind == .tag }
    guard tags.isEmpty else { return nil }
    return """
      note: retain_last => \(count) keeps the \(count) most recent snapshots of each branch, whatever \
      others a policy wants kept. Milestones are kept by tags: ALTER TABLE t CREATE TAG "2024-01" \
      AS OF VERSION snapshot RETAIN 365 DAYS

      """
  }

  /// What else a name may have meant that is no parameter of a procedure.
  static func hint(_ procedure: Procedure, _ name: String) -> String? {
    let name = String(name.lowercased().map { $0 == "-" ? "_" : $0 })
    switch (procedure.name, name) {
    case ("expire_snapshots", "retention_threshold"),
      ("remove_orphan_files", "retention_threshold"):
      return "Trino's retention_threshold => '7d' is older_than => '7 days ago' here"
    case ("rewrite_data_files", "file_size_threshold"):
      return """
        Trino's file_size_threshold is options => map('min-file-size-bytes', '104857600') here
        """
    case ("rewrite_data_files", "target_file_size_bytes"),
      ("rewrite_data_files", "min_input_files"),
      ("rewrite_data_files", "rewrite_all"):
      let key = String(name.map { $0 == "_" ? "-" : $0 })
      return "it is one of the options: options => map('\(key)', '...')"
    case (_, "dry_run"): return "--dry-run tells what would be done"
    case (_, "snapshot_id") where procedure.parameter("snapshot_ids") != nil:
      return "did you mean snapshot_ids => array(...)?"
    default: return nil
    }
  }

  /// The error that a procedure has no parameter of a name.
  static func unknownParameter(_ procedure: Procedure, _ name: String) -> TextError {
    let known = procedure.parameters.map(\.name).joined(separator: ", ")
    let hint = hint(procedure, name).map { ". \($0)" } ?? ""
    return TextError("\(procedure.name) has no '\(name)'; it takes \(known)\(hint)")
  }
}
