package import Iceberg
package import IcebergColumns
package import IcebergModel

/// The changes of a table, found by reading all rows of every snapshot.
package struct ChangelogModel {
  /// One changed row.
  package struct Line: Hashable, Comparable, CustomStringConvertible, Sendable {
    package var ordinal: Int
    package var snapshotID: Int64
    package var type: String
    package var row: String

    package var description: String { "\(ordinal) \(snapshotID) \(type) \(row)" }

    package static func < (left: Line, right: Line) -> Bool {
      (left.ordinal, left.type, left.row) < (right.ordinal, right.type, right.row)
    }
  }

  private let table: Table
  private let schema: Schema
  private var cache: [Int64: [String: Int]] = [:]

  /// The changes of a table whose rows are read with the columns of `schema`.
  package init(_ table: Table, schema: Schema) {
    self.table = table
    self.schema = schema
  }

  /// How often each row is in a snapshot.
  package mutating func rows(_ snapshot: Snapshot?) async throws -> [String: Int] {
    guard let snapshot else { return [:] }
    if let known = cache[snapshot.id] { return known }
    var tasks = try await table.scan().at(.snapshot(snapshot.id)).tasks()
    for index in tasks.indices { tasks[index].schema = schema }
    var counts: [String: Int] = [:]
    for try await batch in BatchSequence(of: tasks, fileIO: table.fileIO) {
      for line in try Self.text(batch, schema) { counts[line, default: 0] += 1 }
    }
    cache[snapshot.id] = counts
    return counts
  }

  /// How many times more a row is there after each snapshot with changes, oldest first.
  private mutating func steps(
    after from: Snapshot?, through to: Snapshot
  ) async throws -> [(snapshotID: Int64, changes: [String: Int])] {
    var chain: [Snapshot] = []
    for snapshot in table.metadata.ancestors(of: to.id) {
      if snapshot.id == from?.id { break }
      chain.append(snapshot)
    }
    var steps: [(snapshotID: Int64, changes: [String: Int])] = []
    for snapshot in chain.reversed() where snapshot.summary?.operation != .replace {
      let before = try await rows(snapshot.parentID.flatMap { table.metadata.snapshot(id: $0) })
      var changes = try await rows(snapshot)
      for (row, count) in before { changes[row, default: 0] -= count }
      steps.append((snapshot.id, changes.filter { $0.value != 0 }))
    }
    return steps
  }

  /// The changes of each snapshot, sorted.
  package mutating func changes(
    after from: Snapshot?, through to: Snapshot
  ) async throws -> [Line] {
    var lines: [Line] = []
    for (ordinal, step) in try await steps(after: from, through: to).enumerated() {
      for (row, count) in step.changes {
        let line = Line(
          ordinal: ordinal, snapshotID: step.snapshotID, type: count < 0 ? "DELETE" : "INSERT",
          row: row)
        lines += Array(repeating: line, count: Int(count.magnitude))
      }
    }
    return lines.sorted()
  }

  /// What is left of all changes, sorted: an opposite change undoes the latest of the same row.
  package mutating func netChanges(
    after from: Snapshot?, through to: Snapshot
  ) async throws -> [Line] {
    var open: [String: [Line]] = [:]
    for line in try await changes(after: from, through: to) {
      if let last = open[line.row]?.last, last.type != line.type {
        open[line.row]?.removeLast()
      } else {
        open[line.row, default: []].append(line)
      }
    }
    return open.values.flatMap { $0 }.sorted()
  }

  /// The rows of a changelog in the order in which they come.
  package static func lines(of changes: ChangelogScan) async throws -> [Line] {
    let schema = try changes.schema
    let rows = Schema(schema.fields.dropLast(3))
    var lines: [Line] = []
    for try await batch in changes.batches() {
      try batch.validate()
      let part = RecordBatch(
        names: Array(batch.names.dropLast(3)), columns: Array(batch.columns.dropLast(3)),
        rowCount: batch.rowCount)
      let labels = batch.columns.suffix(3)
      for (index, row) in try text(part, rows).enumerated() {
        guard
          case .string(let type)? = literal(labels[labels.startIndex], index, .string),
          case .int(let ordinal)? = literal(labels[labels.startIndex + 1], index, .int),
          case .long(let id)? = literal(labels[labels.startIndex + 2], index, .long)
        else { throw IcebergError(.invalidFile, "a change without label") }
        lines.append(Line(ordinal: Int(ordinal), snapshotID: id, type: type, row: row))
      }
    }
    return lines
  }

  private static func literal(_ column: Column, _ row: Int, _ type: FieldType) -> Literal? {
    column.isNull(at: row) ? nil : Literal(column.value(at: row), type: type)
  }

  /// The rows of a batch as text.
  package static func text(_ batch: RecordBatch, _ schema: Schema) throws -> [String] {
    let encoder = RowJSONEncoder(schema: schema)
    return try (0..<batch.rowCount).map {
      String(decoding: try encoder.encode($0, of: batch), as: UTF8.self)
    }
  }
}
