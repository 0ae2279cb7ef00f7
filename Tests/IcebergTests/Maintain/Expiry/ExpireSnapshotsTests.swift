import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct ExpireSnapshotsTests {
  /// A table of which the files exist, and the times of whose snapshots are known.
  struct Play {
    var scene: CommitScene
    var storage: MemoryFileIO { scene.storage }
    var table: Table { scene.table }

    init(version: Int = 2, properties: [String: String] = [:]) async throws {
      scene = try await CommitScene(version: version, properties: properties)
    }

    /// Commits changes, after the files that they name were made.
    mutating func commit(_ files: [DataFile], _ body: (inout Transaction) throws -> Void)
      async throws
    {
      for file in files where try await !storage.exists(file.location) {
        try await storage.write(
          Bytes([UInt8](repeating: 1, count: Int(file.fileSizeInBytes))), to: file.location,
          mode: .createNew)
      }
      scene.table = try await scene.table.commit(environment: CommitScene.environment(), body)
    }

    mutating func append(_ names: String...) async throws {
      let files = names.map { scene.file($0) }
      try await commit(files) { $0.fastAppend(files) }
    }

    /// Writes a file of statistics beside the metadata, and gives it to the current snapshot.
    mutating func addStatistics(_ name: String, ofPartitions: Bool = false) async throws {
      let id = try #require(table.metadata.currentSnapshotID)
      let location = "\(table.metadata.location)/metadata/\(name)"
      try await storage.write(Bytes([1, 2, 3]), to: location, mode: .createNew)
      try await commit([]) {
        if ofPartitions {
          $0.setPartitionStatistics(
            PartitionStatisticsFile(snapshotID: id, location: location, fileSizeInBytes: 3))
        } else {
          $0.setStatistics(
            StatisticsFile(
              snapshotID: id, location: location, fileSizeInBytes: 3, fileFooterSizeInBytes: 1,
              blobs: []))
        }
      }
    }

    /// Removes files from the table.
    mutating func delete(_ names: String...) async throws {
      let locations = names.map { scene.file($0).location }
      try await commit([]) { $0.deleteFiles(at: locations) }
    }

    /// The names of all files that are there, without the versions of the metadata.
    func names() async throws -> Set<String> {
      Set(
        try await storage.list(under: CommitScene.warehouse).map {
          String($0.location.split(separator: "/").last ?? "")
        }.filter { !$0.hasSuffix(".json") && $0 != "version-hint.text" })
    }

    func names(_ locations: [String]) -> Set<String> {
      Set(locations.map { String($0.split(separator: "/").last ?? "") })
    }

    /// The files that the snapshots of the table lead to.
    func reachable() async throws -> Set<String> {
      var found: Set<String> = []
      for snapshot in table.metadata.snapshots {
        if case .list(let location) = snapshot.manifests { found.insert(location) }
        for manifest in try await table.manifests(of: snapshot) {
          found.insert(manifest.location)
          for entry in try await table.entries(of: manifest) where entry.isLive {
            found.insert(entry.dataFile.location)
          }
        }
      }
      return names(Array(found + table.metadata.statistics.map(\.location)))
    }
  }

  static func options(
    keeping: Int = 1, cleanup: ExpireSnapshotsOptions.Cleanup = .all, memoryLimit: Int = 1 << 20
  ) -> ExpireSnapshotsOptions {
    ExpireSnapshotsOptions(
      olderThanMillis: .max, retainLast: keeping, cleanup: cleanup, memoryLimit: memoryLimit,
      environment: CommitScene.environment())
  }

  @Test(
    "files go that only expired snapshots need, and no others", arguments: [1, 2, 3], [1, 1 << 20])
  func files(version: Int, memoryLimit: Int) async throws {
    var play = try await Play(version: version)
    try await play.append("A", "B")
    try await play.delete("A")
    try await play.append("C")
    let before = try await play.names()
    let dryRun = try await play.table.expireSnapshots(
      Self.options(memoryLimit: memoryLimit), dryRun: true)
    #expect(try await play.names() == before)
    let report = try await play.table.expireSnapshots(Self.options(memoryLimit: memoryLimit))
    play.scene.table = report.table
    #expect(dryRun.isDryRun && !report.isDryRun)
    #expect(dryRun.deleted == report.deleted && dryRun.snapshots == report.snapshots)
    #expect(report.table.metadata.snapshots.count == 1)
    #expect(report.deletedDataFilesCount == 1)
    #expect(report.deletedManifestListsCount == 2)
    // That of the second snapshot still lists the file that stays.
    #expect(report.deletedManifestFilesCount == 1)
    #expect(report.failedCount == 0)
    #expect(try await play.names() == play.reachable())
    // The deleted file was needed by the first snapshot last.
    #expect(report.snapshots.map { $0.files[.data].count } == [1, 0])
    #expect(report.snapshots[0].files[.data].sizeInBytes == 10)
  }

  @Test("files that a branch still has stay")
  func branch() async throws {
    var play = try await Play()
    try await play.append("A")
    try await play.commit([]) { $0.createBranch("audit") }
    try await play.delete("A")
    try await play.append("B")
    let report = try await play.table.expireSnapshots(Self.options())
    play.scene.table = report.table
    #expect(report.table.metadata.snapshots.count == 2)
    #expect(report.deletedDataFilesCount == 0)
    #expect(report.deletedManifestListsCount == 1)
    #expect(try await play.names() == play.reachable())
  }

  @Test("delete files are counted by their kinds")
  func deletes() async throws {
    var play = try await Play()
    try await play.append("A", "B")
    let deletes = [
      play.scene.positionDeletes("p", about: "A"), play.scene.equalityDeletes("e", about: "B"),
    ]
    try await play.commit(deletes) { $0.rowDelta(RowDelta(addedDeletes: deletes)) }
    try await play.delete("A", "B")
    try await play.commit([]) {
      $0.rewriteFiles(RewriteFiles(removed: [], added: [], removedDeletes: deletes))
    }
    try await play.append("C")
    let report = try await play.table.expireSnapshots(Self.options())
    play.scene.table = report.table
    #expect(report.deletedDataFilesCount == 2)
    #expect(report.deletedPositionDeleteFilesCount == 1)
    #expect(report.deletedEqualityDeleteFilesCount == 1)
    #expect(try await play.names() == play.reachable())
  }

  @Test("clean-up is none, of metadata only, or of all")
  func cleanup() async throws {
    let expected: [(ExpireSnapshotsOptions.Cleanup, Set<FileKind>)] = [
      (.none, []), (.metadataOnly, [.manifest, .manifestList]),
      (.all, [.data, .manifest, .manifestList]),
    ]
    for (cleanup, kinds) in expected {
      var play = try await Play()
      try await play.append("A")
      try await play.delete("A")
      try await play.append("B")
      let report = try await play.table.expireSnapshots(Self.options(cleanup: cleanup))
      #expect(Set(FileKind.allCases.filter { report.deleted[$0].count > 0 }) == kinds)
      #expect(report.table.metadata.snapshots.count == 1)
    }
  }

  @Test("statistics of an expired snapshot go with it, from the metadata too")
  func statistics() async throws {
    var play = try await Play()
    for name in ["A", "B"] {
      try await play.append(name)
      try await play.addStatistics("stats-\(name).puffin")
    }
    let report = try await play.table.expireSnapshots(Self.options())
    play.scene.table = report.table
    #expect(report.deletedStatisticsFilesCount == 1)
    #expect(report.table.metadata.statistics.map(\.location).allSatisfy { $0.contains("stats-B") })
    #expect(try await play.names() == play.reachable())
  }

  @Test("schemas and specs that no snapshot uses are removed when that is asked for")
  func layouts() async throws {
    var play = try await Play()
    try await play.append("A")
    try await play.delete("A")
    try await play.commit([]) {
      $0.schema.addColumn("more", .string)
      $0.partitioning.remove("data_bucket")
    }
    var file = play.scene.file("B")
    file.partition = StructValue()
    file.specID = play.table.metadata.defaultSpecID
    // An append that merges leaves manifests out that list no live file.
    try await play.commit([file]) { $0.append([file]) }
    var options = Self.options()
    #expect(try await play.table.expireSnapshots(options, dryRun: true).removedSpecIDs == [])
    options.unusedLayouts = .removed
    let report = try await play.table.expireSnapshots(options)
    #expect(report.removedSchemaIDs == [0] && report.removedSpecIDs == [0])
    #expect(report.table.metadata.partitionSpecs.map(\.id) == [play.table.metadata.defaultSpecID])
    #expect(report.table.metadata.schemas.count == 1)
  }

  @Test("nothing expires of a table whose files others may use")
  func garbageCollection() async throws {
    var play = try await Play(properties: ["gc.enabled": "false"])
    try await play.append("A")
    try await play.append("B")
    let table = play.table
    await #expect {
      try await table.expireSnapshots(Self.options())
    } throws: {
      ($0 as? IcebergError)?.code == .invalidArgument
    }
  }

  @Test("the version that the caller has is not the one that may allow it")
  func garbageCollectionMeanwhile() async throws {
    var play = try await Play()
    try await play.append("A")
    try await play.delete("A")
    try await play.append("B")
    let stale = play.table
    try await play.commit([]) { $0.setProperty("gc.enabled", "false") }
    await #expect {
      try await stale.expireSnapshots(Self.options())
    } throws: {
      ($0 as? IcebergError)?.code == .invalidArgument
    }
    #expect(try await play.storage.exists(play.scene.file("A").location))
  }

  @Test("a file that is needed by another spelling of its location stays")
  func spellings() async throws {
    var play = try await Play()
    try await play.append("A")
    let location = play.scene.file("A").location
    try await play.delete("A")
    var again = play.scene.file("A")
    again.location = "file:" + location
    try await play.commit([again]) { $0.fastAppend([again]) }
    _ = try await play.table.expireSnapshots(Self.options())
    #expect(try await play.storage.exists(location))
  }

  @Test("nothing is removed from a table that lacks a file, be it of data or of metadata")
  func missing() async throws {
    for isData in [true, false] {
      var play = try await Play()
      try await play.append("A")
      try await play.append("B")
      let current = try #require(play.table.metadata.currentSnapshot)
      let manifest = try #require(try await play.table.manifests(of: current).last)
      let lost = isData ? play.scene.file("A").location : manifest.location
      try await play.storage.remove([lost])
      let before = try await play.names()
      let table = play.table
      await #expect {
        try await table.expireSnapshots(Self.options())
      } throws: {
        ($0 as? IcebergError)?.code == .notFound
          && ($0 as? IcebergError)?.context.location == lost
      }
      #expect(try await play.names() == before)
      #expect(try await play.table.refreshed().metadata.snapshots.count == 2)
    }
  }

  @Test("nothing is removed while statistics of a snapshot that stays are missing, of any kind")
  func missingStatistics() async throws {
    for isOfPartitions in [false, true] {
      var play = try await Play()
      for name in ["A", "B"] {
        try await play.append(name)
        try await play.addStatistics("stats-\(name)", ofPartitions: isOfPartitions)
      }
      let table = play.table
      let (gone, lost) = (
        "\(table.metadata.location)/metadata/stats-A", "\(table.metadata.location)/metadata/stats-B"
      )
      try await play.storage.remove([lost])
      let before = try await play.names()
      await #expect {
        try await table.expireSnapshots(Self.options())
      } throws: {
        ($0 as? IcebergError)?.code == .notFound
          && ($0 as? IcebergError)?.context.location == lost
      }
      #expect(try await play.names() == before)
      #expect(try await table.refreshed().metadata.snapshots.count == 2)
      // Those of the snapshot that goes need not be there.
      try await play.storage.write(Bytes([1, 2, 3]), to: lost, mode: .createNew)
      try await play.storage.remove([gone])
      #expect(try await table.expireSnapshots(Self.options()).table.metadata.snapshots.count == 1)
    }
  }

  @Test("a reference that others put on a snapshot meanwhile keeps it")
  func raceWithTag() async throws {
    var play = try await Play()
    try await play.append("A")
    let first = try #require(play.table.metadata.currentSnapshotID)
    try await play.append("B")
    let stale = play.table
    try await play.commit([]) { $0.createTag("kept", at: first) }
    let report = try await stale.expireSnapshots(Self.options())
    play.scene.table = report.table
    #expect(report.table.metadata.snapshot(id: first) != nil)
    #expect(report.table.metadata.references["kept"]?.snapshotID == first)
    #expect(try await play.names() == play.reachable())
    // A commit that was prepared before is refused by the catalog itself.
    let commit = TableCommit(requirements: [], updates: [.removeSnapshots(ids: [first])])
    let catalog = play.scene.catalog
    await #expect {
      _ = try await catalog.commit(commit, to: "db.t")
    } throws: {
      ($0 as? IcebergError)?.code == .commitConflict
    }
  }

  @Test("files that a snapshot made meanwhile needs stay")
  func raceWithBranch() async throws {
    var play = try await Play()
    try await play.append("A")
    let first = try #require(play.table.metadata.currentSnapshotID)
    try await play.delete("A")
    try await play.append("B")
    let stale = play.table
    try await play.commit([]) { $0.createBranch("late", at: first) }
    let file = play.scene.file("C")
    try await play.commit([file]) { $0.fastAppend([file], toBranch: "late") }
    try await play.commit([]) { $0.changeRetention(of: "late") { $0.minSnapshotsToKeep = 1 } }
    let report = try await stale.expireSnapshots(Self.options())
    play.scene.table = report.table
    #expect(report.table.metadata.snapshot(id: first) == nil)
    #expect(try await play.names() == play.reachable())
    #expect(try await play.names().contains { $0.hasPrefix("A.") || $0 == "A" })
  }

  /// A table of which many files are to go: the data files `A1` and so on, in one commit.
  private static func full(_ count: Int) async throws -> Play {
    var play = try await Play()
    let files = (1...count).map { play.scene.file("A\($0)") }
    try await play.commit(files) { $0.fastAppend(files) }
    try await play.commit([]) { $0.deleteFiles(at: files.map(\.location)) }
    try await play.append("I")
    return play
  }

  @Test(
    "files are removed many with one request, and no more at a time than the options allow",
    arguments: [1, 3])
  func concurrentDeletes(limit: Int) async throws {
    var play = try await Self.full(160)
    let counting = CountingFileIO(base: play.storage, delay: .milliseconds(20))
    let view = Table(
      identifier: play.table.identifier, metadata: play.table.metadata,
      metadataLocation: play.table.metadataLocation, fileIO: counting,
      catalog: play.scene.catalog)
    var options = Self.options()
    options.maxConcurrentDeletes = limit
    let report = try await view.expireSnapshots(options)
    play.scene.table = report.table
    #expect(report.deletedDataFilesCount == 160)
    #expect(counting.removals == 4 && report.deleted.all.count <= 200)
    #expect(counting.mostRemovals == limit)
    #expect(try await play.names() == play.reachable())
  }

  @Test("what storage of others throws counts as a failure, and the rest is removed")
  func foreignErrors() async throws {
    struct Odd: Error {}
    var play = try await Self.full(120)
    let odd = play.scene.location("A1")
    let faulty = FaultyFileIO(play.storage) { call in
      call.operation == .remove && call.location.split(separator: " ").contains(odd[...])
        ? .fail(Odd()) : nil
    }
    let view = Table(
      identifier: play.table.identifier, metadata: play.table.metadata,
      metadataLocation: play.table.metadataLocation, fileIO: faulty,
      catalog: play.scene.catalog)
    let report = try await view.expireSnapshots(Self.options())
    play.scene.table = report.table
    #expect(report.failedCount == 50 && report.deletedDataFilesCount == 70)
    #expect(report.deletedManifestListsCount == 2)
    #expect(report.firstFailure?.code == .storage && report.firstFailure?.cause is Odd)
    #expect(try await play.names().count == play.reachable().count + 50)
  }

  @Test("a table that has nothing to expire is left as it is")
  func nothing() async throws {
    var play = try await Play()
    try await play.append("A")
    let report = try await play.table.expireSnapshots(Self.options(keeping: 5))
    #expect(report.table.metadataLocation == play.table.metadataLocation)
    #expect(report.retention.keepsAll && report.deleted.all.count == 0)
  }
}
