import ExampleSupport
import Iceberg

/// What a scan would read, as text and as JSON.
struct ExplanationReport {
  private let explanation: ScanExplanation
  private let price: Double

  /// A report with costs at `price` USD for 10^12 bytes.
  init(_ explanation: ScanExplanation, price: Double) {
    self.explanation = explanation
    self.price = price
  }
}

// MARK: Text

extension ExplanationReport {
  /// Manifests and files as tables.
  var parts: String {
    var manifests = TablePrinter(
      ["", "manifest", "content", .number("files"), .number("size"), "rule", "why"],
      maximumCellWidth: 100)
    for manifest in explanation.manifests {
      manifests.add([
        Self.word(manifest.decision), Self.name(manifest.manifest.location),
        manifest.manifest.content == .data ? "data" : "deletes", "\(manifest.fileCount)",
        Sizes.text(manifest.sizeInBytes), Self.rule(manifest.decision) ?? "",
        Self.reason(manifest.decision) ?? "",
      ])
    }
    var files = TablePrinter(
      [
        "", "data file", "partition", .number("rows"), .number("size"), .number("to read"),
        .number("deletes"), "rule", "why, or what is left of the filter",
      ], maximumCellWidth: 100)
    for file in explanation.files {
      files.add([
        Self.word(file.decision), Self.name(file.file.location), file.partitionPath,
        "\(file.file.recordCount)", Sizes.text(file.file.fileSizeInBytes),
        Sizes.text(file.bytesToRead), "\(file.deletes.count)", Self.rule(file.decision) ?? "",
        Self.reason(file.decision) ?? file.residual,
      ])
      for (index, group) in (file.rowGroups ?? []).enumerated() {
        files.add([
          Self.word(group.decision), "  row group \(index)", "", "\(group.rowCount)",
          Sizes.text(group.range.upperBound - group.range.lowerBound),
          Sizes.text(group.bytesToRead), "", Self.rule(group.decision) ?? "",
          Self.reason(group.decision) ?? "",
        ])
      }
    }
    let text = manifests.text + "\n" + files.text + "\n"
    if explanation.deletes.isEmpty { return text }
    var deletes = TablePrinter(
      [
        "", "delete file", "partition", .number("deletes"), .number("size"),
        .number("data files"), "rule", "why",
      ], maximumCellWidth: 100)
    for delete in explanation.deletes {
      deletes.add([
        Self.word(delete.decision), Self.name(delete.file.location), delete.partitionPath,
        "\(delete.file.recordCount)", Sizes.text(delete.sizeInBytes),
        "\(delete.appliedCount)", Self.rule(delete.decision) ?? "",
        Self.reason(delete.decision) ?? "",
      ])
    }
    return text + deletes.text + "\n"
  }

  /// The totals as lines.
  var totals: String {
    let snapshot = explanation.snapshot.map { snapshot in
      "\(snapshot.id), made at \(Timestamps.text(millis: snapshot.timestampMillis))"
    }
    var lines: [(String, String)] = [
      ("Snapshot", snapshot ?? "none: the table is empty"),
      ("Filter", explanation.filter == .all ? "none" : "\(explanation.filter)"),
      ("Manifests", "\(keptManifests) of \(explanation.manifests.count) read"),
      ("Data files", "\(explanation.keptFiles.count) of \(explanation.dataFileCount) read"),
    ]
    if let (kept, all) = rowGroups { lines.append(("Row groups", "\(kept) of \(all) read")) }
    lines.append(
      (
        "Data",
        "\(Sizes.text(explanation.dataBytesToRead)) of \(Sizes.text(explanation.dataBytes)) read"
          + (explanation.skippedShare.map { ", \(Self.percent($0)) skipped" } ?? "")
      ))
    lines.append(
      (
        "Deletes",
        "\(Sizes.text(explanation.deleteBytesToRead)) read, \(keptDeletes) of "
          + "\(Counts.text(explanation.deletes.count, "file"))"
      ))
    lines.append(("Cost", "\(Self.money(cost)) USD at \(Self.short(price)) USD for 10^12 bytes"))
    let width = lines.map(\.0.count).max() ?? 0
    return lines.map { title, value in
      title + String(repeating: " ", count: width - title.count + 2) + value + "\n"
    }.joined()
  }

  private static func name(_ location: String) -> String {
    String(location.split(separator: "/").last ?? "")
  }

  private static func word(_ decision: ScanExplanation.Decision) -> String {
    decision.isKept ? "read" : "skip"
  }

  private static func rule(_ decision: ScanExplanation.Decision) -> String? {
    if case .skipped(let rule, _) = decision { rule.rawValue } else { nil }
  }

  private static func reason(_ decision: ScanExplanation.Decision) -> String? {
    if case .skipped(_, let reason) = decision { reason } else { nil }
  }

  private var keptManifests: Int { explanation.manifests.count { $0.decision.isKept } }

  private var keptDeletes: Int { explanation.deletes.count { $0.decision.isKept } }

  private var cost: Double { explanation.cost(pricePerTerabyte: price) }

  /// The row groups that are read and all that were looked at; nil when none were.
  private var rowGroups: (kept: Int, all: Int)? {
    let groups = explanation.files.compactMap(\.rowGroups)
    if groups.isEmpty { return nil }
    return groups.reduce((0, 0)) { ($0.0 + $1.count { $0.decision.isKept }, $0.1 + $1.count) }
  }

  /// `99.3 %`
  private static func percent(_ share: Double) -> String {
    // Down, so that nothing but all is 100 %.
    let tenths = Int((share * 1000).rounded(.down))
    return "\(tenths / 10).\(tenths % 10) %"
  }

  /// An amount with at least two places and at least two digits that are not zero.
  static func money(_ amount: Double) -> String {
    var places = 2
    var unit = 100.0
    while amount > 0, amount * unit < 10, places < 12 {
      unit *= 10
      places += 1
    }
    guard amount < 1e6, let units = Int64(exactly: (amount * unit).rounded()) else {
      return "\(amount)"
    }
    let whole = units / Int64(unit)
    let rest = String(units % Int64(unit))
    return "\(whole)." + String(repeating: "0", count: places - rest.count) + rest
  }

  private static func short(_ number: Double) -> String {
    Int64(exactly: number).map { "\($0)" } ?? "\(number)"
  }
}

// MARK: JSON

extension ExplanationReport {
  /// Prints manifests and files, one a line.
  func writeParts() {
    for manifest in explanation.manifests {
      let what = manifest.manifest
      var object: JSONObject = [
        "kind": "manifest", "path": .string(what.location),
        "content": .string(what.content == .data ? "data" : "deletes"),
        "files": .integer(Int64(manifest.fileCount)), "bytes": .integer(manifest.sizeInBytes),
      ]
      Self.add(manifest.decision, to: &object)
      Output.write(JSONText.line(.object(object)))
    }
    for file in explanation.files { Output.write(JSONText.line(json(file))) }
    for delete in explanation.deletes { Output.write(JSONText.line(json(delete))) }
  }

  private func json(_ delete: ScanExplanation.Delete) -> JSONValue {
    var object: JSONObject = [
      "kind": "delete_file", "path": .string(delete.file.location),
      "manifest": .string(explanation.manifests[delete.manifest].manifest.location),
      "partition": .string(delete.partitionPath), "deletes": .integer(delete.file.recordCount),
      "bytes": .integer(delete.sizeInBytes),
      "data_files": .integer(Int64(delete.appliedCount)),
    ]
    Self.add(delete.decision, to: &object)
    return .object(object)
  }

  private func json(_ file: ScanExplanation.File) -> JSONValue {
    var object: JSONObject = [
      "kind": "file", "path": .string(file.file.location),
      "manifest": .string(explanation.manifests[file.manifest].manifest.location),
      "partition": .string(file.partitionPath), "rows": .integer(file.file.recordCount),
      "bytes": .integer(file.file.fileSizeInBytes), "bytes_to_read": .integer(file.bytesToRead),
    ]
    Self.add(file.decision, to: &object)
    if file.decision.isKept {
      object["residual"] = .string(file.residual)
      object["deletes"] = .array(file.deletes.map { .string($0.file.location) })
    }
    if let groups = file.rowGroups {
      object["row_groups"] = .array(
        groups.map { group in
          var object: JSONObject = [
            "rows": .integer(group.rowCount), "start": .integer(group.range.lowerBound),
            "end": .integer(group.range.upperBound), "bytes_to_read": .integer(group.bytesToRead),
          ]
          Self.add(group.decision, to: &object)
          return .object(object)
        })
    }
    return .object(object)
  }

  private static func add(_ decision: ScanExplanation.Decision, to object: inout JSONObject) {
    object["decision"] = .string(decision.isKept ? "read" : "skip")
    guard case .skipped(let rule, let reason) = decision else { return }
    object["rule"] = .string(rule.rawValue)
    object["reason"] = .string(reason)
  }

  /// The totals.
  var totalsJSON: JSONValue {
    var object: JSONObject = [
      "kind": "total", "snapshot_id": JSONText.number(explanation.snapshot?.id),
      "filter": .string("\(explanation.filter)"),
      "manifests": .integer(Int64(explanation.manifests.count)),
      "manifests_read": .integer(Int64(keptManifests)),
      "files": .integer(Int64(explanation.dataFileCount)),
      "files_read": .integer(Int64(explanation.keptFiles.count)),
      "delete_files": .integer(Int64(explanation.deletes.count)),
      "delete_files_read": .integer(Int64(keptDeletes)),
    ]
    if let (kept, all) = rowGroups {
      object["row_groups"] = .integer(Int64(all))
      object["row_groups_read"] = .integer(Int64(kept))
    }
    object["bytes"] = .integer(explanation.dataBytes)
    object["bytes_to_read"] = .integer(explanation.bytesToRead)
    object["delete_bytes_to_read"] = .integer(explanation.deleteBytesToRead)
    object["skipped_share"] = explanation.skippedShare.map { .number("\($0)") } ?? .null
    object["cost_usd"] = .number("\(cost)")
    return .object(object)
  }
}
