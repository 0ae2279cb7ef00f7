import Iceberg
import IcebergModel
import IcebergTestSupport
import Testing

/// Random histories, made with this library and with Iceberg Java side by side.
@Suite(.needsJava, .serialized) struct JavaReferencesTests {
  @Test(
    "references, rollbacks, staged snapshots and cherry-picks have the outcomes of Iceberg Java")
  func sideBySide() async throws {
    var random = SeededRandom()
    var (steps, refused) = (0, 0)
    try await withTemporaryDirectory { directory in
      let java = try await JavaProcess(
        "HistoryOperations", in: directory.path("classes"), arguments: [])
      for round in 0..<LongTests.rounds(quick: 6, long: 100) {
        let version = round % 3 + 1
        var history = try await OurHistory(version: version)
        var script = ["create\t\(directory.path("java\(round)"))\t\(version)"]
        var answer = try await java.ask("create", directory.path("java\(round)"), "\(version)")
        #expect(answer == ["ok", try await history.state()])
        for step in 0..<Int.random(in: 20...40, using: &random) {
          let words = history.command(step, &random)
          script.append(words.joined(separator: " "))
          answer = try await java.ask(words: words)
          let isDone = try await history.run(words)
          let ours = [isDone ? "ok" : "bad", try await history.state()]
          #expect(ours == answer, "\(script.joined(separator: "\n"))\n\(history.failure)")
          if ours != answer { return }
          steps += 1
          if !isDone { refused += 1 }
        }
      }
    }
    print("histories beside Java: \(steps) steps, \(refused) refused by both")
    #expect(refused > steps / 20 && refused < steps * 3 / 4)
  }
}

/// The side of this library.
private struct OurHistory {
  private let world = TestEnvironment()
  private var table: Table
  private var ids: [Int64] = []
  /// What was wrong with the last step.
  private(set) var failure = ""

  init(version: Int) async throws {
    table = try await MemoryCatalog(environment: world.environment).createTable(
      "db.t",
      SampleTable.creation(partitioned: true, properties: ["format-version": "\(version)"]))
  }

  /// A command that may make sense.
  func command(_ step: Int, _ random: inout SeededRandom) -> [String] {
    let name = ["main", "main", "a", "b", "t"].randomElement(using: &random) ?? "a"
    let other = ["main", "a", "b", "t"].randomElement(using: &random) ?? "b"
    let city = ["Ulm", "Bonn"].randomElement(using: &random) ?? "Ulm"
    let place = String(Int.random(in: 0..<max(1, ids.count), using: &random))
    let late = String(max(0, ids.count - Int.random(in: 1...4, using: &random)))
    let file = "f\(Int.random(in: 0..<max(1, step), using: &random))"
    let wapID = "w\(Int.random(in: 0..<3, using: &random))"
    if ids.isEmpty { return ["append", "f\(step)", city, "main"] }
    let commands: [[String]] = [
      ["append", "f\(step)", city, name], ["append", "f\(step)", city, "main"],
      ["replace", "f\(step)", city, name], ["delete", file, name],
      ["stage", "f\(step)", city, wapID], ["stage", "f\(step)", city, wapID],
      ["stage-replace", "f\(step)", city, wapID], ["stage-delete", file, wapID],
      ["branch", other, place], ["tag", other, place], ["replace-branch", name, place],
      ["replace-tag", other, place], ["point-branch", name, other], ["remove-branch", other],
      ["remove-tag", other], ["rename-branch", other, "r"], ["rename-branch", "r", other],
      ["keep", name, "\(step + 1)"], ["age", name, "\(step + 1)"], ["fast-forward", name, other],
      ["fast-forward", name, other], ["rollback", place], ["rollback-before", place],
      ["set-current", place], ["pick", late], ["pick", late], ["pick", late], ["pick", late],
      ["pick", place],
    ]
    return commands.randomElement(using: &random) ?? commands[0]
  }

  /// Whether the command was carried out.
  mutating func run(_ words: [String]) async throws -> Bool {
    let (table, ids) = (table, ids)
    failure = ""
    func id(_ place: Int) throws -> Int64 {
      guard let index = Int(words[place]), ids.indices.contains(index) else {
        throw IcebergError(.notFound, "no such snapshot")
      }
      return ids[index]
    }
    func file(_ name: String, _ city: String) -> DataFile {
      SampleTable.dataFile(
        name + ".parquet", of: table, rows: 1, sizeInBytes: 100,
        partition: StructValue([.string(city)]))
    }
    func location(_ name: String) -> String { table.metadata.location + "/data/\(name).parquet" }
    do {
      self.table = try await table.commit(environment: world.environment) { tx in
        switch words[0] {
        case "append": tx.append([file(words[1], words[2])], toBranch: words[3])
        case "replace":
          tx.replacePartitions(with: [file(words[1], words[2])], toBranch: words[3])
        case "delete":
          tx.deleteFiles(at: [location(words[1])], missing: .ignored, toBranch: words[2])
        case "stage":
          tx.append([file(words[1], words[2])])
          tx.stage(wapID: words[3])
        case "stage-replace":
          tx.replacePartitions(with: [file(words[1], words[2])])
          tx.stage(wapID: words[3])
        case "stage-delete":
          tx.deleteFiles(at: [location(words[1])], missing: .ignored)
          tx.stage(wapID: words[2])
        case "branch": tx.createBranch(words[1], at: try id(2))
        case "tag": tx.createTag(words[1], at: try id(2))
        case "replace-branch": tx.replaceBranch(words[1], with: try id(2))
        case "replace-tag": tx.replaceTag(words[1], with: try id(2))
        case "point-branch": tx.replaceBranch(words[1], with: words[2])
        case "remove-branch": tx.removeBranch(words[1])
        case "remove-tag": tx.removeTag(words[1])
        case "rename-branch":
          // Java renames branches only.
          if table.metadata.references[words[1]]?.kind == .tag {
            throw IcebergError(.invalidArgument, "a tag")
          }
          tx.renameReference(words[1], to: words[2])
        case "keep":
          let count = Int(words[2])
          tx.changeRetention(of: words[1]) { $0.minSnapshotsToKeep = count }
        case "age":
          let age = Int64(words[2])
          tx.changeRetention(of: words[1]) { $0.maxReferenceAgeMillis = age }
        case "fast-forward": tx.fastForward(words[1], to: words[2])
        case "rollback": tx.rollback(to: try id(1))
        case "rollback-before":
          let time = try table.metadata.snapshot(id: id(1))?.timestampMillis
          tx.rollback(toBefore: time ?? 0)
        case "set-current": tx.setCurrentSnapshot(try id(1))
        case "pick": tx.cherryPick(try id(1))
        default: throw IcebergError(.invalidArgument, "unknown command")
        }
      }
      return true
    } catch let error as IcebergError {
      failure = error.description
      return false
    }
  }

  /// The state of the table in the words of the other side.
  mutating func state() async throws -> String {
    let metadata = table.metadata
    for snapshot in metadata.snapshots where !ids.contains(snapshot.id) { ids.append(snapshot.id) }
    let ids = ids
    func place(_ id: Int64?) -> String {
      id.map { id in ids.firstIndex(of: id).map(String.init) ?? "-1" } ?? "-"
    }
    var text = ""
    for (name, reference) in metadata.references.sorted(by: { $0.key < $1.key }) {
      let count = reference.minSnapshotsToKeep.map(String.init) ?? "null"
      let age = reference.maxReferenceAgeMillis.map(String.init) ?? "null"
      text += "\(name)=\(reference.kind)\(place(reference.snapshotID))/\(count)/\(age) "
    }
    text += "; "
    for snapshot in metadata.snapshots {
      let summary = snapshot.summary
      let parts = [
        place(snapshot.parentID), summary?.operation?.rawValue ?? "", summary?["wap.id"] ?? "",
        summary?["published-wap-id"] ?? "",
        summary?["source-snapshot-id"].map { place(Int64($0)) } ?? "",
        summary?["added-data-files"] ?? "0", summary?["deleted-data-files"] ?? "0",
      ]
      text += parts.joined(separator: ":") + " "
    }
    text += "; " + metadata.snapshotLog.map { place($0.snapshotID) + " " }.joined() + "; "
    let names = try await table.scan().tasks().map { task in
      String(task.file.location.split(separator: "/").last?.dropLast(8) ?? "")
    }
    return text + names.sorted().joined(separator: ",")
  }
}
