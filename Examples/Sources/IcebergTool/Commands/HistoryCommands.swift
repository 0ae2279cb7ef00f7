import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg snapshots`
  static let snapshots = Command(
    name: "snapshots", summary: "every snapshot that is kept, and what it did",
    help: """
      iceberg snapshots TABLE: every snapshot that is kept, oldest first, and what it did.
      With --json one object a line, with the columns of Iceberg's `snapshots` table.
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    let metadata = try await TableSource.open(invocation).table.metadata
    let snapshots = metadata.snapshots.sorted {
      ($0.sequenceNumber, $0.timestampMillis) < ($1.sequenceNumber, $1.timestampMillis)
    }
    if invocation.isJSON {
      for snapshot in snapshots { Output.write(JSONText.line(json(snapshot))) }
      return
    }
    var printer = TablePrinter([
      "committed at", .number("snapshot id"), .number("parent id"), "operation",
      .number("added rows"), .number("deleted rows"), .number("total rows"), "refs",
    ])
    let names = Dictionary(grouping: metadata.references.keys.sorted()) {
      metadata.references[$0]?.snapshotID
    }
    for snapshot in snapshots {
      let summary = snapshot.summary
      printer.add([
        Timestamps.text(millis: snapshot.timestampMillis), "\(snapshot.id)",
        snapshot.parentID.map(String.init) ?? "", summary?.operation?.rawValue ?? "",
        summary?["added-records"] ?? "", summary?["deleted-records"] ?? "",
        summary?["total-records"] ?? "", (names[snapshot.id] ?? []).joined(separator: ", "),
      ])
    }
    Output.write(printer.text)
  }

  private static func json(_ snapshot: Snapshot) -> JSONValue {
    var object = JSONObject()
    object["committed_at"] = .string(Timestamps.text(millis: snapshot.timestampMillis))
    object["snapshot_id"] = .integer(snapshot.id)
    object["parent_id"] = JSONText.number(snapshot.parentID)
    object["operation"] = JSONText.string(snapshot.summary?.operation?.rawValue)
    if case .list(let location) = snapshot.manifests { object["manifest_list"] = .string(location) }
    object["summary"] = .object(
      JSONObject(
        (snapshot.summary?.properties ?? []).map { JSONObject.Member($0.key, .string($0.value)) }))
    return .object(object)
  }

  /// `iceberg history`
  static let history = Command(
    name: "history", summary: "which snapshot was current from when on",
    help: """
      iceberg history TABLE: which snapshot was current from when on, oldest first. A snapshot that is
      no ancestor of the current one was rolled back.
      With --json one object a line, with the columns of Iceberg's `history` table.
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    let metadata = try await TableSource.open(invocation).table.metadata
    let current = metadata.currentSnapshotID.map { metadata.ancestors(of: $0).map(\.id) } ?? []
    let ancestors = Set(current)
    var printer = TablePrinter([
      "made current at", .number("snapshot id"), .number("parent id"), "is current ancestor",
    ])
    for entry in metadata.snapshotLog {
      let parent = metadata.snapshot(id: entry.snapshotID)?.parentID
      let isAncestor = ancestors.contains(entry.snapshotID)
      if invocation.isJSON {
        var object = JSONObject()
        object["made_current_at"] = .string(Timestamps.text(millis: entry.timestampMillis))
        object["snapshot_id"] = .integer(entry.snapshotID)
        object["parent_id"] = JSONText.number(parent)
        object["is_current_ancestor"] = .bool(isAncestor)
        Output.write(JSONText.line(.object(object)))
      } else {
        printer.add([
          Timestamps.text(millis: entry.timestampMillis), "\(entry.snapshotID)",
          parent.map(String.init) ?? "", isAncestor ? "yes" : "no",
        ])
      }
    }
    if !invocation.isJSON { Output.write(printer.text) }
  }

  /// `iceberg refs`
  static let refs = Command(
    name: "refs", summary: "branches and tags",
    help: """
      iceberg refs TABLE: branches and tags, what they stand for and how long they are kept.
      With --json one object a line, with the columns of Iceberg's `refs` table.
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    writeReferences(try await TableSource.open(invocation).table.metadata.references, invocation)
  }

  /// Prints branches and tags.
  static func writeReferences(
    _ references: [String: SnapshotReference], _ invocation: Invocation
  ) {
    var printer = TablePrinter([
      "name", "type", .number("snapshot id"), .number("max reference age ms"),
      .number("min snapshots to keep"), .number("max snapshot age ms"),
    ])
    for (name, reference) in references.sorted(by: { $0.key < $1.key }) {
      if invocation.isJSON {
        var object = JSONObject()
        object["name"] = .string(name)
        object["type"] = .string(reference.kind.rawValue.uppercased())
        object["snapshot_id"] = .integer(reference.snapshotID)
        object["max_reference_age_in_ms"] = JSONText.number(reference.maxReferenceAgeMillis)
        object["min_snapshots_to_keep"] = JSONText.number(reference.minSnapshotsToKeep)
        object["max_snapshot_age_in_ms"] = JSONText.number(reference.maxSnapshotAgeMillis)
        Output.write(JSONText.line(.object(object)))
      } else {
        printer.add([
          name, reference.kind.rawValue, "\(reference.snapshotID)",
          reference.maxReferenceAgeMillis.map(String.init) ?? "",
          reference.minSnapshotsToKeep.map(String.init) ?? "",
          reference.maxSnapshotAgeMillis.map(String.init) ?? "",
        ])
      }
    }
    if !invocation.isJSON { Output.write(printer.text) }
  }
}
