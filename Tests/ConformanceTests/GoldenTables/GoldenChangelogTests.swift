import Iceberg
import IcebergTestSupport
import Testing

/// Changelogs of the histories of the golden tables.
@Suite(.needsSharedFiles) struct GoldenChangelogTests {
  @Test("the changes of a history are the differences of full reads of its snapshots")
  func histories() async throws {
    var (compared, lines, refused) = (0, 0, 0)
    for path in GoldenTablesTests.engines + GoldenTablesTests.java {
      let table = try await GoldenTable(path).table
      guard let last = table.metadata.currentSnapshot else { continue }
      // What lies behind the oldest snapshot that is kept is not known.
      let oldest = table.metadata.ancestors(of: last.id).last
      let start = oldest?.parentID == nil ? nil : oldest
      let changes = table.changes(after: start.map { .snapshot($0.id) })
      do {
        var model = ChangelogModel(table, schema: table.metadata.currentSchema)
        let expected = try await model.changes(after: start, through: last)
        let found = try await ChangelogModel.lines(of: changes)
        #expect(found.sorted() == expected, "\(path)")
        #expect(found.map(\.ordinal) == found.map(\.ordinal).sorted(), "\(path)")
        let net = try await model.netChanges(after: start, through: last)
        #expect(try await ChangelogModel.lines(of: changes.net()).sorted() == net, "\(path)")
        compared += 1
        lines += found.count
      } catch let error as IcebergError
        where [.unsupported, .invalidFile, .invalidMetadata, .notFound].contains(error.code)
      {
        // Whether that is right is what the tests of the tables themselves decide.
        refused += 1
      }
    }
    print("changelogs: \(compared) histories, \(lines) changes, \(refused) refused")
    #expect(compared > 50 && lines > 1000)
  }
}
