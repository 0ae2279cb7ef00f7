import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct FileOperationTests {
  @Test("an overwrite removes files and adds others", arguments: 1...3)
  func overwrite(version: Int) async throws {
    var scene = try await CommitScene(version: version)
    try await scene.append("A", "B")
    let (removed, added) = (scene.file("A"), scene.file("A2", rows: 5))
    try await scene.commit { $0.overwrite(removing: [removed], adding: [added]) }
    #expect(try await scene.names() == ["A2", "B"])
    #expect(try await scene.texts() == ["+A2", "-A B"])
    let head = try scene.head()
    #expect(head.summary?.operation == .overwrite)
    #expect(head.sequenceNumber == (version == 1 ? 0 : 2))
    for (key, value) in [
      "added-data-files": "1", "deleted-data-files": "1", "added-records": "5",
      "deleted-records": "1", "total-data-files": "2", "total-records": "6",
      "changed-partition-count": "1", "manifests-created": "2", "manifests-kept": "0",
      "manifests-replaced": "1", "added-files-size": "10", "removed-files-size": "10",
    ] { #expect(try scene.summary(key) == value, "\(key)") }
    let entries = try await scene.entries()
    let numbers = entries.map { [$0.sequenceNumber, $0.fileSequenceNumber] }
    #expect(numbers == (version == 1 ? [[0, 0], [0, 0], [0, 0]] : [[2, 2], [1, 1], [1, 1]]))
    #expect(entries[1].snapshotID == head.id)
    #expect(entries[2].snapshotID == head.parentID)
    // The next snapshot tells no more of what this one removed.
    try await scene.append("C")
    let file = scene.file("C")
    try await scene.commit { $0.deleteFiles([file]) }
    #expect(try await scene.texts() == ["-C", "+A2", "-A B"])
    try await scene.append("D")
    #expect(try await scene.texts() == ["+D", "+A2", "-A B"])
  }

  @Test("a snapshot is called after what it did to the data")
  func operations() async throws {
    var scene = try await CommitScene()
    let (a, b, deletes) = (
      scene.file("A"), scene.file("B"), scene.positionDeletes("d", about: "B")
    )
    func expect(
      _ operation: SnapshotSummary.Operation, _ changes: (inout Transaction) -> Void
    ) async throws {
      try await scene.commit(changes)
      #expect(try scene.head().summary?.operation == operation)
    }
    try await expect(.append) { $0.overwrite(removing: [], adding: [a]) }
    try await expect(.delete) { $0.overwrite(removing: [a], adding: []) }
    try await expect(.append) { $0.rowDelta(RowDelta(addedFiles: [a, b])) }
    try await expect(.delete) { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    try await expect(.overwrite) { $0.rowDelta(RowDelta(removedFiles: [a])) }
    try await expect(.overwrite) { $0.replacePartitions(with: [a]) }
    try await expect(.replace) { $0.rewriteFiles(RewriteFiles(removed: [a], added: [a])) }
    try await expect(.delete) { $0.deleteFiles(where: .all) }
  }

  @Test("files are removed by their locations; one that is missing is named", arguments: 1...3)
  func deleteByLocation(version: Int) async throws {
    var scene = try await CommitScene(version: version)
    try await scene.append("A", "B")
    try await scene.append("C")
    let (a, c, x) = (scene.location("A"), scene.location("C"), scene.location("X"))
    let table = scene.table
    let error = await #expect(throws: IcebergError.self) {
      try await table.commit { $0.deleteFiles(at: [a, x]) }
    }
    #expect(error?.code == .validationFailed)
    #expect(error?.message.contains(x) == true && error?.message.contains(a + ",") == false)
    #expect(try await scene.orphans().isEmpty)
    try await scene.commit { $0.deleteFiles(at: [a, x], missing: .ignored) }
    #expect(try await scene.names() == ["B", "C"])
    try await scene.commit { $0.deleteFiles(at: [c]) }
    #expect(try await scene.names() == ["B"])
    #expect(try await scene.texts() == ["-C", "-A B"])
    #expect(try scene.head().summary?.operation == .delete)
  }

  @Test("a file whose name is alike but for how its letters are written stays")
  func deleteByExactLocation() async throws {
    var scene = try await CommitScene()
    let (composed, decomposed) = ("A\u{e9}", "Ae\u{301}")
    try await scene.append(composed, decomposed)
    let removed = scene.location(composed)
    try await scene.commit { $0.deleteFiles(at: [removed]) }
    #expect(try await scene.names().map { Array($0.utf8) } == [Array(decomposed.utf8)])
  }

  @Test(
    "what became of a file whose name is alike but for how its letters are written is no conflict")
  func exactConflicts() async throws {
    let (composed, decomposed) = ("A\u{e9}", "Ae\u{301}")
    for isRemoved in [true, false] {
      var scene = try await CommitScene(version: 3)
      try await scene.append(composed, decomposed)
      let stale = scene.table
      let (other, new) = (scene.file(decomposed), scene.file("A2"))
      let theirs = scene.vector("v1", about: decomposed)
      try await scene.commit {
        if isRemoved {
          $0.overwrite(removing: [other], adding: [new])
        } else {
          $0.rowDelta(RowDelta(addedDeletes: [theirs]))
        }
      }
      let ours = RowDelta(
        addedDeletes: [scene.vector("v2", about: composed)],
        check: ConflictCheck(
          startingSnapshotID: stale.metadata.currentSnapshotID, isolation: .snapshot,
          referencedDataFiles: [scene.location(composed)], command: .delete))
      scene.table = try await stale.commit { $0.rowDelta(ours) }
      #expect(try await scene.names(.deletes) == (isRemoved ? ["v2"] : ["v1", "v2"]))
    }
  }

  @Test("files are removed by a filter when all of their rows satisfy it", arguments: 1...3)
  func deleteByFilter(version: Int) async throws {
    let catalog = MemoryCatalog()
    var table = try await catalog.createTable(
      "db.t",
      SampleTable.creation(partitioned: true, properties: ["format-version": String(version)]))
    func file(_ name: String, _ city: String?, _ ids: ClosedRange<Int64>) throws -> DataFile {
      var file = SampleTable.dataFile(
        name, of: table, partition: StructValue([city.map { .string($0) }]))
      file.valueCounts = [1: 10]
      file.nullValueCounts = [1: 0]
      file.lowerBounds = [1: try Literal.long(ids.lowerBound).singleValueBytes()]
      file.upperBounds = [1: try Literal.long(ids.upperBound).singleValueBytes()]
      return file
    }
    table = try await table.append([
      file("x1", "x", 0...9), file("x2", "x", 10...19), file("y", "y", 0...9),
      file("n", nil, 5...5),
    ])
    func names(_ table: Table) async throws -> [String] {
      try await FastAppendTests.entries(of: table).filter(\.isLive)
        .map { String($0.dataFile.location.suffix(2)) }.sorted()
    }
    // Whole partitions, and files of which the bounds say that all of their rows are meant.
    let bounds = try await table.commit {
      $0.deleteFiles(where: col("city") == "x" && col("id") < 10)
    }
    #expect(try await names(bounds) == ["/n", "/y", "x2"])
    let nothing = try await bounds.commit { $0.deleteFiles(where: col("id") > 100) }
    #expect(try await names(nothing) == ["/n", "/y", "x2"])
    #expect(nothing.metadata.currentSnapshot?.summary?["deleted-data-files"] == nil)
    await expectError(.validationFailed) {
      try await nothing.commit { $0.deleteFiles(where: col("id") < 7) }
    }
    #expect(try await names(nothing.refreshed()) == ["/n", "/y", "x2"])
    let partitions = try await nothing.commit { $0.deleteFiles(where: col("city") == "x") }
    #expect(try await names(partitions) == ["/n", "/y"])
  }

  @Test("replaced partitions lose their files, other partitions keep theirs", arguments: 1...3)
  func replacePartitions(version: Int) async throws {
    var scene = try await CommitScene(version: version)
    try await scene.append("A", "B", "C")
    try await scene.append("A3")
    let files = [scene.file("A2"), scene.file("D")]
    try await scene.commit { $0.replacePartitions(with: files) }
    #expect(try await scene.names() == ["A2", "B", "C", "D"])
    #expect(try scene.head().summary?.operation == .overwrite)
    #expect(try scene.summary("replace-partitions") == "true")
    #expect(try scene.summary("deleted-data-files") == "2")
    let table = scene.table
    await expectError(.invalidArgument) {
      try await table.commit { $0.replacePartitions(with: []) }
    }
    var check = ConflictCheck(startingSnapshotID: table.metadata.currentSnapshotID)
    check.validatesEmptyPartitions = true
    let (occupied, free, strict) = (scene.file("B2"), scene.file("E"), check)
    await expectError(.validationFailed) {
      try await table.commit { $0.replacePartitions(with: [occupied], check: strict) }
    }
    try await scene.commit { $0.replacePartitions(with: [free], check: strict) }
    #expect(try await scene.names() == ["A2", "B", "C", "D", "E"])
  }

  @Test("in a table without partitions all files are replaced", arguments: 1...3)
  func replaceAll(version: Int) async throws {
    var scene = try await CommitScene(version: version, isPartitioned: false)
    try await scene.append("A", "B")
    let file = scene.file("C")
    try await scene.commit { $0.replacePartitions(with: [file]) }
    #expect(try await scene.names() == ["C"])
  }

  @Test("a row delta adds files and deletes in one snapshot", arguments: 2...3)
  func rowDelta(version: Int) async throws {
    var scene = try await CommitScene(version: version)
    try await scene.append("A", "B")
    let delta = RowDelta(
      addedFiles: [scene.file("C")], addedDeletes: [scene.deletes("d", about: "A", rows: 3)],
      removedFiles: [scene.file("B")])
    try await scene.commit { $0.rowDelta(delta) }
    #expect(try await scene.names() == ["A", "C"])
    #expect(try await scene.names(.deletes) == ["d"])
    #expect(try await scene.texts() == ["+C", "A -B", "+d"])
    let deletes = try #require(try await scene.entries(.deletes).first)
    #expect(deletes.sequenceNumber == 2)
    #expect(try scene.summary("added-delete-files") == "1")
    #expect(try scene.summary(version == 3 ? "added-dvs" : "added-position-delete-files") == "1")
    #expect(try scene.summary("added-position-deletes") == "3")
    #expect(try scene.summary("total-delete-files") == "1")
    #expect(try scene.summary("changed-partition-count") == "3")
  }

  @Test("delete files that a version does not have are refused")
  func versions() async throws {
    func refused(_ version: Int, _ delete: (CommitScene) -> DataFile) async throws {
      var scene = try await CommitScene(version: version)
      try await scene.append("A")
      let (table, file) = (scene.table, delete(scene))
      await expectError(.invalidArgument) {
        try await table.commit { $0.rowDelta(RowDelta(addedDeletes: [file])) }
      }
      #expect(try await scene.orphans().isEmpty)
    }
    try await refused(1) { $0.positionDeletes("d", about: "A") }
    try await refused(1) { $0.equalityDeletes("d", about: "A") }
    try await refused(2) { $0.vector("d", about: "A") }
    try await refused(3) { $0.positionDeletes("d", about: "A") }
    try await refused(2) { $0.file("d") }
    try await refused(2) { scene in
      var file = scene.equalityDeletes("d", about: "A")
      file.equalityIDs = []
      return file
    }
    try await refused(2) { scene in
      var file = scene.equalityDeletes("d", about: "A")
      file.equalityIDs = [99]
      return file
    }
    try await refused(3) { scene in
      var file = scene.vector("d", about: "A")
      file.referencedDataFile = nil
      return file
    }
    try await refused(3) { scene in
      var file = scene.vector("d", about: "A")
      file.contentSizeInBytes = nil
      return file
    }
  }

  @Test("with a data file its vector goes, vectors of others stay", arguments: [true, false])
  func danglingVectors(byFilter: Bool) async throws {
    var scene = try await CommitScene(version: 3)
    try await scene.append("A", "A2", "B")
    let vectors = ["A", "A2", "B"].map { scene.vector("d" + $0, about: $0) }
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: vectors)) }
    let (a, location) = (scene.file("A"), scene.location("A"))
    try await scene.commit {
      if byFilter {
        $0.deleteFiles(at: [location])
      } else {
        $0.overwrite(removing: [a], adding: [])
      }
    }
    #expect(try await scene.names() == ["A2", "B"])
    #expect(try await scene.names(.deletes) == ["dA2", "dB"])
    #expect(try scene.summary("removed-dvs") == "1")
    #expect(try scene.summary("removed-delete-files") == "1")
    #expect(try scene.summary("total-delete-files") == "2")
  }

  @Test("with a data file of a version 2 table its position deletes stay")
  func positionDeletesStay() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A", "B")
    let deletes = scene.positionDeletes("d", about: "A")
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    let a = scene.file("A")
    try await scene.commit { $0.deleteFiles([a]) }
    #expect(try await scene.names(.deletes) == ["d"])
  }

  @Test("deletes older than every data file go when their manifest is written anew")
  func oldDeletes() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A")
    let (d1, d2) = (
      scene.positionDeletes("d1", about: "A"), scene.positionDeletes("d2", about: "A")
    )
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [d1, d2])) }
    let (a, b) = (scene.file("A"), scene.file("B"))
    try await scene.commit { $0.overwrite(removing: [a], adding: [b]) }
    // The manifest with the removed file still counts its last snapshot.
    #expect(try await scene.names(.deletes) == ["d1", "d2"])
    try await scene.append("C")
    let c = scene.file("C")
    try await scene.commit {
      $0.overwrite(removing: [c], adding: [], removingDeletes: [d1])
    }
    #expect(try await scene.names(.deletes) == [])
    #expect(try scene.summary("removed-position-delete-files") == "2")
  }

  @Test("where delete files are named, old ones of other partitions stay until data files go alone")
  func oldDeletesElsewhere() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A", "B")
    for name in ["A", "B"] {
      let deletes = scene.positionDeletes("d" + name, about: name)
      try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    }
    let (old, new) = (
      [scene.file("A"), scene.file("B")], [scene.file("A2"), scene.file("B2"), scene.file("C")]
    )
    try await scene.commit { $0.overwrite(removing: old, adding: new) }
    let (a2, b2, deletes) = (
      scene.file("A2"), scene.file("B2"), scene.positionDeletes("dA", about: "A")
    )
    try await scene.commit {
      $0.overwrite(removing: [a2], adding: [], removingDeletes: [deletes])
    }
    #expect(try await scene.names(.deletes) == ["dB"])
    try await scene.commit { $0.overwrite(removing: [b2], adding: []) }
    #expect(try await scene.names(.deletes) == [])
    #expect(try await scene.names() == ["C"])
  }

  @Test("a rewrite keeps the rows: it may not add any, and needs what it replaces")
  func rewrite() async throws {
    var scene = try await CommitScene(version: 2)
    let (a, b) = (scene.file("A", rows: 10), scene.file("A2", rows: 5))
    try await scene.commit { $0.append([a, b]) }
    let table = scene.table
    for (removed, added, code) in [
      ([a, b], [scene.file("A3", rows: 16)], IcebergError.Code.invalidArgument),
      ([], [scene.file("A3", rows: 1)], .invalidArgument), ([], [], .invalidArgument),
      ([scene.file("X", rows: 9)], [scene.file("A3", rows: 5)], .validationFailed),
    ] {
      await expectError(code) {
        try await table.commit {
          $0.rewriteFiles(RewriteFiles(removed: removed, added: added))
        }
      }
    }
    #expect(try await scene.orphans().isEmpty)
    let rewrite = RewriteFiles(
      removed: [a, b], added: [scene.file("A3", rows: 14)], dataSequenceNumber: 1)
    try await scene.commit { $0.rewriteFiles(rewrite) }
    #expect(try await scene.names() == ["A3"])
    let entry = try #require(try await scene.entries().first)
    #expect(entry.sequenceNumber == 1)
    #expect(entry.fileSequenceNumber == 2)
    #expect(try await scene.manifests().map(\.minSequenceNumber) == [1, 2])
  }

  @Test("a conflict names both operations, the snapshot, the files and what they matter for")
  func conflictText() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B")
    let (stale, a, a2) = (scene.table, scene.file("A"), scene.file("A2"))
    try await scene.commit { $0.rewriteFiles(RewriteFiles(removed: [a], added: [a2])) }
    let rewrite = try scene.head().id
    try await scene.append("A3")
    let append = try scene.head().id
    let again = RewriteFiles(removed: [a, scene.file("B")], added: [scene.file("A4")])
    var error = await #expect(throws: IcebergError.self) {
      try await stale.commit { $0.rewriteFiles(again) }
    }
    #expect(error?.code == .validationFailed)
    #expect(
      error?.message == """
        the rewrite of files of branch 'main' conflicts with what was committed since: the \
        replace of snapshot \(rewrite) removed \(a.location), which matters for any rows; read the table again \
        and make the change anew
        """)
    #expect(error?.context.location == a.location)
    let check = ConflictCheck(
      startingSnapshotID: stale.metadata.currentSnapshotID, filter: try Filter(parsing: "id > 5"),
      isolation: .serializable)
    error = await #expect(throws: IcebergError.self) {
      try await stale.commit { $0.overwrite(removing: [a], adding: [], check: check) }
    }
    #expect(
      error?.message == """
        the overwrite of branch 'main' conflicts with what was committed since: the append of \
        snapshot \(append) added \(scene.location("A3")), which matters for rows where id > 5; \
        read the table again and make the change anew
        """)
    // Where nobody can be named the files are.
    let unknown = scene.file("X")
    error = await #expect(throws: IcebergError.self) {
      try await stale.commit {
        $0.rewriteFiles(RewriteFiles(removed: [unknown], added: [a2]))
      }
    }
    #expect(error?.message.contains("not there, or not any more: \(unknown.location)") == true)
  }

  @Test("deletes that apply to a rewritten file of an older number stay, whatever else is newer")
  func deletesOfRewrittenFiles() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A")
    let prepared = scene.table.metadata.currentSnapshotID
    let deletes = scene.equalityDeletes("e", about: "A")
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    try await scene.append("B")
    let rewrite = RewriteFiles(
      removed: [scene.file("A")], added: [scene.file("A2")], dataSequenceNumber: 1,
      startingSnapshotID: prepared)
    try await scene.commit { $0.rewriteFiles(rewrite) }
    #expect(try await scene.names() == ["A2", "B"])
    #expect(try await scene.names(.deletes) == ["e"])
    // Once no file is as old, they go.
    let again = RewriteFiles(removed: [scene.file("A2")], added: [scene.file("A3")])
    try await scene.commit { $0.rewriteFiles(again) }
    #expect(try await scene.names(.deletes) == [])
  }

  @Test("delete files of a rewrite keep the numbers that they are given")
  func rewrittenDeletes() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A")
    let (d1, d2) = (
      scene.positionDeletes("d1", about: "A"), scene.positionDeletes("d2", about: "A")
    )
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [d1])) }
    let rewrite = RewriteFiles(
      removedDeletes: [d1], addedDeletes: [d2], deleteSequenceNumbers: [d2.location: 2])
    try await scene.commit { $0.rewriteFiles(rewrite) }
    let live = try await scene.entries(.deletes).filter(\.isLive)
    #expect(live.map(\.sequenceNumber) == [2])
    #expect(live.map(\.fileSequenceNumber) == [3])
  }

  @Test(
    "the operations of one transaction are snapshots of one version, in order", arguments: 1...3)
  func together(version: Int) async throws {
    var scene = try await CommitScene(version: version)
    try await scene.append("A")
    let (a, b, c) = (scene.file("A"), scene.file("B"), scene.file("C"))
    let before = scene.table.metadata
    try await scene.commit {
      $0.append([b])
      $0.overwrite(removing: [a, b], adding: [c])
      $0.append([b])
      $0.deleteFiles(at: [b.location], toBranch: "audit")
    }
    let metadata = scene.table.metadata
    #expect(metadata.metadataLog.count == before.metadataLog.count + 1)
    #expect(
      metadata.snapshots.map { $0.summary?.operation }
        == [.append, .append, .overwrite, .append, .delete])
    #expect(try await scene.names() == ["B", "C"])
    #expect(try await scene.names(of: "audit") == ["C"])
    #expect(
      metadata.snapshots.dropFirst().map(\.parentID) == metadata.snapshots.dropLast().map(\.id))
    #expect(try await scene.orphans().isEmpty)
  }

  @Test("a staged snapshot is added, and no branch moves to it")
  func staged() async throws {
    var scene = try await CommitScene()
    try await scene.append("A")
    let before = try scene.head()
    let b = scene.file("B")
    try await scene.commit {
      $0.stage(wapID: "job 7")
      $0.append([b])
    }
    #expect(try scene.head() == before)
    let staged = try #require(scene.table.metadata.snapshots.last)
    #expect(staged.id != before.id && staged.parentID == before.id)
    #expect(staged.summary?["wap.id"] == "job 7")
    #expect(scene.table.metadata.references.count == 1)
    #expect(try await scene.orphans().isEmpty)
    let table = scene.table
    await expectError(.invalidArgument) {
      try await table.commit {
        $0.append([b])
        $0.stage(wapID: "two")
        $0.deleteFiles(where: .all)
      }
    }
  }

  @Test("files of an old spec are removed even when its column is gone")
  func oldSpec() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B")
    let a = scene.file("A")
    let catalog = scene.catalog
    scene.table = try await catalog.commit(
      TableCommit(
        requirements: [],
        updates: [
          .addPartitionSpec(PartitionSpec(id: 1, fields: [])), .setDefaultPartitionSpec(id: -1),
          .addSchema(
            Schema([Field(id: 1, name: "id", type: .int, isRequired: true)], id: 1)),
          .setCurrentSchema(id: -1),
        ]), to: "db.t")
    try await scene.commit { $0.deleteFiles([a]) }
    #expect(try await scene.texts() == ["-A B"])
    let partitions = try await scene.entries().map(\.dataFile.partition)
    #expect(partitions == [StructValue([.int(0)]), StructValue([.int(1)])])
  }
}
