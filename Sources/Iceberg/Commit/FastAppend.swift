import IcebergModel

/// Adds data files in a new snapshot: their manifests are put in front of those of the snapshot
/// before, none of which is read or written anew.
struct FastAppend: SnapshotChange {
  var files: [DataFile]
  var branch: String
  var summary: [String: String]
  var wapID: String?

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let producer = try SnapshotProducer(of: branch, on: base, stagedAs: wapID)
    var counter = SummaryCounter(
      partitionLimit: try base.property(TableProperties.partitionSummaryLimit))
    let groups = try FileChanges(addedFiles: files).promoted(to: base).addedFiles(on: base)
    for group in groups {
      for file in group.files { counter.add(file, spec: group.spec) }
    }
    let snapshotID = work.snapshotID(on: base)
    var manifests: [ManifestFile]
    if let written = work.manifests(formatVersion: base.formatVersion) {
      manifests = written
    } else {
      manifests = []
      for group in groups {
        manifests += try await producer.writeManifests(
          of: group.files, spec: group.spec, snapshotID: snapshotID, in: &work)
      }
      work.keep(manifests, formatVersion: base.formatVersion)
    }
    return try await producer.updates(
      operation: .append, snapshotID: snapshotID,
      manifests: manifests + producer.parentManifests(in: work), counter: counter,
      summary: summary, in: &work)
  }
}
