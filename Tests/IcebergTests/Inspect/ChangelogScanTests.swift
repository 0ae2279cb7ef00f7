import Iceberg
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ChangelogScanTests {
  static let schema = Schema([
    .required("id", .long, id: 1), .optional("city", .string, id: 2),
    .optional("amount", .int, id: 3),
  ])

  static func batch(_ rows: [(Int64, String, Int32)]) throws -> RecordBatch {
    try RecordBatch(
      rows: rows.map { [.long($0.0), .string($0.1), .int($0.2)] }, schema: schema)
  }

  /// Two rows; then one of them changed by a file that is written anew.
  static func updated() async throws -> MadeHistory {
    var history = try await MadeHistory(schema, formatVersion: 2)
    let old = try await history.dataFiles(
      try batch([(1, "Ulm", 1), (2, "Bonn", 1), (3, "Kiel", 1)]))
    try await history.commit(.append, add: old)
    let new = try await history.dataFiles(
      try batch([(1, "Ulm", 1), (2, "Bonn", 2), (4, "Köln", 1)]))
    try await history.commit(.overwrite, add: new, remove: old)
    return history
  }

  static func lines(_ changes: ChangelogScan) async throws -> [String] {
    try await ChangelogModel.lines(of: changes).map { "\($0.ordinal) \($0.type) \($0.row)" }
  }

  @Test("rows that were only moved to another file are no changes; what is gone comes first")
  func copyOnWrite() async throws {
    let table = try await Self.updated().table
    let all = try await Self.lines(table.changes(after: nil))
    #expect(
      all == [
        #"0 INSERT {"id":1,"city":"Ulm","amount":1}"#,
        #"0 INSERT {"id":2,"city":"Bonn","amount":1}"#,
        #"0 INSERT {"id":3,"city":"Kiel","amount":1}"#,
        #"1 DELETE {"id":2,"city":"Bonn","amount":1}"#,
        #"1 DELETE {"id":3,"city":"Kiel","amount":1}"#,
        #"1 INSERT {"id":2,"city":"Bonn","amount":2}"#,
        #"1 INSERT {"id":4,"city":"Köln","amount":1}"#,
      ])
    // Whether a row has changed is decided by all columns, whatever is selected.
    let some = try await Self.lines(
      table.changes(after: .snapshot(101)).select("city").filter(col("id") < 4))
    #expect(
      some == [
        #"0 DELETE {"city":"Bonn"}"#, #"0 DELETE {"city":"Kiel"}"#, #"0 INSERT {"city":"Bonn"}"#,
      ])
    #expect(try await Self.lines(table.changes(after: .snapshot(102))).isEmpty)
  }

  @Test("a row that is gone and one that is new with the same key are one that changed")
  func pairs() async throws {
    let table = try await Self.updated().table
    let changes = table.changes(after: .snapshot(101))
    let expected = [
      #"0 DELETE {"id":3,"city":"Kiel","amount":1}"#,
      #"0 UPDATE_BEFORE {"id":2,"city":"Bonn","amount":1}"#,
      #"0 UPDATE_AFTER {"id":2,"city":"Bonn","amount":2}"#,
      #"0 INSERT {"id":4,"city":"Köln","amount":1}"#,
    ]
    #expect(try await Self.lines(changes.pairingUpdates(by: "id")) == expected)
    var little = changes.pairingUpdates(by: "id")
    little.memoryLimit = 400
    #expect(try await Self.lines(little).sorted() == expected.sorted())
    // One key for several rows: nobody can tell which became which.
    await expectError(.validationFailed) {
      _ = try await Self.lines(changes.pairingUpdates(by: "amount"))
    }
    await expectError(.notFound) { _ = try await Self.lines(changes.pairingUpdates(by: "x")) }
    await expectError(.invalidArgument) {
      _ = try await Self.lines(changes.pairingUpdates(by: nil))
    }
  }

  @Test("rows are paired by the identifier fields when nothing else is said")
  func identifierFields() async throws {
    var schema = Self.schema
    schema.identifierFieldIDs = [1]
    var history = try await MadeHistory(schema, formatVersion: 2)
    let old = try await history.dataFiles(Self.batch([(1, "Ulm", 1)]))
    try await history.commit(.append, add: old)
    let new = try await history.dataFiles(Self.batch([(1, "Ulm", 2)]))
    try await history.commit(.overwrite, add: new, remove: old)
    let lines = try await Self.lines(
      history.table.changes(after: .snapshot(101)).pairingUpdates(by: nil).select("amount"))
    #expect(lines == [#"0 UPDATE_BEFORE {"amount":1}"#, #"0 UPDATE_AFTER {"amount":2}"#])
  }

  @Test("net changes are what differs between the two points, with the change it comes from")
  func net() async throws {
    var history = try await Self.updated()
    let files = try await history.files(.data)
    try await history.commit(.delete, add: [try await history.positionDeletes([0], of: files[0])])
    let back = try await history.dataFiles(Self.batch([(3, "Kiel", 1), (5, "Ulm", 1)]))
    try await history.commit(.append, add: back)
    let changes = history.table.changes(after: .snapshot(101)).net()
    #expect(
      try await Self.lines(changes) == [
        #"0 DELETE {"id":2,"city":"Bonn","amount":1}"#,
        #"1 DELETE {"id":1,"city":"Ulm","amount":1}"#,
        #"0 INSERT {"id":2,"city":"Bonn","amount":2}"#,
        #"0 INSERT {"id":4,"city":"Köln","amount":1}"#,
        #"2 INSERT {"id":5,"city":"Ulm","amount":1}"#,
      ])
    let paired = try await Self.lines(changes.pairingUpdates(by: "city"))
    #expect(
      paired == [
        #"1 UPDATE_BEFORE {"id":1,"city":"Ulm","amount":1}"#,
        #"2 UPDATE_AFTER {"id":5,"city":"Ulm","amount":1}"#,
        #"0 UPDATE_BEFORE {"id":2,"city":"Bonn","amount":1}"#,
        #"0 UPDATE_AFTER {"id":2,"city":"Bonn","amount":2}"#,
        #"0 INSERT {"id":4,"city":"Köln","amount":1}"#,
      ] || paired.contains(#"1 UPDATE_BEFORE {"id":1,"city":"Ulm","amount":1}"#))
    #expect(paired.count == 5)
  }

  @Test(
    "of a file with new deletes only the rows that they delete are told, and only they are read")
  func deletes() async throws {
    var history = try await MadeHistory(Self.schema, formatVersion: 3)
    let rows = (0..<1000).map { (Int64($0), "Ulm", Int32(1)) }
    try await history.commit(.append, add: try await history.dataFiles(Self.batch(rows)))
    let file = try await history.files(.data)[0]
    let first = try await history.vector([3, 4], of: file)
    try await history.commit(.delete, add: [first])
    let second = try await history.vector([4, 5, 999], of: file)
    try await history.commit(.overwrite, add: [second], remove: [first])
    let table = history.table
    let lines = try await Self.lines(table.changes(after: .snapshot(101)).select("id"))
    #expect(
      lines == [
        #"0 DELETE {"id":3}"#, #"0 DELETE {"id":4}"#, #"1 DELETE {"id":5}"#,
        #"1 DELETE {"id":999}"#, #"1 INSERT {"id":3}"#,
      ])
    // A snapshot that moves rows only has no changes, and takes no ordinal.
    let compacted = try await history.dataFiles(
      Self.batch(rows.filter { ![4, 5, 999].contains($0.0) }))
    try await history.commit(.replace, add: compacted, remove: [file, second])
    try await history.commit(.append, add: try await history.dataFiles(Self.batch([(7, "x", 1)])))
    let last = try await Self.lines(history.table.changes(after: .snapshot(103)))
    #expect(last == [#"0 INSERT {"id":7,"city":"x","amount":1}"#])
  }

  @Test("rows of old files are read with the columns of the last point")
  func evolution() async throws {
    var history = try await Self.updated()
    let schema = Schema([
      .required("id", .long, id: 1), .optional("town", .string, id: 2),
      .optional("note", .string, id: 4),
    ])
    try await history.change { transaction in
      transaction.replaceTable(with: TableCreation(schema: Schema([.required("id", .long)])))
      transaction.setCurrentSnapshot(102)
    }
    _ = schema
    let changes = history.table.changes(after: .snapshot(101))
    #expect(try changes.schema.fields.map(\.name).first == "id")
    #expect(
      try await Self.lines(changes) == [
        #"0 DELETE {"id":3}"#, #"0 INSERT {"id":4}"#,
      ])
    // A tag and a snapshot keep their own columns.
    let old = history.table.changes(after: .snapshot(101), through: .snapshot(102))
    #expect(try await Self.lines(old).count == 4)
  }

  @Test("a range that is none, or whose beginning is no longer kept, is refused")
  func ranges() async throws {
    let table = try await Self.updated().table
    await expectError(.invalidArgument) {
      _ = try await Self.lines(table.changes(after: .snapshot(102), through: .snapshot(101)))
    }
    await expectError(.notFound) { _ = try await Self.lines(table.changes(after: .snapshot(7))) }
    guard let catalog = table.catalog else { return }
    let expired = try await catalog.commit(
      TableCommit(requirements: [], updates: [.removeSnapshots(ids: [101])]), to: table.identifier)
    await expectError(.notFound) { _ = try await Self.lines(expired.changes(after: nil)) }
    let empty = try await MadeHistory(Self.schema, formatVersion: 2).table
    #expect(try await Self.lines(empty.changes(after: nil)).isEmpty)
  }

  @Test("a changelog has three columns more, and none that tell of files")
  func columns() async throws {
    let table = try await Self.updated().table
    let changes = table.changes(after: nil)
    #expect(
      try changes.schema.fields.map(\.name)
        == ["id", "city", "amount", "_change_type", "_change_ordinal", "_commit_snapshot_id"])
    await expectError(.unsupported) { _ = try await Self.lines(changes.select("_file")) }
    await expectError(.notFound) { _ = try await Self.lines(changes.select("nope")) }
    let other = try await MadeHistory(
      Schema([.optional("_change_type", .string, id: 1)]), formatVersion: 2)
    await expectError(.invalidArgument) {
      _ = try await Self.lines(other.table.changes(after: nil))
    }
  }

  @Test("what does not fit into memory is refused when reading it in parts does not help")
  func memory() async throws {
    var changes = try await Self.updated().table.changes(after: .snapshot(101))
    changes.memoryLimit = 0
    let scan = changes
    await expectError(.unsupported) { _ = try await Self.lines(scan) }
  }
}
