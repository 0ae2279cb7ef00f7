import Iceberg
import IcebergTestSupport
import Testing

/// Every file of a table, damaged in every way that a bit or a missing end can be: opening and reading
/// the table ends in an error or in rows.
@Suite("A damaged file")
struct DamagedTableTests {
  /// Which tables are damaged.
  static let tables: [(version: Int, format: String)] = [
    (1, "parquet"), (2, "parquet"), (3, "parquet"), (2, "avro"),
  ]

  @Test("that lacks its end is an error, wherever it ends", arguments: tables)
  func cut(version: Int, format: String) async throws {
    let table = try await Self.table(version, format)
    for location in table.files {
      let bytes = try await table.storage.read(location, range: nil)
      for length in Self.chosen(bytes.count) {
        let outcome = await table.read(with: bytes[0..<length], at: location)
        // Nothing says how long a manifest list is: cut between its header and its only block, it is
        // one without manifests.
        if location == table.manifestList, outcome == 0 { continue }
        #expect(outcome == nil, "\(location) was read with \(length) of \(bytes.count) bytes")
      }
    }
  }

  @Test("with a flipped bit ends in an error or in rows", arguments: tables)
  func flip(version: Int, format: String) async throws {
    let table = try await Self.table(version, format)
    var readable = 0
    for location in table.files {
      let bytes = try await table.storage.read(location, range: nil)
      for position in Self.chosen(bytes.count) {
        for bit in Self.bits(position) {
          var array = bytes.array
          array[position] ^= 1 << UInt8(bit)
          // What counts is that the call returns: a trap would end the whole suite.
          if await table.read(with: Bytes(array), at: location) != nil { readable += 1 }
        }
      }
    }
    // Many bits do not matter: those of the names of writers, of statistics that nobody asks for.
    #expect(readable > 0)
  }

  /// All positions in the long suite, some in the quick one.
  private static func chosen(_ count: Int) -> [Int] {
    if LongTests.isEnabled { return Array(0..<count) }
    var random = SeededRandom(seed: UInt64(count))
    return (0..<min(count, 150)).map { _ in Int.random(in: 0..<count, using: &random) }
  }

  private static func bits(_ position: Int) -> [Int] {
    LongTests.isEnabled ? Array(0..<8) : [position % 8]
  }

  /// A table with nested columns, nulls and two snapshots.
  private static func table(_ version: Int, _ format: String) async throws -> DamagedTable {
    let storage = MemoryFileIO()
    let catalog = MemoryCatalog(fileIO: storage)
    var table = try await catalog.createTable(
      "db.t",
      schema: Schema([
        .required("id", .long), .optional("name", .string), .optional("score", .double),
        .optional("tags", .list(element: .optional("element", .string))),
      ]),
      partitionedBy: [.bucket(2, "id")],
      properties: ["format-version": "\(version)", "write.format.default": format])
    let schema = table.metadata.currentSchema
    for start in [0, 20] {
      let rows = (start..<start + 20).map { (number: Int) -> [Literal?] in
        let name: Literal? = number % 3 == 0 ? nil : .string("name \(number % 5)")
        let tags: Literal? = number % 4 == 0 ? nil : .list([.string("a"), nil])
        return [.long(Int64(number)), name, .double(Double(number) / 4), tags]
      }
      table = try await table.append(RecordBatch(rows: rows, schema: schema))
    }
    guard case .list(let list)? = table.metadata.currentSnapshot?.manifests else {
      throw IcebergError(.notFound, "no manifest list")
    }
    let damaged = DamagedTable(
      storage: storage, metadata: try #require(table.metadataLocation), manifestList: list)
    #expect(await damaged.read() == 40)
    return damaged
  }
}

/// A table in memory that is read with one of its files damaged.
private struct DamagedTable {
  let storage: MemoryFileIO
  let metadata: String

  /// The list of the current snapshot.
  let manifestList: String

  /// The files that a scan of the table reads.
  var files: [String] {
    storage.locations.filter {
      $0 == metadata || $0 == manifestList || $0.contains("/data/") || $0.hasSuffix("-m0.avro")
    }
  }

  /// The number of rows, or nil when they cannot be read.
  func read(with bytes: Bytes, at location: String) async -> Int? {
    await rows(OneFileChanged(base: storage, location: location, bytes: bytes))
  }

  /// The number of rows of the table as it is.
  func read() async -> Int? { await rows(storage) }

  private func rows(_ fileIO: any FileIO) async -> Int? {
    do {
      let table = try await Table.open(at: metadata, fileIO: fileIO)
      var count = 0
      for try await batch in table.scan().batches() { count += batch.rowCount }
      return count
    } catch {
      return nil
    }
  }
}
