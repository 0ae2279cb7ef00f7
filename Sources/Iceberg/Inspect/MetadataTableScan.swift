public import IcebergModel

/// What to read of a metadata table: which rows and columns, and of which snapshot.
///
/// A value: each call returns a changed copy, and nothing is read before the first batch is asked
/// for.
///
/// ```swift
/// let partitions = table.metadataTable(.partitions).at(.ref("audit"))
/// for try await batch in partitions.batches() { print(batch.rowCount) }
/// ```
public struct MetadataTableScan: Sendable {
  /// The table that is looked into.
  public let table: Table
  /// Which of its metadata tables is read.
  public let metadataTable: MetadataTable
  /// The point of history; nil is the current state.
  public private(set) var point: TimeTravel?
  /// The names of the columns to read, with dots into nested ones; nil is all.
  public private(set) var columns: [String]?
  /// Which rows to read.
  public private(set) var filter: Filter = .all
  /// How much happens at once: as many manifests, or parts of delete files, are read and held in
  /// memory as ``ScanOptions/readConcurrency`` says.
  public var options: ScanOptions

  /// A scan of all columns for the current state of the table.
  public init(
    of metadataTable: MetadataTable, in table: Table, options: ScanOptions = ScanOptions()
  ) {
    self.table = table
    self.metadataTable = metadataTable
    self.options = options
  }

  /// The scan with only the given columns, in this order; dots lead into nested columns.
  ///
  /// A name that the table does not have makes ``schema`` and every reading call throw `notFound`.
  /// Metrics of columns that no selected column needs are not decoded.
  public func select(_ columns: String...) -> MetadataTableScan { select(columns) }

  /// The scan with only the given columns, in this order; dots lead into nested columns.
  public func select(_ columns: [String]) -> MetadataTableScan {
    var scan = self
    scan.columns = columns
    return scan
  }

  /// The scan with only the rows that satisfy `filter`, and earlier filters too.
  ///
  /// Columns are those of the whole metadata table, selected or not, with dots into structs:
  /// `partition.city`, `readable_metrics.id.upper_bound`. Manifests whose partition summaries or
  /// content tell that they have no such rows are not read.
  public func filter(_ filter: Filter) -> MetadataTableScan {
    var scan = self
    scan.filter = self.filter == .all ? filter : .and([self.filter, filter])
    return scan
  }

  /// The scan at another point of history, with the columns of the current state.
  ///
  /// Where rows are not those of one snapshot (``MetadataTable/isOfOneSnapshot``), every reading call
  /// throws `invalidArgument` then.
  public func at(_ point: TimeTravel) -> MetadataTableScan {
    var scan = self
    scan.point = point
    return scan
  }

  /// The scan with other options.
  public func with(_ options: ScanOptions) -> MetadataTableScan {
    var scan = self
    scan.options = options
    return scan
  }
}

extension MetadataTableScan {
  /// The columns of the batches.
  ///
  /// Throws `notFound` for a selected name that is not there, and `unsupported` where partitions are
  /// shown and one of the table's partition transforms is not known.
  public var schema: Schema {
    get throws {
      let full = try fullSchema
      guard let columns else { return full }
      return try full.projecting(columns, metadataColumn: { (_) throws(IcebergError) in nil })
    }
  }

  /// All columns of the table.
  var fullSchema: Schema {
    get throws(IcebergError) { try metadataTable.schema(of: table.metadata) }
  }

  /// The snapshot whose rows are read; nil when the table is empty.
  ///
  /// Throws `invalidArgument` where a point of history makes no sense, and `notFound` as
  /// ``TableScan/snapshot`` does.
  var snapshot: Snapshot? {
    get throws {
      guard let point else { return table.metadata.currentSnapshot }
      guard metadataTable.isOfOneSnapshot else {
        throw IcebergError(
          .invalidArgument,
          """
          the rows of '\(metadataTable.rawValue)' are not those of one snapshot, so that there is no \
          point of history to read them at
          """, context: IcebergError.Context(table: table.identifier.description))
      }
      return try table.scan().at(point).snapshot
    }
  }
}

extension Table {
  /// A scan of one of the tables that show what this table is made of.
  public func metadataTable(_ metadataTable: MetadataTable) -> MetadataTableScan {
    MetadataTableScan(of: metadataTable, in: self)
  }
}
