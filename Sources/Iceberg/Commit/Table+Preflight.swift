public import IcebergModel

extension Table {
  /// What changes would do to the table and to those who use it, without making them.
  ///
  /// ```swift
  /// let report = try table.preflight { tx in tx.schema.delete("level") }
  /// for finding in report.findings { print(finding.severity, finding.message) }
  /// ```
  ///
  /// The changes are carried out on this version, in memory. Throws what makes them impossible, and
  /// `unsupported` for changes of rows and others that read or write files.
  public func preflight(
    _ changes: (inout Transaction) throws -> Void
  ) throws -> PreflightReport {
    var transaction = Transaction(base: metadata)
    try changes(&transaction)
    var current = metadata
    var updates: [TableUpdate] = []
    for change in transaction.changes {
      guard let change = change as? any MetadataChange else {
        throw IcebergError(
          .unsupported, "only changes of the metadata alone can be looked at before they are made",
          context: .init(table: identifier.description))
      }
      let new = try change.updates(on: current)
      updates += new
      current = try current.applying(new, timestampMillis: current.lastUpdatedMillis)
    }
    return try PreflightReport(of: updates, on: metadata)
  }
}
