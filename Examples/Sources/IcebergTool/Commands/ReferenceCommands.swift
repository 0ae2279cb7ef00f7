import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg branch`
  static let branch = reference(
    .branch,
    help: """
      iceberg branch TABLE ACTION ...: make, move, rename and remove branches, and say how long they and
      their snapshots are kept. Without an action the branches are listed.

        create NAME           a branch at the current snapshot, or the one that is named
        replace NAME          let it stand for the snapshot that is named
        rename NAME NEW       give it another name
        remove NAME           forget it; its snapshots stay until they expire
        retain NAME           change how long it and its snapshots are kept

        --snapshot-id N               the snapshot to stand for
        --at POINT                    the same as a branch, a tag, a time or '~3'
        --min-snapshots-to-keep N     the least number of snapshots to keep
        --max-snapshot-age-ms N       the age up to which snapshots are kept
        --max-ref-age-ms N            the age up to which the branch itself is kept
        --dry-run                     check and show what would be changed, and change nothing

      A number may be 'none', which leaves the choice to the table's properties again.

      iceberg branch /data/warehouse/logs/events create audit --at '@{yesterday}'
      """,
    options: ["--min-snapshots-to-keep", "--max-snapshot-age-ms"])

  /// `iceberg tag`
  static let tag = reference(
    .tag,
    help: """
      iceberg tag TABLE ACTION ...: name snapshots, and say how long the names are kept. Without an
      action the tags are listed.

        create NAME           a tag for the current snapshot, or the one that is named
        replace NAME          let it stand for the snapshot that is named
        rename NAME NEW       give it another name
        remove NAME           forget it; its snapshot stays until it expires
        retain NAME           change how long it is kept

        --snapshot-id N       the snapshot to stand for
        --at POINT            the same as a branch, a tag, a time or '~3'
        --max-ref-age-ms N    the age up to which the tag is kept; 'none' for what the table says
        --dry-run             check and show what would be changed, and change nothing

      iceberg tag /data/warehouse/logs/events create 2024-Q1 --max-ref-age-ms 31536000000
      """,
    options: [])

  private static func reference(
    _ kind: SnapshotReference.Kind, help: String, options: [String]
  ) -> Command {
    Command(
      name: kind.rawValue, summary: "make, move, rename and remove \(kind)\(plural(kind))",
      help: help,
      declaration: Arguments.Declaration(
        flags: TableEdit.flags,
        options: ["--snapshot-id", "--at", "--max-ref-age-ms"] + options)
    ) { invocation in
      let words = invocation.arguments.positional
      if words.count < 2 {
        try await list(kind, invocation)
      } else {
        try await run(kind, words[1], Array(words.dropFirst(2)), invocation)
      }
    }
  }

  private static func plural(_ kind: SnapshotReference.Kind) -> String {
    kind == .branch ? "es" : "s"
  }

  private static func run(
    _ kind: SnapshotReference.Kind, _ action: String, _ names: [String], _ invocation: Invocation
  ) async throws {
    let arguments = invocation.arguments
    let count = action == "rename" ? 2 : 1
    guard ["create", "replace", "rename", "remove", "retain"].contains(action) else {
      throw ArgumentError(
        "'\(action)' is none of create, replace, rename, remove and retain")
    }
    guard names.count == count else {
      throw ArgumentError(
        names.count < count
          ? "\(action) needs the name of a \(kind)\(count == 2 ? " and a new one" : "")"
          : "'\(names[count])' is one word too many")
    }
    let name = names[0]
    let edit = try await TableEdit.make(invocation) { transaction in
      switch action {
      case "create":
        let id = try snapshotID(arguments, in: transaction.base)
        var retention = ReferenceRetention()
        try change(&retention, arguments)
        switch kind {
        case .branch: transaction.createBranch(name, at: id, retention: retention)
        case .tag: transaction.createTag(name, at: id, retention: retention)
        }
      case "replace":
        guard let id = try snapshotID(arguments, in: transaction.base) else {
          throw ArgumentError("replace needs --snapshot-id or --at")
        }
        switch kind {
        case .branch: transaction.replaceBranch(name, with: id)
        case .tag: transaction.replaceTag(name, with: id)
        }
      case "rename":
        try check(kind, name, in: transaction.base)
        transaction.renameReference(name, to: names[1])
      case "remove":
        switch kind {
        case .branch: transaction.removeBranch(name)
        case .tag: transaction.removeTag(name)
        }
      default:
        try check(kind, name, in: transaction.base)
        var probe = ReferenceRetention()
        guard try change(&probe, arguments) else {
          throw ArgumentError("retain needs at least one of the numbers, see --help")
        }
        transaction.changeRetention(of: name) { _ = try? change(&$0, arguments) }
      }
    }
    report(kind, names.last ?? name, edit, invocation)
  }

  private static func report(
    _ kind: SnapshotReference.Kind, _ name: String, _ edit: TableEdit, _ invocation: Invocation
  ) {
    let reference = edit.after.metadata.references[name]
    var object = JSONObject()
    object["name"] = .string(name)
    object["type"] = .string(kind.rawValue.uppercased())
    object["snapshot_id"] = JSONText.number(reference?.snapshotID)
    object["max_reference_age_in_ms"] = JSONText.number(reference?.maxReferenceAgeMillis)
    object["min_snapshots_to_keep"] = JSONText.number(reference?.minSnapshotsToKeep)
    object["max_snapshot_age_in_ms"] = JSONText.number(reference?.maxSnapshotAgeMillis)
    let text =
      reference.map { "\(kind) '\(name)' at snapshot \($0.snapshotID)" } ?? "no \(kind) '\(name)'"
    edit.report(invocation, object, text)
  }

  private static func check(
    _ kind: SnapshotReference.Kind, _ name: String, in metadata: TableMetadata
  ) throws {
    if let found = metadata.references[name], found.kind != kind {
      throw ArgumentError("'\(name)' is a \(found.kind), not a \(kind)")
    }
  }

  /// The snapshot that the options name; nil when they name none.
  private static func snapshotID(
    _ arguments: Arguments, in metadata: TableMetadata
  ) throws -> Int64? {
    let id = try arguments.number("--snapshot-id", as: Int64.self)
    guard let spelling = arguments.value("--at") else { return id }
    if id != nil { throw ArgumentError("--snapshot-id and --at cannot be given together") }
    return try TimeTravel(parsing: spelling, in: metadata).snapshot(in: metadata)?.id
  }

  /// Changes what the options tell; says whether they tell anything.
  @discardableResult
  private static func change(
    _ retention: inout ReferenceRetention, _ arguments: Arguments
  ) throws -> Bool {
    let old = ["--min-snapshots-to-keep", "--max-snapshot-age-ms", "--max-ref-age-ms"]
    if let count = try number(old[0], Int.self, arguments) {
      retention.minSnapshotsToKeep = count.value
    }
    if let age = try number(old[1], Int64.self, arguments) {
      retention.maxSnapshotAgeMillis = age.value
    }
    if let age = try number(old[2], Int64.self, arguments) {
      retention.maxReferenceAgeMillis = age.value
    }
    return old.contains { arguments.value($0) != nil }
  }

  /// A number that is given, or the word for none of them.
  private struct Given<Number: FixedWidthInteger> {
    var value: Number?
  }

  private static func number<Number: FixedWidthInteger>(
    _ option: String, _ type: Number.Type, _ arguments: Arguments
  ) throws -> Given<Number>? {
    if arguments.value(option) == "none" { return Given(value: nil) }
    return try arguments.number(option, as: type).map { Given(value: $0) }
  }

  private static func list(
    _ kind: SnapshotReference.Kind, _ invocation: Invocation
  ) async throws {
    let metadata = try await TableSource.open(invocation).table.metadata
    writeReferences(metadata.references.filter { $0.value.kind == kind }, invocation)
  }
}
