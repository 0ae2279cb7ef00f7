internal import IcebergBytes
internal import IcebergModel

// What the metadata says of itself, and the files that it names.
extension TableCheck {
  /// Checks what can be told from the metadata alone.
  func checkMetadata() {
    let metadata = table.metadata
    for (name, reference) in metadata.references.sorted(by: { $0.key < $1.key })
    where metadata.snapshot(id: reference.snapshotID) == nil {
      findings.add(
        .missingSnapshot,
        "'\(name)' refers to snapshot \(reference.snapshotID), which the table does not have",
        table.metadataLocation, [reference.snapshotID])
    }
    if let current = metadata.currentSnapshotID, metadata.snapshot(id: current) == nil {
      findings.add(
        .missingSnapshot, "the current snapshot \(current) is not among those of the table",
        table.metadataLocation, [current])
    }
    var ids: Set<Int64> = []
    var numbers: [Int64: Int64] = [:]
    for snapshot in metadata.snapshots {
      if !ids.insert(snapshot.id).inserted {
        findings.add(
          .snapshotID, "two snapshots have the id \(snapshot.id)", table.metadataLocation,
          [snapshot.id])
      }
      if snapshot.sequenceNumber > metadata.lastSequenceNumber {
        findings.add(
          .sequenceNumber,
          """
          snapshot \(snapshot.id) has sequence number \(snapshot.sequenceNumber), the table's last is \
          \(metadata.lastSequenceNumber)
          """, table.metadataLocation, [snapshot.id])
      }
      let earlier = numbers.updateValue(snapshot.id, forKey: snapshot.sequenceNumber)
      if let earlier, earlier != snapshot.id, snapshot.sequenceNumber > 0 {
        findings.add(
          .sequenceNumber,
          "snapshots \(earlier) and \(snapshot.id) have sequence number \(snapshot.sequenceNumber)",
          table.metadataLocation, [earlier, snapshot.id])
      }
      if let first = snapshot.firstRowID, let next = metadata.nextRowID {
        let (end, overflow) = first.addingReportingOverflow(max(0, snapshot.addedRows ?? 0))
        if overflow || first < 0 || end > next {
          findings.add(
            .rowIDs,
            "snapshot \(snapshot.id) assigned row ids beyond the table's next one, \(next)",
            table.metadataLocation, [snapshot.id])
        }
      }
    }
  }

  /// Checks the metadata file, those of its log, and statistics.
  func checkNamedFiles() async throws {
    let metadata = table.metadata
    if let location = table.metadataLocation {
      do {
        _ = try await table.fileIO.status(of: location)
      } catch {
        try note(error, about: location, [])
      }
    }
    // A table that deletes the oldest entry's file with every commit has none that is missing for long.
    let log = metadata.metadataLog.map(\.location)
    let present = try await log.concurrentMap(limit: options.concurrency) { location in
      try await isThere(location)
    }
    for (location, isThere) in zip(log, present) where !isThere {
      findings.add(
        .missingLogFile, "an earlier metadata file, which the log names, is not there", location, []
      )
    }
    let statistics =
      metadata.statistics.map { ($0.location, $0.fileSizeInBytes, $0.snapshotID, true) }
      + metadata.partitionStatistics.map {
        ($0.location, $0.fileSizeInBytes, $0.snapshotID, false)
      }
    _ = try await statistics.concurrentMap(limit: options.concurrency) {
      location, size, snapshotID, isPuffin in
      try await checkStatistics(location, size, of: snapshotID, isPuffin: isPuffin)
    }
  }

  private func isThere(_ location: String) async throws -> Bool {
    do {
      return try await table.fileIO.exists(location)
    } catch let error as IcebergError {
      try note(error, about: location, [])
      return true
    }
  }

  private func checkStatistics(
    _ location: String, _ size: Int64, of snapshotID: Int64, isPuffin: Bool
  ) async throws {
    func warn(_ message: String) { findings.add(.statistics, message, location, [snapshotID]) }
    if table.metadata.snapshot(id: snapshotID) == nil {
      warn("statistics of snapshot \(snapshotID), which the table does not have")
    }
    do {
      let actual = try await table.fileIO.status(of: location).sizeInBytes
      if actual != size {
        warn("the statistics file has \(actual) bytes, the metadata says \(size)")
      }
      if isPuffin, options.depth == .contents {
        _ = try await PuffinFooter.read(location, size: actual, fileIO: table.fileIO)
      }
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      warn("the statistics file cannot be read: \(error)")
    }
  }
}

/// Reads what a Puffin file says at its end.
enum PuffinFooter {
  static func read(_ location: String, size: Int64, fileIO: any FileIO) async throws -> PuffinFile {
    let range: Range<Int64>
    do {
      let tail = try await fileIO.read(location, range: try PuffinFile.tailRange(fileSize: size))
      range = try PuffinFile.footerRange(tail: tail, fileSize: size)
    } catch let error as FormatError {
      throw IcebergError(
        .invalidFile, "not a whole Puffin file", context: .init(location: location), cause: error)
    }
    return try PuffinFile(footer: try await fileIO.read(location, range: range), fileSize: size)
  }
}
