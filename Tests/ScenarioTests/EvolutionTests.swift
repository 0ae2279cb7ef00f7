import Iceberg
import IcebergBytes
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

/// Tables that change while they are written, read at every point of their history.
@Suite struct EvolutionTests {
  struct Old: Encodable {
    var id: Int32
    var level: String
    var size: Float
    var note: String?
    var place: Place?

    struct Place: Encodable {
      var city: String
    }
  }

  struct New: Encodable {
    var id: Int64
    var severity: String
    var size: Double
    var note: Int32?
    var country: String?
    var place: Place?

    struct Place: Encodable {
      var town: String?
      var zip: Int32?
    }
  }

  /// The rows of a scan as JSON, in order.
  static func rows(_ scan: TableScan) async throws -> [String] {
    let encoder = RowJSONEncoder(schema: try scan.schema)
    var rows: [String] = []
    for try await batch in scan.batches() {
      for row in 0..<batch.rowCount {
        rows.append(String(decoding: try encoder.encode(row, of: batch), as: UTF8.self))
      }
    }
    return rows.sorted()
  }

  static func make(version: Int) async throws -> Table {
    try await MemoryCatalog().createTable(
      "logs.events",
      schema: Schema([
        .required("id", .int), .optional("level", .string), .required("size", .float),
        .optional("note", .string), .optional("place", .struct([.optional("city", .string)])),
      ]), partitionedBy: ["level"], properties: ["format-version": "\(version)"])
  }

  static let old = [
    Old(id: 1, level: "INFO", size: 1.5, note: "five", place: Old.Place(city: "Ulm")),
    Old(id: 2, level: "ERROR", size: 0.25),
  ]
  static let oldRows = [
    #"{"id":1,"level":"INFO","size":1.5,"note":"five","place":{"city":"Ulm"}}"#,
    #"{"id":2,"level":"ERROR","size":0.25,"note":null,"place":null}"#,
  ]

  /// A table with rows of both schemas.
  static func evolved(version: Int) async throws -> (table: Table, first: Int64) {
    var table = try await make(version: version).append(rows: old)
    let first = try #require(table.metadata.currentSnapshotID)
    table = try await table.commit { tx in
      tx.schema.rename("level", to: "severity")
      tx.schema.widen("id", to: .long)
      tx.schema.widen("size", to: .double)
      tx.schema.delete("note")
      tx.schema.addColumn("note", .int)
      tx.schema.addColumn("country", .string)
      tx.schema.rename("place.city", to: "town")
      tx.schema.addColumn("zip", .int, in: "place")
      tx.schema.move("country", .first)
      tx.partitioning.add(.bucket(4, "id"))
    }
    table = try await table.append(rows: [
      New(id: 1 << 40, severity: "INFO", size: 0.1, note: 7, country: "DE"),
      New(
        id: 3, severity: "WARN", size: 2, country: "FR", place: New.Place(town: "Lille", zip: 59000)
      ),
    ])
    return (table, first)
  }

  @Test(
    "old rows show themselves in the new columns, and a column of the name of a deleted one is empty",
    arguments: [1, 2, 3])
  func currentState(version: Int) async throws {
    let (table, _) = try await Self.evolved(version: version)
    #expect(
      try await Self.rows(table.scan()) == [
        #"{"country":"DE","id":1099511627776,"severity":"INFO","size":0.1,"place":null,"note":7}"#,
        #"{"country":"FR","id":3,"severity":"WARN","size":2.0,"place":{"town":"Lille","zip":59000},"note":null}"#,
        #"{"country":null,"id":1,"severity":"INFO","size":1.5,"place":{"town":"Ulm","zip":null},"note":null}"#,
        #"{"country":null,"id":2,"severity":"ERROR","size":0.25,"place":null,"note":null}"#,
      ])
  }

  @Test(
    "a snapshot and a tag are read with their own schema, a branch with the table's",
    arguments: [1, 2, 3])
  func timeTravel(version: Int) async throws {
    var (table, first) = try await Self.evolved(version: version)
    table = try await table.commit { tx in
      tx.createTag("before", at: first)
      tx.createBranch("audit", at: first)
    }
    #expect(try await Self.rows(table.scan().at(.snapshot(first))) == Self.oldRows)
    #expect(try await Self.rows(table.scan().at(.ref("before"))) == Self.oldRows)
    #expect(
      try await Self.rows(table.scan().at(.ref("audit")).select("id", "severity", "note"))
        == [
          #"{"id":1,"severity":"INFO","note":null}"#, #"{"id":2,"severity":"ERROR","note":null}"#,
        ])
    #expect(
      try await Self.rows(
        table.scan().at(.snapshot(first)).filter(col("level") == "ERROR").select("id"))
        == [#"{"id":2}"#])
  }

  @Test(
    "filters leave out files of every spec, and find old rows by new names and types",
    arguments: [1, 2, 3])
  func filters(version: Int) async throws {
    let (table, _) = try await Self.evolved(version: version)
    let errors = table.scan().filter(col("severity") == "ERROR")
    #expect(try await errors.tasks().count == 1)
    #expect(try await Self.rows(errors.select("id")) == [#"{"id":2}"#])
    let info = table.scan().filter(col("severity") == "INFO")
    #expect(try await info.tasks().count == 2)
    let big = table.scan().filter(col("id") > 1 << 33)
    #expect(try await Self.rows(big.select("id")) == [#"{"id":1099511627776}"#])
    #expect(try await big.tasks().count == 1)
    // The bucket of an old row is not known: only its bounds leave it out.
    #expect(try await Self.rows(table.scan().filter(col("id") == 2).select("id")) == [#"{"id":2}"#])
    #expect(try await Self.rows(table.scan().filter(col("note") == 7).select("id")).count == 1)
  }

  @Test(
    "partition fields come and go while rows are written, void ones in version 1",
    arguments: [1, 2, 3])
  func partitions(version: Int) async throws {
    var table = try await Self.make(version: version).append(rows: Self.old)
    table = try await table.commit { $0.partitioning.replace("level", with: .truncate(1, "note")) }
    table = try await table.append(rows: [
      Old(id: 3, level: "INFO", size: 1, note: "abc"), Old(id: 4, level: "WARN", size: 1),
    ])
    table = try await table.commit { $0.partitioning.replaceAll(with: []) }
    table = try await table.append(rows: [Old(id: 5, level: "INFO", size: 1, note: "axe")])
    table = try await table.commit { $0.partitioning.add("level") }
    table = try await table.append(rows: [Old(id: 6, level: "WARN", size: 1, note: "axe")])
    #expect(
      table.metadata.defaultPartitionSpec.fields.map(\.transform)
        == (version == 1 ? [.void, .void, .identity] : [.identity]))
    // From version 2 on the first spec is found again.
    #expect(table.metadata.partitionSpecs.count == (version == 1 ? 4 : 3))
    for (level, ids) in [("INFO", ["1", "3", "5"]), ("WARN", ["4", "6"]), ("ERROR", ["2"])] {
      let scan = table.scan().filter(col("level") == level).select("id")
      #expect(try await Self.rows(scan) == ids.map { #"{"id":\#($0)}"# })
    }
    #expect(try await table.scan().filter(col("note") == "abc").count() == 1)
    // A column that old partitions were made from can go.
    table = try await table.commit { $0.schema.delete("note") }
    #expect(try await table.scan().filter(col("level") == "WARN").count() == 2)
    #expect(try await table.scan().count() == 6)
  }

  @Test("rows from before a column was added have its first default, whatever the default is now")
  func defaults() async throws {
    var table = try await Self.make(version: 2).append(rows: Self.old)
    table = try await table.commit { tx in
      tx.upgradeFormat(to: 3)
      tx.schema.addColumn("country", .string, default: "??")
      tx.schema.addRequiredColumn("weight", .long, default: 5)
      tx.schema.addColumn("zip", .int, in: "place", default: 1)
    }
    table = try await table.commit { tx in
      tx.schema.setDefault("country", "DE")
      tx.schema.setDefault("weight", nil)
      tx.schema.rename("country", to: "land")
    }
    let columns = ["id", "land", "weight", "place"]
    let expected = [
      #"{"id":1,"land":"??","weight":5,"place":{"city":"Ulm","zip":1}}"#,
      #"{"id":2,"land":"??","weight":5,"place":null}"#,
    ]
    #expect(try await Self.rows(table.scan().select(columns)) == expected)
    #expect(try await table.scan().filter(col("land") == "??").count() == 2)
    #expect(try await table.scan().filter(col("weight") > 5).count() == 0)
  }

  @Test("a table grows from version 1 to 3 between appends, and keeps its rows")
  func upgrades() async throws {
    var table = try await Self.make(version: 1)
    for version in 1...3 {
      table = try await table.commit { $0.upgradeFormat(to: version) }
      table = try await table.append(rows: [
        Old(id: Int32(version), level: "INFO", size: 1), Old(id: 10, level: "WARN", size: 2),
      ])
      #expect(try await table.scan().count() == Int64(2 * version))
    }
    #expect(table.metadata.snapshots.map(\.sequenceNumber) == [0, 1, 2])
    // Rows from before version 3 have got their ids with the append.
    #expect(table.metadata.nextRowID == 6)
    for (snapshot, count) in zip(table.metadata.snapshots, [2, 4, 6]) {
      #expect(try await table.scan().at(.snapshot(snapshot.id)).count() == Int64(count))
    }
  }
}
