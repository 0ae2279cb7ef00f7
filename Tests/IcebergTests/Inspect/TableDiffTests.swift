import Iceberg
import IcebergTestSupport
import Testing

@Suite struct TableDiffTests {
  /// A table in memory whose clock goes on with every look at it, and is turned back where that is asked
  /// for.
  struct Scene {
    let clock = TestEnvironment()
    let storage = CountingFileIO(delay: .zero)
    var table: Table

    init(version: Int = 2, properties: [String: String] = [:]) async throws {
      let catalog = MemoryCatalog(
        warehouse: "/wh", fileIO: storage, environment: clock.environment)
      table = try await catalog.createTable(
        "db.t",
        SampleTable.creation(
          partitioned: true,
          properties: properties.merging(["format-version": "\(version)"]) { $1 }))
    }

    mutating func commit(_ changes: (inout Transaction) throws -> Void) async throws {
      table = try await table.commit(environment: clock.environment, changes)
    }

    /// Adds rows, and returns the id of their snapshot.
    @discardableResult
    mutating func append(
      _ ids: Range<Int64>, _ changes: (inout Transaction) -> Void = { _ in }
    ) async throws -> Int64 {
      let ids = Array(ids)
      let batch = RecordBatch(
        names: ["id"], columns: [Column(.long(ids), count: ids.count)], rowCount: ids.count)
      let files = try await table.withWriter { try await $0.write(batch) }
      try await commit { tx in
        tx.append(files)
        changes(&tx)
      }
      return try #require(table.metadata.currentSnapshotID)
    }
  }

  /// A table with four rows, then another layout, then four rows more; the tag `before` is in between.
  static func changed() async throws -> (scene: Scene, before: Int64, after: Int64, millis: Int64) {
    var scene = try await Scene(properties: ["owner": "ann", "gone": "x", "same": "y"])
    let before = try await scene.append(0..<4)
    let millis = scene.table.metadata.lastUpdatedMillis
    try await scene.commit { $0.createTag("before") }
    try await scene.commit { tx in
      tx.partitioning.replaceAll(with: [.bucket(4, "id")])
      tx.sortOrder.replace(with: .descending("id"))
      tx.schema.rename("city", to: "town")
      tx.schema.delete("amount")
      tx.schema.addColumn("note", .string)
      tx.setProperties(["owner": "bob", "new": "z"])
      tx.removeProperties(["gone"])
    }
    let after = try await scene.append(4..<8)
    return (scene, before, after, millis)
  }

  @Test("columns, spec, sort order and properties are told that differ between two points")
  func layout() async throws {
    let (scene, before, after, millis) = try await Self.changed()
    let starts: [TimeTravel] = [.snapshot(before), .ref("before"), .timestamp(millis: millis)]
    let ends: [TimeTravel?] = [.snapshot(after), .ref("main"), nil]
    for start in starts {
      for end in ends {
        let diff = try await scene.table.diff(from: start, to: end)
        #expect(!diff.isEmpty)
        #expect(diff.from.snapshot?.id == before && diff.to.snapshot?.id == after)
        #expect(
          diff.schema == [
            SchemaDifference(fieldID: 3, name: "amount", changes: [.removed]),
            SchemaDifference(
              fieldID: 2, name: "town", changes: [.renamed(from: "city", to: "town")]),
            SchemaDifference(fieldID: 4, name: "note", changes: [.added]),
          ])
        #expect(diff.partitionSpec?.from?.fields.map(\.name) == ["city"])
        #expect(diff.partitionSpec?.to?.fields.map(\.transform) == [.bucket(count: 4)])
        #expect(diff.sortOrder?.from == .unsorted)
        #expect(diff.sortOrder?.to?.fields.map(\.direction) == [.descending])
        #expect(diff.properties?.mapValues(\.from) == ["owner": "ann", "gone": "x", "new": nil])
        #expect(diff.properties?.mapValues(\.to) == ["owner": "bob", "gone": nil, "new": "z"])
        #expect(diff.totals["total-records"]?.from == "4")
        #expect(diff.totals["total-records"]?.to == "8")
        #expect(diff.removedFiles.isEmpty)
        #expect(diff.addedFiles.reduce(0) { $0 + $1.recordCount } == 4)
        #expect(diff.addedGroups.allSatisfy { $0.specID == 1 })

        let back = try await scene.table.diff(from: end, to: start)
        #expect(
          back.schema.map(\.changes) == [
            [.removed], [.renamed(from: "town", to: "city")], [.added],
          ])
        #expect(back.partitionSpec?.from == diff.partitionSpec?.to)
        #expect(back.partitionSpec?.to == diff.partitionSpec?.from)
        #expect(back.sortOrder?.from == diff.sortOrder?.to)
        #expect(back.sortOrder?.to == diff.sortOrder?.from)
        #expect(back.properties?.mapValues(\.from) == diff.properties?.mapValues(\.to))
        #expect(back.addedFiles.isEmpty && back.removedFiles == diff.addedFiles)
      }
    }
  }

  @Test(
    "points of the same version have no difference, and those of the same layout only one of files")
  func same() async throws {
    let (scene, before, after, _) = try await Self.changed()
    for point in [.snapshot(before), .ref("before"), .ref("main"), nil] as [TimeTravel?] {
      #expect(try await scene.table.diff(from: point, to: point).isEmpty)
    }
    #expect(try await scene.table.diff(from: .snapshot(before), to: .ref("before")).isEmpty)
    var next = scene
    try await next.append(8..<10)
    let diff = try await next.table.diff(from: .snapshot(after))
    #expect(diff.schema.isEmpty && diff.properties == [:])
    #expect(diff.partitionSpec == nil && diff.sortOrder == nil)
    #expect(!diff.isEmpty && diff.addedFiles.reduce(0) { $0 + $1.recordCount } == 2)
  }

  @Test(
    "a branch has the columns and properties of the table as it is, a tag those of its snapshot")
  func references() async throws {
    var scene = try await Scene(properties: ["owner": "ann"])
    try await scene.append(0..<4)
    try await scene.commit { tx in
      tx.createBranch("audit")
      tx.createTag("v1")
    }
    try await scene.commit { tx in
      tx.schema.addColumn("note", .string)
      tx.setProperty("owner", "bob")
    }
    try await scene.append(4..<6)
    let branch = try await scene.table.diff(from: .ref("audit"))
    #expect(branch.schema.isEmpty && branch.properties == [:])
    let tag = try await scene.table.diff(from: .ref("v1"), to: .ref("main"))
    #expect(tag.schema.map(\.name) == ["note"])
    #expect(tag.properties?.mapValues(\.from) == ["owner": "ann"])
    for diff in [branch, tag] {
      #expect(diff.addedFiles.reduce(0) { $0 + $1.recordCount } == 2)
    }
    let both = try await scene.table.diff(from: .ref("v1"), to: .ref("audit"))
    #expect(both.schema.map(\.name) == ["note"])
    #expect(both.addedFiles.isEmpty && both.totals.isEmpty)
  }

  @Test(
    "where the version of a snapshot is no longer kept, only columns, totals and files are compared"
  )
  func forgotten() async throws {
    var scene = try await Scene(properties: [
      "owner": "ann", "write.metadata.previous-versions-max": "3",
    ])
    let first = try await scene.append(0..<4)
    try await scene.commit { tx in
      tx.schema.addColumn("note", .string)
      tx.setProperty("owner", "bob")
      tx.sortOrder.replace(with: .ascending("id"))
    }
    let second = try await scene.append(4..<6)
    let log = scene.table.metadata.metadataLog
    #expect(log.count == 3)
    var diff = try await scene.table.diff(from: .snapshot(first))
    #expect(diff.from.metadata != nil && diff.sortOrder != nil)
    #expect(diff.properties?.mapValues(\.from) == ["owner": "ann"])
    // A file of the log that somebody has removed.
    let bytes = try await scene.storage.read(log[1].location, range: nil)
    try await scene.storage.remove([log[1].location])
    diff = try await scene.table.diff(from: .snapshot(first))
    #expect(diff.from.metadata == nil && diff.to.metadata != nil)
    #expect(diff.properties == nil && diff.sortOrder == nil && diff.partitionSpec == nil)
    #expect(diff.schema.map(\.name) == ["note"])
    try await scene.storage.write(bytes, to: log[1].location, mode: .createNew)
    // A version that has left the log.
    try await scene.commit { $0.setProperty("other", "x") }
    diff = try await scene.table.diff(from: .snapshot(first), to: .snapshot(second))
    #expect(diff.from.metadata == nil && diff.to.metadata != nil)
    #expect(diff.properties == nil && diff.sortOrder == nil)
    #expect(diff.schema.map(\.name) == ["note"])
    #expect(diff.totals["total-records"]?.to == "6")
    #expect(diff.addedFiles.count == 1)
  }

  @Test("a snapshot that has the time of versions before it has the properties that came with it")
  func sameTime() async throws {
    var scene = try await Scene()
    let first = try await scene.append(0..<2) { $0.setProperty("load", "1") }
    // The clock of another writer is behind: its versions have the time of the last one.
    var snapshots = [first]
    for load in 2...4 {
      scene.clock.millis -= 60_000
      snapshots.append(
        try await scene.append(0..<2) { $0.setProperty("load", "\(load)") })
    }
    let times = Set(scene.table.metadata.metadataLog.dropFirst().map(\.timestampMillis))
    #expect(times.count == 1)
    for (number, snapshot) in snapshots.enumerated().dropLast() {
      let diff = try await scene.table.diff(from: .snapshot(snapshot))
      #expect(diff.properties?["load"]?.from == "\(number + 1)")
      #expect(diff.properties?["load"]?.to == "4")
    }
  }

  @Test(
    "of rows only those files are read that are not at both points, or whose deletes differ",
    arguments: [2, 3])
  func reads(version: Int) async throws {
    var scene = try await Scene(version: version)
    func files(_ known: Set<String>...) async throws -> Set<String> {
      let tasks = try await scene.table.scan().tasks()
      let all = tasks.flatMap { [$0.file.location] + $0.deletes.map(\.file.location) }
      return known.reduce(Set(all)) { $0.subtracting($1) }
    }
    let options = RowChangeOptions(mode: .mergeOnRead)
    try await scene.append(0..<4)
    let first = try await files()
    try await scene.append(4..<8)
    let second = try await files(first)
    scene.table = try await scene.table.delete(where: col("id") == 5, options: options).table
    let deletes = try await files(first, second)
    try await scene.commit { $0.createTag("before") }
    scene.table = try await scene.table.delete(where: col("id") == 0, options: options).table
    let newDeletes = try await files(first, second, deletes)
    try await scene.append(8..<12)
    let third = try await files(first, second, deletes, newDeletes)
    for some in [first, second, deletes, newDeletes, third] { #expect(some.count == 1) }
    let before = try scene.table.metadata.snapshot(referredToBy: "before")
    let now = try #require(scene.table.metadata.currentSnapshot)
    let old = Set(try await scene.table.manifests(of: before).map(\.location))
    let new = Set(try await scene.table.manifests(of: now).map(\.location))
    #expect(old.intersection(new).count == 3 && new.subtracting(old).count == 2)

    scene.storage.reset()
    let diff = try await scene.table.diff(from: .ref("before"))
    for file in old.intersection(new).union([first, second, deletes, newDeletes, third].joined()) {
      #expect(scene.storage.readCount(of: file) == 0)
    }
    for file in old.symmetricDifference(new) { #expect(scene.storage.readCount(of: file) == 1) }
    #expect(Set(diff.addedFiles.map(\.location)) == third.union(newDeletes))

    scene.storage.reset()
    var (removed, added): ([Int64], [Int64]) = ([], [])
    for try await difference in try diff.rows() {
      switch difference {
      case .removed(let rows):
        if case .long(let ids)? = rows.column("id")?.values { removed += ids }
      case .added(let rows):
        if case .long(let ids)? = rows.column("id")?.values { added += ids }
      case .changed: Issue.record("a changed row without a key")
      }
    }
    #expect(removed == [0] && added == [8, 9, 10, 11])
    for file in second.union(deletes) { #expect(scene.storage.readCount(of: file) == 0) }
    for file in [first, newDeletes, third].joined() {
      #expect(scene.storage.readCount(of: file) > 0)
    }
  }

  @Test("of the manifests only those are read for rows that may have files that are not the same")
  func readManifests() async throws {
    var scene = try await Scene()
    try await scene.append(0..<4)
    let before = try await scene.append(4..<8)
    let shared = try await scene.table.manifests(
      of: try #require(scene.table.metadata.currentSnapshot))
    try await scene.append(8..<12)
    let diff = try await scene.table.diff(from: .snapshot(before))
    scene.storage.reset()
    var added = 0
    for try await difference in try diff.rows() {
      guard case .added(let rows) = difference else { continue }
      added += rows.rowCount
    }
    #expect(added == 4)
    #expect(shared.count == 2)
    for manifest in shared { #expect(scene.storage.readCount(of: manifest.location) == 0) }
  }

  @Test("rows of a file that is listed again are added rows")
  func listedTwice() async throws {
    var scene = try await Scene()
    let first = try await scene.append(0..<3)
    let file = try #require(try await scene.table.scan().tasks().first?.file)
    try await scene.commit { $0.fastAppend([file]) }
    var added = 0
    for try await difference in try await scene.table.diff(from: .snapshot(first)).rows() {
      guard case .added(let rows) = difference else {
        Issue.record("\(difference)")
        continue
      }
      added += rows.rowCount
    }
    #expect(added == 3)
  }

  @Test("files whose names are alike but for how their letters are written are different files")
  func names() async throws {
    var scene = try await CommitScene()
    let (composed, decomposed) = (scene.file("A\u{e9}"), scene.file("Ae\u{301}"))
    try await scene.commit { $0.append([composed]) }
    try await scene.commit { $0.overwrite(removing: [composed], adding: [decomposed]) }
    let diff = try await scene.table.diff(
      from: .snapshot(scene.table.metadata.snapshots[0].id))
    #expect(diff.removedFiles.map { Array($0.location.utf8) } == [Array(composed.location.utf8)])
    #expect(diff.addedFiles.map { Array($0.location.utf8) } == [Array(decomposed.location.utf8)])
  }
}
