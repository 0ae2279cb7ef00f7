/// What changes would do to a table and to those who use it, told before they are committed.
///
/// Only what the metadata shows is looked at: no file is opened.
public struct PreflightReport: Hashable, Sendable {
  /// How much a finding matters.
  public enum Severity: String, Hashable, Sendable, CaseIterable {
    /// Good to know.
    case note
    /// Some who use the table have to do something.
    case warning
    /// Queries, jobs or engines that work now will not.
    case breaking
  }

  /// Something that the changes bring.
  public struct Finding: Hashable, Sendable {
    /// How much it matters.
    public var severity: Severity
    /// The column, partition field or setting that it is about.
    public var subject: String
    /// What will be, and what to do about it.
    public var message: String

    /// A finding of the given parts.
    public init(_ severity: Severity, _ subject: String, _ message: String) {
      self.severity = severity
      self.subject = subject
      self.message = message
    }
  }

  /// The metadata as it would be.
  public var metadata: TableMetadata
  /// What would be different about the columns.
  public var schemaDifferences: [SchemaDifference]
  /// What follows, the worst first.
  public var findings: [Finding]

  /// Whether the changes change nothing.
  public var isEmpty: Bool

  /// A report on what became, or would become, of a table.
  public init(from base: TableMetadata, to metadata: TableMetadata) {
    self.metadata = metadata
    isEmpty = base == metadata
    schemaDifferences = metadata.currentSchema.differences(from: base.currentSchema)
    var inspection = Preflight(before: base, after: metadata)
    inspection.inspect(schemaDifferences)
    inspection.inspectIdentifiers()
    inspection.inspectLayout()
    inspection.inspectVersion()
    let order = Severity.allCases
    findings = inspection.findings.enumerated().sorted { left, right in
      let (first, second) = (
        order.firstIndex(of: left.element.severity) ?? 0,
        order.firstIndex(of: right.element.severity) ?? 0
      )
      return first != second ? first > second : left.offset < right.offset
    }.map(\.element)
  }

  /// Whether anything is breaking.
  public var isBreaking: Bool { findings.contains { $0.severity == .breaking } }
}
