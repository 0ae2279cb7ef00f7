/// The tables that show what a table is made of, as rows that can be scanned like any others.
///
/// The names, columns, types and field ids are those of the reference implementation.
///
/// ```swift
/// let files = table.metadataTable(.files).select("file_path", "record_count")
/// for try await batch in files.batches() { print(batch.rowCount) }
/// ```
public enum MetadataTable: String, Hashable, Sendable, CaseIterable {
  /// The entries of the manifests of a snapshot, those of removed files too.
  case entries
  /// The live data and delete files of a snapshot.
  case files
  /// The live data files of a snapshot.
  case dataFiles = "data_files"
  /// The live delete files of a snapshot.
  case deleteFiles = "delete_files"
  /// Which snapshot was current from when on.
  case history
  /// The metadata files of the table, as far as they are remembered, the current one last.
  case metadataLogEntries = "metadata_log_entries"
  /// The snapshots that are kept.
  case snapshots
  /// Branches and tags.
  case refs
  /// The manifests of a snapshot.
  case manifests
  /// The partitions of a snapshot, with what is in them; one row when no spec divides the table.
  case partitions
  /// The data files that are live in some manifest of any snapshot.
  case allDataFiles = "all_data_files"
  /// The delete files that are live in some manifest of any snapshot.
  case allDeleteFiles = "all_delete_files"
  /// The files that are live in some manifest of any snapshot.
  case allFiles = "all_files"
  /// The manifests of every snapshot, once for each snapshot that has them.
  case allManifests = "all_manifests"
  /// The entries of the manifests of every snapshot.
  case allEntries = "all_entries"
  /// The positions that position delete files and deletion vectors of a snapshot delete.
  case positionDeletes = "position_deletes"
}

extension MetadataTable {
  /// Whether the rows are those of one snapshot, so that it makes sense to ask for another one.
  public var isOfOneSnapshot: Bool {
    switch self {
    case .entries, .files, .dataFiles, .deleteFiles, .manifests, .partitions, .positionDeletes: true
    case .history, .metadataLogEntries, .snapshots, .refs, .allDataFiles, .allDeleteFiles,
      .allFiles, .allManifests, .allEntries:
      false
    }
  }
}
