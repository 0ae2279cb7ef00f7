import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct VectorMergingTests {
  /// A table with the files `A` and `B`, and vectors of them that are written: three of `A`, one of `B`.
  private static func make() async throws -> (scene: CommitScene, vectors: [DataFile]) {
    var scene = try await CommitScene(version: 3)
    let files = [scene.file("A", rows: 100), scene.file("B", rows: 100)]
    try await scene.commit { $0.append(files) }
    return (
      scene,
      [
        try await scene.writeVector("v1", about: "A", [0, 1]),
        try await scene.writeVector("v2", about: "B", [7]),
        try await scene.writeVector("v3", about: "A", [1, 3]),
        try await scene.writeVector("v4", about: "A", [4, 5, 6]),
      ]
    )
  }

  @Test("the vectors that a commit adds for one data file become one, with all of their rows")
  func merged() async throws {
    var (scene, vectors) = try await Self.make()
    let added = vectors
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: added)) }
    #expect(try await scene.vectors(about: "A") == [[0, 1, 3, 4, 5, 6]])
    #expect(try await scene.vectors(about: "B") == [[7]])
    let live = try await scene.entries(.deletes)
    #expect(live.map(\.dataFile.recordCount) == [6, 1])
    #expect(live.map(\.sequenceNumber) == [2, 2])
    #expect(live.map(\.dataFile.partition) == [added[0].partition, added[1].partition])
    #expect(try scene.summary("added-dvs") == "2")
    #expect(try scene.summary("added-position-deletes") == "7")
    // The one that stands alone is taken as it is; nothing needs the other three.
    #expect(live[1].dataFile.location == added[1].location)
    let orphans = try await scene.orphans()
    #expect(orphans == Set(["v1", "v3", "v4"].map(scene.location)))
    // A vector that stays is not merged: to read it is the business of who makes the new one.
    let (table, more) = (scene.table, try await scene.writeVector("v5", about: "B", [8]))
    await expectError(.validationFailed) {
      try await table.commit { $0.rowDelta(RowDelta(addedDeletes: [more])) }
    }
  }

  @Test("the same vector named twice is one")
  func same() async throws {
    var (scene, vectors) = try await Self.make()
    let added = [vectors[1], vectors[1]]
    try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: added)) }
    #expect(try await scene.entries(.deletes).map(\.dataFile.location) == [added[0].location])
  }

  @Test("vectors of different partitions or numbers are refused, and those that cannot be read")
  func refused() async throws {
    let (scene, vectors) = try await Self.make()
    let table = scene.table
    func refused(_ code: IcebergError.Code, _ delta: RowDelta) async throws {
      await expectError(code) { try await table.commit { $0.rowDelta(delta) } }
    }
    var moved = vectors[2]
    moved.partition = StructValue([.int(9)])
    try await refused(.invalidArgument, RowDelta(addedDeletes: [vectors[0], moved]))
    let numbers = [vectors[0].location: 1, vectors[2].location: 2] as [String: Int64]
    await expectError(.invalidArgument) {
      try await table.commit {
        $0.rewriteFiles(
          RewriteFiles(
            addedDeletes: [vectors[0], vectors[2]], deleteSequenceNumbers: numbers))
      }
    }
    try await scene.storage.remove([vectors[2].location])
    try await refused(.notFound, RowDelta(addedDeletes: vectors))
    #expect(try await scene.orphans() == Set(["v1", "v2", "v4"].map(scene.location)))
  }

  @Test("after a lost race the vectors are not merged again")
  func race() async throws {
    let (scene, vectors) = try await Self.make()
    let (plain, other) = (scene.table, scene.file("C"))
    let catalog = FaultyCatalog(
      scene.catalog,
      faults: [
        .before {
          _ = try await plain.commit(environment: CommitScene.environment()) {
            $0.append([other])
          }
        }
      ])
    var after = CommitScene(
      of: try await catalog.loadTable(plain.identifier), scene, catalog: catalog)
    try await after.commit { $0.rowDelta(RowDelta(addedDeletes: vectors)) }
    #expect(catalog.commits.count == 2)
    #expect(try await after.vectors(about: "A") == [[0, 1, 3, 4, 5, 6]])
    #expect(try await after.names() == ["A", "B", "C"])
    #expect(try await after.orphans() == Set(["v1", "v3", "v4"].map(scene.location)))
  }

  @Test("whatever call of storage fails, no merged vector is left that nothing refers to")
  func faults() async throws {
    for number in 0..<200 {
      let (scene, vectors) = try await Self.make()
      let storage = FaultyFileIO(scene.storage) { call in
        call.number == number ? .fail(IcebergError(.storage, "disk full")) : nil
      }
      let catalog = FileSystemCatalog(
        warehouse: CommitScene.warehouse, fileIO: storage, environment: CommitScene.environment())
      let outcome: Result<Table, any Error>
      do {
        let table = try await catalog.loadTable("db.t")
        outcome = .success(
          try await table.commit(environment: CommitScene.environment()) {
            $0.rowDelta(RowDelta(addedDeletes: vectors))
          })
      } catch {
        outcome = .failure(error)
      }
      var after = scene
      after.table = try await scene.table.refreshed()
      let isDone = after.table.metadata.snapshots.count == 2
      let expected: [[Int64]] = isDone ? [[0, 1, 3, 4, 5, 6]] : []
      #expect(try await after.vectors(about: "A") == expected, "call \(number)")
      let orphans = try await after.orphans().filter { $0.contains("/data/") }
      let given = Set(
        (isDone ? ["v1", "v3", "v4"] : ["v1", "v2", "v3", "v4"]).map(scene.location))
      switch outcome {
      case .success:
        #expect(isDone && orphans == given, "call \(number)")
        if number >= storage.calls.count { return }
      case .failure(let error as IcebergError) where error.code == .commitStateUnknown: break
      case .failure(let error):
        #expect(!isDone && orphans == given, "call \(number): \(error)")
      }
    }
    Issue.record("the change never came to its end")
  }
}
