import Iceberg
import IcebergBytes
import IcebergModel

/// All that two implementations must agree on after the same operations, as `ReplayHistory` of
/// `Interop/java` tells it.
enum HistoryState {
  /// The state of a table, and the names of the live files of its newest snapshot.
  static func json(of table: Table) async throws -> JSONValue {
    let metadata = table.metadata
    let order = Dictionary(
      uniqueKeysWithValues: metadata.snapshots.enumerated().map { ($0.element.id, $0.offset) })
    func number(_ id: Int64) -> JSONValue { .integer(Int64(order[id] ?? -1)) }
    var state: JSONObject = [
      "version": .integer(Int64(metadata.formatVersion)),
      "last-sequence-number": .integer(metadata.lastSequenceNumber),
      "last-column-id": .integer(Int64(metadata.lastColumnID)),
      "last-partition-id": .integer(Int64(metadata.lastPartitionID)),
      "schema": .integer(Int64(metadata.currentSchemaID)),
      "schemas": .integer(Int64(metadata.schemas.count)),
      "spec": .integer(Int64(metadata.defaultSpecID)),
      "specs": .integer(Int64(metadata.partitionSpecs.count)),
    ]
    if metadata.formatVersion >= 3 { state["next-row-id"] = .integer(metadata.nextRowID ?? -1) }
    state["log"] = .array(metadata.snapshotLog.map { number($0.snapshotID) })
    var references = JSONObject()
    for (name, reference) in metadata.references.sorted(by: { $0.key < $1.key }) {
      references[name] = .string(
        "\(reference.kind) \(order[reference.snapshotID] ?? -1)".uppercasedKind)
    }
    state["refs"] = .object(references)
    state["snapshots"] = .array(metadata.snapshots.map { describe($0, number) })
    if let last = metadata.snapshots.last {
      let (manifests, files) = try await content(of: last, in: table, number)
      state["manifests"] = .array(manifests)
      state["files"] = .object(files)
    }
    return .object(state)
  }

  private static func describe(
    _ snapshot: Snapshot, _ number: (Int64) -> JSONValue
  ) -> JSONValue {
    var object: JSONObject = [
      "parent": snapshot.parentID.map(number) ?? .integer(-1),
      "sequence-number": .integer(snapshot.sequenceNumber),
      "operation": .string(snapshot.summary?.operation?.rawValue ?? ""),
    ]
    if let schema = snapshot.schemaID { object["schema"] = .integer(Int64(schema)) }
    if let first = snapshot.firstRowID {
      object["first-row-id"] = .integer(first)
      object["added-rows"] = .integer(snapshot.addedRows ?? -1)
    }
    var summary = JSONObject()
    for (key, value) in (snapshot.summary?.properties ?? []).sorted(by: { $0.key < $1.key }) {
      // Java 1.10 does not count manifests where this library does.
      if key.hasPrefix("engine-") || key.hasPrefix("manifests-") { continue }
      if key == "source-snapshot-id", let id = Int64(value), case .integer(let n) = number(id) {
        summary[key] = .string(String(n))
      } else {
        summary[key] = .string(value)
      }
    }
    object["summary"] = .object(summary)
    return .object(object)
  }

  private static func content(
    of snapshot: Snapshot, in table: Table, _ number: (Int64) -> JSONValue
  ) async throws -> (manifests: [JSONValue], files: JSONObject) {
    var manifests: [JSONValue] = []
    var live: [(name: String, value: JSONValue)] = []
    var names: Set<String> = []
    for manifest in try await table.manifests(of: snapshot) {
      var object: JSONObject = [
        "content": manifest.content == .data ? "DATA" : "DELETES",
        "spec": .integer(Int64(manifest.partitionSpecID)),
        "sequence-number": .integer(manifest.sequenceNumber),
        "min-sequence-number": .integer(manifest.minSequenceNumber),
        "snapshot": number(manifest.addedSnapshotID),
        "added": counts(manifest.addedFilesCount, manifest.addedRowsCount),
        "existing": counts(manifest.existingFilesCount, manifest.existingRowsCount),
        "deleted": counts(manifest.deletedFilesCount, manifest.deletedRowsCount),
      ]
      if let first = manifest.firstRowID { object["first-row-id"] = .integer(first) }
      manifests.append(.object(object))
      for entry in try await table.entries(of: manifest) where entry.isLive {
        var (name, value) = describe(entry)
        while !names.insert(name).inserted { name += "+" }
        live.append((name, value))
      }
    }
    var files = JSONObject()
    for file in live.sorted(by: { $0.name < $1.name }) { files[file.name] = file.value }
    return (manifests, files)
  }

  /// The name of a file among those of a state.
  static func name(of file: DataFile) -> String {
    let name = FileLocation.name(of: file.location)
    return file.contentOffset.map { "\(name)@\($0)" } ?? name
  }

  private static func describe(_ entry: ManifestEntry) -> (name: String, value: JSONValue) {
    let file = entry.dataFile
    let content: JSONValue =
      switch file.content {
      case .data: "DATA"
      case .positionDeletes: "POSITION_DELETES"
      case .equalityDeletes: "EQUALITY_DELETES"
      }
    let partition = file.partition.values.map { value -> String in
      if case .int(let number)? = value { String(number) } else { "null" }
    }
    var object: JSONObject = [
      "content": content, "spec": .integer(Int64(file.specID)),
      "partition": .string(partition.joined(separator: "/")),
      "records": .integer(file.recordCount), "size": .integer(file.fileSizeInBytes),
      "data-sequence-number": .integer(entry.sequenceNumber ?? -1),
      "file-sequence-number": .integer(entry.fileSequenceNumber ?? -1),
    ]
    if let first = file.firstRowID { object["first-row-id"] = .integer(first) }
    return (name(of: file), .object(object))
  }

  private static func counts(_ files: Int?, _ rows: Int64?) -> JSONValue {
    .string("\(files.map(String.init) ?? "null") \(rows.map(String.init) ?? "null")")
  }
}

extension String {
  /// The text with its first word in upper case.
  fileprivate var uppercasedKind: String {
    let words = split(separator: " ", maxSplits: 1)
    return words.enumerated().map { $0.offset == 0 ? $0.element.uppercased() : String($0.element) }
      .joined(separator: " ")
  }
}
