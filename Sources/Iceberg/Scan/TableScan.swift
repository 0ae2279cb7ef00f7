public import IcebergModel

/// What to read of a table: which columns, and at which point of its history.
///
/// A value: each call returns a changed copy, and nothing is read before ``tasks()`` or the first
/// batch is asked for.
///
/// ```swift
/// let scan = table.scan().select("id", "point.x").at(.ref("audit"))
/// for try await batch in scan.batches() { print(batch.rowCount) }
/// ```
public struct TableScan: Sendable {
  /// The table.
  public let table: Table
  /// The point of history; nil is the current state.
  public private(set) var point: TimeTravel?
  /// Which rows are read.
  public private(set) var filter: Filter = .all
  /// The snapshot behind which the appended rows are read; nil reads all rows.
  var appendStart: AppendStart?
  /// All columns of the table, in place of those at the point of history; nil is those.
  var readsAs: Schema?
  /// The names of the columns to read, with dots into nested ones; nil is all.
  public private(set) var columns: [String]?
  /// How much happens at once.
  public var options: ScanOptions

  /// A scan of all columns of the current state.
  public init(of table: Table, options: ScanOptions = ScanOptions()) {
    self.table = table
    self.options = options
  }

  /// The scan with only the given columns, in this order.
  ///
  /// Dots lead into nested columns: `point.x`, `tags.element`, `scores.value`. Besides those of the
  /// table there are `_file`, `_pos`, `_spec_id`, `_partition`, `_row_id` and
  /// `_last_updated_sequence_number`, which tell where a row comes from, and `_deleted`: with it,
  /// deleted rows are returned, too. A name that is none of them makes ``schema`` and every reading
  /// call throw `notFound`.
  public func select(_ columns: String...) -> TableScan { select(columns) }

  /// The scan with only the given columns, in this order.
  public func select(_ columns: [String]) -> TableScan {
    var scan = self
    scan.columns = columns
    return scan
  }

  /// The scan of only those rows that satisfy `filter` as well as the filters given before.
  ///
  /// Columns that the filter names need not be selected. Besides those of the table these are `_file`,
  /// `_pos`, `_spec_id`, `_row_id` and `_last_updated_sequence_number`. One that does not exist, or a
  /// value that cannot be compared with its column, makes every reading call throw.
  public func filter(_ filter: Filter) -> TableScan {
    var scan = self
    scan.filter = self.filter && filter
    return scan
  }

  /// The scan at another point of history.
  public func at(_ point: TimeTravel) -> TableScan {
    var scan = self
    scan.point = point
    return scan
  }

  /// The scan with other options.
  public func with(_ options: ScanOptions) -> TableScan {
    var scan = self
    scan.options = options
    return scan
  }
}

extension TableScan {
  /// The snapshot that is read; nil when the table is empty.
  ///
  /// Throws `notFound` when there is no such snapshot or reference, or when the snapshot log does
  /// not reach back to the time; the message names the oldest state that is kept.
  public var snapshot: Snapshot? {
    get throws {
      guard let point else { return table.metadata.currentSnapshot }
      return try point.snapshot(in: table.metadata)
    }
  }

  /// The columns of the batches.
  ///
  /// Those of the table's current schema for the current state and for a branch; those of the
  /// snapshot's own schema for a tag, a snapshot and a time.
  public var schema: Schema {
    get throws {
      let full = try wholeSchema
      guard let columns else { return full }
      let metadata = table.metadata
      return try full.projecting(columns) { (name) throws(IcebergError) in
        try metadata.metadataColumn(named: name)
      }
    }
  }

  /// All columns at the point of history, those that are not selected too.
  var wholeSchema: Schema {
    get throws {
      if let readsAs { return readsAs }
      let metadata = table.metadata
      guard let point, let snapshot = try snapshot else { return metadata.currentSchema }
      switch point {
      case .ref(let name) where metadata.references[name]?.kind == .branch:
        return metadata.currentSchema
      // Old metadata does not list the main branch among its references.
      case .ref(SnapshotReference.main): return metadata.currentSchema
      case .ref, .snapshot, .timestamp: return try metadata.schema(of: snapshot)
      }
    }
  }
}

extension Table {
  /// A scan of all columns of the current state.
  public func scan() -> TableScan { TableScan(of: self) }
}
