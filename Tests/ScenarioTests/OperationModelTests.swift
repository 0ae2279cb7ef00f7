import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Random histories of operations: what the table says of itself is what it holds.
@Suite struct OperationModelTests {
  @Test(
    "after any history the files, counts, bounds, numbers and row ids are right", arguments: 1...3)
  func histories(version: Int) async throws {
    var random = SeededRandom("histories of version \(version)")
    for round in 0..<LongTests.rounds(quick: 3, long: 15) {
      let properties = [
        "commit.manifest.min-count-to-merge": "\(2 + random.next() % 4)",
        "commit.manifest-merge.enabled": random.next() % 4 == 0 ? "false" : "true",
        "commit.manifest.target-size-bytes": random.next() % 2 == 0 ? "8388608" : "6000",
      ]
      var history = try await FileHistory(version: version, properties: properties)
      var model: Set<String> = []
      for step in 0..<LongTests.rounds(quick: 20, long: 60) {
        let words = history.nextCommand(&random)
        let failure = try await history.perform(words)
        let place = "round \(round), step \(step): \(words)"
        #expect(failure == nil, "\(place)")
        Self.perform(words, on: &model)
        #expect(history.data == model.sorted(), "\(place)")
        for defect in try await Self.defects(of: history) { Issue.record("\(place): \(defect)") }
      }
    }
  }

  /// What a command does to the data files.
  private static func perform(_ words: [String], on model: inout Set<String>) {
    func names(_ index: Int) -> [String] {
      index < words.count ? words[index].split(separator: ",").map(String.init) : []
    }
    switch words[0] {
    case "append", "fast-append": model.formUnion(names(1))
    case "overwrite", "rewrite":
      model.subtract(names(1))
      model.formUnion(names(2))
    case "overwrite-where":
      model = model.filter { !$0.hasPrefix(words[1]) }.union(names(2))
    case "delete": model.subtract(names(1))
    case "delete-where": model = model.filter { !$0.hasPrefix(words[1]) }
    case "replace-partitions":
      let letters = Set(names(1).compactMap(\.first))
      model = model.filter { name in name.first.map { !letters.contains($0) } ?? true }
      model.formUnion(names(1))
    case "row-delta":
      model.subtract(names(3))
      model.formUnion(names(1))
    default: break
    }
  }

  /// Where the last snapshot says something of its files that is not so.
  private static func defects(of history: FileHistory) async throws -> [String] {
    let table = history.table
    guard let snapshot = table.metadata.currentSnapshot else { return [] }
    var defects: [String] = []
    var live: [ManifestEntry] = []
    let manifests = try await table.manifests(of: snapshot)
    for manifest in manifests {
      let entries = try await table.entries(of: manifest)
      live += entries.filter(\.isLive)
      let described = try ManifestCodec.describe(
        try await table.fileIO.read(manifest.location, range: nil), location: manifest.location,
        snapshotID: manifest.addedSnapshotID)
      let stated = [
        manifest.addedFilesCount, manifest.existingFilesCount, manifest.deletedFilesCount,
      ]
      let counted = [
        described.addedFilesCount, described.existingFilesCount, described.deletedFilesCount,
      ]
      if stated != counted { defects.append("\(manifest.location) has \(counted), not \(stated)") }
      if manifest.partitions != described.partitions || manifest.length != described.length {
        defects.append("\(manifest.location) has other bounds or another length")
      }
      let numbers = entries.filter(\.isLive).compactMap(\.sequenceNumber)
      if let least = numbers.min(), least < manifest.minSequenceNumber {
        defects.append("\(manifest.location) has sequence number \(least)")
      }
    }
    let data = live.filter { $0.dataFile.content == .data }
    let deletes = live.filter { $0.dataFile.content != .data }
    for (key, value) in [
      ("total-data-files", Int64(data.count)), ("total-delete-files", Int64(deletes.count)),
      ("total-records", data.map(\.dataFile.recordCount).reduce(0, +)),
    ] where snapshot.summary?[key] != String(value) {
      defects.append("\(key) is \(snapshot.summary?[key] ?? "absent"), not \(value)")
    }
    if history.version >= 3 {
      var next: Int64 = 0
      for file in data.map(\.dataFile).sorted(by: { ($0.firstRowID ?? -1) < ($1.firstRowID ?? -1) })
      {
        guard let first = file.firstRowID, first >= next else {
          defects.append("\(file.location) has row id \(file.firstRowID ?? -1), below \(next)")
          continue
        }
        next = first + file.recordCount
      }
      if next > table.metadata.nextRowID ?? 0 { defects.append("row id \(next) is not reserved") }
      let locations = Set(data.map(\.dataFile.location))
      for vector in deletes.compactMap(\.dataFile.referencedDataFile)
      where !locations.contains(vector) { defects.append("the vector of \(vector) is left") }
    }
    return defects
  }
}
