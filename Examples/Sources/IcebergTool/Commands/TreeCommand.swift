import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg tree`
  static let tree = Command(
    name: "tree", summary: "metadata -> snapshots -> manifest lists -> manifests -> files",
    help: """
      iceberg tree TABLE: how the table hangs together: the metadata file, its snapshots, their manifest
      lists, the manifests and the files. A manifest that an earlier line has shown is not opened again.

      \(TimeTravelOptions.help)
        --depth N         1 snapshots, 2 manifest lists, 3 manifests, 4 files (the default)

      Without one of the first four, every snapshot is shown.
      """,
    declaration: Arguments.Declaration(options: TimeTravelOptions.names + ["--depth"])
  ) { invocation in
    let source = try await TableSource.open(invocation)
    let metadata = source.table.metadata
    let depth = try invocation.arguments.number("--depth", as: Int.self) ?? 4
    guard (1...4).contains(depth) else { throw ArgumentError("--depth needs 1, 2, 3 or 4") }
    var snapshots = metadata.snapshots.sorted {
      ($0.sequenceNumber, $0.timestampMillis) < ($1.sequenceNumber, $1.timestampMillis)
    }
    if TimeTravelOptions.areGiven(invocation.arguments) {
      let chosen = try TimeTravelOptions.scan(source.table, invocation.arguments).snapshot
      snapshots = chosen.map { [$0] } ?? []
    }
    var root = TreeNode(
      "metadata \(source.table.metadataLocation ?? "")", kind: "metadata",
      ["location": JSONText.string(source.table.metadataLocation)])
    var seen: Set<String> = []
    for snapshot in snapshots {
      root.children.append(
        try await TreeNode(snapshot, of: source.table, depth: depth, seen: &seen))
    }
    Output.write(invocation.isJSON ? JSONText.line(root.json) : root.text)
  }
}

/// One line of the tree and what hangs on it.
private struct TreeNode {
  /// The line for people.
  var title: String
  /// What the node is, for JSON.
  var kind: String
  /// Its members, for JSON.
  var members: JSONObject
  /// What hangs on it.
  var children: [TreeNode] = []

  init(_ title: String, kind: String, _ members: JSONObject) {
    self.title = title
    self.kind = kind
    self.members = members
  }

  init(
    _ snapshot: Snapshot, of table: Table, depth: Int, seen: inout Set<String>
  ) async throws {
    let names = table.metadata.references.filter { $0.value.snapshotID == snapshot.id }.keys
      .sorted()
    let marks = names.isEmpty ? "" : " (\(names.joined(separator: ", ")))"
    self.init(
      "snapshot \(snapshot.id) \(snapshot.summary?.operation?.rawValue ?? "") "
        + Timestamps.text(millis: snapshot.timestampMillis) + marks,
      kind: "snapshot",
      [
        "snapshot-id": .integer(snapshot.id), "parent-id": JSONText.number(snapshot.parentID),
        "timestamp": .string(Timestamps.text(millis: snapshot.timestampMillis)),
        "operation": JSONText.string(snapshot.summary?.operation?.rawValue),
        "refs": .array(names.map { .string($0) }),
      ])
    if depth < 2 { return }
    var list: TreeNode
    switch snapshot.manifests {
    case .list(let location):
      list = TreeNode(
        "manifest list \(location)", kind: "manifest-list", ["location": .string(location)])
    case .inline:
      list = TreeNode("manifests in the metadata itself", kind: "inline-manifests", [:])
    }
    if depth >= 3 {
      for manifest in try await table.manifests(of: snapshot) {
        list.children.append(
          try await TreeNode(manifest, of: table, depth: depth, seen: &seen))
      }
    }
    children = [list]
  }

  private init(
    _ manifest: ManifestFile, of table: Table, depth: Int, seen: inout Set<String>
  ) async throws {
    let isNew = seen.insert(manifest.location).inserted
    let what = manifest.content == .data ? "data" : "deletes"
    self.init(
      "manifest \(manifest.location) (\(what), \(Sizes.text(manifest.length)))"
        + (isNew || depth < 4 ? "" : ": shown above"),
      kind: "manifest",
      [
        "location": .string(manifest.location), "content": .string(what),
        "length": .integer(manifest.length),
        "added-snapshot-id": .integer(manifest.addedSnapshotID),
      ])
    guard depth >= 4, isNew else { return }
    for entry in try await table.entries(of: manifest) {
      let file = entry.dataFile
      let partition = LayoutText.partition(file, table.metadata)
      children.append(
        TreeNode(
          "\(Command.name(file.content)) file \(file.location) "
            + "(\(entry.status), \(file.recordCount) rows, \(Sizes.text(file.fileSizeInBytes))"
            + (partition.isEmpty ? ")" : ", \(partition))"),
          kind: "file",
          [
            "location": .string(file.location), "content": .string(Command.name(file.content)),
            "status": .string("\(entry.status)"), "partition": .string(partition),
            "record-count": .integer(file.recordCount),
            "file-size-in-bytes": .integer(file.fileSizeInBytes),
          ]))
    }
  }

  /// The node and all below it as lines, drawn as a tree.
  var text: String { title + "\n" + lines(prefix: "") }

  private func lines(prefix: String) -> String {
    var text = ""
    for (index, child) in children.enumerated() {
      let isLast = index == children.count - 1
      text += prefix + (isLast ? "└── " : "├── ") + child.title + "\n"
      text += child.lines(prefix: prefix + (isLast ? "    " : "│   "))
    }
    return text
  }

  /// The node and all below it as JSON.
  var json: JSONValue {
    var object: JSONObject = ["kind": .string(kind)]
    for member in members.members { object[member.name] = member.value }
    if !children.isEmpty { object["children"] = .array(children.map(\.json)) }
    return .object(object)
  }
}
