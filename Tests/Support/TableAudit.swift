package import Iceberg
import IcebergBytes
import IcebergModel

/// What a table really holds, read file by file, to be compared with what its writers were told.
package struct TableAudit: Sendable {
  /// The locations of the data files of the current snapshot.
  package private(set) var dataFiles: [String] = []
  /// The manifest lists and manifests that any snapshot refers to.
  package private(set) var metadataFiles: Set<String> = []
  /// What is wrong with the history; empty when nothing is.
  package private(set) var defects: [String] = []

  /// Reads every file of the table. Throws when one is not there or broken.
  package init(_ table: Table) async throws {
    checkHistory(table.metadata)
    for snapshot in table.metadata.snapshots {
      if case .list(let location) = snapshot.manifests { metadataFiles.insert(location) }
      for manifest in try await table.manifests(of: snapshot) {
        metadataFiles.insert(manifest.location)
        guard snapshot.id == table.metadata.currentSnapshotID else { continue }
        for entry in try await table.entries(of: manifest) where entry.isLive {
          dataFiles.append(entry.dataFile.location)
        }
      }
    }
    if Set(dataFiles).count != dataFiles.count { defects.append("a data file is there twice") }
  }

  /// Snapshots of a table to which only appends were made, all to the main branch.
  private mutating func checkHistory(_ metadata: TableMetadata) {
    var parent: Int64?
    var total: Int64 = 0
    for (index, snapshot) in metadata.snapshots.enumerated() {
      if snapshot.parentID != parent {
        defects.append("snapshot \(snapshot.id) has another parent")
      }
      if snapshot.sequenceNumber != Int64(index) + 1 {
        defects.append("snapshot \(snapshot.id) has sequence number \(snapshot.sequenceNumber)")
      }
      total += snapshot.summary?["added-data-files"].flatMap { Int64($0) } ?? 0
      if snapshot.summary?["total-data-files"] != String(total) {
        defects.append("snapshot \(snapshot.id) has a wrong total")
      }
      parent = snapshot.id
    }
    if metadata.currentSnapshotID != parent { defects.append("the last snapshot is not current") }
    if metadata.snapshotLog.map(\.snapshotID) != metadata.snapshots.map(\.id) {
      defects.append("the snapshot log tells another history")
    }
    if metadata.snapshotLog.map(\.timestampMillis)
      != metadata.snapshotLog.map(\.timestampMillis)
      .sorted()
    {
      defects.append("the snapshot log runs backwards")
    }
  }

  /// The names of the data files, without folders and extension, sorted.
  package var names: [String] {
    dataFiles.map { location in
      let name = location.split(separator: "/").last ?? ""
      return String(name.split(separator: ".").first ?? "")
    }.sorted()
  }
}
