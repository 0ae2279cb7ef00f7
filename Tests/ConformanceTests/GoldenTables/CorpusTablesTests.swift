import Iceberg
import IcebergBytes
import IcebergTestSupport
import Testing

/// Whole tables that were collected from other implementations.
@Suite(.needsSharedFiles) struct CorpusTablesTests {
  /// One table as `tables.json` lists it.
  struct Listed {
    let name: String
    let json: JSONObject

    /// The table, with its folder where its metadata says.
    func table() async throws -> Table {
      guard let metadata = json["current_metadata"]?.text, let location = json["location"]?.text
      else { throw UnexpectedExpectation(place: name) }
      let folder = SharedFiles.path("corpus/" + name)
      var mappings = [LocationMapping(from: location, to: folder)]
      if location.hasPrefix("./") {
        mappings.append(LocationMapping(from: String(location.dropFirst(2)), to: folder))
      }
      // A location within the repository: other folders of it are meant, too.
      if name.hasSuffix("/" + location), let first = location.split(separator: "/").first {
        let root = folder.dropLast(location.count)
        mappings.append(LocationMapping(from: String(first), to: String(root) + String(first)))
      }
      // A table whose data files are those of a copy of it below, where its location says.
      let copy = name + (location.split(separator: "/", maxSplits: 1).last ?? "") + "/data"
      if SharedFiles.has("corpus/" + copy) {
        mappings.append(
          LocationMapping(from: location + "/data", to: SharedFiles.path("corpus/" + copy)))
      }
      let fileIO = MappedFileIO(LocalFileIO(), mappings: mappings)
      let path = folder + "/" + metadata
      return Table(
        identifier: TableIdentifier(namespace: ["corpus"], name: name),
        metadata: try TableMetadata(parsing: try await fileIO.read(path, range: nil)),
        metadataLocation: path, fileIO: fileIO, catalog: nil)
    }
  }

  /// The tables of which every file is there.
  static func complete() throws -> [Listed] {
    guard
      case .object(let file) = try JSONValue(parsing: SharedFiles.bytes("corpus/tables.json")),
      let tables = file["tables"]?.elements
    else { throw UnexpectedExpectation(place: "tables.json") }
    return tables.compactMap { table in
      guard case .object(let json) = table, let name = json["table"]?.text,
        json["expected_row_count"]?.integer != nil
      else { return nil }
      return Listed(name: name, json: json)
    }
  }

  @Test("every table has the expected number of rows, or is refused by name")
  func rowCounts() async throws {
    var (read, refused) = (0, 0)
    for listed in try Self.complete() {
      let isRead = await KnownGaps.read("corpus/tables/\(listed.name)") {
        let (_, batches) = try await listed.table().scan().readAll()
        let count = batches.reduce(0) { $0 + $1.rowCount }
        #expect(Int64(count) == listed.json["expected_row_count"]?.integer, "\(listed.name)")
      }
      if isRead { read += 1 } else { refused += 1 }
    }
    print("corpus/tables: \(read) tables read, \(refused) refused")
    #expect(read > 0)
  }

  /// Tables whose rows the other implementation has wrong: it takes a partition value of type double
  /// for a float.
  static let misread: Set<String> = [
    "apache_impala/testdata/data/iceberg_test/hadoop_catalog/ice/iceberg_alltypes_part"
  ]

  @Test("the rows of small tables are those that another implementation reads")
  func rows() async throws {
    let tables = Dictionary(
      try Self.complete().map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var (read, refused) = (0, 0)
    for item in try ExpectedValues("table-rows").groups.flatMap(\.cases) {
      guard let name = item["table"]?.text, let listed = tables[name],
        let rows = item["rows"]?.elements, let columns = item["columns"]?.elements
      else { continue }
      if Self.misread.contains(name) { continue }
      let names = columns.compactMap(\.text)
      let isRead = await KnownGaps.read("corpus/table-rows/\(name)") {
        let (schema, batches) = try await listed.table().scan().readAll()
        let canonical = CanonicalRows(schema, .canonical)
        let objects = rows.map { row in
          JSONValue.object(
            JSONObject(zip(names, row.elements ?? []).map { JSONObject.Member($0, $1) }))
        }
        #expect(schema.fields.map(\.name) == names, "\(name)")
        GoldenTablesTests.expect(
          try canonical.lines(batches, schema), equal: canonical.lines(objects), name)
      }
      if isRead { read += 1 } else { refused += 1 }
    }
    print("corpus/table-rows: \(read) tables read, \(refused) refused")
    #expect(read > 0)
  }
}
