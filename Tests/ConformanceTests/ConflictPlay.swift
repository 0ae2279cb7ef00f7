import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport
import Testing

/// One case of `conflict-validation`: what others commit, and the commit that was prepared before.
struct ConflictPlay {
  let item: JSONObject
  /// The table after the concurrent commits.
  var scene: CommitScene
  /// The table as the pending commit knows it.
  private var stale: Table
  private let isByDate: Bool

  init(_ item: JSONObject) async throws {
    self.item = item
    let text = JSONValue.object(item).serialized().utf8String ?? ""
    isByDate = text.contains("D2mod")
    let version =
      text.contains(#""versions": "v3+""#) || text.contains(#""versions":"v3+""#) ? 3 : 2
    if isByDate {
      let spec = PartitionSpec(fields: [
        PartitionField(sourceIDs: [2], fieldID: 1000, name: "date", transform: .identity)
      ])
      let schema = Schema([
        Field(id: 1, name: "id", type: .int, isRequired: true),
        Field(id: 2, name: "date", type: .string, isRequired: true),
      ])
      scene = try await CommitScene(
        TableCreation(
          schema: schema, partitionSpec: spec, properties: ["format-version": String(version)]))
    } else {
      scene = try await CommitScene(
        version: version, isPartitioned: !text.contains("(unpartitioned)"))
    }
    stale = scene.table
  }

  mutating func run() async throws {
    try await makeBase()
    stale = scene.table
    if case .string(let concurrent) = item["concurrent"] {
      for step in concurrent.split(separator: ", ") { try await perform(String(step)) }
    }
    let transaction: Transaction
    switch item["pending"] {
    case .object(let pending): transaction = try await self.transaction(pending)
    case .string(let pending): transaction = try await cherryPick(pending)
    default: throw CorpusValue.Malformed(what: "pending")
    }
    let table = stale
    let outcome = await Outcome {
      try await table.commit(transaction, environment: CommitScene.environment())
    }
    let succeeds = try CorpusValue.bool("commit_succeeds", of: item)
    #expect((outcome.error == nil) == succeeds, "\(outcome)")
    if succeeds { try await checkResult() }
    guard !succeeds, let error = outcome.error else { return }
    let expected = try CorpusValue.string("error", of: item)
    let words = try #require(Self.words.first { expected.hasPrefix($0.key) }, "\(expected)").value
    #expect(error.message.contains(words), "\(expected): \(error)")
    // Whoever expires snapshots through the catalog leaves their files to others.
    if item["concurrent"]?.text?.contains("expire") != true {
      #expect(try await CommitScene(of: scene.table.refreshed(), scene).orphans().isEmpty)
    }
  }

  /// What our messages say in the case of an error of the reference implementation.
  private static let words: KeyValuePairs = [
    "conflicting files": " added ", "conflicting deleted files": " removed ",
    "missing required file": " remove", "missing data files": " removed ",
    "cannot determine history": "cannot be told", "new delete for": "deleted rows of",
    "new position delete for": "deleted rows of", "new conflicting delete": "added the deletes in",
    "cannot find field": "dAtE", "concurrently added DV": "added the deletion vectors of",
    "mismatched sequence numbers": "sequence numbers differ",
    "mismatched partition": "partitions differ", "must not use DVs": "has no deletion vectors",
    "manifest to replace is missing": "no longer in branch",
    "only append, dynamic overwrite": "no append and no replacement of partitions",
    "not an ancestor": "no ancestor of the last one",
  ]

  /// What the reference implementation finds in the table after the commit, where it looks.
  private func checkResult() async throws {
    let after = CommitScene(of: try await scene.table.refreshed(), scene)
    if item["test"] == .string("testDuplicateDVsAreMerged") {
      #expect(try await after.vectors(about: "file") == [Array(0...7)])
    }
    if item["pending"] == .string("cherry-pick staged replace-partitions") {
      #expect(try await after.names() == ["A2", "B"])
    }
  }
}

// Files.
extension ConflictPlay {
  private func file(_ name: String) throws -> DataFile {
    guard isByDate else {
      var file = scene.file(name)
      let bucket: Int32? =
        switch name {
        case "E": 0
        case "f0", "file", "new": 0
        case "f2": 2
        case "dataFile1": try Self.bucket(of: "a")
        case "dataFile2": try Self.bucket(of: "b")
        default: nil
        }
      if let bucket, !file.partition.values.isEmpty {
        file.partition = StructValue([.int(bucket)])
      }
      return file
    }
    var file = scene.file(name)
    let (date, ids): (String, ClosedRange<Int32>) =
      switch name {
      case "D1": ("2018-06-08", 0...4)
      case "D2", "D2mod": ("2018-06-09", 5...9)
      case "D2other": ("2018-06-09", 10...14)
      default: throw CorpusValue.Malformed(what: name)
      }
    file.partition = StructValue([.string(date)])
    file.recordCount = 5
    try Self.setIDs(ids, of: &file)
    return file
  }

  private static func bucket(of text: String) throws -> Int32 {
    guard case .int(let bucket) = try Transform.bucket(count: 16).apply(to: .string(text)) else {
      throw CorpusValue.Malformed(what: text)
    }
    return bucket
  }

  private static func setIDs(_ ids: ClosedRange<Int32>, of file: inout DataFile) throws {
    file.valueCounts = [1: file.recordCount]
    file.nullValueCounts = [1: 0]
    file.lowerBounds = [1: try Literal.int(ids.lowerBound).singleValueBytes()]
    file.upperBounds = [1: try Literal.int(ids.upperBound).singleValueBytes()]
  }

  /// Deletes of rows of a file, in the form of the table's version.
  private func deletes(_ name: String, about: String, isVector: Bool? = nil) throws -> DataFile {
    var file = try file(about)
    let location = file.location
    file.content = .positionDeletes
    file.location = scene.location(name)
    file.recordCount = 1
    file.valueCounts = nil
    file.nullValueCounts = nil
    file.lowerBounds = nil
    file.upperBounds = nil
    guard isVector ?? (scene.table.metadata.formatVersion >= 3) else { return file }
    file.format = .puffin
    file.referencedDataFile = location
    file.contentOffset = 4
    file.contentSizeInBytes = 6
    return file
  }

  private func equalityDeletes(_ name: String, about: String) throws -> DataFile {
    var file = try deletes(name, about: about, isVector: false)
    file.content = .equalityDeletes
    file.equalityIDs = [1]
    return file
  }

  private static func names(_ value: JSONValue?) throws -> [String] {
    guard let value else { return [] }
    guard case .array(let values) = value else { throw CorpusValue.Malformed(what: "names") }
    return try values.map { value in
      guard case .string(let text) = value else { throw CorpusValue.Malformed(what: "name") }
      return text
    }
  }
}

// What happens before.
extension ConflictPlay {
  private mutating func makeBase() async throws {
    guard case .array = item["base"] else { return }
    var together: [DataFile] = []
    for text in try Self.names(item["base"]) {
      if text.hasPrefix("then replace-partitions ") {
        let first = together
        together = []
        let file = try file(String(text.split(separator: " ").last ?? ""))
        try await scene.commit { $0.append(first) }
        try await scene.commit { $0.replacePartitions(with: [file]) }
      } else if text.hasPrefix("deletes ") {
        let first = together
        together = []
        let deletes = try deletes("d0", about: "file")
        try await scene.commit { $0.append(first) }
        try await scene.commit { $0.rowDelta(RowDelta(addedDeletes: [deletes])) }
      } else if text.contains(" in m") {
        let names = text.prefix { $0 != " " }.split(separator: ",")
        let files = try names.map { try file(String($0)) }
        try await scene.commit { $0.append(files) }
      } else {
        together.append(try file(String(text.prefix { $0 != " " })))
      }
    }
    let files = together
    if !files.isEmpty { try await scene.commit { $0.append(files) } }
  }

  private mutating func perform(_ step: String) async throws {
    let words = step.split(separator: " ").map(String.init)
    switch step {
    case let text where text.hasPrefix("then expire"):
      try await expire(try #require(stale.metadata.currentSnapshotID))
    case "expire s1": try await expire(try #require(scene.table.metadata.snapshots.first?.id))
    case "expire s2":
      try await expire(try #require(scene.table.metadata.snapshots.dropFirst().first?.id))
    case let text where text.hasPrefix("append "):
      let file = try file(words[1])
      try await scene.commit { $0.append([file]) }
    case let text
    where text.hasPrefix("delete ") || text.hasPrefix("delete file ")
      || text.hasPrefix("then delete file "):
      let name = words.first { !["then", "delete", "file"].contains($0) } ?? ""
      let location = scene.location(name)
      try await scene.commit { $0.deleteFiles(at: [location], missing: .ignored) }
    case let text where text.hasPrefix("rewrite D2"):
      let file = try file("D2")
      try await scene.commit { $0.rewriteFiles(RewriteFiles(removed: [file], added: [file])) }
    case let text where text.hasPrefix("overwrite removing "):
      let file = try file(words[2])
      try await scene.commit { $0.overwrite(removing: [file], adding: []) }
    case "overwrite A->A2":
      let (old, new) = (try file("A"), try file("A2"))
      try await scene.commit { $0.overwrite(removing: [old], adding: [new]) }
    case let text where text.hasPrefix("replace-partitions "):
      let file = try file(words[1] == "with" ? words[2] : words[1])
      try await scene.commit { $0.replacePartitions(with: [file]) }
    case let text where text.hasPrefix("row-delta"):
      let delta = try rowDelta(text)
      try await scene.commit { $0.rowDelta(delta) }
    default: throw CorpusValue.Malformed(what: step)
    }
  }

  private func rowDelta(_ text: String) throws -> RowDelta {
    switch text {
    case "row-delta: position deletes for D2 partition":
      RowDelta(addedDeletes: [try deletes("c", about: "D2")])
    case "row-delta: position deletes for D1 partition":
      RowDelta(addedDeletes: [try deletes("c", about: "D1")])
    case "row-delta: equality deletes in D2 partition (no metrics)":
      RowDelta(addedDeletes: [try equalityDeletes("c", about: "D2")])
    case "row-delta: equality deletes with id bounds [10,10]":
      try {
        var file = try equalityDeletes("c", about: "D2other")
        try Self.setIDs(10...10, of: &file)
        return RowDelta(addedDeletes: [file])
      }()
    case "row-delta: equality deletes for dataFile1":
      RowDelta(addedDeletes: [try equalityDeletes("c", about: "dataFile1")])
    case "row-delta replacing d0 by d1":
      RowDelta(
        addedDeletes: [try deletes("d1", about: "file")],
        removedDeletes: [try deletes("d0", about: "file")])
    case "row-delta: deletes in partition of A":
      RowDelta(addedDeletes: [try deletes("c", about: "A")])
    default:
      RowDelta(addedDeletes: [
        try deletes("c", about: String(text.split(separator: " ").last ?? ""))
      ])
    }
  }

  private mutating func expire(_ id: Int64) async throws {
    scene.table = try await scene.catalog.commit(
      TableCommit(requirements: [], updates: [.removeSnapshots(ids: [id])]), to: "db.t")
  }
}

// The pending commit.
extension ConflictPlay {
  private func transaction(_ pending: JSONObject) async throws -> Transaction {
    var transaction = Transaction(base: stale.metadata)
    let isSteps = pending["op"] == .string("transaction")
    for step in isSteps ? try CorpusValue.array("steps", of: pending) : [.object(pending)] {
      switch step {
      case .object(let object): try await add(object, to: &transaction)
      case .string(let text):
        transaction.append([try file(String(text.split(separator: " ").last ?? ""))])
      default: throw CorpusValue.Malformed(what: "steps")
      }
    }
    return transaction
  }

  private func add(_ pending: JSONObject, to transaction: inout Transaction) async throws {
    let added = try Self.names(pending["add"]).map(file)
    let check = try check(pending)
    switch try CorpusValue.string("op", of: pending) {
    case "overwrite":
      if pending["row_filter"] != nil {
        transaction.overwrite(where: col("date") == "2018-06-09", with: added, check: check)
      } else {
        transaction.overwrite(
          removing: try Self.names(pending["delete"]).map(file), adding: added, check: check)
      }
    case "row-delta":
      var delta = RowDelta(addedFiles: added, check: check)
      for name in try Self.names(pending["deletes"]) {
        let about = name.hasPrefix("d") && !name.hasPrefix("data") ? "file" : name
        delta.addedDeletes.append(try deletes("p-\(name)", about: about))
      }
      let names = try Self.names(pending["dv"])
      if names.contains(where: { $0.contains(" seq") }) {
        return try addVectorsOfDifferentNumbers(names, to: &transaction)
      }
      for (index, name) in names.enumerated() {
        let about = String(name.prefix { $0 != " " && $0 != "{" })
        if name.hasSuffix("}") {
          let positions = try Self.positions(String(name.dropFirst(about.count + 1).dropLast()))
          delta.addedDeletes.append(
            try await scene.writeVector("p\(index)", about: about, positions))
          continue
        }
        let known = about == "file" && scene.table.metadata.formatVersion == 2 ? "A" : about
        var vector = try deletes("p\(index)", about: known, isVector: true)
        if name.hasSuffix("p=1") { vector.partition = StructValue([.int(1)]) }
        delta.addedDeletes.append(vector)
      }
      delta.removedFiles = try Self.names(pending["remove_rows"]).map(file)
      delta.removedDeletes = try Self.names(pending["remove_deletes"]).map {
        try deletes($0, about: "file")
      }
      transaction.rowDelta(delta)
    case "replace-partitions": transaction.replacePartitions(with: added, check: check)
    case "rewrite":
      guard case .object(let replaced) = pending["replace"] else {
        throw CorpusValue.Malformed(what: "replace")
      }
      var rewrite = RewriteFiles()
      for member in replaced.members {
        guard case .string(let new) = member.value else { continue }
        rewrite.removed.append(try file(member.name))
        rewrite.added.append(try file(new))
      }
      if pending["data_sequence_number"] != nil {
        rewrite.dataSequenceNumber = stale.metadata.currentSnapshot?.sequenceNumber
      }
      rewrite.startingSnapshotID = stale.metadata.currentSnapshotID
      transaction.rewriteFiles(rewrite)
    case "delete": transaction.deleteFiles(try Self.names(pending["files"]).map(file))
    case "rewrite-manifests":
      guard pending["replace"] != nil else { return transaction.rewriteManifests() }
      let location = scene.location("A")
      for manifest in try await stale.manifests(of: #require(stale.metadata.currentSnapshot)) {
        let entries = try await stale.entries(of: manifest)
        guard entries.contains(where: { $0.dataFile.location == location }) else { continue }
        transaction.rewriteManifests([manifest])
      }
    case let name: throw CorpusValue.Malformed(what: name)
    }
  }

  /// The positions of `0,1` or `4..7`.
  private static func positions(_ text: String) throws -> [Int64] {
    let bounds = text.split(separator: ".").compactMap { Int64($0) }
    if text.contains(".."), bounds.count == 2 { return Array(bounds[0]...bounds[1]) }
    return text.split(separator: ",").compactMap { Int64($0) }
  }

  /// Only rewrites give delete files numbers of their own here.
  private func addVectorsOfDifferentNumbers(
    _ names: [String], to transaction: inout Transaction
  ) throws {
    var rewrite = RewriteFiles()
    for (index, name) in names.enumerated() {
      let words = name.split(separator: " ")
      let vector = try deletes("p\(index)", about: String(words[0]), isVector: true)
      rewrite.addedDeletes.append(vector)
      rewrite.deleteSequenceNumbers[vector.location] = Int64(words[1].dropFirst(3))
    }
    transaction.rewriteFiles(rewrite)
  }

  /// Makes the snapshot that is to be picked, and what stands in its way.
  private mutating func cherryPick(_ text: String) async throws -> Transaction {
    let (old, new, other) = (try file("A"), try file("A2"), try file("B"))
    let isStaged = text.hasPrefix("cherry-pick staged ")
    let replaces = text.contains("replace-partitions")
    let first = try scene.head().id
    if !isStaged { try await scene.commit { $0.append([other]) } }
    try await scene.commit {
      if isStaged { $0.stage(wapID: "w") }
      if replaces {
        $0.replacePartitions(with: [new])
      } else {
        $0.overwrite(removing: [old], adding: [new])
      }
    }
    let picked = try #require(scene.table.metadata.snapshots.last?.id)
    try await scene.commit {
      if isStaged { $0.append([other]) } else { $0.rollback(to: first) }
    }
    stale = scene.table
    var transaction = Transaction(base: stale.metadata)
    transaction.cherryPick(picked)
    return transaction
  }

  private func check(_ pending: JSONObject) throws -> ConflictCheck? {
    let flags = [
      "filter", "from_base", "no_conflicting_data", "no_conflicting_deletes",
      "validate_deleted_files", "data_files_exist",
    ]
    guard flags.contains(where: { pending[$0] != nil }) else { return nil }
    var check = ConflictCheck()
    if pending["from_base"] != nil { check.startingSnapshotID = stale.metadata.currentSnapshotID }
    if pending["filter"] != nil {
      check.filter = try Self.filter(CorpusValue.string("filter", of: pending))
    }
    check.isCaseSensitive = pending["case_sensitive"] == nil
    check.validatesNewData = pending["no_conflicting_data"] != nil
    check.validatesNewDeletes = pending["no_conflicting_deletes"] != nil
    check.validatesRemovedFiles = pending["validate_deleted_files"] != nil
    check.requiredDataFiles = try Self.names(pending["data_files_exist"]).map {
      try file($0).location
    }
    return check
  }

  private static func filter(_ text: String) throws -> Filter {
    switch text {
    case "true": return .all
    case "DAY2": return col("date") == "2018-06-09"
    case "RANGE": return col("id") >= 5 && col("id") <= 9
    case "dAtE=2018-06-09": return col("dAtE") == "2018-06-09"
    case let text where text.hasPrefix("data='u'"): return col("data") == "u"
    case "data='a'": return col("data") == "a"
    default: throw CorpusValue.Malformed(what: text)
    }
  }

  /// The check of a command at an isolation level.
  static func check(
    of command: String, isolation: String, start: Int64?, filter: Filter?, referenced: [String]
  ) throws -> ConflictCheck {
    let level = try #require(TableProperties.IsolationLevel(rawValue: isolation))
    guard command.hasPrefix("merge-on-read") else {
      return ConflictCheck(startingSnapshotID: start, filter: filter, isolation: level)
    }
    return ConflictCheck(
      startingSnapshotID: start, filter: filter, isolation: level,
      referencedDataFiles: referenced, command: command.hasSuffix("DELETE") ? .delete : .update)
  }
}
