import Iceberg

extension InteropTable {
  /// What is done to the rows of a filter, a partition or a branch, one after the other.
  static let operationTables: [InteropTable] = [1, 2, 3].map { version in
    InteropTable(
      name: "operations_v\(version)", version: version,
      fields: [.required("id", .long), .optional("part", .int), .optional("text", .string)],
      partitioning: [.identity("part")], properties: ["commit.manifest.min-count-to-merge": "3"],
      appends: (0..<6).map { rows($0 * 10..<$0 * 10 + 10) }, changes: operations)
  }

  private static func row(_ id: Int64, part: Int64? = nil) -> [Literal?] {
    [
      .long(id), .int(Int32(truncatingIfNeeded: part ?? id % 4)),
      id.isMultiple(of: 3) ? nil : .string("row \(id)"),
    ]
  }

  private static func rows(_ ids: Range<Int64>, part: Int64? = nil) -> [[Literal?]] {
    ids.map { row($0, part: part) }
  }

  private static func part(_ row: [Literal?]) -> Int32? {
    if case .int(let part)?? = row.dropFirst().first { return part }
    return nil
  }

  private static func files(of rows: [[Literal?]], for table: Table) async throws -> [DataFile] {
    try await table.withWriter { writer in
      try await writer.write(RecordBatch(rows: rows, schema: table.metadata.currentSchema))
    }
  }

  private static let operations: [InteropChange] = {
    /// An operation with new files of some rows.
    func change(
      adding added: [[Literal?]],
      keeping keeps: @escaping @Sendable ([Literal?]) -> Bool = { _ in
        true
      }, _ operation: @escaping @Sendable (inout Transaction, [DataFile]) -> Void
    ) -> InteropChange {
      InteropChange(
        run: { table in
          let files = try await files(of: added, for: table)
          return try await table.commit { operation(&$0, files) }
        }, keeps: keeps, added: added)
    }
    return [
      change(adding: rows(60..<70)) { $0.fastAppend($1) },
      change(adding: rows(100..<110, part: 1), keeping: { part($0) != 1 }) {
        $0.replacePartitions(with: $1)
      },
      change(adding: [], keeping: { part($0) != 2 }) { tx, _ in
        tx.deleteFiles(where: col("part") == 2)
      },
      change(adding: rows(120..<125, part: 3), keeping: { part($0) != 3 }) {
        $0.overwrite(where: col("part") == 3, with: $1)
      },
      InteropChange(run: compacted, keeps: { _ in true }),
      InteropChange(
        run: { table in try await throughBranch(table, rows(200..<220)) }, keeps: { _ in true },
        added: rows(200..<220)),
      InteropChange(
        run: { table in
          let last = table.metadata.currentSnapshotID ?? -1
          let table = try await table.append(
            RecordBatch(rows: rows(300..<310), schema: table.metadata.currentSchema))
          return try await table.commit { $0.rollback(to: last) }
        }, keeps: { _ in true }),
      change(adding: rows(400..<410)) { tx, files in
        tx.append(files)
        tx.setProperty("note", "set together with an append")
        tx.createTag("last")
      },
    ]
  }()

  /// Two appends to a branch, to which the main branch then moves.
  private static func throughBranch(
    _ table: Table, _ rows: [[Literal?]]
  ) async throws -> Table {
    let first = try await files(of: Array(rows[..<10]), for: table)
    let second = try await files(of: Array(rows[10...]), for: table)
    return try await table.commit { tx in
      tx.createBranch("audit")
      tx.append(first, toBranch: "audit")
      tx.fastAppend(second, toBranch: "audit")
      tx.fastForward(SnapshotReference.main, to: "audit")
    }
  }

  /// The files of one partition, rewritten into one.
  private static func compacted(_ table: Table) async throws -> Table {
    let scan = table.scan().filter(col("part") == 0)
    let old = try await scan.tasks().map(\.file)
    let new = try await table.withWriter { writer in
      for try await batch in scan.batches() { try await writer.write(batch) }
    }
    return try await table.commit { $0.rewriteFiles(RewriteFiles(removed: old, added: new)) }
  }
}
