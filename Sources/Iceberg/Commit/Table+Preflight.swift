public import IcebergModel

extension Table {
  /// What changes would do to the table and to those who use it, without making them.
  ///
  /// ```swift
  /// let report = try await table.preflight { tx in tx.schema.delete("level") }
  /// for finding in report.findings { print(finding.severity, finding.message) }
  /// ```
  ///
  /// Throws what a commit of the changes would throw when this version is still current then.
  public func preflight(
    _ changes: (inout Transaction) throws -> Void
  ) async throws -> PreflightReport {
    PreflightReport(from: metadata, to: try await preview(changes).metadata)
  }
}
