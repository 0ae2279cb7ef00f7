import IcebergModel
import Testing

@Suite struct PreflightReportTests {
  /// The findings of changes of a table with rows, as `severity subject`.
  static func findings(
    version: Int = 2, of metadata: TableMetadata? = nil, _ body: (inout SchemaChange) -> Void
  ) throws -> [PreflightReport.Finding] {
    let metadata = try metadata ?? SampleMetadata.history(2, version: version)
    var change = SchemaChange()
    body(&change)
    let report = PreflightReport(
      from: metadata,
      to: try metadata.applying(change.updates(on: metadata), timestampMillis: 3_000_000))
    #expect(report.isBreaking == report.findings.contains { $0.severity == .breaking })
    return report.findings
  }

  @Test("a rename and a deletion break those who name the column")
  func names() throws {
    let findings = try Self.findings { change in
      change.rename("level", to: "severity")
      change.delete("at")
      change.addColumn("n", .int)
    }
    #expect(findings.map(\.severity) == [.breaking, .breaking, .note])
    #expect(findings.map(\.subject) == ["at", "severity", "n"])
    #expect(findings[1].message.contains("'level'"))
  }

  @Test("the worst comes first, and engines are named that lack a type")
  func types() throws {
    let findings = try Self.findings(version: 3) { change in
      change.addColumn("v", .variant)
      change.addColumn("s", .struct([.optional("g", .geography(crs: nil, algorithm: nil))]))
      change.require("level", consent: .incompatible)
      change.setIdentifierFields(["id"])
    }
    #expect(findings.first?.subject == "level")
    #expect(findings.first?.severity == .breaking)
    #expect(findings.contains { $0.subject == "v" && $0.message.contains("PyIceberg") })
    #expect(findings.contains { $0.subject == "s.g" && $0.message.contains("DuckDB") })
    #expect(findings.contains { $0.subject == "identifier fields" && $0.severity == .warning })
  }

  @Test("a column of the name of an earlier one is another column")
  func reused() throws {
    var metadata = try SampleMetadata.history(1)
    var change = SchemaChange()
    change.delete("level")
    metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 3_000_000)
    let findings = try Self.findings(of: metadata) { $0.addColumn("level", .int) }
    #expect(findings.contains { $0.severity == .warning && $0.message.contains("another column") })
  }

  @Test("partitioning, order and version are told, with what lacks the version")
  func layout() throws {
    let metadata = try SampleMetadata.history(1, version: 1)
    var partitioning = PartitionChange()
    partitioning.add(.day("at"))
    var order = SortOrderChange()
    order.replace(with: .ascending("id"))
    let updates =
      try partitioning.updates(on: metadata) + order.updates(on: metadata)
      + [.upgradeFormatVersion(3)]
    let report = PreflightReport(
      from: metadata, to: try metadata.applying(updates, timestampMillis: 3_000_000))
    #expect(report.metadata.formatVersion == 3)
    #expect(!report.isEmpty)
    #expect(
      report.findings.contains { $0.subject == "partition spec 1" && $0.severity == .warning })
    #expect(report.findings.contains { $0.subject == "sort order 1" && $0.severity == .note })
    #expect(
      report.findings.contains { $0.message.contains("Athena") && $0.severity == .breaking })
  }

  @Test("changes that change nothing have nothing to tell")
  func nothing() throws {
    let metadata = try SampleMetadata.history(1)
    let report = PreflightReport(from: metadata, to: metadata)
    #expect(report.isEmpty)
    #expect(report.findings == [])
    #expect(report.schemaDifferences == [])
    #expect(!report.isBreaking)
  }
}
