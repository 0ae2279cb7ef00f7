public import IcebergModel

// Which snapshot is current.
extension Transaction {
  /// Makes an earlier snapshot of a branch its last one again. What came after it stays in the table
  /// until it expires, and can be made current again.
  ///
  /// The commit throws `notFound` when the snapshot is not kept, and `validationFailed` when it is no
  /// ancestor of the last one.
  ///
  /// - Parameters:
  ///   - snapshotID: an ancestor of the last snapshot.
  ///   - branch: the branch that goes back.
  public mutating func rollback(
    to snapshotID: Int64, branch: String = SnapshotReference.main
  ) {
    add { base in
      let target = try base.keptSnapshot(id: snapshotID)
      guard let head = try base.head(of: branch), base.isAncestor(target.id, of: head.id) else {
        throw IcebergError(
          .validationFailed,
          """
          '\(branch)' cannot be rolled back to snapshot \(snapshotID), which is no ancestor of its \
          last one; setting the current snapshot goes to any
          """)
      }
      return try base.moving(branch, to: target.id)
    }
  }

  /// Makes the snapshot of a branch its last one again that was made last before a time, which is
  /// given in milliseconds since 1970-01-01 UTC. What came after it stays in the table until it
  /// expires.
  ///
  /// The commit throws `notFound` when no snapshot that is kept is older.
  public mutating func rollback(
    toBefore timestampMillis: Int64, branch: String = SnapshotReference.main
  ) {
    add { base in
      let chain = try base.head(of: branch).map { base.ancestors(of: $0.id) } ?? []
      // The latest one by its clock; of equals the one nearest to the end of the branch.
      let older = chain.filter { $0.timestampMillis < timestampMillis }
      guard let newest = older.map(\.timestampMillis).max(),
        let target = older.first(where: { $0.timestampMillis == newest })
      else {
        throw IcebergError(
          .notFound,
          """
          no snapshot of '\(branch)' is kept that was made before \
          \(TableMetadata.timeText(timestampMillis))
          """)
      }
      return try base.moving(branch, to: target.id)
    }
  }

  /// Makes any snapshot of the table the current one.
  ///
  /// The commit throws `notFound` when the snapshot is not kept.
  public mutating func setCurrentSnapshot(_ snapshotID: Int64) {
    add { base in
      try base.moving(SnapshotReference.main, to: try base.keptSnapshot(id: snapshotID).id)
    }
  }

  /// Makes the snapshot of a branch or tag the current one.
  ///
  /// The commit throws `notFound` when there is no such branch or tag.
  public mutating func setCurrentSnapshot(to reference: String) {
    add { base in
      try base.moving(
        SnapshotReference.main, to: try base.snapshot(referredToBy: reference).id)
    }
  }
}

// Snapshots beside the history.
extension Transaction {
  /// Repeats on a branch what a snapshot did that is no part of it: one that was staged, rolled back, or
  /// made on another branch.
  ///
  /// A snapshot that follows the last one of the branch becomes the last one itself. Otherwise the files
  /// that an append added are added in a new snapshot, and a replacement of partitions is made again if
  /// nobody has added to these partitions since. The new snapshot names the picked one as
  /// `source-snapshot-id`, and the id it was staged under as `published-wap-id`.
  ///
  /// The commit throws `notFound` when the snapshot is not kept, and `validationFailed` when it cannot be
  /// repeated, is part of the branch, or was picked or published already.
  ///
  /// - Parameters:
  ///   - snapshotID: the snapshot to pick.
  ///   - branch: the branch to repeat it on.
  public mutating func cherryPick(
    _ snapshotID: Int64, toBranch branch: String = SnapshotReference.main
  ) {
    add(CherryPick(source: .snapshot(snapshotID), branch: branch))
  }

  /// Picks the snapshot that was staged under an id, see ``cherryPick(_:toBranch:)``.
  ///
  /// The commit throws `notFound` when no snapshot was, and `invalidArgument` when several were.
  public mutating func publish(
    wapID: String, toBranch branch: String = SnapshotReference.main
  ) {
    add(CherryPick(source: .wapID(wapID), branch: branch))
  }
}

extension TableMetadata {
  /// The last snapshot of a branch; nil when it is the main branch and has none.
  ///
  /// Throws `notFound` when there is no such branch, and `invalidArgument` when it is a tag.
  func head(of branch: String) throws(IcebergError) -> Snapshot? {
    // Old tables have a current snapshot, but no references.
    if branch == SnapshotReference.main { return currentSnapshot }
    try reference(called: branch).check(is: .branch, named: branch)
    return try snapshot(referredToBy: branch)
  }
}
