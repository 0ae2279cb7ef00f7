import Iceberg

extension InteropTable {
  /// What is done to files by name and to the history: manifests written anew, snapshots that are staged
  /// and published, rolled back and picked, files removed, replaced and rewritten by their locations, rows
  /// replaced by a row delta, a partition overwritten, and the whole table replaced.
  static let historyTables: [InteropTable] = [1, 2, 3].map { version in
    InteropTable(
      name: "history_v\(version)", version: version,
      fields: [.required("id", .long), .optional("part", .int), .optional("text", .string)],
      partitioning: [.identity("part")],
      appends: (0..<3).map { rows($0 * 10..<$0 * 10 + 10) },
      changes: changes(version: version))
  }

  private static func row(_ id: Int64) -> [Literal?] {
    [.long(id), .int(Int32(id % 4)), id.isMultiple(of: 3) ? nil : .string("row \(id)")]
  }

  private static func rows(_ ids: Range<Int64>) -> [[Literal?]] { ids.map { row($0) } }

  private static func id(_ row: [Literal?]) -> Int64 {
    if case .long(let id)? = row[0] { id } else { -1 }
  }

  private static func isOfPart(_ part: Int64) -> @Sendable ([Literal?]) -> Bool {
    { id($0) % 4 == part }
  }

  private static func files(of rows: [[Literal?]], for table: Table) async throws -> [DataFile] {
    try await table.withWriter { writer in
      try await writer.write(RecordBatch(rows: rows, schema: table.metadata.currentSchema))
    }
  }

  /// The data files of one partition.
  private static func files(ofPart part: Int, of table: Table) async throws -> [DataFile] {
    try await table.scan().filter(col("part") == part).tasks().map(\.file)
  }

  private static func changes(version: Int) -> [InteropChange] {
    let all: @Sendable ([Literal?]) -> Bool = { _ in true }
    var changes = [
      InteropChange(run: { table in try await table.commit { $0.rewriteManifests() } }, keeps: all),
      InteropChange(
        run: { table in
          let new = try await files(of: rows(100..<110), for: table)
          let staged = try await table.commit {
            $0.append(new)
            $0.stage(wapID: "audited")
          }
          return try await staged.commit { $0.publish(wapID: "audited") }
        }, keeps: all, added: rows(100..<110)),
      InteropChange(
        run: { table in
          let last = table.metadata.currentSnapshotID ?? -1
          let new = try await files(of: rows(120..<124), for: table)
          let appended = try await table.commit { $0.append(new) }
          let picked = appended.metadata.currentSnapshotID ?? -1
          let back = try await appended.commit { $0.setCurrentSnapshot(last) }
          let other = try await files(of: rows(130..<134), for: back)
          return try await back.commit { $0.append(other) }
            .commit { $0.cherryPick(picked) }
        }, keeps: all, added: rows(120..<124) + rows(130..<134)),
      InteropChange(
        run: { table in
          let old = try await files(ofPart: 1, of: table)
          return try await table.commit { $0.deleteFiles(at: old.map(\.location)) }
        }, keeps: { !isOfPart(1)($0) }),
      InteropChange(
        run: { table in
          let old = try await files(ofPart: 2, of: table)
          let new = try await files(of: rows(200..<208), for: table)
          return try await table.commit { $0.overwrite(removing: old, adding: new) }
        }, keeps: { !isOfPart(2)($0) }, added: rows(200..<208)),
    ]
    if version >= 2 { changes += [upsert, rewritten] }
    changes += [
      InteropChange(
        run: { table in
          let new = (300..<330).map { $0 * 4 + 3 }.map { row($0) }
          let batch = try RecordBatch(rows: new, schema: table.metadata.currentSchema)
          let batches = AsyncStream<RecordBatch> { stream in
            stream.yield(batch)
            stream.finish()
          }
          return try await table.overwritePartitions(with: batches)
        }, keeps: { !isOfPart(3)($0) }, added: (300..<330).map { row($0 * 4 + 3) }),
      InteropChange(
        run: { table in
          let schema = table.metadata.currentSchema
          let creation = TableCreation(
            schema: schema, partitionSpec: try PartitionSpec([.bucket(3, "id")], schema: schema),
            properties: ["format-version": "\(version)"])
          let new = try RecordBatch(rows: rows(500..<520), schema: schema)
          return try await table.commit { $0.replaceTable(with: creation) }.append(new)
        }, keeps: { _ in false }, added: rows(500..<520)),
    ]
    return changes
  }

  /// Rows deleted by their ids, and written again with others by the same snapshot.
  private static let upsert = InteropChange(
    run: { table in
      let schema = table.metadata.currentSchema
      let deletes = try await table.withEqualityDeleteWriter(["id", "part"]) { writer in
        try await writer.write(
          RecordBatch(
            rows: rows(4..<8).map { Array($0[..<2]) }, schema: try schema.selecting(["id", "part"]))
        )
      }
      let new = try await files(of: rows(4..<12), for: table)
      return try await table.commit {
        $0.rowDelta(RowDelta(addedFiles: new, addedDeletes: deletes))
      }
    }, keeps: { !(4..<8).contains(id($0)) }, added: rows(4..<12))

  /// The files of a partition, rewritten under the number that they had, so that later deletes still apply.
  private static let rewritten = InteropChange(
    run: { table in
      let number = table.metadata.lastSequenceNumber
      let scan = table.scan().filter(col("part") == 0)
      let old = try await scan.tasks().map(\.file)
      let new = try await table.withWriter { writer in
        for try await batch in scan.batches() { try await writer.write(batch) }
      }
      return try await table.commit {
        $0.rewriteFiles(RewriteFiles(removed: old, added: new, dataSequenceNumber: number))
      }
    }, keeps: { _ in true })
}
