import Iceberg
import IcebergAvro
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// Which row ids snapshots, manifests and files are given, as the reference implementation has it.
@Suite(.needsSharedFiles) struct RowLineageConformanceTests {
  @Test("row ids are assigned in the order of commits, whatever the operation")
  func assignment() async throws {
    try await ExpectedValues("row-lineage").run("assignment") { item in
      var story = try await Story(item)
      for step in try CorpusValue.array("steps", of: item) {
        guard case .string(let text) = step else { throw CorpusValue.Malformed(what: "steps") }
        for part in text.split(separator: "; ") { try await story.perform(String(part)) }
      }
      guard case .object(let expected) = try CorpusValue.member("expected", of: item) else {
        throw CorpusValue.Malformed(what: "expected")
      }
      try await story.expect(expected, of: SnapshotReference.main)
      for branch in [SnapshotReference.main, "branch"] {
        guard case .object(let part) = expected[branch] else { continue }
        try await story.expect(part, of: branch)
      }
    }
  }

  @Test("the example of the specification: manifests and files get the ids that it gives them")
  func example() throws {
    try ExpectedValues("row-lineage").run("spec_example") { item in
      let start = try CorpusValue.int("start_next_row_id", of: item)
      let given = try CorpusValue.array("manifests", of: item)
      let manifests = given.map { json in
        var manifest = ManifestFile(
          location: json["name"]?.text ?? "", length: 1, partitionSpecID: 0, addedSnapshotID: 1)
        manifest.sequenceNumber = 1
        manifest.minSequenceNumber = 1
        manifest.addedRowsCount = json["added"]?.integer
        manifest.existingRowsCount = json["existing"]?.integer
        for path in [\ManifestFile.addedFilesCount, \.existingFilesCount, \.deletedFilesCount] {
          manifest[keyPath: path] = 1
        }
        manifest.deletedRowsCount = 0
        // That one has its id from the commit that added it.
        if manifest.location == "existing" { manifest.firstRowID = json["first_row_id"]?.integer }
        return manifest
      }
      let list = try ManifestListCodec.write(
        manifests, formatVersion: 3, snapshotID: 2, parentID: 1, sequenceNumber: 2,
        firstRowID: Int64(start), syncMarker: AvroSyncMarker(derivedFrom: [1]))
      let found = try ManifestListCodec.read(list.bytes)
      #expect(found.map(\.firstRowID) == given.map { $0["first_row_id"]?.integer })
      let end = try CorpusValue.int("end_next_row_id", of: item)
      #expect(list.addedRows == Int64(end - start))

      let added = try #require(found.first { $0.location == "added1" })
      let files = try CorpusValue.array("files_in_added1", of: item)
      var writer = try ManifestWriter(
        formatVersion: 3, schema: Schema([.required("id", .long, id: 1)]), spec: .unpartitioned,
        snapshotID: 2, syncMarker: AvroSyncMarker(derivedFrom: [2]))
      for file in files {
        var data = DataFile(
          location: file["file"]?.text ?? "", format: .parquet,
          recordCount: try #require(file["records"]?.integer), fileSizeInBytes: 10)
        data.firstRowID = file["written"]?.integer
        if file["status"] == "EXISTING" {
          try writer.keep(
            ManifestEntry(
              status: .existing, snapshotID: 1, sequenceNumber: 1, fileSequenceNumber: 1,
              dataFile: data))
        } else {
          try writer.add(data)
        }
      }
      let entries = try ManifestCodec.read(writer.finish(location: "added1").bytes, as: added)
      #expect(entries.map(\.dataFile.firstRowID) == files.map { $0["reads_as"]?.integer })
    }
  }

  @Test("rows have the ids and numbers that they are stored with, else those of their file")
  func reads() async throws {
    try await ExpectedValues("row-lineage").run("row_reads") { item in
      let id = Field.required("id", .long, id: 1)
      let lineage = [ReservedFields.rowID, ReservedFields.lastUpdatedSequenceNumber]
      let isStored = item["stored_row_id"] == .null
      // The row is the last of its file.
      let position = Int64(try CorpusValue.int("pos", of: item))
      let table = try MemoryTable.make(isStored ? [id] + lineage : [id])
      let rows = (0...position).map { [.long($0)] + (isStored ? [nil, nil] : []) as [Literal?] }
      var file = try #require(
        try await table.write(
          RecordBatch(rows: rows, schema: table.metadata.currentSchema)
        ).first)
      file.firstRowID = item["file_first_row_id"]?.integer
      let task = FileScanTask(
        file: file, partitionSpec: .unpartitioned,
        sequenceNumber: Int64(try CorpusValue.int("data_sequence_number", of: item)),
        schema: Schema([id] + lineage))
      var found: [[JSONValue]] = []
      for try await batch in BatchSequence(of: [task], fileIO: table.fileIO) {
        for row in 0..<batch.rowCount {
          found.append(
            try lineage.map { field in
              let column = try #require(batch.column(field.name))
              guard case .long(let values) = column.values else { return "no long" }
              return column.isNull(at: row) ? .null : .integer(values[row])
            })
        }
      }
      #expect(found.count == rows.count)
      let expected = [item["expected_row_id"], item["expected_last_updated"]]
      #expect(found.last == expected.compactMap { $0 })
    }
  }

  private struct Story {
    var scene: CommitScene

    init(_ item: JSONObject) async throws {
      let text = JSONValue.object(item).serialized().utf8String ?? ""
      scene = try await CommitScene(version: text.contains("upgrade") ? 2 : 3, isPartitioned: false)
    }

    private func file(_ name: some StringProtocol) throws -> DataFile {
      let rows: [String: Int64] = ["A": 125, "B": 100, "C": 90]
      let name = String(name.prefix(1))
      return scene.file(name, rows: try #require(rows[name]))
    }

    mutating func perform(_ step: String) async throws {
      let step = step.replacing("v2 table: ", with: "").replacing("v2: ", with: "")
      let words = step.replacing(":", with: "").replacing(",", with: " ").split(separator: " ")
      switch step {
      case "empty append": try await scene.commit { $0.overwrite(removing: [], adding: []) }
      case "append A carrying first_row_id=1000":
        var file = try file("A")
        file.firstRowID = 1000
        let files = [file]
        try await scene.commit { $0.append(files) }
      case let text where text.hasPrefix("append "):
        let files = try words.dropFirst().prefix { $0.count == 1 }.map { try file($0) }
        let branch =
          text.hasSuffix("on branch") ? "branch" : SnapshotReference.main
        try await scene.commit { $0.append(files, toBranch: branch) }
      case let text where text.hasPrefix("overwrite"):
        // overwrite: delete A, add B
        let (old, new) = (try file(words[2]), try file(words[4]))
        try await scene.commit { $0.overwrite(removing: [old], adding: [new]) }
      case let text where text.hasPrefix("delete "):
        let old = try file(words[1])
        try await scene.commit { $0.deleteFiles([old]) }
      case let text where text.hasPrefix("row-delta"):
        let deletes = scene.deletes("d\(scene.table.metadata.snapshots.count)", about: "A")
        let added = words.last == "B" ? [try file("B")] : []
        try await scene.commit {
          $0.rowDelta(RowDelta(addedFiles: added, addedDeletes: [deletes]))
        }
      case let text where text.hasPrefix("rewrite A->B"):
        // As many rows: what is rewritten has no others.
        let rewrite = RewriteFiles(
          removed: [try file("A")], added: [try file("B")], dataSequenceNumber: 1)
        try await scene.commit { $0.rewriteFiles(rewrite) }
      case "commit.manifest.min-count-to-merge=1":
        try await scene.commit { $0.setProperty("commit.manifest.min-count-to-merge", "1") }
      case "upgrade to v3": try await scene.commit { $0.upgradeFormat(to: 3) }
      case "cherry-pick branch head to main":
        let id = try scene.head("branch").id
        try await scene.commit { $0.cherryPick(id) }
      case "fast-forward main to branch":
        try await scene.commit { $0.fastForward(SnapshotReference.main, to: "branch") }
      default: throw CorpusValue.Malformed(what: step)
      }
    }

    func expect(_ expected: JSONObject, of branch: String) async throws {
      let metadata = scene.table.metadata
      if let next = expected["next_row_id"] { #expect(Self.number(metadata.nextRowID) == next) }
      if let first = expected["snapshot_first_row_id"] {
        #expect(Self.number(try scene.head(branch).firstRowID) == first)
      }
      if let ids = expected["manifest_first_row_ids"] {
        let found = try await scene.manifests(.data, of: branch).map { Self.number($0.firstRowID) }
        #expect(JSONValue.array(found) == ids)
      }
      if case .object(let files) = expected["file_first_row_ids"] {
        for file in files.members {
          let entry = try await scene.entries(.data, of: branch).first {
            $0.isLive && $0.dataFile.location == scene.location(file.name)
          }
          #expect(Self.number(entry?.dataFile.firstRowID) == file.value, "\(file.name)")
        }
      }
      if let number = expected["read_last_updated_sequence_number"] {
        let live = try await scene.entries(.data, of: branch).filter(\.isLive)
        #expect(live.map { Self.number($0.sequenceNumber) } == [number])
      }
    }

    private static func number(_ value: Int64?) -> JSONValue {
      value.map { .integer($0) } ?? .null
    }
  }
}
