package import IcebergBytes

extension SnapshotReference {
  /// Reads a branch or a tag as table metadata writes it.
  ///
  /// Spec: Appendix C, "Snapshot References".
  package init(json node: JSONNode) throws(IcebergError) {
    var reader = try node.object()
    try self.init(membersOf: &reader)
    unknownMembers = reader.unreadMembers
  }

  /// Reads the members of a branch or a tag from an object that may have others.
  package init(membersOf reader: inout JSONObjectReader) throws(IcebergError) {
    let snapshotID = try reader.required("snapshot-id").int64()
    let kindNode = try reader.required("type")
    let kindName = try kindNode.string()
    // Java writes lower case and accepts any.
    guard let kind = Kind(rawValue: kindName.lowercased()) else {
      throw kindNode.invalid("'type' must be 'branch' or 'tag', found '\(kindName)'")
    }
    let minSnapshotsToKeep = try reader.optional("min-snapshots-to-keep")?.int()
    let maxSnapshotAgeMillis = try reader.optional("max-snapshot-age-ms")?.int64()
    let maxReferenceAgeMillis = try reader.optional("max-ref-age-ms")?.int64()
    self.init(
      snapshotID: snapshotID, kind: kind, minSnapshotsToKeep: minSnapshotsToKeep,
      maxSnapshotAgeMillis: maxSnapshotAgeMillis, maxReferenceAgeMillis: maxReferenceAgeMillis)
    if let (member, defect) = retentionDefect { throw reader.invalid(defect, member: member) }
  }

  /// What is wrong with the retention settings, and the member that holds it; nil when nothing is.
  var retentionDefect: (member: String, defect: String)? {
    if let count = minSnapshotsToKeep {
      if kind == .tag {
        return ("min-snapshots-to-keep", "a tag cannot have 'min-snapshots-to-keep'")
      }
      if count <= 0 {
        return ("min-snapshots-to-keep", "'min-snapshots-to-keep' must be greater than 0")
      }
    }
    if let age = maxSnapshotAgeMillis {
      if kind == .tag { return ("max-snapshot-age-ms", "a tag cannot have 'max-snapshot-age-ms'") }
      if age <= 0 { return ("max-snapshot-age-ms", "'max-snapshot-age-ms' must be greater than 0") }
    }
    if let age = maxReferenceAgeMillis, age <= 0 {
      return ("max-ref-age-ms", "'max-ref-age-ms' must be greater than 0")
    }
    return nil
  }

  /// The branch or tag as table metadata writes it.
  package var json: JSONValue {
    var object = JSONObject()
    append(to: &object)
    object.append(unknown: unknownMembers)
    return .object(object)
  }

  /// Adds the members of the branch or tag to an object.
  package func append(to object: inout JSONObject) {
    object.append("snapshot-id", .integer(snapshotID))
    object.append("type", .string(kind.rawValue))
    object.append("min-snapshots-to-keep", minSnapshotsToKeep.map { .integer(Int64($0)) })
    object.append("max-snapshot-age-ms", maxSnapshotAgeMillis.map { .integer($0) })
    object.append("max-ref-age-ms", maxReferenceAgeMillis.map { .integer($0) })
  }
}
