public import IcebergModel

/// What to read of the changes between two points in the history of a table: which rows became new and
/// which were removed, by which snapshot.
///
/// A value: each call returns a changed copy, and nothing is read before the first batch is asked for.
///
/// ```swift
/// let changes = table.changes(after: .snapshot(lastSeen)).pairingUpdates(by: "id")
/// for try await batch in changes.batches() { print(batch.rowCount) }
/// ```
/// Every row has, behind its columns, `_change_type` (see ``ChangeType``), `_change_ordinal`, which
/// counts the snapshots from 0 on, and `_commit_snapshot_id`. The changes of one snapshot are those rows
/// that the table has more often, or less often, than before it, however the files came to say so: by
/// data files that were added or removed, by position deletes, equality deletes or deletion vectors. Rows
/// that were only moved to another file are no changes, and snapshots with the operation `replace`
/// have none. All rows are read with the columns of the last point.
///
/// Spec: none; the columns and their meaning are those of the reference implementation's changelogs.
public struct ChangelogScan: Sendable {
  /// The table.
  public let table: Table
  /// The point behind which the changes begin; nil is before the first snapshot.
  public let from: TimeTravel?
  /// The point up to which they go; nil is the current state.
  public let to: TimeTravel?
  /// Which rows are read.
  public private(set) var filter: Filter = .all
  /// The names of the columns to read, with dots into nested ones; nil is all.
  public private(set) var columns: [String]?
  /// Whether only what is different between the two points is told.
  public private(set) var isNet = false
  /// How much happens at once.
  public var options: ScanOptions
  /// The bytes of memory that telling moved rows from changed ones may take: about 64 for each row of
  /// files that were rewritten, and with pairs the rows that changed themselves. Where that is not
  /// enough, files are read several times; where that does not help, reading throws `unsupported`.
  public var memoryLimit = 256 << 20
  private(set) var pairing: Pairing?

  /// By what rows are told to be one before and after a change.
  enum Pairing: Sendable {
    case identifierFields
    case columns([String])
  }

  init(of table: Table, from: TimeTravel?, to: TimeTravel?, options: ScanOptions) {
    self.table = table
    self.from = from
    self.to = to
    self.options = options
  }

  /// The scan of only those changed rows that satisfy `filter` as well as the filters given before.
  ///
  /// A row that satisfied it before a change, and does not after it, is one that is removed.
  public func filter(_ filter: Filter) -> ChangelogScan {
    var scan = self
    scan.filter = self.filter && filter
    return scan
  }

  /// The scan with only the given columns, in this order, and those that tell of the change.
  ///
  /// Whether a row has changed is decided by all its columns nevertheless.
  public func select(_ columns: String...) -> ChangelogScan { select(columns) }

  /// The scan with only the given columns, in this order, and those that tell of the change.
  public func select(_ columns: [String]) -> ChangelogScan {
    var scan = self
    scan.columns = columns
    return scan
  }

  /// The scan of what is different between the two points, whatever happened in between: a row that was
  /// added and removed again is not told, and neither is one that was removed and came back.
  ///
  /// A row that is left has the ordinal and the snapshot of the change that made it so: of equal rows,
  /// an opposite change undoes the latest. Rows that are gone come before those that are new.
  public func net() -> ChangelogScan {
    var scan = self
    scan.isNet = true
    return scan
  }

  /// The scan in which a row that is gone and one that is new with the same values in the given columns
  /// are told as one that changed: `UPDATE_BEFORE` and, right behind it, `UPDATE_AFTER`.
  ///
  /// Reading throws `validationFailed` when several rows with the same values are gone or new, so that
  /// nobody can tell which became which.
  public func pairingUpdates(by columns: String...) -> ChangelogScan {
    pairingUpdates(by: columns)
  }

  /// The scan in which a row that is gone and one that is new with the same values in the given columns
  /// are told as one that changed; nil are the identifier fields of the schema.
  public func pairingUpdates(by columns: [String]?) -> ChangelogScan {
    var scan = self
    scan.pairing = columns.map { .columns($0) } ?? .identifierFields
    return scan
  }

  /// The columns of the batches: those of the table at the last point, as far as they are selected, and
  /// the three that tell of the change.
  ///
  /// Throws `notFound` for a column that is not there, and `invalidArgument` when the table has a column
  /// with the name of one of the three.
  public var schema: Schema {
    get throws { try ChangelogShape(of: self).output }
  }

  /// The changes, batch by batch, those of earlier snapshots first, and of one snapshot those rows that
  /// are gone before those that are new.
  ///
  /// Reading throws `invalidArgument` when the last point does not descend from the first, `notFound`
  /// when the snapshots between them are no longer kept, and `unsupported` when rows cannot be read.
  public func batches() -> ChangelogSequence { ChangelogSequence(scan: self) }
}

extension Table {
  /// The changes of the rows between two points in the history of this table.
  ///
  /// - Parameters:
  ///   - from: the point behind which they begin; nil is before the first snapshot.
  ///   - to: the point up to which they go; nil is the current state.
  public func changes(
    after from: TimeTravel?, through to: TimeTravel? = nil, options: ScanOptions = ScanOptions()
  ) -> ChangelogScan {
    ChangelogScan(of: self, from: from, to: to, options: options)
  }
}
