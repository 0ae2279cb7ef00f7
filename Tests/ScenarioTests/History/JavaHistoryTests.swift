import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// The same operations done by Iceberg Java and by this library, each on a table of its own.
@Suite(.needsJava, .serialized) struct JavaHistoryTests {
  @Test(
    """
    after every operation both have the same snapshots, manifests, files, numbers and row ids; in the \
    end the same snapshots expire, and the same files go
    """,
    arguments: 1...3)
  func histories(version: Int) async throws {
    var random = SeededRandom("JavaHistoryTests.\(version)")
    // Five in all, and a hundred in the long suite.
    let rounds = LongTests.isEnabled ? (version == 1 ? 34 : 33) : (version == 1 ? 1 : 2)
    var short = 0
    for round in 0..<rounds {
      // One that Java's deletes end too early is followed by another in its place.
      while let count = try await play(version: version, seed: random.next(), round: round),
        count < Self.leastOperations
      {
        short += 1
        try #require(short <= 1 + rounds / 5, "too many histories ended early")
      }
    }
  }

  /// How many operations that change the table a history has at the least.
  private static let leastOperations = 30

  /// The number of operations after which both were the same; nil when they were not, which is told.
  private func play(version: Int, seed: UInt64, round: Int) async throws -> Int? {
    try await withTemporaryDirectory { directory in
      let java = try await JavaProcess(
        "ReplayHistory", in: directory.path("classes"),
        arguments: [directory.path("java/db/t")])
      let isPartitioned = !round.isMultiple(of: 2)
      let properties = [
        "format-version": "\(version)",
        "commit.manifest.min-count-to-merge": "\(2 + seed % 4)",
        "commit.manifest-merge.enabled": seed.isMultiple(of: 5) ? "false" : "true",
        "write.summary.partition-limit": "3",
      ]
      let creation: JSONObject = [
        "op": "create", "partitioned": .bool(isPartitioned),
        "properties": .object(JSONObject(properties.map { .init($0.key, .string($0.value)) })),
      ]
      let created = try await java.ask(JSONValue.object(creation).line)
      #expect(created.first == "ok", "\(created)")
      let catalog = FileSystemCatalog(warehouse: directory.path("ours"))
      var table = try await catalog.createTable(
        "db.t", RandomHistory.creation(isPartitioned: isPartitioned, properties: properties))
      var history = RandomHistory(seed: seed)
      var (number, done) = (0, 0)
      var (isShuffled, isRenumbered) = (false, false)
      // Whether the first manifests are of other partition specs, of data or of deletes.
      var beginsOtherwise = false
      // Rewrites of manifests where there are several partition specs.
      var rewrites = 0
      while number < 40 || done < Self.leastOperations {
        try #require(
          number < 200, "seed \(seed): only \(done) of \(number) operations are possible")
        defer { number += 1 }
        let situation = try await RandomHistory.Situation(of: table)
        let step = try history.next(in: situation)
        let answer = try await java.ask(step.json.line)
        let told = "seed \(seed), operation \(number): \(step.json.line)"
        do {
          table = try await table.commit(step.change)
        } catch {
          #expect(answer.first == "bad", "only this library refuses it: \(error); \(told)")
          if answer.first == "bad" { continue }
          return nil
        }
        guard answer.first == "ok" else {
          Issue.record("only Java refuses it: \(answer.last ?? ""); \(told)")
          return nil
        }
        let theirs = try JSONValue(parsing: Bytes(utf8: answer[1]))
        let ours = try await HistoryState.json(of: table)
        if Self.isAnyOrder(step, ours) { isShuffled = true }
        let differences =
          isShuffled
          ? JSONDifference.between(Self.sorted(theirs), Self.sorted(ours))
          : JSONDifference.between(theirs, ours)
        if Self.leavesDeletes(theirs, ours, situation) {
          print(
            "version \(version), seed \(seed): \(done) operations the same, then Java left a delete"
          )
          return done
        }
        if beginsOtherwise, !differences.isEmpty,
          differences.allSatisfy({ $0.place.hasPrefix("$.manifests") })
        {
          print(
            "version \(version), seed \(seed): \(done) operations the same, then Java merged others"
          )
          return done
        }
        beginsOtherwise = isShuffled && Self.firstSpecs(theirs) != Self.firstSpecs(ours)
        done += 1
        if step.json["op"] == "rewrite-manifests", table.metadata.partitionSpecs.count > 1 {
          rewrites += 1
        }
        if isShuffled, !differences.isEmpty, Self.areOfOrder(differences, ours) {
          // It goes on: everything else has to be the same all the time.
          isRenumbered = true
          continue
        }
        if !differences.isEmpty {
          Issue.record("\(differences.prefix(8).map(\.description)); \(told)")
          return nil
        }
      }
      try await expire(table, java, seed: seed)
      print(
        """
        version \(version), seed \(seed): \(done) operations the same, \(number - done) refused by \
        both, \(table.metadata.partitionSpecs.count) specs, \(rewrites) rewrites of manifests of \
        several specs\(isRenumbered ? ", rows numbered by Java in an order of its own" : "")
        """)
      return done
    }
  }

  /// Whether an operation has left several new manifests: Java puts those in an order of its own when
  /// it rewrites manifests, that of a hash table.
  private static func isAnyOrder(_ step: HistoryStep, _ ours: JSONValue) -> Bool {
    guard step.json["op"] == "rewrite-manifests", let last = ours["snapshots"]?.elements?.count
    else { return false }
    let new = ours["manifests"]?.elements?.filter { $0["snapshot"]?.int64 == Int64(last - 1) }
    return (new?.count ?? 0) > 1
  }

  /// The partition specs of the first manifest of data, and of the first one of deletes. Manifests of the
  /// same spec as the first are merged later than others, so that merges depend on the order.
  private static func firstSpecs(_ state: JSONValue) -> [JSONValue?] {
    ["DATA", "DELETES"].map { content in
      state["manifests"]?.elements?.first { $0["content"] == content }?["spec"]
    }
  }

  /// A state with its manifests in an order that follows from what they tell, apart from row ids.
  private static func sorted(_ state: JSONValue) -> JSONValue {
    guard case .object(var object) = state, let manifests = state["manifests"]?.elements else {
      return state
    }
    object["manifests"] = .array(
      manifests.map { manifest in
        guard case .object(let members) = manifest else { return (key: "", value: manifest) }
        let named = members.members.filter { $0.name != "first-row-id" }
          .sorted { $0.name < $1.name }
        return (key: named.map { "\($0.name) \($0.value.line)" }.joined(separator: ","), manifest)
      }.sorted { $0.key < $1.key }.map(\.value))
    return .object(object)
  }

  /// Whether both differ in nothing but row ids, which follow the order of manifests: those that files
  /// of before version 3 got, and those that manifests begin with. Each row must have an id of its own.
  private static func areOfOrder(_ differences: [JSONDifference], _ ours: JSONValue) -> Bool {
    guard differences.allSatisfy({ $0.place.hasSuffix(".first-row-id") }),
      case .object(let files)? = ours["files"]
    else { return false }
    let ranges = files.members.compactMap { file -> Range<Int64>? in
      guard case .integer(let first)? = file.value["first-row-id"],
        case .integer(let count)? = file.value["records"]
      else { return nil }
      return first..<first + count
    }.sorted { $0.lowerBound < $1.lowerBound }
    return zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
  }

  /// Whether all that Java has beside the same live files are deletes that this library drops because
  /// they apply to nothing: vectors of data files that the last operation removed, and deletes that are
  /// older than all data.
  private static func leavesDeletes(
    _ theirs: JSONValue, _ ours: JSONValue, _ before: RandomHistory.Situation
  ) -> Bool {
    guard case .object(let theirs)? = theirs["files"], case .object(let ours)? = ours["files"]
    else { return false }
    guard ours.members.allSatisfy({ theirs[$0.name] == $0.value }) else { return false }
    let left = theirs.members.map(\.name).filter { ours[$0] == nil }
    let live = Set(ours.members.map(\.name))
    let oldest = ours.members.compactMap { file -> Int64? in
      guard file.value["content"] == "DATA",
        case .integer(let number)? = file.value["data-sequence-number"]
      else { return nil }
      return number
    }.min()
    let dangling = before.live.values.joined().filter { entry in
      if entry.dataFile.content == .data { return false }
      if let number = entry.sequenceNumber, number < oldest ?? .max { return true }
      guard let data = entry.dataFile.referencedDataFile else { return false }
      return entry.dataFile.format == .puffin && !live.contains(FileLocation.name(of: data))
    }
    let names = Set(dangling.map { HistoryState.name(of: $0.dataFile) })
    return !left.isEmpty && left.allSatisfy(names.contains)
  }

  /// Expires the snapshots of both tables in the end: the same ones stay, and the same files go.
  private func expire(_ table: Table, _ java: JavaProcess, seed: UInt64) async throws {
    let keep = 1 + Int(seed % 5)
    let isClean = !seed.isMultiple(of: 3)
    let step: JSONObject = [
      "op": "expire", "keep": .integer(Int64(keep)), "clean": .bool(isClean),
    ]
    let answer = try await java.ask(JSONValue.object(step).line)
    try #require(answer.first == "ok", "\(answer)")
    let files = Locked<[ExpiredFile]>([])
    // The data files exist by name only.
    let options = ExpireSnapshotsOptions(
      olderThanMillis: .max, retainLast: keep, unusedLayouts: isClean ? .removed : .kept,
      presenceCheck: .manifests, onFile: { file in files.withLock { $0.append(file) } })
    let plan = try await table.expireSnapshots(options, dryRun: true)
    let planned = files.withLock { files in
      defer { files = [] }
      return files
    }
    let report = try await table.expireSnapshots(options)
    #expect(files.withLock { $0 } == planned && plan.deleted == report.deleted)
    let after = report.table.metadata
    var ours: JSONObject = [:]
    ours["kept"] = .array(
      table.metadata.snapshots.enumerated().filter { after.snapshot(id: $1.id) != nil }.map {
        .integer(Int64($0.offset))
      })
    ours["refs"] = .array(after.references.keys.sorted().map { .string($0) })
    ours["schemas"] = .integer(Int64(after.schemas.count))
    ours["specs"] = .integer(Int64(after.partitionSpecs.count))
    ours["manifests"] = .integer(Int64(report.deletedManifestFilesCount))
    ours["lists"] = .integer(Int64(report.deletedManifestListsCount))
    let content: Set<FileKind> = [.data, .positionDeletes, .equalityDeletes]
    ours["files"] = .array(
      Set(
        planned.filter { content.contains($0.kind) }.map {
          String($0.location.split(separator: "/").last ?? "")
        }
      ).sorted().map { .string($0) })
    let theirs = try JSONValue(parsing: Bytes(utf8: answer[1]))
    let differences = JSONDifference.between(theirs, .object(ours))
    #expect(
      differences.isEmpty,
      "\(differences.prefix(8).map(\.description)); seed \(seed), \(JSONValue.object(step).line)")
  }
}

extension JSONValue {
  /// The value as one line of JSON.
  fileprivate var line: String { serialized().utf8String ?? "" }
}
