import Iceberg

/// A change of an interop table after rows were appended to it.
struct InteropChange: Sendable {
  /// Makes the change.
  var run: @Sendable (Table) async throws -> Table
  /// Which rows it leaves.
  var keeps: @Sendable ([Literal?]) -> Bool
  /// The rows that it adds.
  var added: [[Literal?]] = []
}

extension InteropTable {
  /// Every kind of delete file, deletion vectors, and rows that were written anew.
  static let deleteTables: [InteropTable] = {
    var tables: [InteropTable] = []
    for format in ["parquet", "avro"] {
      for granularity in ["partition", "file"] {
        tables.append(
          deleted(
            "position_deletes_v2_\(format)_by_\(granularity)", version: 2, .mergeOnRead,
            [
              "write.delete.granularity": granularity, "write.delete.format.default": format,
            ]))
      }
      tables.append(equality("equality_deletes_v2_\(format)", version: 2, format))
    }
    tables.append(deleted("deletion_vectors_v3", version: 3, .mergeOnRead))
    tables.append(upgraded)
    tables.append(equality("equality_deletes_v3", version: 3, "parquet"))
    tables += [1, 2, 3].map { deleted("rewritten_v\($0)", version: $0, .copyOnWrite) }
    tables += [1, 2, 3].map { overwritten("overwritten_v\($0)", version: $0) }
    tables += [2, 3].map { compacted("compacted_v\($0)", version: $0) }
    return tables
  }()

  private static let deleteFields: [Field] = [
    .required("id", .long), .optional("level", .string), .optional("x", .double),
  ]

  private static let levels = ["debug", "info", "warn"]

  private static func rows(_ ids: Range<Int64>) -> [[Literal?]] {
    ids.map { id in
      [
        .long(id), id % 5 == 4 ? nil : .string(levels[Int(id % 3)]),
        id % 7 == 0 ? nil : .double(Double(id) / 4),
      ]
    }
  }

  private static func id(_ row: [Literal?]) -> Int64 {
    if case .long(let id)? = row[0] { return id }
    return -1
  }

  private static func x(_ row: [Literal?]) -> Double? {
    if case .double(let value)? = row[2] { return value }
    return nil
  }

  private static func level(_ row: [Literal?]) -> String? {
    if case .string(let text)? = row[1] { return text }
    return nil
  }

  /// Deletes by filter: parts of files, the same files again, and whole files.
  private static func deletes(_ mode: TableProperties.RowLevelMode) -> [InteropChange] {
    func change(
      _ filter: Filter, _ deletes: @escaping @Sendable ([Literal?]) -> Bool
    ) -> InteropChange {
      InteropChange(
        run: { table in
          try await table.delete(where: filter, options: RowChangeOptions(mode: mode)).table
        }, keeps: { !deletes($0) })
    }
    return [
      change(col("id") >= 10 && col("id") < 30) { (10..<30).contains(id($0)) },
      change(col("x") > 40.0) { (x($0) ?? 0) > 40 },
      change(col("level") == "debug") { level($0) == "debug" },
      change(col("id") == 31 || col("x").isNull) { id($0) == 31 || x($0) == nil },
    ]
  }

  private static func deleted(
    _ name: String, version: Int, _ mode: TableProperties.RowLevelMode,
    _ properties: [String: String] = [:]
  ) -> InteropTable {
    InteropTable(
      name: name, version: version, fields: deleteFields, partitioning: [.identity("level")],
      properties: properties, appends: [rows(0..<100), rows(100..<200)], changes: deletes(mode))
  }

  /// Position deletes of version 2, by partition and by file, and vectors that take them in.
  private static let upgraded: InteropTable = {
    var table = deleted(
      "deletion_vectors_after_upgrade", version: 2, .mergeOnRead,
      ["write.delete.granularity": "file"])
    let upgrade = InteropChange(
      run: { table in try await table.commit { $0.upgradeFormat(to: 3) } }, keeps: { _ in true })
    let byPartition = InteropChange(
      run: { table in
        try await table.commit { $0.setProperty("write.delete.granularity", "partition") }
      }, keeps: { _ in true })
    table.changes.insert(byPartition, at: 1)
    table.changes.insert(upgrade, at: 3)
    return table
  }()

  /// Files packed, then sorted anew, with deletes before and after, and delete files joined.
  private static func compacted(_ name: String, version: Int) -> InteropTable {
    var table = deleted(
      name, version: version, .mergeOnRead, ["write.delete.granularity": "file"])
    let all = FileGroupOptions(rewritesAll: true)
    let packed = InteropChange(
      run: { table in
        try await table.rewriteDataFiles(.init(where: col("level") == "info", groups: all)).table
      }, keeps: { _ in true })
    let joined = InteropChange(
      run: { table in
        let table = try await table.rewritePositionDeleteFiles(.init(groups: all)).table
        return try await table.removeDanglingDeletes().table
      }, keeps: { _ in true })
    let sorted = InteropChange(
      run: { table in
        try await table.rewriteDataFiles(
          .init(
            strategy: .sort([.descending("x")]), where: col("level") == "warn", groups: all)
        ).table
      }, keeps: { _ in true })
    table.changes.insert(packed, at: 2)
    table.changes += [joined, sorted]
    return table
  }

  private static func equality(_ name: String, version: Int, _ format: String) -> InteropTable {
    func change(
      _ columns: [String], _ values: [[Literal?]],
      _ deletes: @escaping @Sendable ([Literal?]) -> Bool
    ) -> InteropChange {
      InteropChange(
        run: { table in
          let schema = table.metadata.currentSchema
          let files = try await table.withEqualityDeleteWriter(columns) { writer in
            try await writer.write(
              RecordBatch(rows: values, schema: try schema.selecting(columns)))
          }
          return try await table.commit { $0.rowDelta(RowDelta(addedDeletes: files)) }
        }, keeps: { !deletes($0) })
    }
    return InteropTable(
      name: name, version: version, fields: deleteFields,
      properties: ["write.delete.format.default": format],
      appends: [rows(0..<100), rows(100..<200)],
      changes: [
        change(["id"], (50..<60).map { [.long($0)] }) { (50..<60).contains(id($0)) },
        change(["level", "x"], [[.string("info"), .double(25)], [nil, .double(1)]]) {
          (level($0) == "info" && x($0) == 25) || (level($0) == nil && x($0) == 1)
        },
      ])
  }

  private static func overwritten(_ name: String, version: Int) -> InteropTable {
    let new = rows(300..<320)
    return InteropTable(
      name: name, version: version, fields: deleteFields, partitioning: [.bucket(3, "id")],
      appends: [rows(0..<100)],
      changes: [
        InteropChange(
          run: { table in
            let batch = try RecordBatch(rows: new, schema: table.metadata.currentSchema)
            return try await table.overwrite(where: col("id") < 40, with: [batch]).table
          }, keeps: { id($0) >= 40 }, added: new)
      ])
  }
}
