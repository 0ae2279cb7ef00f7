import Iceberg
import IcebergColumns
import IcebergModel
import IcebergTestSupport
import Testing

/// Changelogs of random histories with all kinds of deletes, beside reading every snapshot.
@Suite struct ChangelogTests {
  private static let schema = Schema([
    .required("id", .long, id: 1), .optional("level", .string, id: 2),
    .optional("value", .int, id: 3),
  ])

  @Test("the changes of any history are the differences of full reads of its snapshots")
  func randomHistories() async throws {
    var random = SeededRandom()
    var (lines, net, passes) = (0, 0, 0)
    for round in 0..<LongTests.rounds(quick: 50, long: 500) {
      var history = try await RandomChanges(Self.schema, &random)
      for _ in 0..<Int.random(in: 2...7, using: &random) { try await history.step(&random) }
      let table = history.made.table
      let chain = Array(
        table.metadata.ancestors(of: try #require(table.metadata.currentSnapshotID)).reversed())
      let last = Int.random(in: 0..<chain.count, using: &random)
      let first = Int.random(in: -1..<last + 1, using: &random)
      let (start, end) = (first < 0 ? nil : chain[first], chain[last])
      var changes = table.changes(
        after: start.map { .snapshot($0.id) }, through: .snapshot(end.id))
      if round % 3 == 1 {
        // Room for a few rows only: files are read again and again.
        changes.memoryLimit = 64 * Int.random(in: 2...6, using: &random)
        passes += 1
      }
      var model = ChangelogModel(table, schema: try table.metadata.schema(of: end))
      let expected = try await model.changes(after: start, through: end)
      let found = try await Self.lines(of: &changes)
      #expect(found.sorted() == expected, "\(history.log)")
      #expect(Self.isOrdered(found), "\(history.log): \(found)")
      lines += found.count
      let left = try await ChangelogModel.lines(of: changes.net())
      #expect(
        left.sorted() == (try await model.netChanges(after: start, through: end)),
        "\(history.log): \(left.sorted()) of \(expected)")
      #expect(left.map(\.type) == left.map(\.type).sorted(), "\(history.log)")
      net += left.count
    }
    print("changelogs: \(lines) changes, \(net) net, \(passes) with little memory")
    #expect(lines > 100 && net > 80)
  }

  /// The changes; where those of one row do not fit into the memory, they are asked for again with more.
  private static func lines(of changes: inout ChangelogScan) async throws -> [ChangelogModel.Line] {
    while true {
      do {
        return try await ChangelogModel.lines(of: changes)
      } catch let error as IcebergError where error.code == .unsupported {
        guard changes.memoryLimit < 1024 else { throw error }
        changes.memoryLimit *= 2
      }
    }
  }

  /// Whether earlier snapshots come first, and in each the rows that are gone.
  private static func isOrdered(_ lines: [ChangelogModel.Line]) -> Bool {
    let order = lines.map { "\(100 + $0.ordinal)\($0.type)" }
    return order == order.sorted()
  }
}

/// A history of random snapshots over a few small values, so that rows come more than once.
struct RandomChanges {
  private(set) var made: MadeHistory
  /// What was done.
  private(set) var log: [String] = []
  private let schema: Schema
  private let version: Int

  init(_ schema: Schema, _ random: inout SeededRandom) async throws {
    self.schema = schema
    version = Int.random(in: 2...3, using: &random)
    let isPartitioned = Bool.random(using: &random)
    made = try await MadeHistory(
      schema, partitionedBy: isPartitioned ? ["level"] : [], formatVersion: version)
    log = ["v\(version)\(isPartitioned ? " partitioned" : "")"]
    try await append(&random)
  }

  mutating func step(_ random: inout SeededRandom) async throws {
    switch Int.random(in: 0..<11, using: &random) {
    case 0, 1: try await append(&random)
    case 2: try await copyOnWrite(&random)
    case 3, 4: try await deletePositions(&random)
    case 5: try await deleteEqual(&random, isUpsert: false)
    case 6: try await deleteEqual(&random, isUpsert: true)
    case 7: try await dropDeletes(&random)
    case 8: try await compact(&random)
    case 9: try await evolve(&random)
    default: try await dropFiles(&random)
    }
  }

  private func row(_ random: inout SeededRandom) -> [Literal?] {
    let levels: [Literal?] = [.string("INFO"), .string("WARN"), nil]
    return [
      .long(Int64.random(in: 0..<6, using: &random)), levels.randomElement(using: &random) ?? nil,
      Bool.random(using: &random) ? .int(Int32.random(in: 0..<2, using: &random)) : nil,
    ]
  }

  private func batch(_ rows: [[Literal?]]) throws -> RecordBatch {
    try RecordBatch(rows: rows, schema: schema)
  }

  private func rows(_ random: inout SeededRandom) throws -> RecordBatch {
    let count = Int.random(in: 1...8, using: &random)
    return try batch((0..<count).map { _ in row(&random) })
  }

  private mutating func append(_ random: inout SeededRandom) async throws {
    log.append("append")
    let files = try await made.dataFiles(rows(&random))
    try await made.commit(.append, add: files)
  }

  /// Another partition spec for the files to come.
  private mutating func evolve(_ random: inout SeededRandom) async throws {
    let specs: [[PartitionTerm]] = [
      [], ["level"], [.bucket(2, "id")], ["level", .truncate(2, "id")],
    ]
    guard let terms = specs.randomElement(using: &random) else { return }
    log.append("partitioned by \(terms)")
    try await made.change { $0.partitioning.replaceAll(with: terms) }
  }

  /// The rows of a file that are not deleted.
  private func left(of file: DataFile) async throws -> [RecordBatch] {
    let tasks = try await made.table.scan().tasks().filter { $0.file.location == file.location }
    var batches: [RecordBatch] = []
    for try await batch in BatchSequence(of: tasks, fileIO: made.table.fileIO) {
      batches.append(batch)
    }
    return batches
  }

  /// The vector of a data file.
  private func vectors(of files: [DataFile]) async throws -> [DataFile] {
    let locations = Set(files.map(\.location))
    return try await made.files(.positionDeletes).filter {
      $0.format == .puffin && $0.referencedDataFile.map(locations.contains) == true
    }
  }

  /// Writes a file anew, with some rows gone and some new.
  private mutating func copyOnWrite(_ random: inout SeededRandom) async throws {
    guard let file = try await made.files(.data).randomElement(using: &random) else { return }
    log.append("copy on write")
    var added: [DataFile] = []
    for batch in try await left(of: file) {
      let kept = (0..<batch.rowCount).filter { _ in Int.random(in: 0..<3, using: &random) > 0 }
      added += try await made.dataFiles(batch.take(kept))
    }
    if Bool.random(using: &random) { added += try await made.dataFiles(rows(&random)) }
    try await made.commit(
      .overwrite, add: added, remove: [file] + (try await vectors(of: [file])))
  }

  private mutating func deletePositions(_ random: inout SeededRandom) async throws {
    guard let file = try await made.files(.data).randomElement(using: &random) else { return }
    var positions = (0..<file.recordCount).filter { _ in Bool.random(using: &random) }
    if positions.isEmpty { positions = [0] }
    if version == 2 {
      log.append("positions \(positions)")
      try await made.commit(
        .delete, add: [try await made.positionDeletes(positions, of: file)])
      return
    }
    // The vector that is replaced need not be part of the new one, as when deletes are undone.
    let old = try await vectors(of: [file])
    log.append("vector \(positions), in place of \(old.count)")
    try await made.commit(
      .delete, add: [try await made.vector(positions, of: file)], remove: old)
  }

  private mutating func deleteEqual(
    _ random: inout SeededRandom, isUpsert: Bool
  ) async throws {
    guard let file = try await made.files(.data).randomElement(using: &random) else { return }
    log.append(isUpsert ? "upsert" : "equal")
    let places = Bool.random(using: &random) ? [0] : [0, 2]
    let rows = (0..<Int.random(in: 1...3, using: &random)).map { _ in row(&random) }
    let deletes = try await made.equalityDeletes(
      places.map { schema.fields[$0] }, rows.map { row in places.map { row[$0] } },
      inPartitionOf: file)
    var added = [deletes]
    if isUpsert { added += try await made.dataFiles(batch(rows)) }
    try await made.commit(isUpsert ? .overwrite : .delete, add: added)
  }

  /// Takes deletes back: their rows are there again.
  private mutating func dropDeletes(_ random: inout SeededRandom) async throws {
    let deletes = try await made.files(.positionDeletes, .equalityDeletes)
    guard let file = deletes.randomElement(using: &random) else { return }
    log.append("deletes dropped")
    try await made.commit(.overwrite, remove: [file])
  }

  /// Puts files together without changing rows.
  private mutating func compact(_ random: inout SeededRandom) async throws {
    log.append("compact")
    let files = try await made.files(.data).filter { _ in Bool.random(using: &random) }
    if files.isEmpty { return }
    var added: [DataFile] = []
    for file in files {
      for batch in try await left(of: file) { added += try await made.dataFiles(batch) }
    }
    try await made.commit(
      .replace, add: added, remove: files + (try await vectors(of: files)))
  }

  private mutating func dropFiles(_ random: inout SeededRandom) async throws {
    log.append("files dropped")
    let files = try await made.files(.data).filter { _ in
      Int.random(in: 0..<3, using: &random) == 0
    }
    try await made.commit(.delete, remove: files + (try await vectors(of: files)))
  }
}
