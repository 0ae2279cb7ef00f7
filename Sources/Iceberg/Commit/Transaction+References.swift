public import IcebergModel

// Branches and tags.
extension Transaction {
  /// Makes a branch.
  ///
  /// Of a table without snapshots the branch begins with a snapshot of its own, which holds nothing.
  ///
  /// The commit throws `alreadyExists` when a branch or tag has the name, and `validationFailed` when
  /// there is no such snapshot.
  ///
  /// - Parameters:
  ///   - snapshotID: the snapshot that the branch begins with; nil is the current one.
  ///   - retention: how long the branch and its snapshots are kept.
  public mutating func createBranch(
    _ name: String, at snapshotID: Int64? = nil,
    retention: ReferenceRetention = ReferenceRetention()
  ) {
    add(NewReference(name: name, kind: .branch, snapshotID: snapshotID, retention: retention))
  }

  /// Makes a tag.
  ///
  /// The commit throws `alreadyExists` when a branch or tag has the name, `validationFailed` when there
  /// is no such snapshot, and `invalidArgument` when the table has none at all.
  ///
  /// - Parameters:
  ///   - snapshotID: the snapshot that the tag stands for; nil is the current one.
  ///   - retention: how long the tag is kept.
  public mutating func createTag(
    _ name: String, at snapshotID: Int64? = nil,
    retention: ReferenceRetention = ReferenceRetention()
  ) {
    add(NewReference(name: name, kind: .tag, snapshotID: snapshotID, retention: retention))
  }

  /// Creates a branch or tag, or gives it another snapshot or other retention.
  public mutating func setReference(_ name: String, _ reference: SnapshotReference) {
    add { _ in [.setSnapshotReference(name: name, reference)] }
  }

  /// Makes a branch stand for any other snapshot; its retention stays.
  ///
  /// The commit throws `notFound` when there is no such branch or snapshot.
  public mutating func replaceBranch(_ name: String, with snapshotID: Int64) {
    replace(.branch, name) { base in try base.keptSnapshot(id: snapshotID).id }
  }

  /// Makes a branch stand for the snapshot of another branch or tag; its retention stays. A branch
  /// that does not exist is made.
  ///
  /// The commit throws `notFound` when there is no branch or tag `reference`.
  public mutating func replaceBranch(_ name: String, with reference: String) {
    add { base in
      let snapshotID = try base.snapshot(referredToBy: reference).id
      return try base.moving(name, to: snapshotID)
    }
  }

  /// Makes a tag stand for another snapshot; its retention stays.
  ///
  /// The commit throws `notFound` when there is no such tag or snapshot.
  public mutating func replaceTag(_ name: String, with snapshotID: Int64) {
    replace(.tag, name) { base in try base.keptSnapshot(id: snapshotID).id }
  }

  /// Moves a branch on to the snapshot of another branch or tag that was made from its own. A branch
  /// that does not exist is made; one that is there already stays.
  ///
  /// The commit throws `notFound` when there is no branch or tag `reference`, and `validationFailed`
  /// when the branch has snapshots that the other one does not have.
  public mutating func fastForward(_ branch: String, to reference: String) {
    add { base in
      let target = try base.snapshot(referredToBy: reference).id
      if let current = base.references[branch], current.kind == .branch {
        guard base.isAncestor(current.snapshotID, of: target) else {
          throw IcebergError(
            .validationFailed,
            """
            '\(branch)' cannot be moved on to '\(reference)': its snapshot \(current.snapshotID) is \
            no ancestor of \(target). Replace the branch to give up what is on it alone
            """)
        }
      }
      return try base.moving(branch, to: target)
    }
  }

  /// Gives a branch or tag another name. The main branch keeps its own.
  ///
  /// The commit throws `notFound` when there is none of the name, and `alreadyExists` when there is
  /// one of the new name.
  public mutating func renameReference(_ name: String, to newName: String) {
    add { base in
      guard name != SnapshotReference.main else {
        throw IcebergError(.invalidArgument, "the main branch cannot be renamed")
      }
      let reference = try base.reference(called: name)
      if name == newName { return [] }
      try base.checkIsFree(newName, for: reference.kind)
      return [
        .setSnapshotReference(name: newName, reference), .removeSnapshotReference(name: name),
      ]
    }
  }

  /// Removes a branch or tag; the snapshots stay. The main branch cannot be removed.
  public mutating func removeReference(_ name: String) { remove(name, kind: nil) }

  /// Removes a branch; its snapshots stay. The main branch cannot be removed.
  ///
  /// The commit throws `notFound` when there is no such branch, and `invalidArgument` when it is a
  /// tag.
  public mutating func removeBranch(_ name: String) { remove(name, kind: .branch) }

  /// Removes a tag; its snapshot stays.
  ///
  /// The commit throws `notFound` when there is no such tag, and `invalidArgument` when it is a branch.
  public mutating func removeTag(_ name: String) { remove(name, kind: .tag) }

  /// Changes how long a branch or tag is kept.
  ///
  /// ```swift
  /// tx.changeRetention(of: "audit") { $0.minSnapshotsToKeep = 10 }
  /// ```
  /// The commit throws `notFound` when there is no such branch or tag, and `invalidArgument` when a
  /// number is not positive, or is one that only branches have and this is a tag.
  ///
  /// - Parameter change: changes the retention as it is at the commit.
  public mutating func changeRetention(
    of name: String, _ change: @escaping @Sendable (inout ReferenceRetention) -> Void
  ) {
    add { base in
      var reference = try base.reference(called: name)
      let old = reference
      change(&reference.retention)
      return old == reference ? [] : [.setSnapshotReference(name: name, reference)]
    }
  }

  private mutating func replace(
    _ kind: SnapshotReference.Kind, _ name: String,
    with snapshotID: @escaping @Sendable (TableMetadata) throws -> Int64
  ) {
    add { base in
      _ = try base.reference(called: name)
      return try base.moving(name, as: kind, to: try snapshotID(base))
    }
  }

  private mutating func remove(_ name: String, kind: SnapshotReference.Kind?) {
    add { base in
      guard name != SnapshotReference.main else {
        throw IcebergError(.invalidArgument, "the main branch cannot be removed")
      }
      let reference = try base.reference(called: name)
      if let kind { try reference.check(is: kind, named: name) }
      return [.removeSnapshotReference(name: name)]
    }
  }
}

/// Makes a branch or a tag.
private struct NewReference: TableChange {
  var name: String
  var kind: SnapshotReference.Kind
  var snapshotID: Int64?
  var retention: ReferenceRetention

  func updates(
    on base: TableMetadata, in work: inout CommitWork
  ) async throws -> [TableUpdate] {
    guard !name.isEmpty else { throw IcebergError(.invalidArgument, "a \(kind) needs a name") }
    try base.checkIsFree(name, for: kind)
    var updates: [TableUpdate] = []
    guard var reference = try await reference(on: base, in: &work, &updates) else {
      throw IcebergError(
        .invalidArgument, "\(kind) '\(name)' needs a snapshot, and the table has none yet")
    }
    reference.retention = retention
    return updates + [.setSnapshotReference(name: name, reference)]
  }

  private func reference(
    on base: TableMetadata, in work: inout CommitWork, _ updates: inout [TableUpdate]
  ) async throws -> SnapshotReference? {
    if let id = snapshotID ?? base.currentSnapshotID {
      return SnapshotReference(snapshotID: id, kind: kind)
    }
    guard kind == .branch, name != SnapshotReference.main else { return nil }
    let first = try await FastAppend(files: [], branch: name, summary: [:])
      .updates(on: base, in: &work)
    for update in first {
      if case .setSnapshotReference(_, let reference) = update { return reference }
      updates.append(update)
    }
    return nil
  }
}

extension TableMetadata {
  /// The branch or tag called `name`. Throws `notFound`, naming those that there are.
  func reference(called name: String) throws(IcebergError) -> SnapshotReference {
    if let reference = references[name] { return reference }
    let names = references.keys.sorted().joined(separator: ", ")
    throw IcebergError(
      .notFound,
      "there is no branch or tag '\(name)'; the table has \(names.isEmpty ? "none" : names)")
  }

  /// Throws `alreadyExists` when a branch or tag has the name.
  fileprivate func checkIsFree(
    _ name: String, for kind: SnapshotReference.Kind
  ) throws(IcebergError) {
    guard !name.isEmpty else { throw IcebergError(.invalidArgument, "a \(kind) needs a name") }
    if let found = references[name] {
      throw IcebergError(.alreadyExists, "there is a \(found.kind) '\(name)' already")
    }
  }

  /// What makes a branch stand for a snapshot, or a tag; a branch that does not exist is made. Nothing
  /// when it does already. Throws `invalidArgument` when the name is one of the other kind.
  func moving(
    _ name: String, as kind: SnapshotReference.Kind = .branch, to snapshotID: Int64
  ) throws(IcebergError) -> [TableUpdate] {
    guard !name.isEmpty else { throw IcebergError(.invalidArgument, "a \(kind) needs a name") }
    guard var reference = references[name] else {
      let new = SnapshotReference(snapshotID: snapshotID, kind: kind)
      return [.setSnapshotReference(name: name, new)]
    }
    try reference.check(is: kind, named: name)
    if reference.snapshotID == snapshotID { return [] }
    reference.snapshotID = snapshotID
    return [.setSnapshotReference(name: name, reference)]
  }
}

extension SnapshotReference {
  /// Throws `invalidArgument` unless the reference, called `name`, is of the kind.
  func check(is wanted: Kind, named name: String) throws(IcebergError) {
    guard kind == wanted else {
      throw IcebergError(.invalidArgument, "'\(name)' is a \(kind), not a \(wanted)")
    }
  }
}
