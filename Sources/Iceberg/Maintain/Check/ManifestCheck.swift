internal import IcebergModel

/// The check of the entries of one manifest.
struct ManifestCheck {
  private let manifest: ManifestFile
  private let index: Int
  private let table: Table
  private let findings: FindingList
  private let snapshotIDs: [Int64]
  private let partitionFieldCount: Int?
  private let columnIDs: Set<Int>
  private var filesByStatus: [ManifestEntry.Status: Int] = [:]
  private var rowsByStatus: [ManifestEntry.Status: Int64] = [:]
  private var leastSequenceNumber: Int64?

  init(_ checked: CheckedManifest, _ index: Int, of check: TableCheck) {
    manifest = checked.manifest
    self.index = index
    table = check.table
    findings = check.findings
    snapshotIDs = check.ids(checked.snapshots)
    partitionFieldCount =
      check.table.metadata.partitionSpec(id: checked.manifest.partitionSpecID)?
      .fields.count
    columnIDs = Set(check.table.metadata.schemas.flatMap { $0.index.fields.map(\.id) })
  }

  /// Checks entries, and hands the live files on.
  mutating func add(
    _ entries: [ManifestEntry], files: FileSorter, vectors: FileSorter, rowIDs: FileSorter
  ) async throws {
    var live: [FoundFile] = []
    var liveVectors: [FoundFile] = []
    var ranges: [FoundFile] = []
    for entry in entries {
      let file = entry.dataFile
      filesByStatus[entry.status, default: 0] += 1
      let rows = rowsByStatus[entry.status, default: 0]
      rowsByStatus[entry.status] = rows.addingReportingOverflow(file.recordCount).partialValue
      check(entry)
      guard entry.isLive, !file.location.utf8.contains(0) else { continue }
      if let number = entry.sequenceNumber {
        leastSequenceNumber = min(leastSequenceNumber ?? number, number)
      }
      let record = CheckedFile(file, manifest: index)
      live.append(record.packed)
      if file.format == .puffin, let about = file.referencedDataFile, !about.utf8.contains(0) {
        liveVectors.append(record.packed(about: about))
      }
      if let first = file.firstRowID, manifest.content == .data, file.recordCount > 0 {
        let (end, overflow) = first.addingReportingOverflow(file.recordCount)
        if first < 0 || overflow || end > table.metadata.nextRowID ?? .max {
          add(.rowIDs, "the row ids of the file were not assigned", file)
        } else {
          ranges.append(record.packed(firstRowID: first, end: end))
        }
      }
    }
    try await files.add(live)
    try await vectors.add(liveVectors)
    try await rowIDs.add(ranges)
  }

  private func check(_ entry: ManifestEntry) {
    let file = entry.dataFile
    if entry.snapshotID == nil { add(.snapshotID, "the entry is of no snapshot", file) }
    if let number = entry.sequenceNumber {
      if number > manifest.sequenceNumber {
        add(
          .sequenceNumber,
          "the entry has sequence number \(number), its manifest \(manifest.sequenceNumber)", file)
      }
    } else {
      add(.sequenceNumber, "the entry has no sequence number", file)
    }
    if file.recordCount < 0 { add(.invalidEntry, "\(file.recordCount) rows", file) }
    if file.fileSizeInBytes < 0 { add(.invalidEntry, "\(file.fileSizeInBytes) bytes", file) }
    if file.location.isEmpty || file.location.utf8.contains(0) {
      add(.invalidEntry, "the location of the file is none", file)
    }
    if (file.content == .data) != (manifest.content == .data) {
      add(.manifestDiffers, "the manifest is not of files of this content", file)
    }
    if let count = partitionFieldCount, file.partition.values.count != count {
      add(
        .manifestDiffers,
        "\(file.partition.values.count) partition values, and \(count) fields in the spec", file)
    }
    checkDeletes(file)
  }

  private func checkDeletes(_ file: DataFile) {
    if file.content == .equalityDeletes {
      let ids = file.equalityIDs ?? []
      if ids.isEmpty { add(.invalidEntry, "equality deletes of no columns", file) }
      for id in ids where !columnIDs.contains(id) {
        add(.invalidEntry, "equality deletes of column \(id), which no schema has", file)
      }
    }
    guard file.format == .puffin else { return }
    guard file.content == .positionDeletes, file.referencedDataFile != nil,
      let offset = file.contentOffset, let size = file.contentSizeInBytes
    else {
      return add(
        .invalidVector, "the entry does not say where the vector is, or of which file", file)
    }
    let (end, overflow) = offset.addingReportingOverflow(size)
    if offset < 0 || size < 0 || overflow || end > file.fileSizeInBytes {
      add(.invalidVector, "the vector lies outside its file", file)
    }
  }

  /// Compares what was counted with what the list says.
  func finish() {
    func compare(_ what: String, _ stated: Int64?, _ found: Int64) {
      guard let stated, stated != found else { return }
      findings.add(
        .countDiffers, "the list says \(stated) \(what), the manifest has \(found)",
        manifest.location, snapshotIDs)
    }
    compare("added files", manifest.addedFilesCount.map(Int64.init), files(.added))
    compare("existing files", manifest.existingFilesCount.map(Int64.init), files(.existing))
    compare("deleted files", manifest.deletedFilesCount.map(Int64.init), files(.deleted))
    compare("added rows", manifest.addedRowsCount, rowsByStatus[.added] ?? 0)
    compare("existing rows", manifest.existingRowsCount, rowsByStatus[.existing] ?? 0)
    compare("deleted rows", manifest.deletedRowsCount, rowsByStatus[.deleted] ?? 0)
    // Where the list says more, deletes would be taken not to apply to files that they apply to.
    if let least = leastSequenceNumber, least < manifest.minSequenceNumber {
      findings.add(
        .sequenceNumber,
        """
        the list says that no file has a sequence number below \(manifest.minSequenceNumber), one has \
        \(least)
        """, manifest.location, snapshotIDs)
    }
  }

  private func files(_ status: ManifestEntry.Status) -> Int64 { Int64(filesByStatus[status] ?? 0) }

  private func add(_ code: TableCheckFinding.Code, _ message: String, _ file: DataFile) {
    findings.add(
      code, message + ", in manifest \(manifest.location)", file.location, snapshotIDs)
  }
}
