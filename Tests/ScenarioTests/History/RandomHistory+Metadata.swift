import Iceberg
import IcebergBytes
import IcebergModel
import IcebergTestSupport

// Operations that write no files.
extension RandomHistory {
  /// One of them; nil when the table has nothing to do it with.
  mutating func other(_ metadata: TableMetadata, _ branches: [String]) throws -> HistoryStep? {
    let snapshots = metadata.snapshots.indices
    let columns = metadata.currentSchema.fields.map(\.name).filter { $0.hasPrefix("c") }
    switch number(1...100) {
    case 1...15:
      guard let place = snapshots.randomElement(using: &random) else { return nil }
      let name = unusedName("b")
      let id = metadata.snapshots[place].id
      return Self.step("branch", name: name, snapshot: place) { $0.createBranch(name, at: id) }
    case 16...20:
      guard let place = snapshots.randomElement(using: &random) else { return nil }
      let name = unusedName("t")
      let id = metadata.snapshots[place].id
      return Self.step("tag", name: name, snapshot: place) { $0.createTag(name, at: id) }
    case 21...25:
      guard let name = branches.filter({ $0 != SnapshotReference.main }).first else { return nil }
      return Self.step("remove-branch", name: name) { $0.removeBranch(name) }
    case 26...33:
      guard let name = branches.randomElement(using: &random),
        let to = branches.randomElement(using: &random), name != to
      else { return nil }
      return Self.step("fast-forward", name: name, to: to) { $0.fastForward(name, to: to) }
    case 34...41:
      guard let place = snapshots.randomElement(using: &random) else { return nil }
      let id = metadata.snapshots[place].id
      return Self.step("rollback", snapshot: place) { $0.rollback(to: id) }
    case 42...47:
      guard let place = snapshots.randomElement(using: &random) else { return nil }
      let id = metadata.snapshots[place].id
      return Self.step("set-current", snapshot: place) { $0.setCurrentSnapshot(id) }
    case 48...62:
      let staged = snapshots.filter { metadata.snapshots[$0].summary?["wap.id"] != nil }
      let appends = snapshots.filter { metadata.snapshots[$0].summary?.operation == .append }
      let choice = chance(70) ? staged : appends
      guard let place = choice.randomElement(using: &random) else { return nil }
      let id = metadata.snapshots[place].id
      return Self.step("cherry-pick", snapshot: place) { $0.cherryPick(id) }
    case 63...70:
      let key = "commit.manifest.min-count-to-merge"
      let value = String(number(2...6))
      return Self.step("set-property", name: key, value: value) { $0.setProperty(key, value) }
    case 71...78:
      let name = unusedName("c")
      return Self.step("add-column", name: name) { $0.schema.addColumn(name, .string) }
    case 79...83:
      guard let name = columns.randomElement(using: &random) else { return nil }
      let to = unusedName("c")
      return Self.step("rename-column", name: name, to: to) { $0.schema.rename(name, to: to) }
    case 84...87:
      guard let name = columns.randomElement(using: &random) else { return nil }
      return Self.step("delete-column", name: name) { $0.schema.delete(name) }
    default:
      guard metadata.formatVersion < 3, chance(50) else { return nil }
      let version = metadata.formatVersion + 1
      return Self.step("upgrade", version: version) { $0.upgradeFormat(to: version) }
    }
  }

  /// Another partition spec.
  mutating func evolveSpec(_ metadata: TableMetadata) throws -> HistoryStep? {
    let fields = metadata.defaultPartitionSpec.fields.filter { $0.transform != .void }.map(\.name)
    switch number(1...10) {
    case 1...5:
      let count = number(2...5)
      return Self.step("add-partition-field", count: count) {
        $0.partitioning.add(.bucket(count, "id"))
      }
    case 6...8:
      guard let name = fields.randomElement(using: &random) else { return nil }
      return Self.step("remove-partition-field", name: name) { $0.partitioning.remove(name) }
    default:
      guard let name = fields.randomElement(using: &random) else { return nil }
      let to = unusedName("p")
      return Self.step("rename-partition-field", name: name, to: to) {
        $0.partitioning.rename(name, to: to)
      }
    }
  }

  private mutating func unusedName(_ prefix: String) -> String {
    nextNumber += 1
    return "\(prefix)\(nextNumber)"
  }

  private static func step(
    _ op: String, name: String? = nil, to: String? = nil, value: String? = nil,
    snapshot: Int? = nil, count: Int? = nil, version: Int? = nil,
    _ change: @escaping @Sendable (inout Transaction) throws -> Void
  ) -> HistoryStep {
    var object: JSONObject = ["op": .string(op)]
    if let name { object["name"] = .string(name) }
    if let to { object["to"] = .string(to) }
    if let value { object["value"] = .string(value) }
    if let snapshot { object["snapshot"] = .integer(Int64(snapshot)) }
    if let count { object["count"] = .integer(Int64(count)) }
    if let version { object["version"] = .integer(Int64(version)) }
    return HistoryStep(json: .object(object), change: change)
  }
}
