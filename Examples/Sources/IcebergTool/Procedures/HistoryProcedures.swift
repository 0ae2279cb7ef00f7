import ExampleSupport
import Iceberg

// Procedures that say which snapshot is current.
extension Procedure {
  /// `rollback_to_snapshot`
  static let rollbackToSnapshot = Procedure(
    name: "rollback_to_snapshot", summary: "go back to an earlier snapshot",
    parameters: [.table, .required("snapshot_id", .number, "an ancestor of the current snapshot")]
  ) { call in
    let id = call.given.number("snapshot_id") ?? 0
    return try await move(call) { $0.rollback(to: id) }
  }

  /// `rollback_to_timestamp`
  static let rollbackToTimestamp = Procedure(
    name: "rollback_to_timestamp", summary: "go back to the last snapshot before a time",
    parameters: [.table, .required("timestamp", .time, "a time after the snapshot to go back to")]
  ) { call in
    let millis = call.given.time("timestamp") ?? 0
    return try await move(call) { $0.rollback(toBefore: millis) }
  }

  /// `set_current_snapshot`
  static let setCurrentSnapshot = Procedure(
    name: "set_current_snapshot", summary: "make any snapshot the current one",
    parameters: [
      .table, Parameter("snapshot_id", .number, "the snapshot"),
      Parameter("ref", .text, "or the branch or tag that stands for it"),
    ]
  ) { call in
    switch (call.given.number("snapshot_id"), call.given.text("ref")) {
    case (let id?, nil): return try await move(call) { $0.setCurrentSnapshot(id) }
    case (nil, let name?): return try await move(call) { $0.setCurrentSnapshot(to: name) }
    default: throw TextError("set_current_snapshot needs either snapshot_id or ref")
    }
  }

  /// `cherrypick_snapshot`
  static let cherrypickSnapshot = Procedure(
    name: "cherrypick_snapshot", summary: "repeat what a snapshot beside the history did",
    parameters: [.table, .required("snapshot_id", .number, "the snapshot to repeat")]
  ) { call in
    let id = call.given.number("snapshot_id") ?? 0
    let (_, after) = try await change(call) { $0.cherryPick(id) }
    ProcedureResult([
      (.number("source_snapshot_id"), .integer(id)),
      (.number("current_snapshot_id"), JSONText.number(after.currentSnapshotID)),
    ]).write(call.invocation)
    return .success
  }

  /// `publish_changes`
  static let publishChanges = Procedure(
    name: "publish_changes", summary: "publish what was staged under an id",
    parameters: [.table, .required("wap_id", .text, "what the snapshot was staged under")]
  ) { call in
    let wapID = call.given.text("wap_id") ?? ""
    let (before, after) = try await change(call) { $0.publish(wapID: wapID) }
    let source = before.snapshots.first { $0.summary?["wap.id"] == wapID }
    ProcedureResult([
      (.number("source_snapshot_id"), JSONText.number(source?.id)),
      (.number("current_snapshot_id"), JSONText.number(after.currentSnapshotID)),
    ]).write(call.invocation)
    return .success
  }

  /// `fast_forward`
  static let fastForward = Procedure(
    name: "fast_forward", summary: "move a branch on to what was made from it",
    parameters: [
      .table, .required("branch", .text, "the branch to move"),
      .required("to", .text, "the branch or tag to move it on to"),
    ]
  ) { call in
    let (branch, target) = (call.given.text("branch") ?? "", call.given.text("to") ?? "")
    let (before, after) = try await change(call) { $0.fastForward(branch, to: target) }
    ProcedureResult([
      (.text("branch_updated"), .string(branch)),
      (.number("previous_ref"), JSONText.number(before.references[branch]?.snapshotID)),
      (.number("updated_ref"), JSONText.number(after.references[branch]?.snapshotID)),
    ]).write(call.invocation)
    return .success
  }

  /// `ancestors_of`
  static let ancestorsOf = Procedure(
    name: "ancestors_of", summary: "a snapshot and those it was made from, newest first",
    parameters: [
      .table, Parameter("snapshot_id", .number, "the snapshot; the default is the current"),
    ],
    hasDryRun: false
  ) { call in
    let metadata = try await TableSource.open(call.tableName, call.invocation).table.metadata
    let start = call.given.number("snapshot_id") ?? metadata.currentSnapshotID
    if let id = call.given.number("snapshot_id"), metadata.snapshot(id: id) == nil {
      throw IcebergError(
        .notFound, "there is no snapshot \(id)", context: .init(table: call.tableName))
    }
    var result = ProcedureResult([.number("snapshot_id"), .number("timestamp")])
    for snapshot in start.map(metadata.ancestors(of:)) ?? [] {
      result.add([.integer(snapshot.id), .integer(snapshot.timestampMillis)])
    }
    result.write(call.invocation)
    return .success
  }

  /// Makes a change of the table, or only finds what it would make.
  private static func change(
    _ call: ProcedureCall, _ changes: (inout Transaction) throws -> Void
  ) async throws -> (before: TableMetadata, after: TableMetadata) {
    let table = try await call.table()
    let after = call.isDryRun ? try await table.preview(changes) : try await table.commit(changes)
    return (table.metadata, after.metadata)
  }

  private static func move(
    _ call: ProcedureCall, _ changes: (inout Transaction) throws -> Void
  ) async throws -> ExitCode {
    let (before, after) = try await change(call, changes)
    ProcedureResult([
      (.number("previous_snapshot_id"), JSONText.number(before.currentSnapshotID)),
      (.number("current_snapshot_id"), JSONText.number(after.currentSnapshotID)),
    ]).write(call.invocation)
    return .success
  }
}
