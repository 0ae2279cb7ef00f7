import Iceberg
import IcebergTestSupport
import Testing

/// Metadata tables against what the reference implementation shows, see
/// `Spec/Vectors/metadata-tables/SOURCE.md`.
@Suite(.needsSharedFiles) struct MetadataTablesConformanceTests {
  static let tables = ["v1_partition_evolution", "v3_dv", "v3_types_all_and_nested"]

  private static func answers(_ table: String) throws -> MetadataTableAnswers {
    try MetadataTableAnswers(parsing: try Vectors.text("metadata-tables/\(table).tsv"))
  }

  @Test("columns, types, ids and docs are those of the reference implementation", arguments: tables)
  func schemas(table: String) async throws {
    let golden = try await GoldenTable("golden-java/\(table)").table
    let schemas = try Self.answers(table).schemas
    #expect(schemas.count == (table == "v3_types_all_and_nested" ? 3 : 16))
    for (item, schema) in schemas {
      #expect(try MetadataTableAnswers.schema(of: item.name, in: golden) == schema, "\(item)")
    }
  }

  @Test("rows are those of the reference implementation", arguments: tables)
  func rows(table: String) async throws {
    let golden = try await GoldenTable("golden-java/\(table)").table
    for (item, rows) in try Self.answers(table).rows {
      #expect(try await MetadataTableAnswers.rows(of: item, in: golden) == rows, "\(item)")
    }
  }

  @Test(
    "deleted positions are those that Spark shows, with the rows that are stored with them",
    arguments: ["golden-java/v2_posdel_with_row", "golden/spark_v2_mor", "golden/spark_v3_dv"])
  func positionDeletes(path: String) async throws {
    let golden = try await GoldenTable(path).table
    let answers = try Self.answers("position_deletes/" + (path.split(separator: "/").last ?? ""))
    #expect(!answers.rows.isEmpty)
    for (item, rows) in answers.rows {
      #expect(try await MetadataTableAnswers.rows(of: item, in: golden) == rows, "\(item)")
    }
  }
}
