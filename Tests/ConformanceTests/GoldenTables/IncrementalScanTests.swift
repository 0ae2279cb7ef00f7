import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Scans of appended rows beside those of the reference implementation.
@Suite(.needsSharedFiles) struct IncrementalScanTests {
  @Test("the files appended up to every snapshot are those that Java plans")
  func appendedFiles() async throws {
    let golden = try await GoldenTable("golden-java/v2_incremental")
    let json = try JSONValue(
      parsing: SharedFiles.bytes("golden-java/v2_incremental/incremental.json"))
    var compared = 0
    for item in json.elements ?? [] {
      guard case .object(let object) = item, let end = object["to"]?.integer,
        let expected = object["append-files"]?.elements?.compactMap(\.text)
      else { throw UnexpectedExpectation(place: "incremental.json") }
      var scan = golden.table.scan().at(.snapshot(end))
      if let start = object["from-exclusive"]?.integer {
        scan = scan.appended(after: .snapshot(start))
      } else if let start = object["from-inclusive"]?.integer {
        scan = scan.appended(from: .snapshot(start))
      } else {
        scan = scan.appended(after: nil)
      }
      let files = try await scan.tasks().map(\.file.location)
      #expect(files.sorted() == expected.sorted(), "up to \(end)")
      compared += 1
    }
    #expect(compared > 3)
  }

  @Test("from one snapshot to another come the files that only the later ones appended")
  func between() async throws {
    let golden = try await GoldenTable("golden-java/v2_incremental")
    let table = golden.table
    let chain = try #require(table.metadata.currentSnapshot).id
    let line = table.metadata.ancestors(of: chain)
    for end in line {
      let all = try await files(table.scan().at(.snapshot(end.id)).appended(after: nil))
      for start in table.metadata.ancestors(of: end.id) {
        let scan = table.scan().at(.snapshot(end.id))
        let until = try await files(table.scan().at(.snapshot(start.id)).appended(after: nil))
        let after = try await files(scan.appended(after: .snapshot(start.id)))
        #expect(after == all.subtracting(until))
        let from = try await files(scan.appended(from: .snapshot(start.id)))
        let own = table.metadata.snapshot(id: start.id)?.summary?.operation == .append
        #expect(from.isSuperset(of: after) && (own || from == after))
      }
    }
  }

  private func files(_ scan: TableScan) async throws -> Set<String> {
    Set(try await scan.tasks().map(\.file.location))
  }
}
