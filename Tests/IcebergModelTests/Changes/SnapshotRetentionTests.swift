import IcebergModel
import IcebergTestSupport
import Testing

@Suite struct SnapshotRetentionTests {
  @Test("the newest of a branch stay however old they are, and those that are young")
  func branch() throws {
    let scene = try RetentionScene(chain: 5)
    let retention = try scene.retention(olderThan: 4000, retainLast: 1)
    #expect(retention.expiredSnapshotIDs == [1, 2, 3])
    #expect(retention.reasons[5] == .reference("main"))
    #expect(retention.reasons[4] == .age(ofBranch: "main"))
    #expect(
      try scene.retention(olderThan: 9000, retainLast: 2).reasons[4]
        == .newest(ofBranch: "main", count: 2))
  }

  @Test("by default those of the last five days stay")
  func defaults() throws {
    var scene = try RetentionScene(chain: 3)
    #expect(try scene.retention().keepsAll)
    scene.nowMillis = 2000 + 5 * 86_400_000
    #expect(try scene.retention().expiredSnapshotIDs == [1])
  }

  @Test("the history of a branch has no holes: what is older than one that expires does too")
  func holes() throws {
    var scene = try RetentionScene(chain: 4)
    scene.metadata.snapshots[1].timestampMillis = 9000
    #expect(try scene.retention(olderThan: 3500).expiredSnapshotIDs == [1, 2, 3])
  }

  @Test("a tag keeps its snapshot alone, a branch what its own policy says")
  func references() throws {
    var scene = try RetentionScene(chain: 6)
    scene.move("tag", to: 2, kind: .tag)
    scene.move("audit", to: 4, keeping: 2)
    let retention = try scene.retention(olderThan: 9000)
    #expect(retention.expiredSnapshotIDs == [1, 5])
    #expect(retention.reasons[2] == .reference("tag"))
    #expect(retention.reasons[3] == .newest(ofBranch: "audit", count: 2))
  }

  @Test("a reference that is too old, or stands for nothing, goes; main never does")
  func oldReferences() throws {
    var scene = try RetentionScene(chain: 3, properties: ["history.expire.max-ref-age-ms": "8000"])
    scene.move("old", to: 1, kind: .tag)
    scene.move("kept", to: 1, kind: .tag, referenceAge: 9000)
    scene.move("lost", to: 77, kind: .tag)
    scene.nowMillis = 10_000
    #expect(try scene.retention().expiredReferences == ["lost", "old"])
    scene.nowMillis = .max
    #expect(try scene.retention(olderThan: .max).expiredReferences == ["kept", "lost", "old"])
    #expect(try scene.retention(olderThan: .max).expiredSnapshotIDs == [1, 2])
  }

  @Test("snapshots that are named expire whatever their age, unless something stands for them")
  func named() throws {
    let scene = try RetentionScene(chain: 3)
    #expect(try scene.retention(ids: [2, 99]).expiredSnapshotIDs == [2])
    #expect {
      try scene.retention(ids: [3])
    } throws: {
      ($0 as? IcebergError)?.message.contains("'main' stands for it") == true
    }
    #expect(throws: IcebergError.self) { try scene.retention(retainLast: 0) }
  }

  @Test("a chain of parents that leads back to itself ends")
  func circle() throws {
    var scene = try RetentionScene(chain: 3)
    scene.metadata.snapshots[0].parentID = 3
    #expect(try scene.retention(olderThan: 0).keepsAll)
  }
}
