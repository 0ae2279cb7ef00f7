extension MetadataDraft {
  /// Adds a snapshot. It becomes current only when a reference is moved to it.
  ///
  /// Spec: Snapshots; Sequence Numbers; Row Lineage, "Snapshot Row IDs".
  mutating func add(_ snapshot: Snapshot) throws(IcebergError) {
    guard position(of: snapshot.id) == nil else {
      throw IcebergError(.validationFailed, "there is a snapshot \(snapshot.id) already")
    }
    if let schemaID = snapshot.schemaID, metadata.schema(id: schemaID) == nil {
      throw IcebergError(
        .validationFailed,
        "snapshot \(snapshot.id) was made with schema \(schemaID), which the table does not have")
    }
    try checkSequenceNumber(of: snapshot)
    try assignRowIDs(to: snapshot)
    if removedSnapshotIDs.contains(snapshot.id) { dropRemovedSnapshots() }
    metadata.lastSequenceNumber = max(metadata.lastSequenceNumber, snapshot.sequenceNumber)
    snapshotPositions[snapshot.id] = snapshots.count
    snapshots.append(snapshot)
    addedSnapshotIDs.insert(snapshot.id)
    isChanged = true
  }

  private func checkSequenceNumber(of snapshot: Snapshot) throws(IcebergError) {
    if metadata.formatVersion == 1 {
      guard snapshot.sequenceNumber == 0 else {
        throw IcebergError(
          .invalidArgument,
          "snapshot \(snapshot.id) has a sequence number, which version 1 does not know")
      }
    } else if snapshot.sequenceNumber <= metadata.lastSequenceNumber, snapshot.parentID != nil {
      // A snapshot without parent, such as the first of a replaced table, is let through.
      throw IcebergError(
        .commitConflict,
        """
        snapshot \(snapshot.id) has sequence number \(snapshot.sequenceNumber), but \
        \(metadata.lastSequenceNumber) is taken already
        """)
    }
  }

  private mutating func assignRowIDs(to snapshot: Snapshot) throws(IcebergError) {
    guard metadata.formatVersion >= 3 else { return }
    guard let first = snapshot.firstRowID else {
      throw IcebergError(
        .invalidArgument, "snapshot \(snapshot.id) has no first-row-id, which version 3 demands")
    }
    guard let added = snapshot.addedRows, added >= 0 else {
      throw IcebergError(
        .invalidArgument, "snapshot \(snapshot.id) has no added-rows, which version 3 demands")
    }
    let next = metadata.nextRowID ?? 0
    guard first >= next else {
      throw IcebergError(
        .commitConflict,
        "snapshot \(snapshot.id) has first-row-id \(first), behind the table's next-row-id \(next)")
    }
    let (end, overflow) = first.addingReportingOverflow(added)
    guard !overflow else {
      throw IcebergError(.invalidArgument, "snapshot \(snapshot.id) leaves no row id for others")
    }
    metadata.nextRowID = end
  }

  /// Creates a branch or tag, or moves it. Moving main makes the snapshot current.
  mutating func set(
    _ reference: SnapshotReference, named name: String
  ) throws(IcebergError) {
    if metadata.references[name] == reference { return }
    if let (_, defect) = reference.retentionDefect {
      throw IcebergError(.invalidArgument, "reference '\(name)': \(defect)")
    }
    guard let position = position(of: reference.snapshotID) else {
      throw IcebergError(
        .validationFailed,
        "reference '\(name)' cannot stand for snapshot \(reference.snapshotID), which is not there")
    }
    if name == SnapshotReference.main {
      guard reference.kind == .branch else {
        throw IcebergError(.invalidArgument, "'main' must be a branch, not a tag")
      }
      let isNew = addedSnapshotIDs.contains(reference.snapshotID)
      metadata.currentSnapshotID = reference.snapshotID
      // An older snapshot becomes current now, not when it was made.
      let time = isNew ? snapshots[position].timestampMillis : timestampMillis
      let last = metadata.snapshotLog.last?.timestampMillis ?? .min
      metadata.snapshotLog.append(
        TableMetadata.SnapshotLogEntry(
          timestampMillis: max(time, last), snapshotID: reference.snapshotID))
      if isNew { mainSnapshotIDs.insert(reference.snapshotID) }
    }
    metadata.references[name] = reference
    isChanged = true
  }

  /// Removes a branch or tag. Without main, no snapshot is current.
  mutating func removeReference(named name: String) {
    if metadata.references.removeValue(forKey: name) != nil { isChanged = true }
    if name == SnapshotReference.main { metadata.currentSnapshotID = nil }
  }

  /// Removes snapshots, their statistics and the references to them.
  mutating func removeSnapshots(_ ids: [Int64]) {
    let ids = Set(ids.filter { position(of: $0) != nil })
    if ids.isEmpty { return }
    removedSnapshotIDs.formUnion(ids)
    removeStatistics(of: ids)
    removePartitionStatistics(of: ids)
    for (name, reference) in metadata.references where ids.contains(reference.snapshotID) {
      removeReference(named: name)
    }
    isChanged = true
  }

  /// Where a snapshot stands; nil when it is not there, or was removed.
  private func position(of id: Int64) -> Int? {
    removedSnapshotIDs.contains(id) ? nil : snapshotPositions[id]
  }

  /// Takes removed snapshots out for good, so that their ids are free again.
  private mutating func dropRemovedSnapshots() {
    snapshots.removeAll { removedSnapshotIDs.contains($0.id) }
    snapshotPositions = [Int64: Int](
      snapshots.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    cutSnapshotLog()
    removedSnapshotIDs = []
  }

  /// Puts the snapshots in their place and makes the log say what was current when.
  mutating func finishSnapshots() {
    if !removedSnapshotIDs.isEmpty { dropRemovedSnapshots() }
    // What main stood for between two updates was never current for anyone.
    mainSnapshotIDs = mainSnapshotIDs.filter { $0 != metadata.currentSnapshotID }
    if !mainSnapshotIDs.isEmpty {
      metadata.snapshotLog.removeAll { mainSnapshotIDs.contains($0.snapshotID) }
    }
    if !addedSnapshotIDs.isEmpty || snapshots.count != base.snapshots.count {
      metadata.snapshots = snapshots
    }
  }

  /// Removes the log up to the last entry whose snapshot is gone: with a gap, the entry before it
  /// would seem to have been current for longer than it was.
  private mutating func cutSnapshotLog() {
    guard
      let last = metadata.snapshotLog.lastIndex(where: { snapshotPositions[$0.snapshotID] == nil })
    else { return }
    metadata.snapshotLog.removeSubrange(...last)
  }
}
