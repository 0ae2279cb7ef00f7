import ExampleSupport
import Iceberg

extension Command {
  /// `iceberg describe`
  static let describe = Command(
    name: "describe", summary: "what a table is: schema, layout, properties, where it stands",
    help: """
      iceberg describe TABLE: what a table is, and which metadata file says so.
      """,
    declaration: Arguments.Declaration()
  ) { invocation in
    let source = try await TableSource.open(invocation)
    if invocation.isJSON {
      Output.write(try json(source))
    } else {
      Output.write(text(source))
    }
  }

  private static func text(_ source: TableSource) -> String {
    let metadata = source.table.metadata
    let snapshot = metadata.currentSnapshot
    var lines: [(String, String)] = [
      ("Table", source.table.identifier.description),
      ("Metadata file", source.table.metadataLocation ?? "none"),
      ("Chosen because", source.reason),
      ("Format version", "\(metadata.formatVersion)"),
      ("UUID", metadata.tableUUID ?? "none"),
      ("Location", metadata.location),
      ("Last updated", Timestamps.text(millis: metadata.lastUpdatedMillis)),
      ("Partitioned by", LayoutText.spec(metadata.defaultPartitionSpec, metadata)),
      ("Sorted by", LayoutText.order(metadata.defaultSortOrder, metadata)),
      ("Snapshots", "\(metadata.snapshots.count)"),
    ]
    if let snapshot {
      lines.append(("Current snapshot", "\(snapshot.id)"))
      lines.append(("  made at", Timestamps.text(millis: snapshot.timestampMillis)))
      for (key, title) in totals where snapshot.summary?[key] != nil {
        lines.append(("  " + title, snapshot.summary?[key] ?? ""))
      }
    } else {
      lines.append(("Current snapshot", "none: the table is empty"))
    }
    for (name, reference) in metadata.references.sorted(by: { $0.key < $1.key }) {
      lines.append(
        (reference.kind == .branch ? "Branch" : "Tag", "\(name) -> \(reference.snapshotID)"))
    }
    for (key, value) in metadata.properties.sorted(by: { $0.key < $1.key }) {
      lines.append(("Property", "\(key) = \(value)"))
    }
    let width = lines.map(\.0.count).max() ?? 0
    let head = lines.map { title, value in
      title + String(repeating: " ", count: width - title.count + 2) + value + "\n"
    }
    return head.joined() + "\n" + SchemaTable.text(metadata.currentSchema)
  }

  private static let totals = [
    ("total-records", "rows"), ("total-data-files", "data files"),
    ("total-delete-files", "delete files"), ("total-files-size", "bytes"),
  ]

  private static func json(_ source: TableSource) throws -> String {
    let metadata = source.table.metadata
    var object = JSONObject()
    object["identifier"] = .string(source.table.identifier.description)
    object["metadata-location"] = source.table.metadataLocation.map { .string($0) } ?? .null
    object["chosen-because"] = .string(source.reason)
    object["metadata"] = try metadata.json()
    return JSONText.line(.object(object))
  }
}
