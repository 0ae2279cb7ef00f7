import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg cherry-pick`
  static let cherryPick = Command(
    name: "cherry-pick", summary: "repeat on a branch what a snapshot beside it did",
    help: """
      iceberg cherry-pick TABLE --snapshot-id N: add what a snapshot added that is no part of the
      branch: one that was staged, rolled back, or made on another branch. Appends can be repeated, and
      replacements of partitions that nobody has added to since; a snapshot that follows the last one
      becomes the last one itself. Each is picked once.

        --snapshot-id N       the snapshot
        --branch NAME         the branch to repeat it on; the default is main
      \(TableEdit.help)
      """,
    declaration: Arguments.Declaration(
      flags: TableEdit.flags, options: ["--snapshot-id", "--branch"])
  ) { invocation in
    let arguments = invocation.arguments
    _ = try arguments.positional("table")
    guard let id = try arguments.number("--snapshot-id", as: Int64.self) else {
      throw ArgumentError("--snapshot-id N is missing")
    }
    let branch = arguments.value("--branch") ?? SnapshotReference.main
    let edit = try await TableEdit.make(invocation) { $0.cherryPick(id, toBranch: branch) }
    reportPick(of: id, on: branch, edit, invocation)
  }

  /// `iceberg publish`
  static let publish = Command(
    name: "publish", summary: "make what was staged under an id part of a branch",
    help: """
      iceberg publish TABLE --wap-id ID: pick the snapshot that was staged under an id, as 'cherry-pick'
      does by its own id.

        --wap-id ID           what the snapshot was staged under: its summary has it as 'wap.id'
        --branch NAME         the branch to publish it on; the default is main
      \(TableEdit.help)
      """,
    declaration: Arguments.Declaration(flags: TableEdit.flags, options: ["--wap-id", "--branch"])
  ) { invocation in
    let arguments = invocation.arguments
    _ = try arguments.positional("table")
    guard let wapID = arguments.value("--wap-id") else {
      throw ArgumentError("--wap-id ID is missing")
    }
    let branch = arguments.value("--branch") ?? SnapshotReference.main
    let edit = try await TableEdit.make(invocation) { $0.publish(wapID: wapID, toBranch: branch) }
    let staged = edit.before.metadata.snapshots.first { $0.summary?["wap.id"] == wapID }
    reportPick(of: staged?.id, on: branch, edit, invocation)
  }

  private static func reportPick(
    of source: Int64?, on branch: String, _ edit: TableEdit, _ invocation: Invocation
  ) {
    let new = edit.after.metadata.head(of: branch)
    var object = JSONObject()
    object["source_snapshot_id"] = JSONText.number(source)
    object["current_snapshot_id"] = JSONText.number(new)
    let end = new.map(String.init) ?? "none"
    let start = source.map(String.init) ?? "none"
    edit.report(
      invocation, object,
      source == new
        ? "\(branch) at snapshot \(end)" : "\(branch) at snapshot \(end), which repeats \(start)")
  }
}
