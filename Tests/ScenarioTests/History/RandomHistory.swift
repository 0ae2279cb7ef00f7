import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport

/// One operation of a history: what another implementation is told, and how it is done here.
struct HistoryStep: Sendable {
  let json: JSONValue
  let change: @Sendable (inout Transaction) throws -> Void
}

/// Draws operations that make sense, most of the time, on what a table holds.
struct RandomHistory {
  var random: SeededRandom
  var nextNumber = 0
  /// All files that were ever made, by name.
  private var files: [String: HistoryFile] = [:]

  init(seed: UInt64) { random = SeededRandom(seed: seed) }

  /// What the next operation can be made of.
  struct Situation {
    let metadata: TableMetadata
    /// The live entries of each branch.
    let live: [String: [ManifestEntry]]
  }

  mutating func number(_ range: ClosedRange<Int>) -> Int {
    Int.random(in: range, using: &random)
  }

  mutating func chance(_ percent: Int) -> Bool { number(1...100) <= percent }

  // MARK: Files

  private mutating func newFile(
    _ content: HistoryFile.Content, in metadata: TableMetadata, like other: HistoryFile? = nil
  ) -> HistoryFile {
    nextNumber += 1
    let spec =
      other.flatMap { metadata.partitionSpec(id: $0.spec) } ?? metadata.defaultPartitionSpec
    var partition: [Int32?] = []
    for field in spec.fields {
      switch field.transform {
      case .identity: partition.append(chance(10) ? nil : Int32(number(0...3)))
      case .bucket(let count): partition.append(Int32(number(0...(count - 1))))
      default: partition.append(nil)
      }
    }
    let start = Int64(number(0...50))
    let file = HistoryFile(
      name: "f\(nextNumber).\(content == .vector ? "puffin" : "parquet")", content: content,
      spec: spec.id, partition: other?.partition ?? partition,
      records: Int64(number(1...100)), size: Int64(number(100...5000)),
      range: content == .data && chance(80) ? start...(start + Int64(number(0...9))) : nil)
    files[file.name] = file
    return file
  }

  private mutating func newFiles(in metadata: TableMetadata) -> [HistoryFile] {
    var made: [HistoryFile] = []
    for _ in 0..<number(1...3) { made.append(newFile(.data, in: metadata)) }
    return made
  }

  private func file(of entry: ManifestEntry) -> HistoryFile? {
    files[String(entry.dataFile.location.split(separator: "/").last ?? "")]
  }

  private func live(
    _ branch: String, _ situation: Situation, _ content: (DataFile) -> Bool
  ) -> [HistoryFile] {
    (situation.live[branch] ?? []).filter { content($0.dataFile) }.compactMap(file)
  }

  // MARK: Steps

  /// The next operation.
  mutating func next(in situation: Situation) throws -> HistoryStep {
    while true {
      if let step = try draw(situation) { return step }
    }
  }

  private mutating func draw(_ situation: Situation) throws -> HistoryStep? {
    let metadata = situation.metadata
    let branches = metadata.references.filter { $0.value.kind == .branch }.keys.sorted()
    let branch =
      chance(75) || branches.isEmpty
      ? SnapshotReference.main : branches.randomElement(using: &random) ?? SnapshotReference.main
    let data = live(branch, situation) { $0.content == .data }
    switch number(1...100) {
    case 1...16: return append("append", newFiles(in: metadata), branch)
    case 17...24: return append("fast-append", newFiles(in: metadata), branch)
    case 25...32: return try overwriteByFilter(metadata, branch)
    case 33...39:
      guard let old = data.randomElement(using: &random) else { return nil }
      return overwriteFiles([old], [newFile(.data, in: metadata, like: old)], branch)
    case 40...45:
      guard let old = data.randomElement(using: &random) else { return nil }
      return deleteFiles([old], branch)
    case 46...49: return try deleteByFilter(metadata, branch)
    case 50...54: return replacePartitions(newFiles(in: metadata), branch)
    case 55...68: return rowDelta(situation, data, branch)
    case 69...76: return rewrite(situation, data, branch)
    case 77...81: return rewriteManifests(situation)
    case 82...86: return try evolveSpec(metadata)
    default: return try other(metadata, branches)
    }
  }

  private static func object(
    _ name: String, _ branch: String, _ members: [(String, [HistoryFile])] = []
  ) -> JSONObject {
    var object: JSONObject = ["op": .string(name)]
    if branch != SnapshotReference.main { object["branch"] = .string(branch) }
    for (key, files) in members where !files.isEmpty {
      object[key] = .array(files.map(\.json))
    }
    return object
  }

  private mutating func append(
    _ name: String, _ added: [HistoryFile], _ branch: String
  ) -> HistoryStep {
    var object = Self.object(name, branch, [("add", added)])
    let wap = branch == SnapshotReference.main && chance(15) ? "w\(nextNumber)" : nil
    if let wap { object["wap"] = .string(wap) }
    return HistoryStep(json: .object(object)) { tx in
      if let wap { tx.stage(wapID: wap) }
      let files = try added.map { try $0.dataFile(of: tx.base) }
      if name == "append" {
        tx.append(files, toBranch: branch)
      } else {
        tx.fastAppend(files, toBranch: branch)
      }
    }
  }

  private mutating func randomFilter(_ metadata: TableMetadata) -> Filter {
    if metadata.defaultPartitionSpec.fields.contains(where: { $0.transform == .identity }) {
      return col("part") == number(0...3)
    }
    return chance(50) ? .all : col("id") < Int64(number(0...80))
  }

  private mutating func overwriteByFilter(
    _ metadata: TableMetadata, _ branch: String
  ) throws -> HistoryStep {
    let filter = randomFilter(metadata)
    let added = chance(70) ? newFiles(in: metadata) : []
    var object = Self.object("overwrite", branch, [("add", added)])
    object["filter"] = try filter.json()
    return HistoryStep(json: .object(object)) { tx in
      tx.overwrite(
        where: filter, with: try added.map { try $0.dataFile(of: tx.base) }, toBranch: branch)
    }
  }

  private func overwriteFiles(
    _ removed: [HistoryFile], _ added: [HistoryFile], _ branch: String
  ) -> HistoryStep {
    HistoryStep(
      json: .object(Self.object("overwrite", branch, [("remove", removed), ("add", added)]))
    ) { tx in
      tx.overwrite(
        removing: try removed.map { try $0.dataFile(of: tx.base) },
        adding: try added.map { try $0.dataFile(of: tx.base) }, toBranch: branch)
    }
  }

  private func deleteFiles(_ removed: [HistoryFile], _ branch: String) -> HistoryStep {
    HistoryStep(json: .object(Self.object("delete", branch, [("remove", removed)]))) { tx in
      tx.deleteFiles(
        at: try removed.map { try $0.dataFile(of: tx.base).location }, toBranch: branch)
    }
  }

  private mutating func deleteByFilter(
    _ metadata: TableMetadata, _ branch: String
  ) throws -> HistoryStep {
    let filter = randomFilter(metadata)
    var object = Self.object("delete", branch)
    object["filter"] = try filter.json()
    return HistoryStep(json: .object(object)) { tx in
      tx.deleteFiles(where: filter, toBranch: branch)
    }
  }

  private func replacePartitions(_ added: [HistoryFile], _ branch: String) -> HistoryStep {
    HistoryStep(json: .object(Self.object("replace-partitions", branch, [("add", added)]))) { tx in
      tx.replacePartitions(
        with: try added.map { try $0.dataFile(of: tx.base) }, toBranch: branch)
    }
  }

  /// Manifests of data files are written anew: those of all specs or of one, in one of the ways that
  /// there are. Java does so on the main branch only, and makes a snapshot where there is nothing to
  /// rewrite.
  ///
  /// Left alone Java rewrites nothing: its engines choose what to sort by. This library sorts by
  /// partition; as long as all fits into one manifest for each spec, that is a cluster of them all.
  private mutating func rewriteManifests(_ situation: Situation) -> HistoryStep? {
    let main = live(SnapshotReference.main, situation) { $0.content == .data }
    guard let one = main.randomElement(using: &random) else { return nil }
    var object = Self.object("rewrite-manifests", SnapshotReference.main)
    let specID = chance(30) ? one.spec : nil
    if let specID { object["spec"] = .integer(Int64(specID)) }
    let way = number(1...3)
    object["cluster"] = way == 1 ? "partition" : "all"
    return HistoryStep(json: .object(object)) { tx in
      switch way {
      case 1: tx.rewriteManifests(specID: specID, clusteredBy: { "\($0.partition)" })
      case 2: tx.rewriteManifests(specID: specID, clusteredBy: { _ in "all" })
      default: tx.rewriteManifests(specID: specID)
      }
    }
  }

  private mutating func rowDelta(
    _ situation: Situation, _ data: [HistoryFile], _ branch: String
  ) -> HistoryStep? {
    guard let target = data.randomElement(using: &random) else { return nil }
    let metadata = situation.metadata
    var deletes: [HistoryFile] = []
    var removedDeletes: [HistoryFile] = []
    if chance(30) {
      deletes.append(newFile(.equality, in: metadata, like: chance(70) ? target : nil))
    } else if metadata.formatVersion >= 3 {
      let old = live(branch, situation) { $0.format == .puffin }
        .filter { $0.references == target.name }
      var vector = newFile(.vector, in: metadata, like: target)
      vector.references = target.name
      files[vector.name] = vector
      deletes.append(vector)
      removedDeletes = old
    } else {
      var file = newFile(.position, in: metadata, like: target)
      if chance(50) { file.references = target.name }
      files[file.name] = file
      deletes.append(file)
    }
    let added = chance(40) ? newFiles(in: metadata) : []
    // Where vectors are removed, Java forgets those of data files that go as well.
    let kept =
      removedDeletes.isEmpty
      ? [] : live(branch, situation) { $0.format == .puffin }.compactMap(\.references)
    let removed =
      chance(10)
      ? data.filter { $0.name != target.name && !kept.contains($0.name) }.prefix(1).map { $0 } : []
    let (newDeletes, oldDeletes) = (deletes, removedDeletes)
    let object = Self.object(
      "row-delta", branch,
      [
        ("add", added), ("add-deletes", newDeletes), ("remove", removed),
        ("remove-deletes", oldDeletes),
      ])
    return HistoryStep(json: .object(object)) { tx in
      tx.rowDelta(
        RowDelta(
          addedFiles: try added.map { try $0.dataFile(of: tx.base) },
          addedDeletes: try newDeletes.map { try $0.dataFile(of: tx.base) },
          removedFiles: try removed.map { try $0.dataFile(of: tx.base) },
          removedDeletes: try oldDeletes.map { try $0.dataFile(of: tx.base) }),
        toBranch: branch)
    }
  }

  private mutating func rewrite(
    _ situation: Situation, _ data: [HistoryFile], _ branch: String
  ) -> HistoryStep? {
    guard let first = data.randomElement(using: &random) else { return nil }
    let metadata = situation.metadata
    let removed = data.filter { $0.spec == first.spec && $0.partition == first.partition }
    let added = [newFile(.data, in: metadata, like: first)]
    var removedDeletes: [HistoryFile] = []
    if chance(30) {
      let names = Set(removed.map(\.name))
      removedDeletes = live(branch, situation) { $0.content != .data }
        .filter { $0.references.map(names.contains) == true }
    }
    let oldDeletes = removedDeletes
    let sequenceNumber =
      metadata.formatVersion > 1 && chance(40) ? metadata.lastSequenceNumber : nil
    var object = Self.object(
      "rewrite", branch,
      [("remove", removed), ("add", added), ("remove-deletes", oldDeletes)])
    if let sequenceNumber { object["sequence-number"] = .integer(sequenceNumber) }
    return HistoryStep(json: .object(object)) { tx in
      var rewrite = RewriteFiles(
        removed: try removed.map { try $0.dataFile(of: tx.base) },
        added: try added.map { try $0.dataFile(of: tx.base) })
      rewrite.removedDeletes = try oldDeletes.map { try $0.dataFile(of: tx.base) }
      rewrite.dataSequenceNumber = sequenceNumber
      tx.rewriteFiles(rewrite, toBranch: branch)
    }
  }
}
