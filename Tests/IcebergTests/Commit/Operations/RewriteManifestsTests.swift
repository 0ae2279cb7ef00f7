import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct RewriteManifestsTests {
  @Test(
    "manifests are put in the order of partitions; files and their numbers stay", arguments: 1...3)
  func byPartition(version: Int) async throws {
    var scene = try await CommitScene(version: version)
    try await scene.append("C", "A")
    try await scene.append("B", "A2")
    let before = try await scene.entries()
    try await scene.commit { $0.rewriteManifests() }
    #expect(try await scene.texts() == ["B A2 C A"])
    #expect(try await scene.names() == ["A", "A2", "B", "C"])
    #expect(try scene.head().summary?.operation == .replace)
    for (key, value) in [
      "manifests-created": "1", "manifests-replaced": "2", "manifests-kept": "0",
      "entries-processed": "4", "total-data-files": "4", "changed-partition-count": "0",
    ] { #expect(try scene.summary(key) == value, "\(key)") }
    let after = try await scene.entries()
    #expect(after.allSatisfy { $0.status == .existing })
    for entry in before {
      var kept = entry
      kept.status = .existing
      #expect(after.contains(kept))
    }
    #expect(try await scene.orphans().isEmpty)
  }

  @Test("who has replaced a manifest meanwhile is named")
  func replaced() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B")
    try await scene.append("C")
    let manifests = try await scene.manifests()
    let (stale, a, c, c2) = (scene.table, scene.file("A"), scene.file("C"), scene.file("C2"))
    try await scene.commit { $0.deleteFiles([a]) }
    let first = try scene.head().id
    try await scene.append("D")
    try await scene.commit { $0.overwrite(removing: [c], adding: [c2]) }
    let second = try scene.head().id
    var error = await #expect(throws: IcebergError.self) {
      try await stale.commit { $0.rewriteManifests(manifests) }
    }
    #expect(error?.code == .validationFailed)
    #expect(
      error?.message == """
        the rewrite of manifests of branch 'main' conflicts with what was committed since: the \
        overwrite of snapshot \(second) replaced \(manifests[0].location); the delete of snapshot \
        \(first) replaced \(manifests[1].location), so that 2 of its manifests are no longer in \
        branch 'main'; read the table again and make the change anew
        """)
    // Where nobody can be named it is only told.
    let table = scene.table
    error = await #expect(throws: IcebergError.self) {
      try await table.commit { $0.rewriteManifests(manifests) }
    }
    #expect(
      error?.message == """
        2 of the manifests to be rewritten are no longer in branch 'main'; read the table again and \
        make the change anew
        """)
  }

  @Test("files of one key come into one manifest")
  func clusters() async throws {
    var scene = try await CommitScene()
    try await scene.append("A", "B", "C")
    try await scene.append("A2", "B2")
    try await scene.commit {
      $0.rewriteManifests(clusteredBy: {
        String($0.location.split(separator: "/").last?.first ?? "?")
      })
    }
    #expect(try await scene.texts() == ["A2 A", "B2 B", "C"])
  }

  @Test("small targets make many manifests, neighbouring partitions together")
  func neighbours() async throws {
    var scene = try await CommitScene(properties: ["commit.manifest.target-size-bytes": "4500"])
    for _ in 0..<2 {
      let files = (0..<16).flatMap { bucket in
        (0..<8).map { number in
          scene.file(
            "\(Character(UnicodeScalar(UInt8(65 + bucket))))\(scene.table.metadata.snapshots.count)-\(number)"
          )
        }
      }
      try await scene.commit { $0.fastAppend(files) }
    }
    try await scene.commit { $0.rewriteManifests() }
    let manifests = try await scene.manifests()
    #expect(manifests.count > 1)
    let ranges = try manifests.map { manifest in
      let field = try #require(manifest.partitions?.first)
      return (
        try Literal(singleValue: #require(field.lowerBound), type: .int),
        try Literal(singleValue: #require(field.upperBound), type: .int)
      )
    }
    for (left, right) in zip(ranges, ranges.dropFirst()) {
      #expect(left.1.ordering(to: right.0) != .greater, "\(ranges)")
    }
    #expect(manifests.compactMap(\.existingFilesCount).reduce(0, +) == 256)
  }

  @Test("only chosen manifests are rewritten, and never those of deletes")
  func chosen() async throws {
    var scene = try await CommitScene(version: 2)
    try await scene.append("A")
    try await scene.append("B")
    let deletes = scene.positionDeletes("d", about: "A")
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
    let first = try #require(try await scene.manifests(.data).last)
    try await scene.commit { $0.rewriteManifests([first]) }
    #expect(try await scene.texts() == ["A", "+B", "+d"])
    let version = scene.table.metadataLocation
    try await scene.commit { $0.rewriteManifests(specID: 7) }
    #expect(scene.table.metadataLocation == version)
    let table = scene.table
    await expectError(.validationFailed) { try await table.commit { $0.rewriteManifests([first]) } }
    let other = try #require(try await scene.manifests(.data).last)
    try await scene.commit { $0.rewriteManifests(where: { $0.location == other.location }) }
    #expect(try await scene.texts() == ["B", "A", "+d"])
    try await scene.commit { $0.rewriteManifests(specID: 0) }
    #expect(try await scene.texts(.data).count == 1)
  }

  @Test("an empty table has nothing to rewrite")
  func empty() async throws {
    var scene = try await CommitScene()
    let version = scene.table.metadataLocation
    try await scene.commit { $0.rewriteManifests() }
    #expect(scene.table.metadataLocation == version)
  }
}
