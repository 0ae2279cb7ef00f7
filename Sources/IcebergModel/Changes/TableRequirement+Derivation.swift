extension TableRequirement {
  /// What must hold of a table so that updates prepared on `base` mean on the current version what
  /// they meant there.
  ///
  /// - Parameter base: the version that the updates were prepared on; nil for a new table.
  public static func requirements(
    for updates: [TableUpdate], changing base: TableMetadata?
  ) -> [TableRequirement] {
    guard let base else { return [.assertCreate] }
    var list = RequirementList(base)
    for update in updates {
      switch update {
      case .setSnapshotReference(let name, _):
        list.require(
          .assertReferenceSnapshotID(
            reference: name, snapshotID: base.references[name]?.snapshotID))
      case .addSchema: list.require(.assertLastAssignedFieldID(base.lastColumnID))
      case .setCurrentSchema: list.require(.assertCurrentSchemaID(base.currentSchemaID))
      case .addPartitionSpec: list.require(.assertLastAssignedPartitionID(base.lastPartitionID))
      case .setDefaultPartitionSpec: list.require(.assertDefaultSpecID(base.defaultSpecID))
      case .setDefaultSortOrder: list.require(.assertDefaultSortOrderID(base.defaultSortOrderID))
      case .removeSchemas:
        list.require(.assertCurrentSchemaID(base.currentSchemaID))
        list.requireBranches(of: base)
      case .removePartitionSpecs:
        list.require(.assertDefaultSpecID(base.defaultSpecID))
        list.requireBranches(of: base)
      case .assignUUID, .upgradeFormatVersion, .addSortOrder, .addSnapshot, .removeSnapshots,
        .removeSnapshotReference, .setLocation, .setProperties, .removeProperties, .setStatistics,
        .removeStatistics, .setPartitionStatistics, .removePartitionStatistics, .addEncryptionKey,
        .removeEncryptionKey:
        break
      }
    }
    return list.requirements
  }

  /// What must hold of a table that is replaced by another under its name: that it is the same table,
  /// and that the ids of its columns and partition fields are still free.
  public static func requirements(
    for updates: [TableUpdate], replacing base: TableMetadata
  ) -> [TableRequirement] {
    var list = RequirementList(base)
    for update in updates {
      switch update {
      case .addSchema: list.require(.assertLastAssignedFieldID(base.lastColumnID))
      case .addPartitionSpec: list.require(.assertLastAssignedPartitionID(base.lastPartitionID))
      default: break
      }
    }
    return list.requirements
  }
}

/// Requirements, each of them once.
private struct RequirementList {
  private(set) var requirements: [TableRequirement] = []

  init(_ base: TableMetadata) {
    if let uuid = base.tableUUID { requirements = [.assertTableUUID(uuid)] }
  }

  mutating func require(_ requirement: TableRequirement) {
    if !requirements.contains(requirement) { requirements.append(requirement) }
  }

  /// No branch has moved, on which something may have been written with what is removed.
  mutating func requireBranches(of base: TableMetadata) {
    for (name, reference) in base.references.sorted(by: { $0.key < $1.key })
    where reference.kind == .branch && name != SnapshotReference.main {
      require(.assertReferenceSnapshotID(reference: name, snapshotID: reference.snapshotID))
    }
  }
}
