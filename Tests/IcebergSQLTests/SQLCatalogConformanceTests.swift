#if SQL
import Iceberg
import IcebergSQL
import IcebergTestSupport
import IcebergTesting
import Testing

/// The rules of catalogs, put to the one in a SQLite database.
@Suite struct SQLCatalogConformanceTests {
  static func conformance(_ options: SQLCatalog.Options, uri: Bool = false) -> CatalogConformance {
    CatalogConformance {
      let directory = try TemporaryDirectory()
      let open: @Sendable () async throws -> any Catalog = {
        try await SQLCatalog.open(
          directory.path("catalog.db"), name: "test",
          warehouse: (uri ? "file://" : "") + directory.path("warehouse"), options: options)
      }
      return .init(
        try await open(), reopen: open, release: { withExtendedLifetime(directory) {} })
    }
  }

  static let rollback = conformance(.init(journal: .rollbackJournal))
  static let ahead = conformance(.init(), uri: true)

  @Test("a catalog with a rollback journal keeps every rule", arguments: rollback.rules)
  func rollbackJournal(_ rule: CatalogConformance.Rule) async throws {
    try await Self.rollback.check(rule)
  }

  @Test("a catalog with a write-ahead log keeps every rule", arguments: ahead.rules)
  func writeAheadLog(_ rule: CatalogConformance.Rule) async throws {
    try await Self.ahead.check(rule)
  }
}
#endif
