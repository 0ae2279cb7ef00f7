import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct TableRewriteManifestsTests {
  /// Files of 8 values of `a` and 8 of `b`, each pair twice, in the order of a commit after the other.
  static func scene(targetSize: Int = 5000) async throws -> CommitScene {
    let schema = Schema([
      Field(id: 1, name: "a", type: .int, isRequired: false),
      Field(id: 2, name: "b", type: .int, isRequired: false),
    ])
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [1], fieldID: 1000, name: "first", transform: .identity),
      PartitionField(sourceIDs: [2], fieldID: 1001, name: "second", transform: .identity),
    ])
    var scene = try await CommitScene(
      TableCreation(
        schema: schema, partitionSpec: spec,
        properties: ["commit.manifest.target-size-bytes": "\(targetSize)"]))
    for commit in 0..<2 {
      let files = (0..<64).map { number in
        let b: Literal? = number / 8 == 7 ? nil : .int(Int32(number / 8))
        return DataFile(
          location: scene.location("\(commit)-\(number)"), format: .parquet, specID: 0,
          partition: StructValue([.int(Int32(number % 8)), b]), recordCount: 1,
          fileSizeInBytes: 10)
      }
      try await scene.commit { $0.fastAppend(files) }
    }
    return scene
  }

  /// The values of some fields in each manifest, in the order of the manifests.
  static func keys(_ table: Table, _ places: [Int]) async throws -> [[[Int32]]] {
    let snapshot = try #require(table.metadata.currentSnapshot)
    var keys: [[[Int32]]] = []
    for manifest in try await table.manifests(of: snapshot) {
      keys.append(
        try await table.entries(of: manifest).map { entry in
          places.map { place in
            if case .int(let value)? = entry.dataFile.partition.values[place] { value } else { -1 }
          }
        })
    }
    return keys
  }

  @Test(
    "manifests are sorted by any of the partition fields, in any order",
    arguments: [["first", "second"], ["second", "first"], ["second"], ["first"], nil])
  func order(fields: [String]?) async throws {
    let scene = try await Self.scene()
    let report = try await scene.table.rewriteManifests(RewriteManifestsOptions(sortBy: fields))
    #expect(report.rewrittenManifestsCount > 1)
    #expect(report.addedManifestsCount > 4)
    let places = (fields ?? ["first", "second"]).map { $0 == "first" ? 0 : 1 }
    let keys = try await Self.keys(report.table, places)
    #expect(keys.count == report.addedManifestsCount)
    #expect(keys.joined().count == 128)
    // Manifests follow each other in the order; only parts of what was too large for one overlap.
    var groups = 0
    var last: [Int32]?
    for manifest in keys {
      let first = try #require(manifest.min { $0.lexicographicallyPrecedes($1) })
      let end = try #require(manifest.max { $0.lexicographicallyPrecedes($1) })
      if let last {
        if last.lexicographicallyPrecedes(first) { groups += 1 }
      } else {
        groups = 1
      }
      last = [last ?? end, end].max { $0.lexicographicallyPrecedes($1) }
    }
    #expect(groups > 2, "\(keys)")
  }

  @Test("with memory for one manifest the same manifests come out")
  func memory() async throws {
    let scene = try await Self.scene()
    let large = try await scene.copied().table.rewriteManifests()
    let told = Locked<[ManifestProgress]>([])
    let small = try await scene.copied().table.rewriteManifests(
      RewriteManifestsOptions(
        memoryLimit: 1, progress: { progress in told.withLock { $0.append(progress) } }))
    // Once to find the order, and once for what makes about one manifest.
    let read = try #require(told.withLock { $0.map(\.manifestsRead).max() })
    #expect(read.isMultiple(of: small.rewrittenManifestsCount))
    #expect(read > 2 * small.rewrittenManifestsCount)
    #expect(large.addedManifestsCount > 2)
    #expect(
      try await Self.keys(large.table, [0, 1]) == Self.keys(small.table, [0, 1]))
    #expect(large.addedManifests.map(\.length) == small.addedManifests.map(\.length))
  }

  @Test("a dry run tells the same and changes nothing")
  func dryRun() async throws {
    let scene = try await Self.scene()
    let before = scene.storage.locations
    let plan = try await scene.table.rewriteManifests(dryRun: true)
    #expect(plan.isDryRun && plan.table.metadata == scene.table.metadata)
    #expect(scene.storage.locations == before)
    let report = try await scene.table.rewriteManifests()
    #expect(report.rewrittenManifests == plan.rewrittenManifests)
    #expect(
      report.addedManifests.map(\.existingFilesCount)
        == plan.addedManifests.map(\.existingFilesCount))
    #expect(report.rewrittenBytesCount == report.rewrittenManifests.reduce(0) { $0 + $1.length })
    #expect(report.addedBytesCount > 0)
    #expect(plan.addedBytesCount > 0)
  }

  @Test("a dry run keeps the list of new manifests, and not the manifests")
  func dryRunMemory() async throws {
    let scene = try await Self.scene()
    let after = try await scene.table.preview(environment: .system, writesManifests: false) {
      $0.rewriteManifests(sortedBy: nil)
    }
    let manifests = try await after.manifests(of: try #require(after.metadata.currentSnapshot))
    #expect(manifests.count > 4 && manifests.allSatisfy { $0.length > 0 })
    for manifest in manifests {
      await expectError(.notFound) {
        _ = try await after.fileIO.read(manifest.location, range: nil)
      }
    }
  }

  @Test(
    "files of each partition spec stay among themselves, and are found by filters", arguments: 1...3
  )
  func severalSpecs(version: Int) async throws {
    var table = try await MemoryCatalog().createTable(
      "db.t", schema: Schema([.required("id", .long)]), partitionedBy: [.bucket(16, "id")],
      properties: ["format-version": "\(version)"])
    func rows() throws -> RecordBatch {
      try RecordBatch(rows: (0..<20).map { [.long($0)] }, schema: table.metadata.currentSchema)
    }
    for terms in [[PartitionTerm.bucket(16, "id")], [.bucket(32, "id")], [.truncate(10, "id")], []]
    {
      table = try await table.commit { $0.partitioning.replaceAll(with: terms) }
      for _ in 0..<2 {
        let files = try await table.withWriter { try await $0.write(try rows()) }
        table = try await table.commit { $0.fastAppend(files) }
      }
    }
    func files(_ table: Table) async throws -> Set<String> {
      let snapshot = try #require(table.metadata.currentSnapshot)
      var files: Set<String> = []
      for manifest in try await table.manifests(of: snapshot) {
        for entry in try await table.entries(of: manifest) where entry.status != .deleted {
          let file = entry.dataFile
          #expect(file.specID == manifest.partitionSpecID)
          files.insert("\(file.location) \(file.specID) \(file.partition)")
        }
      }
      return files
    }
    let before = try await files(table)
    let report = try await table.rewriteManifests()
    #expect(report.rewrittenManifestsCount == 8)
    #expect(report.addedManifestsCount == 4)
    #expect(try await files(report.table) == before)
    for id in 0..<20 as Range<Int64> {
      #expect(try await report.table.scan().filter(col("id") == id).count() == 8)
    }
    #expect(try await report.table.rewriteManifests().rewrittenManifestsCount == 0)
  }

  @Test("one manifest stays, unless it is larger than it should be; an empty table has none")
  func nothing() async throws {
    let empty = try await CommitScene()
    #expect(try await empty.table.rewriteManifests().rewrittenManifestsCount == 0)
    var small = try await CommitScene()
    try await small.append("A")
    let report = try await small.table.rewriteManifests()
    #expect(report.rewrittenManifestsCount == 0)
    #expect(report.table.metadataLocation == small.table.metadataLocation)
    let large = try await Self.scene(targetSize: 1 << 20).table.rewriteManifests().table
    #expect(try await large.rewriteManifests().rewrittenManifestsCount == 0)
    let cut = try await large.commit { $0.setProperty("commit.manifest.target-size-bytes", "2500") }
      .rewriteManifests()
    #expect(cut.rewrittenManifestsCount == 1 && cut.addedManifestsCount > 1)
  }

  @Test("manifests of deletes are rewritten too, apart from those of data", arguments: [2, 3])
  func deletes(version: Int) async throws {
    var scene = try await CommitScene(
      version: version, properties: ["commit.manifest-merge.enabled": "false"])
    try await scene.append("A", "B", "C")
    for name in ["A", "C", "B"] {
      let deletes = scene.deletes("d\(name)", about: name)
      try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    }
    let before = try await scene.entries()
    let report = try await scene.table.rewriteManifests()
    // That of data is alone.
    #expect(report.rewrittenManifests.map(\.content) == [.deletes, .deletes, .deletes])
    #expect(report.addedManifests.map(\.content) == [.deletes])
    let after = CommitScene(of: report.table, scene)
    let kept = try await after.entries()
    #expect(kept.count == before.count)
    for entry in before where entry.dataFile.content != .data {
      var expected = entry
      expected.status = .existing
      #expect(kept.contains(expected))
    }
    #expect(try await report.table.rewriteManifests().rewrittenManifestsCount == 0)
  }

  @Test(
    "of a table with two specs only the manifests of the wanted one are rewritten",
    arguments: [0, 1])
  func spec(id: Int) async throws {
    var scene = try await CommitScene(properties: ["commit.manifest-merge.enabled": "false"])
    for (spec, names) in [["A", "B"], ["C", "D"]].enumerated() {
      if spec == 1 {
        try await scene.commit { $0.partitioning.replaceAll(with: [.bucket(32, "data")]) }
      }
      for name in names {
        try await scene.append(name)
        let deletes = scene.deletes("d\(name)", about: name)
        try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
      }
    }
    let before = try await scene.manifests()
    let own = before.filter { $0.partitionSpecID == id }
    #expect(before.count == 8 && own.count == 4)
    let plan = try await scene.table.rewriteManifests(
      RewriteManifestsOptions(specID: id), dryRun: true)
    #expect(Set(plan.rewrittenManifests) == Set(own))
    let report = try await scene.table.rewriteManifests(RewriteManifestsOptions(specID: id))
    #expect(Set(report.rewrittenManifests) == Set(own))
    #expect(report.addedManifests.map(\.partitionSpecID) == [id, id])
    #expect(report.addedManifests.map(\.existingFilesCount) == [2, 2])
    let after = CommitScene(of: report.table, scene)
    #expect(
      Set(try await after.manifests().filter { $0.partitionSpecID != id })
        == Set(before.filter { $0.partitionSpecID != id }))
    #expect(try await after.names() == ["A", "B", "C", "D"])
    #expect(try await after.names(.deletes) == ["dA", "dB", "dC", "dD"])
    let again = try await report.table.rewriteManifests(RewriteManifestsOptions(specID: id))
    #expect(again.rewrittenManifestsCount == 0)
  }

  @Test("names that are no partition fields are refused, with those that are")
  func refusals() async throws {
    let scene = try await Self.scene()
    for (fields, words) in [
      (["second", "b"], "no field of this name; it has first, second"),
      (["First"], "no field of this name; it has first, second"), ([], "no partition field"),
    ] {
      for run in [true, false] {
        do {
          _ = try await scene.table.rewriteManifests(
            RewriteManifestsOptions(specID: 0, sortBy: fields), dryRun: run)
          Issue.record("\(fields) are accepted")
        } catch let error as IcebergError {
          #expect(error.code == .invalidArgument && error.message.contains(words), "\(error)")
        }
      }
      let table = scene.table
      await expectError(.invalidArgument) {
        try await table.commit { $0.rewriteManifests(sortedBy: fields) }
      }
    }
    await expectError(.invalidArgument) {
      _ = try await scene.table.rewriteManifests(RewriteManifestsOptions(specID: 7))
    }
  }
}
