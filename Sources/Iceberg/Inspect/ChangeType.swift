/// What happened to a row, as the column `_change_type` of a changelog tells it.
public enum ChangeType: String, Hashable, Sendable, CaseIterable {
  /// The row is new.
  case insert = "INSERT"
  /// The row is gone.
  case delete = "DELETE"
  /// The row as it was before it was changed; the row behind it tells what became of it.
  case updateBefore = "UPDATE_BEFORE"
  /// The row as it was changed.
  case updateAfter = "UPDATE_AFTER"
}
