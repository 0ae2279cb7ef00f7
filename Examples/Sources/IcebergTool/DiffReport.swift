import ExampleSupport
import Iceberg

/// What is different between two points of a table's history, as text or as JSON.
struct DiffReport {
  private let diff: TableDiff
  private let isJSON: Bool

  /// A report of `diff`.
  init(_ diff: TableDiff, isJSON: Bool) {
    self.diff = diff
    self.isJSON = isJSON
  }

  /// Prints all but the rows.
  func write() { Output.write(isJSON ? JSONText.line(json) : text) }
}

// MARK: Text

extension DiffReport {
  private var text: String {
    var text = "from  \(Self.title(diff.from))\nto    \(Self.title(diff.to))\n"
    func add(_ title: String, _ lines: [String]) {
      if !lines.isEmpty { text += "\n\(title)\n" + lines.map { "  \($0)\n" }.joined() }
    }
    add(
      "Schema",
      diff.schema.map { SchemaDifferenceText.line($0, from: diff.from.schema, to: diff.to.schema) })
    if let change = diff.partitionSpec {
      add("Partitioned by", Self.lines(change) { LayoutText.spec($0, diff.table.metadata) })
    }
    if let change = diff.sortOrder {
      add("Sorted by", Self.lines(change) { LayoutText.order($0, diff.table.metadata) })
    }
    if let properties = diff.properties {
      add("Properties", Self.lines(properties))
    } else {
      add("Properties", ["not known: the metadata of that time is no longer kept"])
    }
    add("Totals", Self.lines(diff.totals))
    let files = groups
    if !files.isEmpty {
      var printer = TablePrinter([
        "", .number("files"), "content", .number("rows"), .number("size"), "partition",
      ])
      for (sign, group) in files {
        printer.add([
          sign, "\(group.fileCount)", Command.name(group.content), "\(group.recordCount)",
          Sizes.text(group.sizeInBytes), group.partitionPath,
        ])
      }
      add("Files", printer.lines)
    }
    return diff.isEmpty ? text + "\nNo difference\n" : text
  }

  private static func title(_ side: TableDiff.Side) -> String {
    guard let snapshot = side.snapshot else { return "no snapshot: the table was empty" }
    return "snapshot \(snapshot.id), \(snapshot.summary?.operation?.rawValue ?? "made") at "
      + Timestamps.text(millis: snapshot.timestampMillis)
  }

  private static func lines<Value>(
    _ change: TableDiff.Change<Value>, _ text: (Value) -> String
  ) -> [String] {
    ["- \(change.from.map(text) ?? "nothing")", "+ \(change.to.map(text) ?? "nothing")"]
  }

  private static func lines(_ changes: [String: TableDiff.Change<String>]) -> [String] {
    changes.sorted { $0.key < $1.key }.map { name, change in
      switch (change.from, change.to) {
      case (nil, let to): "+ \(name) = \(to ?? "")"
      case (let from?, nil): "- \(name) = \(from)"
      case (let from?, let to?): "~ \(name) = \(from) -> \(to)\(growth(from, to))"
      }
    }
  }

  /// ` (+5)` of two numbers.
  private static func growth(_ from: String, _ to: String) -> String {
    guard let from = Int64(from), let to = Int64(to) else { return "" }
    let (growth, overflow) = to.subtractingReportingOverflow(from)
    return overflow ? "" : " (\(growth > 0 ? "+" : "")\(growth))"
  }

  /// The groups of files, by partition, what is gone before what is new.
  private var groups: [(sign: String, group: TableDiff.FileGroup)] {
    let all =
      diff.removedGroups.map { (sign: "-", group: $0) }
      + diff.addedGroups.map { (sign: "+", group: $0) }
    return all.sorted {
      ($0.group.partitionPath, $0.group.content.rawValue, $1.sign)
        < ($1.group.partitionPath, $1.group.content.rawValue, $0.sign)
    }
  }
}

// MARK: JSON

extension DiffReport {
  private var json: JSONValue {
    let metadata = diff.table.metadata
    var object: JSONObject = [
      "kind": "table", "is_different": .bool(!diff.isEmpty), "from": Self.json(diff.from),
      "to": Self.json(diff.to),
    ]
    object["schema"] = .array(diff.schema.map(SchemaDifferenceText.json))
    object["partition_spec"] =
      diff.partitionSpec.map { Self.json($0) { .string(LayoutText.spec($0, metadata)) } } ?? .null
    object["sort_order"] =
      diff.sortOrder.map { Self.json($0) { .string(LayoutText.order($0, metadata)) } } ?? .null
    object["properties"] = diff.properties.map { Self.json($0) } ?? .null
    object["totals"] = Self.json(diff.totals)
    object["files"] = .array(
      groups.map { sign, group in
        [
          "change": .string(sign == "+" ? "added" : "removed"),
          "content": .string(Command.name(group.content)),
          "spec_id": .integer(Int64(group.specID)), "partition": .string(group.partitionPath),
          "files": .integer(Int64(group.fileCount)), "rows": .integer(group.recordCount),
          "bytes": .integer(group.sizeInBytes),
        ]
      })
    return .object(object)
  }

  private static func json(_ side: TableDiff.Side) -> JSONValue {
    guard let snapshot = side.snapshot else { return .null }
    return [
      "snapshot_id": .integer(snapshot.id),
      "committed_at": .string(Timestamps.text(millis: snapshot.timestampMillis)),
      "operation": JSONText.string(snapshot.summary?.operation?.rawValue),
    ]
  }

  private static func json<Value>(
    _ change: TableDiff.Change<Value>, _ json: (Value) -> JSONValue
  ) -> JSONValue {
    ["from": change.from.map(json) ?? .null, "to": change.to.map(json) ?? .null]
  }

  private static func json(_ changes: [String: TableDiff.Change<String>]) -> JSONValue {
    .object(
      JSONObject(
        changes.sorted { $0.key < $1.key }.map { name, change in
          JSONObject.Member(name, json(change) { .string($0) })
        }))
  }
}

// MARK: Rows

extension DiffReport {
  /// Prints rows that are different, no more than `limit`, and how many they were.
  func write(_ rows: RowDiff, key: [String], limit: Int) async throws {
    let encoder = RowJSONEncoder(schema: rows.schema)
    var counts = (removed: 0, added: 0, changed: 0)
    if !isJSON { Output.write("\nRows\n") }
    reading: for try await difference in rows {
      var lines = ""
      let rest = limit - counts.removed - counts.added - counts.changed
      switch difference {
      case .removed(let batch):
        let count = min(rest, batch.rowCount)
        for index in 0..<count {
          lines += try line("-", "removed", encoder.encode(index, of: batch))
        }
        counts.removed += count
      case .added(let batch):
        let count = min(rest, batch.rowCount)
        for index in 0..<count {
          lines += try line("+", "added", encoder.encode(index, of: batch))
        }
        counts.added += count
      case .changed(let old, let new):
        let count = min(rest, old.rowCount, new.rowCount)
        for index in 0..<count {
          lines += try changed(
            from: encoder.encode(index, of: old), to: encoder.encode(index, of: new), key: key)
        }
        counts.changed += count
      }
      Output.write(lines)
      if counts.removed + counts.added + counts.changed == limit { break reading }
    }
    if isJSON { return }
    let total = counts.removed + counts.added + counts.changed
    Output.error(
      "\(Counts.text(counts.removed, "row")) removed, \(counts.added) added"
        + (key.isEmpty ? "" : ", \(counts.changed) changed")
        + (total == limit ? " (the limit)" : "") + "\n")
  }

  private func line(_ sign: String, _ kind: String, _ row: [UInt8]) throws -> String {
    let text = String(decoding: row, as: UTF8.self)
    return isJSON ? "{\"kind\":\"\(kind)\",\"row\":\(text)}\n" : "  \(sign) \(text)\n"
  }

  private func changed(from: [UInt8], to: [UInt8], key: [String]) throws -> String {
    let (old, new) = (String(decoding: from, as: UTF8.self), String(decoding: to, as: UTF8.self))
    if isJSON { return "{\"kind\":\"changed\",\"from\":\(old),\"to\":\(new)}\n" }
    guard case .object(let before) = try JSONValue(parsing: Bytes(from)),
      case .object(let after) = try JSONValue(parsing: Bytes(to))
    else { return "  ~ \(old) -> \(new)\n" }
    // The key, which tells the row, and of the rest what is another.
    let keys = key.map { name in "\(name)=\(Self.text(after[name]))" }
    let changes = zip(before.members, after.members).compactMap { old, new in
      old.value == new.value
        ? nil : "\(new.name): \(Self.text(old.value)) -> \(Self.text(new.value))"
    }
    return "  ~ \(keys.joined(separator: " "))  \(changes.joined(separator: ", "))\n"
  }

  private static func text(_ value: JSONValue?) -> String {
    value?.serialized().utf8String ?? ""
  }
}
