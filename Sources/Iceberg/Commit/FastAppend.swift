import IcebergModel

/// Adds data files in a new snapshot: their manifests are put in front of those of the snapshot
/// before, none of which is read or written anew.
struct FastAppend: TableChange {
  var files: [DataFile]
  var branch: String
  var summary: [String: String]

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    let producer = try SnapshotProducer(of: branch, on: base)
    var counter = SummaryCounter(
      partitionLimit: try base.property(TableProperties.partitionSummaryLimit))
    let groups = try checkedFiles(on: base)
    for (spec, files) in groups {
      for file in files { counter.add(file, spec: spec) }
    }
    let snapshotID = work.snapshotID(on: base)
    var manifests: [ManifestFile]
    if let written = work.manifests(formatVersion: base.formatVersion) {
      manifests = written
    } else {
      manifests = []
      for (spec, files) in groups {
        manifests += try await producer.writeManifests(
          of: files, spec: spec, snapshotID: snapshotID, in: &work)
      }
      work.keep(manifests, formatVersion: base.formatVersion)
    }
    return try await producer.updates(
      operation: .append, snapshotID: snapshotID, newManifests: manifests,
      keeping: try await producer.parentManifests(in: work), counter: counter, summary: summary,
      in: &work)
  }

  /// The files by their partition specs, each file once.
  private func checkedFiles(
    on base: TableMetadata
  ) throws -> [(spec: PartitionSpec, files: [DataFile])] {
    var groups: [(spec: PartitionSpec, files: [DataFile])] = []
    var seen: Set<String> = []
    for file in files where seen.insert(file.location).inserted {
      let index: Int
      if let known = groups.firstIndex(where: { $0.spec.id == file.specID }) {
        index = known
      } else {
        guard let spec = base.partitionSpec(id: file.specID) else {
          throw refusal(file, "the table has no partition spec \(file.specID)")
        }
        index = groups.count
        groups.append((spec, []))
      }
      guard file.content == .data else {
        throw refusal(file, "it holds deletes, not rows")
      }
      guard file.partition.values.count == groups[index].spec.fields.count else {
        throw refusal(
          file,
          """
          its partition has \(file.partition.values.count) values, the spec \
          \(groups[index].spec.fields.count) fields
          """)
      }
      guard file.recordCount >= 0, file.fileSizeInBytes >= 0, !file.location.isEmpty else {
        throw refusal(file, "its size, row count or location is impossible")
      }
      groups[index].files.append(file)
    }
    return groups
  }

  private func refusal(_ file: DataFile, _ reason: String) -> IcebergError {
    IcebergError(
      .invalidArgument, "the file cannot be appended: \(reason)",
      context: .init(location: file.location))
  }
}
