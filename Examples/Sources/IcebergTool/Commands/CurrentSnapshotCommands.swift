import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg rollback`
  static let rollback = Command(
    name: "rollback", summary: "go back to an earlier snapshot of the table or of a branch",
    help: """
      iceberg rollback TABLE --snapshot-id N | --timestamp TIME: make an ancestor of the current snapshot
      current again. What came after it stays in the table until it expires.

        --snapshot-id N       the snapshot to go back to: an ancestor of the current one
        --timestamp TIME      to the last one made before a time: 2024-01-15T10:30:00, yesterday,
                              '2 hours ago', or milliseconds since 1970
        --branch NAME         the branch that goes back; the default is main
      \(TableEdit.help)

      iceberg rollback /data/warehouse/logs/events --timestamp '2 hours ago' --dry-run
      """,
    declaration: Arguments.Declaration(
      flags: TableEdit.flags, options: ["--snapshot-id", "--timestamp", "--branch"])
  ) { invocation in
    let arguments = invocation.arguments
    _ = try arguments.positional("table")
    let branch = arguments.value("--branch") ?? SnapshotReference.main
    let id = try arguments.number("--snapshot-id", as: Int64.self)
    let edit: TableEdit
    switch (id, arguments.value("--timestamp")) {
    case (let id?, nil):
      edit = try await TableEdit.make(invocation) { $0.rollback(to: id, branch: branch) }
    case (nil, let text?):
      guard case .timestamp(let millis) = try TimeTravel.timestamp(parsing: text) else { return }
      edit = try await TableEdit.make(invocation) {
        $0.rollback(toBefore: millis, branch: branch)
      }
    default: throw ArgumentError("give either --snapshot-id or --timestamp")
    }
    reportMove(of: branch, edit, invocation)
  }

  /// `iceberg set-current`
  static let setCurrent = Command(
    name: "set-current", summary: "make any snapshot the current one",
    help: """
      iceberg set-current TABLE --snapshot-id N | --ref NAME: make any snapshot that is kept the current
      one, whether or not it is an ancestor of it.

        --snapshot-id N       the snapshot
        --ref NAME            the snapshot of a branch or tag
      \(TableEdit.help)
      """,
    declaration: Arguments.Declaration(
      flags: TableEdit.flags, options: ["--snapshot-id", "--ref"])
  ) { invocation in
    let arguments = invocation.arguments
    _ = try arguments.positional("table")
    let id = try arguments.number("--snapshot-id", as: Int64.self)
    let edit: TableEdit
    switch (id, arguments.value("--ref")) {
    case (let id?, nil):
      edit = try await TableEdit.make(invocation) { $0.setCurrentSnapshot(id) }
    case (nil, let name?):
      edit = try await TableEdit.make(invocation) { $0.setCurrentSnapshot(to: name) }
    default: throw ArgumentError("give either --snapshot-id or --ref")
    }
    reportMove(of: SnapshotReference.main, edit, invocation)
  }

  /// `iceberg fast-forward`
  static let fastForward = Command(
    name: "fast-forward", summary: "move a branch on to what was made from it",
    help: """
      iceberg fast-forward TABLE BRANCH TO: move a branch on to the snapshot of another branch or tag
      that was made from its own. A branch that does not exist is made.

        --branch BRANCH --to TO     the same as options
        --dry-run                   check and show what would be changed, and change nothing

      iceberg fast-forward /data/warehouse/logs/events main audit
      """,
    declaration: Arguments.Declaration(flags: TableEdit.flags, options: ["--branch", "--to"])
  ) { invocation in
    let arguments = invocation.arguments
    var words = Array(arguments.positional.dropFirst())
    for option in ["--to", "--branch"] {
      if let value = arguments.value(option) { words.insert(value, at: 0) }
    }
    guard words.count == 2 else {
      throw ArgumentError("give the table, the branch, and the branch or tag to move it on to")
    }
    let (branch, target) = (words[0], words[1])
    let edit = try await TableEdit.make(invocation) { $0.fastForward(branch, to: target) }
    let old = edit.before.metadata.references[branch]?.snapshotID
    let new = edit.after.metadata.references[branch]?.snapshotID
    var object = JSONObject()
    object["branch_updated"] = .string(branch)
    object["previous_ref"] = JSONText.number(old)
    object["updated_ref"] = JSONText.number(new)
    edit.report(invocation, object, moveText(of: branch, from: old, to: new))
  }

  private static func reportMove(
    of branch: String, _ edit: TableEdit, _ invocation: Invocation
  ) {
    let old = edit.before.metadata.head(of: branch)
    let new = edit.after.metadata.head(of: branch)
    var object = JSONObject()
    object["previous_snapshot_id"] = JSONText.number(old)
    object["current_snapshot_id"] = JSONText.number(new)
    edit.report(invocation, object, moveText(of: branch, from: old, to: new))
  }

  private static func moveText(of branch: String, from old: Int64?, to new: Int64?) -> String {
    let end = new.map(String.init) ?? "none"
    guard let old, old != new else { return "\(branch) at snapshot \(end)" }
    return "\(branch) from snapshot \(old) to \(end)"
  }
}

extension TableMetadata {
  /// The last snapshot of a branch; nil when it has none.
  func head(of branch: String) -> Int64? {
    branch == SnapshotReference.main ? currentSnapshotID : references[branch]?.snapshotID
  }
}
