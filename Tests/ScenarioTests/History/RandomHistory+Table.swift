import Iceberg
import IcebergModel

extension RandomHistory {
  /// The table that histories begin with.
  static func creation(isPartitioned: Bool, properties: [String: String]) -> TableCreation {
    let schema = Schema([
      Field(id: 1, name: "id", type: .long, isRequired: true),
      Field(id: 2, name: "part", type: .int, isRequired: false),
      Field(id: 3, name: "name", type: .string, isRequired: false),
    ])
    let spec = PartitionSpec(fields: [
      PartitionField(sourceIDs: [2], fieldID: 1000, name: "part", transform: .identity)
    ])
    return TableCreation(
      schema: schema, partitionSpec: isPartitioned ? spec : .unpartitioned, properties: properties)
  }
}

extension RandomHistory.Situation {
  /// What a table holds now.
  init(of table: Table) async throws {
    var live: [String: [ManifestEntry]] = [:]
    for (name, reference) in table.metadata.references {
      guard let snapshot = table.metadata.snapshot(id: reference.snapshotID) else { continue }
      for manifest in try await table.manifests(of: snapshot) {
        live[name, default: []] += try await table.entries(of: manifest).filter(\.isLive)
      }
    }
    self.init(metadata: table.metadata, live: live)
  }
}
