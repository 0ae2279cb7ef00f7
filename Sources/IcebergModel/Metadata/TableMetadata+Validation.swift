extension TableMetadata {
  /// How far two clocks may be apart before what they say counts as out of order, in milliseconds.
  static let clockToleranceMillis: Int64 = 60_000

  /// Checks the rules that hold between the parts of table metadata.
  ///
  /// Throws `invalidMetadata` naming the place and the defect, or `unsupported` for a format version
  /// that this library does not know.
  ///
  /// Spec: Table Metadata Fields; Snapshot References.
  public func validate() throws(IcebergError) {
    guard (1...Self.newestFormatVersion).contains(formatVersion) else {
      throw IcebergError(.unsupported, "format version \(formatVersion) is not supported")
    }
    if formatVersion > 1, tableUUID == nil {
      throw invalid("table-uuid", "missing 'table-uuid', which version \(formatVersion) demands")
    }
    if formatVersion == 1, lastSequenceNumber != 0 {
      throw invalid("last-sequence-number", "the sequence number must be 0 in version 1")
    }
    try validateSchemas()
    try validateLayouts()
    try validateSnapshots()
    try validateReferences()
    try validateLogs()
  }

  private func validateSchemas() throws(IcebergError) {
    try checkUnique(schemas.map(\.id), in: "schemas", "schema-id")
    guard schemas.contains(where: { $0.id == currentSchemaID }) else {
      throw invalid(
        "current-schema-id", "no schema has the id \(currentSchemaID) of the current schema")
    }
  }

  private func validateLayouts() throws(IcebergError) {
    try checkUnique(partitionSpecs.map(\.id), in: "partition-specs", "spec-id")
    guard partitionSpecs.contains(where: { $0.id == defaultSpecID }) else {
      throw invalid(
        "default-spec-id", "no partition spec has the id \(defaultSpecID) of the default spec")
    }
    try checkUnique(sortOrders.map(\.id), in: "sort-orders", "order-id")
    guard sortOrders.contains(where: { $0.id == defaultSortOrderID }) else {
      throw invalid(
        "default-sort-order-id",
        "no sort order has the id \(defaultSortOrderID) of the default order")
    }
  }

  private func validateSnapshots() throws(IcebergError) {
    for (position, snapshot) in snapshots.enumerated() {
      if snapshotIndex[snapshot.id] != position {
        throw invalid(
          "snapshots[\(position)].snapshot-id", "snapshot id \(snapshot.id) occurs twice")
      }
      if snapshot.sequenceNumber > lastSequenceNumber {
        throw invalid(
          "snapshots[\(position)].sequence-number",
          """
          snapshot \(snapshot.id) has sequence number \(snapshot.sequenceNumber), beyond the last \
          one, \(lastSequenceNumber)
          """)
      }
    }
    if let id = currentSnapshotID, snapshotIndex[id] == nil {
      throw invalid("current-snapshot-id", "the current snapshot \(id) is not in 'snapshots'")
    }
  }

  private func validateReferences() throws(IcebergError) {
    for (name, reference) in references.sorted(by: { $0.key < $1.key })
    where snapshotIndex[reference.snapshotID] == nil {
      throw invalid(
        reference: name,
        "reference '\(name)' stands for snapshot \(reference.snapshotID), which is not in 'snapshots'"
      )
    }
    let main = references[SnapshotReference.main]
    switch (currentSnapshotID, main) {
    case (let current?, let main?) where main.snapshotID != current:
      throw invalid(
        "current-snapshot-id",
        "the current snapshot is \(current), but branch 'main' stands for \(main.snapshotID)")
    case (nil, let main?):
      throw invalid(
        "current-snapshot-id",
        "there is no current snapshot, but branch 'main' stands for \(main.snapshotID)")
    default: break
    }
    if let main, main.kind == .tag {
      throw invalid(reference: SnapshotReference.main, "'main' must be a branch, not a tag")
    }
  }

  // Commits come from several machines, whose clocks differ a little.
  private func validateLogs() throws(IcebergError) {
    try checkOrder(snapshotLog.map(\.timestampMillis), in: "snapshot-log")
    try checkOrder(metadataLog.map(\.timestampMillis), in: "metadata-log")
  }

  private func checkOrder(_ timestamps: [Int64], in log: String) throws(IcebergError) {
    var previous: Int64?
    for (position, timestamp) in timestamps.enumerated() {
      if let previous, isBefore(timestamp, previous) {
        throw invalid(
          "\(log)[\(position)].timestamp-ms",
          "'\(log)' is out of order: \(timestamp) ms comes after \(previous) ms")
      }
      previous = timestamp
    }
    if let previous, isBefore(lastUpdatedMillis, previous) {
      throw invalid(
        "last-updated-ms",
        "last updated at \(lastUpdatedMillis) ms, before the last entry of '\(log)', \(previous) ms"
      )
    }
  }

  private func isBefore(_ timestamp: Int64, _ other: Int64) -> Bool {
    let (difference, overflow) = other.subtractingReportingOverflow(timestamp)
    return overflow ? other > timestamp : difference > Self.clockToleranceMillis
  }

  private func checkUnique(
    _ ids: [Int], in list: String, _ member: String
  ) throws(IcebergError) {
    var seen: Set<Int> = []
    for (position, id) in ids.enumerated() where !seen.insert(id).inserted {
      throw invalid("\(list)[\(position)].\(member)", "'\(member)' \(id) occurs twice in '\(list)'")
    }
  }

  private func invalid(_ place: String, _ message: String) -> IcebergError {
    IcebergError(.invalidMetadata, message, context: .init(jsonPath: "$." + place))
  }

  private func invalid(reference name: String, _ message: String) -> IcebergError {
    let path = JSONPath.member(of: .member(of: .root, name: "refs"), name: name)
    return IcebergError(.invalidMetadata, message, context: .init(jsonPath: path.description))
  }
}
