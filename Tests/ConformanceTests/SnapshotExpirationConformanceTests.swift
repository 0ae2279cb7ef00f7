import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// The cases of `snapshot-expiration` that are about which snapshots and references stay. Those about
/// files are rules of ``ExpireSnapshotsTests``.
@Suite(.needsSharedFiles)
struct SnapshotExpirationConformanceTests {
  /// Cases that are about files, properties of the call or clean-up.
  static let aboutFiles: Set<String> = [
    "testExpireSnapshotsWhenGarbageCollectionDisabled", "testRetainFilesOnRetainedBranches",
    "testRemoveSpecDuringExpiration", "testCleanupLevelMetadataOnly", "testCleanupLevelNone",
    "testExpireWithStatisticsFiles",
  ]

  @Test("what expires and what stays is what the reference implementation says")
  func cases() throws {
    var seen: [String: Int] = [:]
    try ExpectedValues("snapshot-expiration").run(
      "cases",
      where: { item in
        !Self.aboutFiles.contains(Self.text(item["test"]) ?? "")
      }
    ) { item in
      let name = try #require(Self.text(item["test"]))
      let turn = seen[name, default: 0]
      seen[name] = turn + 1
      guard case .object(let expected)? = item["expected"] else {
        Issue.record("\(name) expects nothing")
        return
      }
      let play = try #require(try Self.play(name, turn: turn), "no play for \(name)")
      if let error = Self.text(expected["error"]) {
        // The words of the reference: `still referenced by refs: [branch]`.
        let reference = error.split(separator: "[").last?.dropLast() ?? ""
        do throws(IcebergError) {
          _ = try play()
          Issue.record("\(name) is not refused")
        } catch {
          #expect(error.code == .invalidArgument && error.message.contains("'\(reference)'"))
        }
        return
      }
      let retention = try play()
      if let kept = Self.list(expected["kept"]) {
        let ids = Set(kept.compactMap { Int64($0.dropFirst()) })
        #expect(Set(retention.reasons.keys) == ids, "\(name), \(turn)")
      }
      if let removed = Self.list(expected["removed"]) {
        #expect(retention.expiredSnapshotIDs == removed.compactMap { Int64($0.dropFirst()) })
      }
      if let removed = Self.list(expected["refs_removed"]) {
        #expect(retention.expiredReferences == removed)
      }
      if let kept = Self.list(expected["refs_kept"]) {
        #expect(Set(kept).isDisjoint(with: retention.expiredReferences))
      }
    }
  }

  @Test("what the properties are when they are not set")
  func defaults() throws {
    let none = try RetentionScene(chain: 1).metadata
    try ExpectedValues("snapshot-expiration").run("defaults") { item in
      let key = try #require(Self.text(item["property"]))
      let value: Int64
      switch key {
      case TableProperties.maxSnapshotAgeMillis.key:
        value = try none.property(TableProperties.maxSnapshotAgeMillis)
      case TableProperties.minSnapshotsToKeep.key:
        value = Int64(try none.property(TableProperties.minSnapshotsToKeep))
      case TableProperties.maxReferenceAgeMillis.key:
        value = try none.property(TableProperties.maxReferenceAgeMillis)
      default:
        Issue.record("there is no property \(key)")
        return
      }
      #expect(.integer(value) == item["value"])
    }
  }

  @Test("the steps of the retention policy each do what they say")
  func algorithm() throws {
    try ExpectedValues("snapshot-expiration").run("algorithm") { item in
      // Snapshots 1 to 4, one a second, at 10 seconds; 5 is beside them.
      var scene = try RetentionScene(chain: 4)
      scene.add(5, parent: 1)
      switch item["step"] {
      case .integer(1):
        // Nothing is kept for its own sake: with no references that lead to it a snapshot goes.
        #expect(try scene.retention(olderThan: 10_000).expiredSnapshotIDs == [1, 2, 3, 5])
      case .integer(2):
        scene.move("old", to: 5, kind: .tag, referenceAge: 4_999)
        scene.move("young", to: 5, kind: .tag, referenceAge: 5_001)
        scene.metadata.references["main"]?.maxReferenceAgeMillis = 1
        #expect(try scene.retention().expiredReferences == ["old"])
      case .integer(4):
        // 3 is the third to keep, 2 is young enough, and behind 1 nothing is looked at.
        scene.move("main", to: 4, keeping: 2, age: 8_001)
        #expect(try scene.retention(olderThan: 0).reasons.keys.sorted() == [2, 3, 4, 5])
        scene.move("main", to: 4, keeping: 3, age: 1)
        scene.move("branch", to: 5, keeping: 1, age: 1)
        let kept = try scene.retention().reasons.keys.sorted()
        #expect(kept == [2, 3, 4, 5])
      case let step: Issue.record("no play for step \(String(describing: step))")
      }
    }
  }

  typealias Play = () throws(IcebergError) -> SnapshotRetention

  /// What a case sets up and asks for.
  static func play(_ name: String, turn: Int) throws -> Play? {
    var scene = try RetentionScene(chain: 3)
    var (olderThan, retainLast): (Int64?, Int?) = (nil, nil)
    var ids: Set<Int64> = []
    switch name {
    case "testRetainLastWithExpireOlderThan": (olderThan, retainLast) = (3001, 2)
    case "testRetainLastWithExpireById": (ids, retainLast) = ([1], 3)
    case "testRetainLastWithTooFewSnapshots":
      scene = try RetentionScene(chain: 2)
      (olderThan, retainLast) = (2001, 3)
    case "testRetainNLargerThanCurrentSnapshots": (olderThan, retainLast) = (3001, 4)
    case "testExpireOlderThanMultipleCalls": olderThan = 3000
    case "testRetainLastMultipleCalls": (olderThan, retainLast) = (3001, 1)
    case "testExpireWithDefaultSnapshotAge":
      scene = try RetentionScene(
        chain: 3, properties: ["history.expire.max-snapshot-age-ms": "1"])
    case "testTagExpiration":
      scene = try RetentionScene(chain: 2)
      scene.move("tag", to: 1, kind: .tag, referenceAge: 100)
      scene.move("branch", to: 2)
    case "testBranchExpiration":
      scene = try RetentionScene(chain: 2)
      scene.move("branch", to: 1, referenceAge: 100)
      scene.move("tag", to: 2, kind: .tag)
    case "testFailRemovingSnapshotWhenStillReferencedByBranch":
      scene = try RetentionScene(chain: 1)
      scene.add(2, parent: 1)
      scene.move("branch", to: 2)
      ids = [2]
    case "testFailRemovingSnapshotWhenStillReferencedByTag":
      scene = try RetentionScene(chain: 2)
      scene.move("tag", to: 1, kind: .tag)
      ids = [1]
    case "testRetainUnreferencedSnapshotsWithinExpirationAge":
      scene = try RetentionScene(chain: 1)
      scene.add(2, parent: 1)
      scene.add(3, parent: 1)
      scene.move("main", to: 3)
      olderThan = 1500
    case "testUnreferencedSnapshotParentOfTag":
      scene.move("tag", to: 3, kind: .tag)
      scene.move("main", to: 1)
      olderThan = 2500
    case "testSnapshotParentOfBranchNotUnreferenced":
      scene.move("branch", to: 3, age: .max)
      scene.move("main", to: 1)
      olderThan = 2500
    case "testMinSnapshotsToKeepMultipleBranches", "testMaxSnapshotAgeMultipleBranches":
      let isCounted = name.hasPrefix("testMin")
      scene = try RetentionScene(
        chain: 2, properties: ["history.expire.max-snapshot-age-ms": isCounted ? "1" : "10"])
      scene.add(3, parent: 2)
      if isCounted {
        scene.move("branch", to: 3, keeping: turn == 0 ? 3 : 1)
      } else {
        scene.move("branch", to: 3, age: turn == 0 ? .max : 10)
      }
    default: return nil
    }
    let (made, limit, count, chosen) = (scene, olderThan, retainLast, ids)
    return { () throws(IcebergError) in
      try SnapshotRetention(
        of: made.metadata, olderThanMillis: limit, retainLast: count, snapshotIDs: chosen,
        nowMillis: made.nowMillis)
    }
  }

  static func text(_ value: JSONValue?) -> String? {
    if case .string(let text)? = value { text } else { nil }
  }

  static func list(_ value: JSONValue?) -> [String]? {
    guard case .array(let values)? = value else { return nil }
    return values.compactMap { text($0) }
  }
}
