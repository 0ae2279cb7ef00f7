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

  /// A table with rows that had the given specs and sort orders one after the other.
  static func table(
    version: Int, specs: [[PartitionTerm]], orders: [[SortTerm]] = []
  ) throws -> TableMetadata {
    var metadata = try SampleMetadata.history(1, version: version)
    for terms in specs {
      var change = PartitionChange()
      change.replaceAll(with: terms)
      metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 2_000_000)
    }
    for terms in orders {
      var change = SortOrderChange()
      change.replace(with: terms)
      metadata = try metadata.applying(change.updates(on: metadata), timestampMillis: 2_000_000)
    }
    return metadata
  }

  @Test("of a column that goes, the older specs and sort orders are told that are made from it")
  func formerKeys() throws {
    let metadata = try Self.table(
      version: 2,
      specs: [[.identity("level"), .day("at")], [.truncate(2, "level")], [.day("at")]],
      orders: [[.ascending("id"), .descending("level")], [.ascending("at")]])
    let findings = try Self.findings(of: metadata) { $0.delete("level") }
    try #require(findings.map(\.severity) == [.breaking, .warning, .warning, .note])
    #expect(findings.allSatisfy { $0.subject == "level" })
    #expect(findings[1].message.hasPrefix("partition field 'level' of the older spec 1 is made"))
    #expect(
      findings[2].message.hasPrefix("partition field 'level_trunc_2' of the older spec 2 is made"))
    #expect(findings[3].message == "the older sort order 1 has it as a key")
    // No partition was ever made from this one.
    let others = try Self.findings(of: metadata) { $0.delete("id") }
    #expect(others.map(\.severity) == [.breaking, .note])
  }

  @Test("a partition field that is always null needs nothing of a column that goes")
  func voidKeys() throws {
    // Version 1 keeps what is removed as a void field: in the specs 2 and 3.
    let metadata = try Self.table(version: 1, specs: [[.identity("level")], [], [.day("at")]])
    #expect(
      metadata.partitionSpecs.map(\.fields.first?.transform) == [nil, .identity, .void, .void])
    let findings = try Self.findings(of: metadata) { $0.delete("level") }
    try #require(findings.map(\.severity) == [.breaking, .warning])
    #expect(findings[1].message.contains("of the older spec 1 is made from it"))
  }

  @Test("of a column that goes, equality deletes that may compare it are told while there are some")
  func equalityDeletes() throws {
    for (count, isTold) in [("3", true), ("0", false), (nil, false)] {
      var metadata = try SampleMetadata.history(2)
      metadata.snapshots[0].summary?["total-equality-deletes"] = "7"
      metadata.snapshots[1].summary?["total-equality-deletes"] = count
      let findings = try Self.findings(of: metadata) { $0.delete("level") }
      try #require(findings.map(\.severity) == (isTold ? [.breaking, .warning] : [.breaking]))
      if isTold {
        #expect(findings[1].subject == "level")
        #expect(
          findings[1].message.hasPrefix("there are 3 equality deletes: those that compare it"))
      }
    }
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
